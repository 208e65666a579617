#include "evidence/corrections.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace pgassay::evidence {
namespace {

ValueGroup Group(const std::string& a, const std::string& b, double rows) {
  return {.values = {a, b}, .combination = "{" + a + "," + b + "}", .rows = rows};
}

TEST(ComputeExtended, ColumnsThatDetermineEachOther) {
  // Three cities with a zip each, read completely.
  const ExtendedStatistics seen =
      ComputeExtended({2, 5}, {Group("x", "1", 10), Group("y", "2", 20), Group("z", "3", 30)}, 60, true, 100);
  EXPECT_EQ(seen.columns, "{2,5}");
  ASSERT_EQ(seen.distinct.size(), 1U);
  EXPECT_EQ(seen.distinct[0], (ColumnGroup{.columns = "{2,5}", .figure = 3}));
  ASSERT_EQ(seen.dependencies.size(), 2U);
  EXPECT_EQ(seen.dependencies[0], (ColumnGroup{.columns = "{5,2}", .figure = 1}));
  EXPECT_EQ(seen.dependencies[1], (ColumnGroup{.columns = "{2,5}", .figure = 1}));
  EXPECT_TRUE(seen.common.empty());
}

TEST(ComputeExtended, ADependencyHoldsForTheRowsWhoseValueGoesWithOneOther) {
  // x goes with 1 and 2; y with 2 alone; 1 with x alone.
  const ExtendedStatistics seen =
      ComputeExtended({1, 2}, {Group("x", "1", 30), Group("x", "2", 10), Group("y", "2", 60)}, 100, true, 100);
  ASSERT_EQ(seen.dependencies.size(), 2U);
  EXPECT_EQ(seen.dependencies[0], (ColumnGroup{.columns = "{2,1}", .figure = 0.3}));
  EXPECT_EQ(seen.dependencies[1], (ColumnGroup{.columns = "{1,2}", .figure = 0.6}));
}

TEST(ComputeExtended, CombinationsSeenOnceStandForMore) {
  std::vector<ValueGroup> groups;
  for (int i = 0; i < 100; ++i) groups.push_back(Group(std::to_string(i), "c", 1));
  // All of 100 rows differ, so all of the table's 10,000 are taken to.
  const ExtendedStatistics all = ComputeExtended({1, 2}, groups, 10000, true, 100);
  EXPECT_DOUBLE_EQ(all.distinct[0].figure, 10000);
  // Half of the values seen twice: n d / (n - f + f n / N) = 150 * 100 / (150 - 50 + 50 * 150 / 15000).
  for (int i = 0; i < 50; ++i) groups[static_cast<std::size_t>(i)].rows = 2;
  const ExtendedStatistics half = ComputeExtended({1, 2}, groups, 15000, true, 100);
  EXPECT_DOUBLE_EQ(half.distinct[0].figure, 149);
}

TEST(ComputeExtended, CommonCombinationsAndWhatTheyWouldBeIfIndependent) {
  const ExtendedStatistics seen =
      ComputeExtended({1, 2}, {Group("x", "1", 25), Group("y", "2", 70), Group("x", "2", 5)}, 100, false, 2);
  EXPECT_TRUE(seen.distinct.empty());
  EXPECT_TRUE(seen.dependencies.empty());
  ASSERT_EQ(seen.common.size(), 2U);
  EXPECT_EQ(seen.common[0].values, "{y,2}");
  EXPECT_DOUBLE_EQ(seen.common[0].frequency, 0.7);
  EXPECT_DOUBLE_EQ(seen.common[0].base_frequency, 0.7 * 0.75);
  EXPECT_EQ(seen.common[1].values, "{x,1}");
  EXPECT_DOUBLE_EQ(seen.common[1].base_frequency, 0.3 * 0.25);
}

TEST(ComputeExtended, WhatASampleHardlySawIsNotCommon) {
  // 1,000 of 1,000,000 rows: a combination needs more than 24 of them to be kept.
  std::vector<ValueGroup> groups = {Group("x", "1", 900), Group("y", "2", 25), Group("y", "3", 24)};
  for (int i = 0; i < 51; ++i) groups.push_back(Group("z", std::to_string(i), 1));
  const ExtendedStatistics seen = ComputeExtended({1, 2}, groups, 1e6, false, 100);
  ASSERT_EQ(seen.common.size(), 2U);
  EXPECT_EQ(seen.common[1].values, "{y,2}");
}

}  // namespace
}  // namespace pgassay::evidence
