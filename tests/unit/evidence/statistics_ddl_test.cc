#include "evidence/statistics_ddl.h"

#include "gtest/gtest.h"

namespace pgassay::evidence {
namespace {

Relation Hostile() {
  Relation table;
  table.name = {"Sh\"op", "or'ders"};
  Column column;
  column.number = 1;
  column.name = "a b";
  table.columns.push_back(column);
  return table;
}

TEST(StatisticsDdl, NamesAreQuotedAndEverythingHasAnUndo) {
  const Relation table = Hostile();
  EvidenceFinding finding;
  AddExtended(table, {"\"a b\"", "c"}, true, finding);
  ASSERT_EQ(finding.ddl.size(), 2U);
  EXPECT_EQ(finding.ddl[0].sql,
            "CREATE STATISTICS \"Sh\"\"op\".\"or'ders_expr_c_stats\" (ndistinct, dependencies) ON \"a b\", c FROM "
            "\"Sh\"\"op\".\"or'ders\"");
  EXPECT_EQ(finding.ddl[1].sql, "ANALYZE \"Sh\"\"op\".\"or'ders\"");
  ASSERT_EQ(finding.undo.size(), 1U);
  EXPECT_EQ(finding.undo[0].sql, "DROP STATISTICS \"Sh\"\"op\".\"or'ders_expr_c_stats\"");
}

TEST(StatisticsDdl, NamesStayWithinPostgresqlsLimit) {
  Relation table = Hostile();
  table.name = {"s", std::string(60, 't')};
  EvidenceFinding finding;
  AddExtended(table, {"a", "b"}, false, finding);
  EXPECT_NE(finding.ddl[0].sql.find(" (mcv) ON a, b "), std::string::npos);
  const std::size_t begin = std::string("CREATE STATISTICS s.").size();
  EXPECT_LE(finding.ddl[0].sql.find(' ', begin) - begin, 63U);
}

TEST(StatisticsDdl, TargetsAreRaisedAndPutBack) {
  Relation table = Hostile();
  EvidenceFinding finding;
  AddStatisticsTarget(table, table.columns[0], finding);
  EXPECT_NE(finding.ddl[0].sql.find("ALTER COLUMN \"a b\" SET STATISTICS 1000"), std::string::npos);
  EXPECT_NE(finding.undo[0].sql.find("SET STATISTICS -1"), std::string::npos);
  table.columns[0].statistics_target = 1000;
  EvidenceFinding again;
  AddStatisticsTarget(table, table.columns[0], again);
  EXPECT_NE(again.ddl[0].sql.find("SET STATISTICS 10000"), std::string::npos);
  EXPECT_NE(again.undo[0].sql.find("SET STATISTICS 1000"), std::string::npos);
}

TEST(StatisticsDdl, ManyDistinctValuesAreAShareOfTheRows) {
  const Relation table = Hostile();
  EvidenceFinding few;
  AddDistinctOverride(table, table.columns[0], 50, 100000, few);
  EXPECT_NE(few.ddl[0].sql.find("SET (n_distinct = 50)"), std::string::npos);
  EvidenceFinding many;
  AddDistinctOverride(table, table.columns[0], 50000, 100000, many);
  EXPECT_NE(many.ddl[0].sql.find("SET (n_distinct = -0.5)"), std::string::npos);
  EXPECT_NE(many.undo[0].sql.find("RESET (n_distinct)"), std::string::npos);
}

}  // namespace
}  // namespace pgassay::evidence
