#include "workload/latency_sketch.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>

namespace pgassay::workload {
namespace {

constexpr std::size_t kMostCounters = 1024;  // sixteen octaves

constexpr int kLastShift = 63 - 7;  // of the largest 64-bit integer

bool Before(const std::pair<std::uint16_t, std::uint64_t>& entry, std::uint16_t bucket) {
  return entry.first < bucket;
}

}  // namespace

std::int64_t SketchValue(std::uint16_t bucket) {
  if (bucket < 128) return bucket;
  const int shift = std::min((bucket >> 6) - 1, kLastShift);
  const std::int64_t mantissa = std::min<std::int64_t>(bucket - (std::int64_t{shift} << 6), 127);
  return (mantissa << shift) + (std::int64_t{1} << shift) / 2;
}

void AddTo(Sketch& sketch, std::int64_t value, std::uint64_t count) {
  if (count == 0) return;
  const std::uint16_t bucket = SketchBucket(value);
  const auto at = std::lower_bound(sketch.buckets.begin(), sketch.buckets.end(), bucket, Before);
  if (at != sketch.buckets.end() && at->first == bucket) {
    at->second += count;
  } else {
    sketch.buckets.insert(at, {bucket, count});
  }
}

void TakeFrom(Sketch& sketch, std::int64_t value) {
  const std::uint16_t bucket = SketchBucket(value);
  const auto at = std::lower_bound(sketch.buckets.begin(), sketch.buckets.end(), bucket, Before);
  if (at != sketch.buckets.end() && at->first == bucket && --at->second == 0) sketch.buckets.erase(at);
}

void AddBuckets(Sketch& sketch, std::span<std::uint16_t> buckets) {
  if (buckets.empty()) return;
  Sketch added;
  const auto [least, greatest] = std::ranges::minmax(buckets);
  const std::size_t width = std::size_t{greatest} - least + 1;
  if (width <= kMostCounters && buckets.size() > width / 8) {
    std::array<std::uint32_t, kMostCounters> counts{};
    for (const std::uint16_t bucket : buckets) ++counts[bucket - least];
    for (std::size_t i = 0; i < width; ++i) {
      if (counts[i] > 0) added.buckets.emplace_back(static_cast<std::uint16_t>(least + i), counts[i]);
    }
  } else {
    std::ranges::sort(buckets);
    for (const std::uint16_t bucket : buckets) {
      if (added.buckets.empty() || added.buckets.back().first != bucket) added.buckets.emplace_back(bucket, 0);
      ++added.buckets.back().second;
    }
  }
  if (sketch.buckets.empty()) {
    sketch = std::move(added);
  } else {
    MergeInto(sketch, added);
  }
}

void MergeInto(Sketch& sketch, const Sketch& other) {
  std::vector<std::pair<std::uint16_t, std::uint64_t>> merged;
  merged.reserve(sketch.buckets.size() + other.buckets.size());
  auto left = sketch.buckets.begin();
  auto right = other.buckets.begin();
  while (left != sketch.buckets.end() || right != other.buckets.end()) {
    if (right == other.buckets.end() || (left != sketch.buckets.end() && left->first < right->first)) {
      merged.push_back(*left++);
    } else if (left == sketch.buckets.end() || right->first < left->first) {
      merged.push_back(*right++);
    } else {
      merged.emplace_back(left->first, left->second + right->second);
      ++left;
      ++right;
    }
  }
  sketch.buckets = std::move(merged);
}

std::uint64_t Count(const Sketch& sketch) {
  std::uint64_t count = 0;
  for (const auto& [bucket, values] : sketch.buckets) count += values;
  return count;
}

std::int64_t Quantile(const Sketch& sketch, double share) {
  const std::uint64_t count = Count(sketch);
  if (count == 0) return 0;
  const double clamped = std::clamp(share, 0.0, 1.0);
  const auto rank = static_cast<std::uint64_t>(std::ceil(clamped * static_cast<double>(count)));
  std::uint64_t seen = 0;
  for (const auto& [bucket, values] : sketch.buckets) {
    seen += values;
    if (seen >= rank) return SketchValue(bucket);
  }
  return SketchValue(sketch.buckets.back().first);
}

}  // namespace pgassay::workload
