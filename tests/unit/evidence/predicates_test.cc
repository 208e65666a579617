#include "evidence/predicates.h"

#include <optional>
#include <string>

#include "gtest/gtest.h"

namespace pgassay::evidence {
namespace {

Relation Orders() {
  Relation table;
  table.name = {"shop", "orders"};
  table.pages = 1000;
  const auto add = [&](int number, const char* name, const char* type) {
    Column column;
    column.number = number;
    column.name = name;
    column.type = type;
    table.columns.push_back(column);
  };
  add(1, "id", "bigint");
  add(2, "placed_at", "timestamp with time zone");
  add(3, "code", "character varying(20)");
  add(4, "Total", "integer");
  return table;
}

std::string Rewrite(const std::string& condition) {
  const std::optional<EvidenceFinding> finding = HiddenColumn(condition, Orders());
  return finding ? finding->kind + ": " + finding->rewrite : "none";
}

TEST(HiddenColumn, CastsOfTimesToDatesBecomeRanges) {
  EXPECT_EQ(Rewrite("((placed_at)::date = '2026-01-01'::date)"), "column-cast: placed_at >= $1 AND placed_at < $1 + 1");
  EXPECT_EQ(Rewrite("((placed_at)::date <= '2026-01-01'::date)"), "column-cast: placed_at < $1 + 1");
  EXPECT_EQ(Rewrite("((placed_at)::date > '2026-01-01'::date)"), "column-cast: placed_at >= $1 + 1");
  EXPECT_EQ(Rewrite("date(placed_at) < '2026-01-01'::date"), "column-function: placed_at < $1");
}

TEST(HiddenColumn, TruncatedTimesBecomeRanges) {
  EXPECT_EQ(Rewrite("(date_trunc('month'::text, placed_at) = '2026-01-01'::timestamptz)"),
            "column-function: placed_at >= $1 AND placed_at < $1 + interval '1 month'");
  EXPECT_EQ(Rewrite("(EXTRACT(year FROM placed_at) = '2026'::numeric)"),
            "column-function: placed_at >= make_date($1, 1, 1) AND placed_at < make_date($1 + 1, 1, 1)");
}

TEST(HiddenColumn, NumbersOfAnotherTypeAreCastThemselves) {
  EXPECT_EQ(Rewrite("((id)::numeric = '5'::numeric)"), "column-cast: id = CAST($1 AS bigint)");
  EXPECT_EQ(Rewrite("((id)::text = '5'::text)"), "column-cast: id = CAST($1 AS bigint)");
  EXPECT_EQ(Rewrite("((id)::numeric > '5.5'::numeric)"), "column-cast: ");
}

TEST(HiddenColumn, SumsAreTurnedRound) {
  EXPECT_EQ(Rewrite("((\"Total\" + 1) = 10)"), "column-arithmetic: \"Total\" = $1 - $2");
  EXPECT_EQ(Rewrite("(10 >= (\"Total\" - 1))"), "column-arithmetic: \"Total\" <= $1 + $2");
}

TEST(HiddenColumn, LowerWantsAnExpressionOrCitext) {
  const std::optional<EvidenceFinding> finding = HiddenColumn("(lower((code)::text) = 'x'::text)", Orders());
  ASSERT_TRUE(finding.has_value());
  EXPECT_EQ(finding->rewrite, "");
  EXPECT_NE(finding->checked.find("citext"), std::string::npos);
}

TEST(HiddenColumn, NothingToSay) {
  EXPECT_EQ(Rewrite("(id = 5)"), "none");
  EXPECT_EQ(Rewrite("((code)::text = 'x'::text)"), "none") << "varchar and text share their values";
  EXPECT_EQ(Rewrite("((id + \"Total\") = 10)"), "none");
  EXPECT_EQ(Rewrite("(NOT (SubPlan 1))"), "none");
  EXPECT_EQ(Rewrite("(lower(elsewhere) = 'x')"), "none");
  Relation small = Orders();
  small.pages = 2;
  EXPECT_FALSE(HiddenColumn("((id)::numeric = '5'::numeric)", small).has_value());
}

}  // namespace
}  // namespace pgassay::evidence
