#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace pgassay {

// A distribution of integers (microseconds, counts) with a relative error of at most 1/128: how many values fell into
// each bucket of workload/latency_sketch.h. Sorted by bucket, no bucket twice, no count of 0.
struct Sketch {
  std::vector<std::pair<std::uint16_t, std::uint64_t>> buckets;
  friend bool operator==(const Sketch&, const Sketch&) = default;
};

}  // namespace pgassay
