#include "report/histogram.h"

#include <cstdint>
#include <limits>

#include <gtest/gtest.h>

namespace pgassay::report {
namespace {

TEST(Histogram, HasARowForEachHourWithoutGaps) {
  const auto spans = SpansOf({{0, {.calls = 9}}, {490'018, {.calls = 2, .total_us = 5}}, {490'020, {.calls = 1, .total_us = 7}}}, 24);
  ASSERT_EQ(spans.size(), 3U);
  EXPECT_EQ(spans[0], (HourSpan{.first_hour = 490'018, .sums = {.calls = 2, .total_us = 5}}));
  EXPECT_EQ(spans[1], (HourSpan{.first_hour = 490'019}));
  EXPECT_EQ(spans[2].sums.total_us, 7);
  EXPECT_EQ(HourText(490'018), "2025-11-25 10:00");
}

TEST(Histogram, JoinsHoursWhereTheyAreMany) {
  std::map<std::int32_t, LogHour> hours;
  for (std::int32_t hour = 490'020; hour < 490'020 + 100; ++hour) hours[hour] = {.calls = 1, .total_us = 10};
  const auto spans = SpansOf(hours, 24);
  ASSERT_EQ(spans.size(), 17U);
  EXPECT_EQ(spans[0].hours, 6);
  EXPECT_EQ(spans[0].first_hour % 6, 0);
  std::int64_t calls = 0;
  for (const HourSpan& span : spans) calls += span.sums.calls;
  EXPECT_EQ(calls, 100);
}

TEST(Histogram, IsBoundedWhateverTheSpan) {
  for (const std::int32_t last : {2, 30, 500, 10'000, 490'000, std::numeric_limits<std::int32_t>::max()}) {
    const auto spans = SpansOf({{1, {.calls = 1}}, {last, {.calls = 1, .total_us = kMostLoggedUs}}}, 24);
    EXPECT_LE(spans.size(), 24U) << last;
    EXPECT_EQ(spans.back().sums.calls, 1) << last;
  }
  EXPECT_TRUE(SpansOf({{0, {.calls = 3}}}, 24).empty());
}

TEST(Histogram, Bars) {
  EXPECT_EQ(Bar(5, 10, 10), "#####");
  EXPECT_EQ(Bar(1, 1e9, 10), "#") << "little is not nothing";
  EXPECT_EQ(Bar(0, 10, 10), "");
  EXPECT_EQ(Bar(1, 0, 10), "");
}

}  // namespace
}  // namespace pgassay::report
