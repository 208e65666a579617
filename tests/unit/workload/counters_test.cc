#include "workload/counters.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace pgassay::workload {
namespace {

// What pg_stat_statements would say about these calls.
StatementCounters Of(const std::vector<double>& times) {
  StatementCounters counters{.calls = static_cast<std::int64_t>(times.size()),
                             .min_ms = times.front(),
                             .max_ms = times.front(),
                             .rows = 2 * static_cast<std::int64_t>(times.size())};
  for (const double time : times) {
    counters.total_ms += time;
    counters.min_ms = std::min(counters.min_ms, time);
    counters.max_ms = std::max(counters.max_ms, time);
  }
  const double mean = counters.total_ms / static_cast<double>(times.size());
  for (const double time : times) {
    counters.stddev_ms += (time - mean) * (time - mean) / static_cast<double>(times.size());
  }
  counters.stddev_ms = std::sqrt(counters.stddev_ms);
  return counters;
}

TEST(Sum, IsThatOfAllCallsTogether) {
  const StatementCounters sum = Sum(Of({1, 2, 9}), Of({100, 4}));
  const StatementCounters expected = Of({1, 2, 9, 100, 4});
  EXPECT_EQ(sum.calls, 5);
  EXPECT_EQ(sum.rows, 10);
  EXPECT_DOUBLE_EQ(sum.total_ms, expected.total_ms);
  EXPECT_EQ(sum.min_ms, 1);
  EXPECT_EQ(sum.max_ms, 100);
  EXPECT_NEAR(sum.stddev_ms, expected.stddev_ms, 1e-9);
}

TEST(Sum, WithoutCallsNothingChanges) {
  const StatementCounters some = Of({3, 5});
  EXPECT_EQ(Sum(some, {}), some);
  EXPECT_EQ(Sum({}, some), some);
}

TEST(Sum, HostileValues) {
  constexpr auto kMax = std::numeric_limits<std::int64_t>::max();
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min();
  const double nan = std::nan("");
  const double infinity = std::numeric_limits<double>::infinity();
  const StatementCounters sum =
      Sum({.calls = kMax, .total_ms = nan, .max_ms = nan, .stddev_ms = infinity, .rows = kMin},
          {.calls = kMax, .total_ms = infinity, .max_ms = 2, .stddev_ms = 1e300, .rows = kMin});
  EXPECT_EQ(sum.calls, kMax);
  EXPECT_EQ(sum.rows, kMin);
  EXPECT_EQ(sum.total_ms, 0);
  EXPECT_EQ(sum.max_ms, 2);
  EXPECT_TRUE(std::isfinite(sum.stddev_ms));
}

}  // namespace
}  // namespace pgassay::workload
