#include "sql/conjuncts.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace pgassay::sql {
namespace {

std::vector<Conjunct> Split(std::string_view condition) {
  absl::StatusOr<std::vector<Conjunct>> conjuncts = SplitConjuncts(condition);
  EXPECT_TRUE(conjuncts.ok()) << condition << ": " << conjuncts.status();
  return conjuncts.ok() ? *std::move(conjuncts) : std::vector<Conjunct>();
}

TEST(SplitConjuncts, TakesApartWhatAndJoins) {
  const std::vector<Conjunct> parts =
      Split("((o.status = 'open'::text) AND ((o.region > 5) AND (o.note ~~ 'a AND b%'::text))) AND (o.id = $0)");
  ASSERT_EQ(parts.size(), 4U);
  EXPECT_EQ(parts[0].text, "o.status = 'open'::text");
  EXPECT_EQ(parts[0].columns, (std::vector<ColumnName>{{"o", "status"}}));
  EXPECT_TRUE(parts[0].column_against_value);
  EXPECT_EQ(parts[1].op, ">");
  EXPECT_EQ(parts[2].text, "o.note ~~ 'a AND b%'::text");
  EXPECT_TRUE(parts[3].parameters);
}

TEST(SplitConjuncts, LeavesOrAndBetweenWhole) {
  EXPECT_EQ(Split("(a = 1) OR ((b = 2) AND (c = 3))").size(), 1U);
  EXPECT_EQ(Split("a BETWEEN 1 AND 2").size(), 1U);
  EXPECT_EQ(Split("CASE WHEN (a AND b) THEN true ELSE false END AND c").size(), 2U);
}

TEST(SplitConjuncts, TurnsTheOperatorWhereTheColumnIsOnTheRight) {
  const std::vector<Conjunct> parts = Split("5 < a");
  ASSERT_EQ(parts.size(), 1U);
  EXPECT_EQ(parts[0].op, ">");
  EXPECT_TRUE(parts[0].column_against_value);
}

TEST(SplitConjuncts, SaysWhatStandsBetweenColumnAndValue) {
  const auto obstacle = [](std::string_view condition) {
    const std::vector<Conjunct> parts = Split(condition);
    return parts.size() == 1 ? std::pair(parts[0].obstacle, parts[0].word)
                             : std::pair(Obstacle::kNone, std::string("?"));
  };
  EXPECT_EQ(obstacle("(placed_at)::date = '2026-01-01'::date"), std::pair(Obstacle::kCast, std::string("date")));
  EXPECT_EQ(obstacle("(id)::numeric = '5'::numeric"), std::pair(Obstacle::kCast, std::string("numeric")));
  EXPECT_EQ(obstacle("lower((email)::text) = 'x'::text"), std::pair(Obstacle::kFunction, std::string("lower")));
  EXPECT_EQ(obstacle("date_trunc('day'::text, at) = now()"), std::pair(Obstacle::kDateTrunc, std::string("day")));
  EXPECT_EQ(obstacle("EXTRACT(year FROM at) = '2026'::numeric"), std::pair(Obstacle::kExtract, std::string("year")));
  EXPECT_EQ(obstacle("(total + 1) = 10").first, Obstacle::kPlus);
  EXPECT_EQ(obstacle("10 >= (total - 1)").first, Obstacle::kMinus);
  EXPECT_EQ(obstacle("(1 - total) = 10").first, Obstacle::kNone);
  EXPECT_EQ(obstacle("(a + b) = 10").first, Obstacle::kNone);
  EXPECT_EQ(obstacle("a = 10").first, Obstacle::kNone);
}

TEST(SplitConjuncts, RefusesWhatIsNoCondition) {
  EXPECT_FALSE(SplitConjuncts("(a = 1) AND (NOT (SubPlan 1))").ok());
  EXPECT_FALSE(SplitConjuncts("(hashed SubPlan 1)").ok());
  EXPECT_FALSE(SplitConjuncts("a = 1; DROP TABLE t").ok());
  EXPECT_FALSE(SplitConjuncts("'").ok());
}

}  // namespace
}  // namespace pgassay::sql
