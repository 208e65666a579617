#include "whatif/index_size.h"

#include <gtest/gtest.h>

namespace pgassay::whatif {
namespace {

// A table of 47,200 blocks with an ascending time, a text of 20 bytes and a nullable document.
Snapshot Events() {
  Snapshot snapshot;
  Relation events{.oid = {1}, .name = {"public", "event"}, .kind = 'r'};
  events.pages = events.statistics_pages = 47'200;
  events.statistics_tuples = 3'900'000;
  events.columns = {
      {.number = 1, .name = "at", .type = "timestamp with time zone", .type_length = 8, .type_align = 'd'},
      {.number = 2, .name = "code", .type = "text", .type_length = -1, .type_align = 'i'},
      {.number = 3, .name = "detail", .type = "jsonb", .type_length = -1, .type_align = 'i'}};
  snapshot.relations.push_back(events);
  snapshot.statistics = {{.relation = {1}, .column = 1, .average_width = 8, .distinct = -1},
                         {.relation = {1}, .column = 2, .average_width = 21, .distinct = -1},
                         {.relation = {1}, .column = 3, .null_fraction = 0.5, .average_width = 20, .distinct = 2}};
  snapshot.statistics[2].slots.push_back(
      {.kind = 1, .numbers = "{0.25,0.25}", .values = R"({"{\"by\": 1}","{\"by\": 2}"})"});
  return snapshot;
}

IndexDef On(std::string method, IndexKey key) {
  return {.table = {1}, .method = std::move(method), .keys = {std::move(key)}};
}

TEST(EstimateIndexSize, OfBlockRangesIsExact) {
  const BtreeSize size = EstimateIndexSize(On("brin", {.column = 1}), Events(), 3'900'000);
  // 369 ranges, entries of 24 bytes and a line pointer: 291 a page; metapage and one page of the range map.
  EXPECT_EQ(size.pages, 2 + 2);
  EXPECT_FALSE(size.rests_on_estimate);
  EXPECT_TRUE(EstimateIndexSize(On("brin", {.column = 1, .opclass = "timestamptz_bloom_ops"}), Events(), 1e6)
                  .rests_on_estimate);
}

TEST(EstimateIndexSize, OfBlockRangesFollowsTheirDefinition) {
  IndexDef def = On("brin", {.column = 1});
  def.pages_per_range = 1;
  // A range for each of 47,200 blocks: 163 pages of entries and 35 of the range map.
  EXPECT_EQ(EstimateIndexSize(def, Events(), 3'900'000).pages, 1 + 163 + 35);
}

TEST(EstimateIndexSize, OfDocumentsCountsTheirElementsAndNulls) {
  const BtreeSize size = EstimateIndexSize(On("gin", {.column = 3}), Events(), 3'900'000);
  EXPECT_TRUE(size.rests_on_estimate);
  // About a byte for each of 1.95 million rows with the key, as many with a value, as many without a document.
  EXPECT_NEAR(static_cast<double>(size.pages), 3 * 1.95e6 * 1.05 / 8152, 60);
  ASSERT_TRUE(size.inverted.has_value());
  EXPECT_EQ(size.inverted->total_pages, size.pages);
  EXPECT_EQ(size.inverted->entry_pages, 1);
  EXPECT_EQ(size.inverted->data_pages, size.pages - 2);
  EXPECT_EQ(size.inverted->entries, 4) << "the key, two values, and NULL";
  EXPECT_EQ(size.inverted->pending_pages, 0);
}

TEST(EstimateIndexSize, OfTextInASearchTreeLeavesOutFirstLetters) {
  const BtreeSize radix = EstimateIndexSize(On("spgist", {.column = 2}), Events(), 1e6);
  const BtreeSize tree = EstimateIndexSize(On("gist", {.column = 2}), Events(), 1e6);
  EXPECT_LT(radix.pages, tree.pages);
  EXPECT_TRUE(radix.rests_on_estimate);
}

TEST(EstimateIndexSize, OfAnExpressionHasNoMoreValuesThanItsColumn) {
  const IndexKey member{.expression = "(detail ->> 'by'::text)"};
  const BtreeSize size = EstimateIndexSize(On("btree", member), Events(), 3'900'000);
  const BtreeSize column = EstimateIndexSize(On("btree", {.column = 3}), Events(), 3'900'000);
  EXPECT_LT(size.pages, 1.2 * 3'900'000 * 6 / 8152) << "duplicates are merged";
  EXPECT_GT(column.pages, 3 * size.pages) << "documents are not merged";
  EXPECT_TRUE(size.rests_on_estimate);
}

TEST(EstimateIndexSize, DoesNotTakePartOfANameForAColumn) {
  const IndexKey other{.expression = "at_code(detail_of)"};
  EXPECT_GT(EstimateIndexSize(On("btree", other), Events(), 1e6).pages, 1e6 * 20 / 8152);
}

}  // namespace
}  // namespace pgassay::whatif
