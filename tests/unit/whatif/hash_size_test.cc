#include "whatif/hash_size.h"

#include <gtest/gtest.h>

namespace pgassay::whatif {
namespace {

ColumnShape Distinct(double null_share = 0) {
  ColumnShape shape{.known = true, .classes = {{.share = 1 - null_share}}, .widths = {8}};
  if (null_share > 0) shape.classes.push_back({.share = null_share, .value_share = null_share, .null = true});
  return shape;
}

TEST(HashIndexPages, AreBucketsInPowersOfTwoAndTwoMore) {
  EXPECT_EQ(HashIndexPages(Distinct(), 0, 0), 4) << "two buckets at least";
  EXPECT_NEAR(HashIndexPages(Distinct(), 100'000, 100'000), 2 + 512, 1);
}

TEST(HashIndexPages, GrowInQuartersAbove512) {
  // 618 are wanted; of the 384 that are not split, 371 rows each on average, some overflow.
  EXPECT_NEAR(HashIndexPages(Distinct(), 190'000, 190'000), 2 + 640 + 12, 4);
}

// PostgreSQL 15 built 3,380 pages for the 814,107 different references of a table.
TEST(HashIndexPages, UnsplitBucketsOverflow) {
  EXPECT_NEAR(HashIndexPages(Distinct(), 814'107, 814'107), 3380, 3380 * 0.02);
}

TEST(HashIndexPages, LeaveNullsOutButMakeBucketsForThem) {
  EXPECT_NEAR(HashIndexPages(Distinct(0.9), 100'000, 100'000), 2 + 512, 1);
}

TEST(HashIndexPages, ChainPagesForFrequentKeys) {
  const ColumnShape four{.known = true,
                         .classes = {{.share = 0.9, .value_share = 0.9}, {.share = 0.1, .value_share = 0.1 / 3}},
                         .widths = {4}};
  EXPECT_NEAR(HashIndexPages(four, 160'000, 160'000), 2 + 640 + 160'000 / 407.0, 5);
}

}  // namespace
}  // namespace pgassay::whatif
