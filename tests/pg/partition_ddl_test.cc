// The DDL for tables that stand for others runs on a server exactly as printed, step by step, and so does its undo.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "advice/ddl.h"
#include "catalog/partitions.h"
#include "pgassay/capture.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

// Two levels, columns in other places, a default partition, an empty level, hostile names, indexes that some parts have
// already: one that attaches, one whose included columns come in another order, one of a level as a whole.
constexpr std::string_view kSchema = R"sql(
CREATE SCHEMA "s'; --";
CREATE TABLE "s'; --".p (a int, "b""x" text, c int) PARTITION BY RANGE (a);
CREATE TABLE "s'; --"."p 1" PARTITION OF "s'; --".p FOR VALUES FROM (0) TO (10);
CREATE TABLE "s'; --".p2 (c int, junk int, "b""x" text, a int);
ALTER TABLE "s'; --".p2 DROP COLUMN junk;
ALTER TABLE "s'; --".p ATTACH PARTITION "s'; --".p2 FOR VALUES FROM (10) TO (20);
CREATE TABLE "s'; --".m ("b""x" text, a int, c int) PARTITION BY LIST (c);
ALTER TABLE "s'; --".p ATTACH PARTITION "s'; --".m FOR VALUES FROM (20) TO (30);
CREATE TABLE "s'; --".m1 PARTITION OF "s'; --".m FOR VALUES IN (1);
CREATE TABLE "s'; --".md PARTITION OF "s'; --".m DEFAULT;
CREATE TABLE "s'; --".n PARTITION OF "s'; --".p FOR VALUES FROM (30) TO (40) PARTITION BY LIST (c);
CREATE TABLE "s'; --".n1 PARTITION OF "s'; --".n FOR VALUES IN (1);
CREATE TABLE "s'; --".e PARTITION OF "s'; --".p FOR VALUES FROM (40) TO (50) PARTITION BY LIST (c);
INSERT INTO "s'; --".p SELECT i % 40, i::text, i % 7 FROM generate_series(1, 2000) AS i WHERE i % 40 < 30 OR i % 7 = 1;
CREATE INDEX attaches ON "s'; --".p2 (c DESC) INCLUDE (a, "b""x") WITH (fillfactor = 70);
CREATE INDEX differs ON "s'; --"."p 1" (c) INCLUDE ("b""x", a);
CREATE INDEX level ON "s'; --".n (c) INCLUDE (a, "b""x");
CREATE TABLE base (a int, b int);
CREATE TABLE child (x int) INHERITS (base);
CREATE TABLE grandchild (y int) INHERITS (child);
CREATE TABLE mixed (a int, b int) PARTITION BY RANGE (a);
CREATE TABLE mixed_1 PARTITION OF mixed FOR VALUES FROM (0) TO (10);
CREATE FOREIGN DATA WRAPPER nothing;
CREATE SERVER nowhere FOREIGN DATA WRAPPER nothing;
CREATE FOREIGN TABLE mixed_2 PARTITION OF mixed FOR VALUES FROM (10) TO (20) SERVER nowhere;
)sql";

// Every index with its table, validity and options, by name.
constexpr std::string_view kIndexes =
    "SELECT string_agg(i.indexrelid::regclass || ' on ' || i.indrelid::regclass || ' ' || i.indisvalid || "
    "coalesce(c.reloptions::text, ''), E'\\n' ORDER BY i.indexrelid::regclass::text) FROM pg_index AS i "
    "JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid "
    "WHERE t.relnamespace IN ('public'::regnamespace, '\"s''; --\"'::regnamespace)";

class PartitionDdlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status made = server_->Run("postgres", kSchema);
    ASSERT_TRUE(made.ok()) << made;
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", "postgres");
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    snapshot_ = *std::move(snapshot);
    before_ = Ask(kIndexes);
  }

  // The first column of the first row; an error is a failure.
  std::string Ask(std::string_view sql) {
    const absl::StatusOr<pg::Result> result = server_->Query("postgres", sql);
    EXPECT_TRUE(result.ok()) << sql << "\n" << result.status();
    return result.ok() && result->rows() > 0 ? std::string(result->Text(0, 0)) : "(no rows)";
  }

  advice::IndexDdl Make(const QualifiedName& table, std::vector<std::string> columns) {
    const Relation* const relation = snapshot_.FindRelation(table);
    EXPECT_NE(relation, nullptr);
    IndexDef def{.table = relation->oid};
    for (const std::string& name : columns) {
      const int number = std::ranges::find(relation->columns, name, &Column::name)->number;
      if (def.keys.empty()) {
        def.keys.push_back({.column = number});
      } else {
        def.include.push_back(number);
      }
    }
    std::set<std::string> taken;
    return advice::MakeIndexDdl(def, advice::IndexName(def, snapshot_, taken), snapshot_, taken);
  }

  // Runs the first `count` steps one by one, as psql does.
  void Run(const std::vector<DdlStep>& steps, std::size_t count) {
    for (std::size_t i = 0; i < std::min(count, steps.size()); ++i) {
      const std::string answer = Ask(steps[i].sql);
      if (!steps[i].sql.starts_with("SELECT")) continue;
      EXPECT_EQ(answer,
                steps[i].note.starts_with("Expect no rows") || steps[i].note.ends_with("no rows.") ? "(no rows)" : "t")
          << steps[i].sql;
    }
  }

  void RunAndUndo(const advice::IndexDdl& ddl, std::string_view check, std::string_view expected) {
    Run(ddl.create, ddl.create.size());
    EXPECT_EQ(Ask(check), expected);
    Run(ddl.undo, ddl.undo.size());
    EXPECT_EQ(Ask(kIndexes), before_);
  }

  std::unique_ptr<test::TestServer> server_;
  Snapshot snapshot_;
  std::string before_;
};

TEST_F(PartitionDdlTest, ThePartitionedIndexBecomesValid) {
  const advice::IndexDdl ddl = Make({"s'; --", "p"}, {"c", "a", "b\"x"});
  RunAndUndo(ddl,
             "SELECT (SELECT count(*) FROM pg_partition_tree('\"s''; --\".\"p_c_a_b\"\"x_idx\"') AS t "
             "JOIN pg_index AS i ON i.indexrelid = t.relid WHERE i.indisvalid) || ' of ' || "
             "(SELECT count(*) FROM pg_partition_tree('\"s''; --\".p')) || ', new ' || "
             "(SELECT count(*) FROM pg_class WHERE relname LIKE '%\\_c\\_a\\_b%' AND relkind IN ('i', 'I'))",
             "9 of 9, new 7");
}

TEST_F(PartitionDdlTest, UndoWorksAfterAnyStep) {
  const advice::IndexDdl ddl = Make({"s'; --", "p"}, {"c", "a", "b\"x"});
  for (std::size_t steps = 0; steps <= ddl.create.size(); ++steps) {
    SCOPED_TRACE(steps);
    Run(ddl.create, steps);
    Run(ddl.undo, ddl.undo.size());
    ASSERT_EQ(Ask(kIndexes), before_);
  }
}

TEST_F(PartitionDdlTest, InheritanceParents) {
  RunAndUndo(Make({"public", "base"}, {"b"}),
             "SELECT string_agg(indrelid::regclass::text, ' ' ORDER BY indrelid) FROM pg_index "
             "WHERE indisvalid AND indrelid >= 'base'::regclass",
             "base child grandchild");
}

TEST_F(PartitionDdlTest, ForeignPartitions) {
  RunAndUndo(Make({"public", "mixed"}, {"b"}),
             "SELECT string_agg(indrelid::regclass::text, ' ' ORDER BY indrelid) FROM pg_index "
             "WHERE indisvalid AND indrelid >= 'mixed'::regclass",
             "mixed_1");
}

}  // namespace
}  // namespace pgassay
