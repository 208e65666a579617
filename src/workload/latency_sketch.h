#pragma once

// Distributions of integers in little space: pgassay::Sketch, filled and read.
//
// Buckets are those of an HDR histogram: below 128 each value has its own, above them every power of two is divided
// into 64 of equal width, so that the middle of a bucket is at most 1/128 away from any value in it. Everything is
// integer arithmetic: merging adds counts, in any order, on any machine.

#include <bit>
#include <cstdint>
#include <span>

#include "pgassay/log_workload.h"

namespace pgassay::workload {

// The bucket of `value`; negative values count as 0.
constexpr std::uint16_t SketchBucket(std::int64_t value) {
  if (value < 128) return static_cast<std::uint16_t>(value < 0 ? 0 : value);
  const auto bits = static_cast<std::uint64_t>(value);
  const int shift = static_cast<int>(std::bit_width(bits)) - 7;  // leaves 7 bits, the first of them set
  return static_cast<std::uint16_t>((shift << 6) + static_cast<int>(bits >> shift));
}

// The middle of a bucket, rounded down. A bucket that no value has counts as the last one.
std::int64_t SketchValue(std::uint16_t bucket);

void AddTo(Sketch& sketch, std::int64_t value, std::uint64_t count = 1);
// Takes one value away that is like `value`, if there is one.
void TakeFrom(Sketch& sketch, std::int64_t value);
// Values that are buckets already, many at a time. `buckets` is sorted, perhaps.
void AddBuckets(Sketch& sketch, std::span<std::uint16_t> buckets);
void MergeInto(Sketch& sketch, const Sketch& other);

std::uint64_t Count(const Sketch& sketch);

// The value below or at which the part `share` (0 to 1) of the values lies; 0 for an empty sketch.
std::int64_t Quantile(const Sketch& sketch, double share);

}  // namespace pgassay::workload
