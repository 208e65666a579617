#include "workload/latency_sketch.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace pgassay::workload {
namespace {

TEST(LatencySketch, BucketsFollowEachOther) {
  std::uint16_t last = 0;
  for (std::int64_t value = 0; value < 100'000; ++value) {
    const std::uint16_t bucket = SketchBucket(value);
    EXPECT_TRUE(bucket == last || bucket == last + 1) << value;
    last = bucket;
  }
  EXPECT_EQ(SketchBucket(-5), 0);
}

TEST(LatencySketch, RelativeErrorIsBelowOneInOneHundredTwentyEight) {
  std::mt19937_64 random(7);
  for (int i = 0; i < 200'000; ++i) {
    const auto value = static_cast<std::int64_t>(random() >> (1 + random() % 63));
    const auto middle = static_cast<double>(SketchValue(SketchBucket(value)));
    EXPECT_LE(std::abs(middle - static_cast<double>(value)), static_cast<double>(value) / 128 + 0.5) << value;
  }
  EXPECT_GT(SketchValue(SketchBucket(INT64_MAX)), INT64_MAX / 2);
  EXPECT_GT(SketchValue(65535), 0) << "a damaged file's bucket";
}

TEST(LatencySketch, QuantilesOfKnownValues) {
  Sketch sketch;
  for (std::int64_t value = 1; value <= 10'000; ++value) AddTo(sketch, value);
  for (const double share : {0.01, 0.5, 0.95, 0.99}) {
    EXPECT_NEAR(static_cast<double>(Quantile(sketch, share)), 10'000 * share, 10'000 * share / 100);
  }
  EXPECT_EQ(Quantile(sketch, 0), 1);
  EXPECT_EQ(Count(sketch), 10'000U);
  EXPECT_EQ(Quantile(Sketch(), 0.5), 0);
}

TEST(LatencySketch, MergingIsAddingInAnyOrder) {
  std::mt19937_64 random(11);
  std::vector<Sketch> parts(5);
  Sketch whole;
  for (int i = 0; i < 5000; ++i) {
    const auto value = static_cast<std::int64_t>(random() % 1'000'000);
    AddTo(parts[random() % parts.size()], value);
    AddTo(whole, value);
  }
  for (int order = 0; order < 10; ++order) {
    std::ranges::shuffle(parts, random);
    Sketch merged;
    for (const Sketch& part : parts) MergeInto(merged, part);
    EXPECT_EQ(merged, whole);
  }
}

TEST(LatencySketch, ManyBucketsAtOnce) {
  std::mt19937_64 random(5);
  for (const int count : {1, 3, 40, 3000}) {
    for (const std::int64_t most : {3LL, 1'000LL, 5'000'000'000LL}) {
      Sketch one_by_one;
      Sketch at_once;
      for (int round = 0; round < 2; ++round) {
        std::vector<std::uint16_t> buckets;
        for (int i = 0; i < count; ++i) {
          const auto value = static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most));
          AddTo(one_by_one, value);
          buckets.push_back(SketchBucket(value));
        }
        AddBuckets(at_once, buckets);
      }
      EXPECT_EQ(at_once, one_by_one) << count << " below " << most;
    }
  }
}

}  // namespace
}  // namespace pgassay::workload
