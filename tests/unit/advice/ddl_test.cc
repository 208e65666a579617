#include "advice/ddl.h"

#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace pgassay::advice {
namespace {

using Strings = std::vector<std::string>;

Relation Table(std::uint32_t oid, std::string name, char kind, std::uint32_t parent) {
  return {.oid = {oid},
          .name = {"public", std::move(name)},
          .kind = kind,
          .parent = {parent},
          .columns = {{1, "a"}, {2, "b"}}};
}

Index On(std::uint32_t oid, std::string name, std::uint32_t table, int column) {
  return {.oid = {oid}, .name = {"public", std::move(name)}, .def = {.table = {table}, .keys = {{.column = column}}}};
}

// p with leaf p1 and partitioned m, which has leaf m1 with its columns the other way round.
Snapshot Partitioned() {
  Snapshot snapshot;
  snapshot.relations = {Table(1, "p", 'p', 0), Table(2, "p1", 'r', 1), Table(3, "m", 'p', 1), Table(4, "m1", 'r', 3)};
  std::swap(snapshot.relations[3].columns[0].name, snapshot.relations[3].columns[1].name);
  return snapshot;
}

const IndexDef kDef{.table = {1}, .keys = {{.column = 1}}, .include = {2}};

IndexDdl Make(const Snapshot& snapshot, const IndexDef& def = kDef) {
  std::set<std::string> taken;
  const std::string name = IndexName(def, snapshot, taken);
  return MakeIndexDdl(def, name, snapshot, taken);
}

// The statements without the questions, or the questions alone.
Strings Statements(const std::vector<DdlStep>& steps, bool questions = false) {
  Strings statements;
  for (const DdlStep& step : steps) {
    EXPECT_EQ(step.sql.starts_with("SELECT"), step.lock == "none") << step.sql;
    EXPECT_FALSE(step.note.empty()) << step.sql;
    if (step.sql.starts_with("SELECT") == questions) statements.push_back(step.sql);
  }
  return statements;
}

TEST(MakeIndexDdlTest, PlainTable) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, "p", 'r', 0)};
  const IndexDdl ddl = Make(snapshot);
  EXPECT_EQ(Statements(ddl.create), (Strings{"CREATE INDEX CONCURRENTLY p_a_b_idx ON public.p (a) INCLUDE (b)"}));
  EXPECT_EQ(Statements(ddl.undo), (Strings{"DROP INDEX CONCURRENTLY IF EXISTS public.p_a_b_idx"}));
  const Strings questions = Statements(ddl.create, true);
  ASSERT_EQ(questions.size(), 3U);
  EXPECT_EQ(questions[2], "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('public.p_a_b_idx')");
  EXPECT_EQ(Make(snapshot, {.table = {9}}), IndexDdl());
}

TEST(MakeIndexDdlTest, ExpressionsGetTheirStatistics) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, "t", 'r', 0)};
  const IndexDdl ddl = Make(snapshot, {.table = {1}, .keys = {{.column = 0, .expression = "lower(a)"}}});
  ASSERT_FALSE(ddl.create.empty());
  EXPECT_EQ(ddl.create.back().sql, "ANALYZE public.t");
  for (const DdlStep& step : Make(snapshot).create) EXPECT_FALSE(step.sql.starts_with("ANALYZE")) << step.sql;
}

TEST(DropExistingDdlTest, LooksFirstAndBuildsAgain) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, "t", 'r', 0)};
  Index index = On(7, "a'b\"c", 1, 1);
  index.sql = "CREATE INDEX \"a'b\"\"c\" ON public.t USING btree (a)";
  const IndexDdl ddl = DropExistingDdl(index, snapshot);
  ASSERT_EQ(ddl.create.size(), 2U);
  EXPECT_EQ(ddl.create[0].lock, "none");
  EXPECT_TRUE(ddl.create[0].sql.ends_with("'public.\"a''b\"\"c\"'::regclass")) << ddl.create[0].sql;
  EXPECT_EQ(ddl.create[1].sql, "DROP INDEX CONCURRENTLY public.\"a'b\"\"c\"");
  ASSERT_EQ(ddl.undo.size(), 1U);
  EXPECT_EQ(ddl.undo[0].sql, "CREATE INDEX CONCURRENTLY \"a'b\"\"c\" ON public.t USING btree (a)");
}

TEST(MakeIndexDdlTest, PartitionsAreBuiltAndAttached) {
  const IndexDdl ddl = Make(Partitioned());
  EXPECT_EQ(Statements(ddl.create), (Strings{"CREATE INDEX p_a_b_idx ON ONLY public.p (a) INCLUDE (b)",
                                             "CREATE INDEX m_a_b_idx ON ONLY public.m (a) INCLUDE (b)",
                                             "CREATE INDEX CONCURRENTLY p1_a_b_idx ON public.p1 (a) INCLUDE (b)",
                                             "CREATE INDEX CONCURRENTLY m1_a_b_idx ON public.m1 (a) INCLUDE (b)",
                                             "ALTER INDEX public.m_a_b_idx ATTACH PARTITION public.m1_a_b_idx",
                                             "ALTER INDEX public.p_a_b_idx ATTACH PARTITION public.m_a_b_idx",
                                             "ALTER INDEX public.p_a_b_idx ATTACH PARTITION public.p1_a_b_idx"}));
  EXPECT_EQ(Statements(ddl.undo),
            (Strings{"DROP INDEX IF EXISTS public.p_a_b_idx", "DROP INDEX IF EXISTS public.m_a_b_idx",
                     "DROP INDEX CONCURRENTLY IF EXISTS public.p1_a_b_idx",
                     "DROP INDEX CONCURRENTLY IF EXISTS public.m1_a_b_idx"}));
  const Strings questions = Statements(ddl.create, true);
  ASSERT_EQ(questions.size(), 4U);
  EXPECT_EQ(questions[1],
            "SELECT indexrelid::regclass AS name_is_taken_by, indisvalid FROM pg_index WHERE indexrelid IN "
            "(to_regclass('public.p_a_b_idx'), to_regclass('public.p1_a_b_idx'), to_regclass('public.m_a_b_idx'), "
            "to_regclass('public.m1_a_b_idx'))");
  EXPECT_EQ(questions[2],
            "SELECT count(*) = 2 AS all_are_valid FROM pg_index WHERE indisvalid AND indexrelid IN "
            "(to_regclass('public.p1_a_b_idx'), to_regclass('public.m1_a_b_idx'))");
  EXPECT_EQ(questions[3], "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('public.p_a_b_idx')");
  EXPECT_EQ(ddl.undo[0].lock, "ACCESS EXCLUSIVE on public.p and all its partitions");
}

TEST(MakeIndexDdlTest, ExistingIndexesAreAttachedAndRestored) {
  Snapshot snapshot = Partitioned();
  snapshot.indexes = {On(20, "old", 2, 1), On(21, "mid", 3, 1), On(22, "mid_m1", 4, 2)};
  snapshot.indexes[0].sql = "CREATE INDEX old ON public.p1 USING btree (a) WITH (fillfactor='70')";
  const IndexDdl ddl = Make(snapshot, {.table = {1}, .keys = {{.column = 1}}});
  EXPECT_EQ(Statements(ddl.create), (Strings{"CREATE INDEX p_a_idx ON ONLY public.p (a)",
                                             "ALTER INDEX public.p_a_idx ATTACH PARTITION public.mid",
                                             "ALTER INDEX public.p_a_idx ATTACH PARTITION public.old"}));
  EXPECT_EQ(Statements(ddl.undo),
            (Strings{"DROP INDEX IF EXISTS public.p_a_idx",
                     "CREATE INDEX CONCURRENTLY IF NOT EXISTS old ON public.p1 USING btree (a) WITH (fillfactor='70')",
                     "CREATE INDEX IF NOT EXISTS mid ON public.m (a)"}));
}

TEST(MakeIndexDdlTest, AnInvalidPartitionedIndexIsFinished) {
  Snapshot snapshot = Partitioned();
  snapshot.indexes = {On(20, "root", 1, 1), On(21, "mid", 3, 1), On(22, "mid_m1", 4, 2)};
  snapshot.indexes[0].valid = snapshot.indexes[1].valid = false;
  const IndexDdl ddl = Make(snapshot, {.table = {1}, .keys = {{.column = 1}}});
  EXPECT_EQ(Statements(ddl.create), (Strings{"CREATE INDEX CONCURRENTLY p1_a_idx ON public.p1 (a)",
                                             "ALTER INDEX public.mid ATTACH PARTITION public.mid_m1",
                                             "ALTER INDEX public.root ATTACH PARTITION public.mid",
                                             "ALTER INDEX public.root ATTACH PARTITION public.p1_a_idx"}));
}

TEST(MakeIndexDdlTest, ForeignPartitionsLeaveTheLeaves) {
  Snapshot snapshot = Partitioned();
  snapshot.relations.push_back(Table(5, "f", 'f', 1));
  snapshot.indexes = {On(20, "unique_one", 2, 1)};
  snapshot.indexes[0].def.unique = true;
  const IndexDdl ddl = Make(snapshot, {.table = {1}, .keys = {{.column = 1}}});
  EXPECT_EQ(Statements(ddl.create), (Strings{"CREATE INDEX CONCURRENTLY m1_a_idx ON public.m1 (a)"}));
  EXPECT_EQ(Statements(ddl.undo), (Strings{"DROP INDEX CONCURRENTLY IF EXISTS public.m1_a_idx"}));
  EXPECT_NE(ddl.create[2].note.find("foreign partition"), std::string::npos);
}

TEST(MakeIndexDdlTest, InheritanceParents) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, "p", 'r', 0), Table(2, "c", 'r', 1)};
  const IndexDdl ddl = Make(snapshot);
  EXPECT_EQ(Statements(ddl.create), (Strings{"CREATE INDEX CONCURRENTLY p_a_b_idx ON public.p (a) INCLUDE (b)",
                                             "CREATE INDEX CONCURRENTLY c_a_b_idx ON public.c (a) INCLUDE (b)"}));
  EXPECT_EQ(Statements(ddl.undo), (Strings{"DROP INDEX CONCURRENTLY IF EXISTS public.p_a_b_idx",
                                           "DROP INDEX CONCURRENTLY IF EXISTS public.c_a_b_idx"}));
  EXPECT_EQ(Statements(ddl.create, true).size(), 3U);
}

TEST(MakeIndexDdlTest, NamesNeverCollide) {
  Snapshot snapshot = Partitioned();
  snapshot.relations.push_back(Table(5, "p1_a_b_idx", 'r', 0));
  std::set<std::string> taken = {"public.m1_a_b_idx"};
  const IndexDdl ddl = MakeIndexDdl(kDef, "mine", snapshot, taken);
  const Strings statements = Statements(ddl.create);
  EXPECT_EQ(statements[2], "CREATE INDEX CONCURRENTLY p1_a_b_idx1 ON public.p1 (a) INCLUDE (b)");
  EXPECT_EQ(statements[3], "CREATE INDEX CONCURRENTLY m1_a_b_idx1 ON public.m1 (a) INCLUDE (b)");
  EXPECT_TRUE(taken.contains("public.m1_a_b_idx1"));
}

TEST(MakeIndexDdlTest, HostileNames) {
  Snapshot snapshot = Partitioned();
  for (Relation& relation : snapshot.relations) {
    relation.name.schema = "s'; --";
    relation.name.name += "\"\n$$";
  }
  const IndexDdl ddl = Make(snapshot);
  EXPECT_EQ(Statements(ddl.create)[4],
            "ALTER INDEX \"s'; --\".\"m\"\"\n$$_a_b_idx\" ATTACH PARTITION \"s'; --\".\"m1\"\"\n$$_a_b_idx\"");
  EXPECT_NE(Statements(ddl.create, true)[3].find("to_regclass('\"s''; --\".\"p\"\"\n$$_a_b_idx\"')"),
            std::string::npos);
}

}  // namespace
}  // namespace pgassay::advice
