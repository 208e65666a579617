#include "pg/statement_sorter.h"

#include <algorithm>
#include <string>

#include "advice/reason_codes.h"
#include "gtest/gtest.h"

namespace pgassay::pg {
namespace {

StatementRow Row(const std::string& text, double total_ms = 1) {
  StatementRow row{.in_database = true, .has_text = true, .text_bytes = static_cast<std::int64_t>(text.size())};
  row.statement.text = text;
  row.statement.counters = {.calls = 2, .total_ms = total_ms};
  return row;
}

Snapshot Sorted(const std::vector<StatementRow>& rows, bool with_values = true) {
  StatementSorter sorter({"pg_search_documents"}, with_values);
  for (const StatementRow& row : rows) sorter.Add(row);
  Snapshot snapshot;
  std::move(sorter).Finish(snapshot);
  return snapshot;
}

// "code/detail" of the only row, "kept" if it is kept.
std::string Fate(const StatementRow& row) {
  const Snapshot snapshot = Sorted({row});
  EXPECT_EQ(snapshot.statements.size() + snapshot.statement_groups.size(), 1U);
  if (!snapshot.statements.empty()) return "kept";
  const StatementGroup& group = snapshot.statement_groups.front();
  EXPECT_NE(std::ranges::find(reason::All(), group.code), reason::All().end()) << group.code;
  return group.code + "/" + group.detail;
}

TEST(StatementSorter, KeepsWhatMayBePlanned) {
  for (const char* const text : {"SELECT * FROM t WHERE a = $1", "EXPLAIN SELECT * FROM t",
                                 "SELECT * FROM pg_search_documents", "SELECT 1", "SELECT pg_advisory_lock($1)",
                                 "SELECT FROM FROM", "SELECT t.a FROM t, pg_class", "INSERT INTO t VALUES ($1)"}) {
    EXPECT_EQ(Fate(Row(text)), "kept") << text;
  }
}

TEST(StatementSorter, CountsTheRestByReason) {
  StatementRow row = Row("SELECT 1");
  row.in_database = false;
  EXPECT_EQ(Fate(row), "other-database/");
  row = Row("SELECT 1");
  row.has_text = false;
  EXPECT_EQ(Fate(row), "text-lost/");
  row.text_bytes = kMaxStatementBytes + 1;
  EXPECT_EQ(Fate(row), "text-lost/longer than 1 MB");
  EXPECT_EQ(Fate(Row("<insufficient privilege>")), "no-privilege/");
  EXPECT_EQ(Fate(Row("SELECT /* pgassay */ 1")), "own-statement/");
  EXPECT_EQ(Fate(Row("EXPLAIN (FORMAT JSON) SELECT /* pgassay */ FROM ONLY t")), "own-statement/");
  EXPECT_EQ(Fate(Row("ALTER ROLE r PASSWORD 'secret'")), "utility-statement/AlterRoleStmt");
  EXPECT_EQ(Fate(Row("ALTER ROLE r NEWFANGLED 'secret'")), "utility-statement/unparsable");
  for (const char* const text :
       {"SELECT * FROM pg_class", "SELECT * FROM pg_catalog.pg_class c JOIN information_schema.columns ON true",
        "PREPARE getColumnACLs AS SELECT * FROM pg_catalog.pg_attribute", "SELECT pg_catalog.set_config($1, $2, $3)"}) {
    EXPECT_EQ(Fate(Row(text)), "system-catalog/") << text;
  }
}

TEST(StatementSorter, OrdersAndAddsUp) {
  const Snapshot snapshot = Sorted({Row("SELECT b", 1), Row("SET a = 1", 3), Row("SELECT a", 1), Row("SELECT c", 5),
                                    Row("SET b = 1", 4), Row("BEGIN", 0)});
  ASSERT_EQ(snapshot.statements.size(), 3U);
  EXPECT_EQ(snapshot.statements[0].text, "SELECT c");
  EXPECT_EQ(snapshot.statements[1].text, "SELECT a");
  EXPECT_EQ(
      snapshot.statement_groups,
      (std::vector<StatementGroup>{
          {.code = "utility-statement", .detail = "TransactionStmt", .statements = 1, .calls = 2, .total_ms = 0},
          {.code = "utility-statement", .detail = "VariableSetStmt", .statements = 2, .calls = 4, .total_ms = 7}}));
}

// Up to version 15 the server keeps these with their literals.
TEST(StatementSorter, WithoutValuesLiteralsOfWrappersGo) {
  const std::string text = "EXPLAIN SELECT * FROM t WHERE note = 'private'";
  EXPECT_EQ(Sorted({Row(text)}).statements.at(0).text, text);
  EXPECT_EQ(Sorted({Row(text)}, false).statements.at(0).text, "EXPLAIN SELECT * FROM t WHERE note = $1");
}

}  // namespace
}  // namespace pgassay::pg
