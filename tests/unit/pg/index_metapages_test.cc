#include "pg/index_metapages.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>

namespace pgassay::pg {
namespace {

void Put(std::string& page, std::size_t at, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) page[at + static_cast<std::size_t>(i)] = static_cast<char>(value >> (8 * i));
}

std::string BlockRangePage(std::uint32_t pages_per_range, std::uint32_t map_pages) {
  std::string page(8192, '\0');
  Put(page, 24, 0xA8109CFA, 4);
  Put(page, 28, 1, 4);
  Put(page, 32, pages_per_range, 4);
  Put(page, 36, map_pages, 4);
  return page;
}

std::string InvertedPage(std::uint64_t entries, std::uint32_t version) {
  std::string page(8192, '\0');
  Put(page, 24, 0xFFFFFFFF, 4);
  Put(page, 28, 0xFFFFFFFF, 4);
  Put(page, 36, 4, 4);
  Put(page, 40, 99, 8);
  Put(page, 48, 40, 4);
  Put(page, 52, 30, 4);
  Put(page, 56, 5, 4);
  Put(page, 64, entries, 8);
  Put(page, 72, version, 4);
  Put(page, 8190, 1 << 3, 2);
  return page;
}

TEST(ReadRangeMap, ReadsBothNumbers) {
  EXPECT_EQ(ReadRangeMap(BlockRangePage(16, 3)), (RangeMap{.pages_per_range = 16, .map_pages = 3}));
}

TEST(ReadRangeMap, RefusesOtherPages) {
  EXPECT_EQ(ReadRangeMap(std::string(8192, '\0')), std::nullopt);
  EXPECT_EQ(ReadRangeMap(BlockRangePage(16, 3).substr(1)), std::nullopt);
  EXPECT_EQ(ReadRangeMap(""), std::nullopt);
  EXPECT_EQ(ReadRangeMap(BlockRangePage(0, 3)), std::nullopt);
  EXPECT_EQ(ReadRangeMap(BlockRangePage(131'073, 3)), std::nullopt);
  EXPECT_EQ(ReadRangeMap(BlockRangePage(16, 0xFFFFFFFF)), std::nullopt);
  EXPECT_EQ(ReadRangeMap(InvertedPage(1, 2)), std::nullopt);
}

TEST(ReadInvertedCounts, ReadsAllCounts) {
  EXPECT_EQ(
      ReadInvertedCounts(InvertedPage(1234, 2)),
      (InvertedCounts{.total_pages = 40, .entry_pages = 30, .data_pages = 5, .entries = 1234, .pending_pages = 4}));
}

TEST(ReadInvertedCounts, RefusesOtherPages) {
  EXPECT_EQ(ReadInvertedCounts(std::string(8192, '\0')), std::nullopt);
  EXPECT_EQ(ReadInvertedCounts(""), std::nullopt);
  EXPECT_EQ(ReadInvertedCounts(InvertedPage(1234, 7)), std::nullopt);
  EXPECT_EQ(ReadInvertedCounts(InvertedPage(~0ULL, 2)), std::nullopt);
  EXPECT_EQ(ReadInvertedCounts(BlockRangePage(16, 3)), std::nullopt);
}

}  // namespace
}  // namespace pgassay::pg
