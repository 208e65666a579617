#include "whatif/btree_pages.h"

#include <gtest/gtest.h>

namespace pgassay::whatif {
namespace {

TEST(BtreePages, PostingListsTakeATenthOfAPage) {
  EXPECT_EQ(RowsPerPosting(16), 132);  // 16 + 132 * 6 = 808, and 812 is the most
  EXPECT_EQ(RowsPerPosting(800), 1);
}

TEST(BtreePages, UniformLeavesHold366TuplesOf16Bytes) {
  EXPECT_EQ(UniformLeafPages(1, 16), 1);
  EXPECT_EQ(UniformLeafPages(367, 16), 1);  // the rightmost page keeps the tuple that would move on
  EXPECT_EQ(UniformLeafPages(368, 16), 2);
  EXPECT_EQ(UniformLeafPages(1'000'000, 16), 2733);
}

TEST(BtreePages, FillerAgreesWithUniformPages) {
  for (const int size : {16, 24, 56, 112, 400, 2704}) {
    LeafFiller filler;
    for (int i = 0; i < 20'000; ++i) filler.Add(size, 0);
    const double exact = static_cast<double>(UniformLeafPages(20'000, size));
    EXPECT_NEAR(filler.pages(), exact, 1 + exact * 0.001) << size;
  }
}

TEST(BtreePages, LargeGroupsFillNinePostingListsAPage) {
  EXPECT_NEAR(1 / LeafPagesPerRow(16, 1'000'000), 9 * 132, 9);
}

TEST(BtreePages, UpperLevelsOfAMillionIntegers) {
  const UpperLevels upper = BuildUpperLevels(2733, 16);
  EXPECT_EQ(upper.pages, 11);  // 2,745 with the leaves and the metapage, as PostgreSQL builds it
  EXPECT_EQ(upper.height, 2);
  EXPECT_EQ(BuildUpperLevels(1, 16).height, 0);
  EXPECT_EQ(BuildUpperLevels(2, 16).height, 1);
}

}  // namespace
}  // namespace pgassay::whatif
