#include "sql/nesting.h"

#include <gtest/gtest.h>

#include <string>

namespace pgassay::sql {
namespace {

std::string Repeat(std::string_view text, int times) {
  std::string repeated;
  for (int i = 0; i < times; ++i) {
    repeated += text;
  }
  return repeated;
}

TEST(NestingBound, ListsAreFlat) {
  EXPECT_LT(NestingBound("select 1" + Repeat(", 1 + 1", 5000)), 20U);
  EXPECT_LT(NestingBound("select 1 where a = 1" + Repeat(" and b = 1 or c = 2", 5000)), 20U);
  EXPECT_LT(NestingBound("insert into t values (1, 2)" + Repeat(", (1, 2)", 5000)), 20U);
  EXPECT_LT(NestingBound("select case" + Repeat(" when a = 1 then b", 5000) + " end"), 20U);
  EXPECT_LT(NestingBound(Repeat("select a from b where c = 1;", 5000)), 20U);
}

TEST(NestingBound, CountsEveryWayToNest) {
  EXPECT_GE(NestingBound("select " + Repeat("(", 500) + "1" + Repeat(")", 500)), 500U);
  EXPECT_GE(NestingBound("select " + Repeat("- ", 500) + "a"), 500U);
  EXPECT_GE(NestingBound("select 1" + Repeat(" + 1", 500)), 500U);
  EXPECT_GE(NestingBound("select 1" + Repeat(" union select 1, 2", 500)), 500U);
  EXPECT_GE(NestingBound("select 1 from a" + Repeat(" join b on c and d", 500)), 500U);
  EXPECT_GE(NestingBound("select " + Repeat("case when a then ", 500) + "1" + Repeat(" end", 500)), 500U);
  EXPECT_GE(NestingBound("select " + Repeat("1 between 1 and not ", 500) + "true"), 500U);
  EXPECT_GE(NestingBound("select " + Repeat("case when a.end then ", 500) + "1" + Repeat(" end", 500)), 500U);
}

TEST(NestingBound, KeywordsThatAreNames) {
  EXPECT_GE(NestingBound("select 1" + Repeat(" + x.and", 500)), 500U);
  EXPECT_GE(NestingBound("select 1" + Repeat(" + x./* c */or", 500)), 500U);
  EXPECT_GE(NestingBound("select " + Repeat("case when x.end then - ", 200) + "1" + Repeat(" end", 200)), 400U);
}

TEST(NestingBound, ChainsGoOnBehindBetween) {
  EXPECT_GE(NestingBound("select 1" + Repeat(Repeat(" is null", 20) + " between 1 and 2", 20)), 400U);
  EXPECT_LT(NestingBound("select 1 where true" + Repeat(" and a between 1 and 2", 5000)), 20U);
}

// A chain of operators around a bracket, in a bracket with a chain around it, ...: heights add up.
TEST(NestingBound, ChainsBehindBracketsAddUp) {
  EXPECT_GE(NestingBound("select " + Repeat("(", 20) + "1" + Repeat(Repeat(" + 1", 20) + ")", 20)), 400U);
}

TEST(NestingBound, UnreadableTextHasNone) {
  EXPECT_EQ(NestingBound("select ((('"), 0U);
}

}  // namespace
}  // namespace pgassay::sql
