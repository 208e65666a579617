#include "whatif/remainder.h"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace pgassay::whatif {
namespace {

double Values(const std::vector<RemainderClass>& classes, double rows) {
  double values = 0;
  for (const RemainderClass& of : classes) values += of.share * rows / of.rate * -std::expm1(-of.rate);
  return values;
}

TEST(RemainderClasses, AreOneWithoutRanges) {
  const SampleFacts facts{.rows = 1e6, .fraction = 0.03, .distinct = 5000, .rest = 1};
  const auto classes = RemainderClasses(facts, {});
  ASSERT_EQ(classes.size(), 1U);
  EXPECT_NEAR(classes[0].rate, 200, 5);
}

TEST(RemainderClasses, HaveFewerRowsAValueWhereBoundsAreFarApart) {
  const SampleFacts facts{.rows = 1e6, .fraction = 0.03, .distinct = 50'000, .rest = 1};
  const std::vector<double> ranges = {10, 100, 1000};
  const auto classes = RemainderClasses(facts, ranges);
  ASSERT_EQ(classes.size(), 3U);
  EXPECT_NEAR(classes[0].rate / classes[1].rate, 10, 0.1);
  EXPECT_NEAR(classes[1].rate / classes[2].rate, 10, 0.1);
}

// 1 + floor(u^2 * 100,000) of 800,000 rows: values are the rarer the greater, which the estimator of ANALYZE takes for
// fewer values. The bounds are the quantiles, a thirtieth of the rows is the sample.
TEST(RemainderClasses, FindTheValuesOfASkewedColumn) {
  std::vector<double> ranges;
  for (int i = 0; i < 100; ++i) ranges.push_back(1e5 * ((i + 1) * (i + 1) - i * i) / 1e4);
  double seen = 0;
  double once = 0;
  for (const double range : ranges) {
    const double rate = 8000 / range;
    seen += range * -std::expm1(-rate / 30);
    once += range * rate / 30 * std::exp(-rate / 30);
  }
  const double sampled = 8e5 / 30;
  const double reported = sampled * seen / (sampled - once + once / 30);
  const SampleFacts facts{.rows = 8e5, .fraction = 1.0 / 30, .distinct = reported, .rest = 1};
  const double really = Values({{.share = 1, .rate = 8}}, 8e5);
  EXPECT_LT(Values(RemainderClasses(facts, {}), 8e5), 0.9 * really);
  double expected = 0;
  for (const double range : ranges) expected += range * -std::expm1(-8000 / range);
  EXPECT_NEAR(Values(RemainderClasses(facts, ranges), 8e5), expected, expected * 0.01);
}

TEST(RemainderClasses, AreAllDifferentWhereAnalyzeSaysSo) {
  const SampleFacts facts{.rows = 1e6, .fraction = 0.03, .distinct = 1e6, .rest = 1};
  EXPECT_EQ(RemainderClasses(facts, {}), (std::vector<RemainderClass>{{.share = 1, .rate = 0}}));
}

TEST(BoundRanges, ReadNumbersAndTimes) {
  const std::vector<std::string_view> numbers = {"-5", "1", "1", "4.5"};
  EXPECT_EQ(BoundRanges(numbers), (std::vector<double>{6, 1.75, 3.5}));
  const std::vector<std::string_view> times = {"2026-06-29 23:59:00+00", "2026-06-30 00:00:00+00",
                                               "2026-06-30 01:00:00.5+00"};
  EXPECT_EQ(BoundRanges(times), (std::vector<double>{60, 3600.5}));
  const std::vector<std::string_view> days = {"2026-02-28", "2026-03-01"};
  EXPECT_EQ(BoundRanges(days), std::vector<double>{86400});
}

TEST(BoundRanges, AreEmptyForOthers) {
  const std::vector<std::string_view> words = {"a", "b"};
  EXPECT_TRUE(BoundRanges(words).empty());
  const std::vector<std::string_view> falling = {"2", "1"};
  EXPECT_TRUE(BoundRanges(falling).empty());
  const std::vector<std::string_view> no_date = {"2026-13-01", "2026-14-01"};
  EXPECT_TRUE(BoundRanges(no_date).empty());
  EXPECT_TRUE(BoundRanges({}).empty());
}

}  // namespace
}  // namespace pgassay::whatif
