#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "pgassay/log_workload.h"

namespace pgassay::store {

// Above every bucket that a value has: workload::SketchBucket of the largest 64-bit integer, and 1.
inline constexpr std::uint16_t kSketchBuckets = (57 << 6) + 64;

// "bucket:count bucket:count ...": a third of the bytes of a row for each bucket, and still readable.
std::string SketchText(const Sketch& sketch);

// Reads what SketchText writes. False where `text` is something else, where buckets do not ascend, are beyond the last
// one, or have a count of 0. `sketch` is empty before.
bool ParseSketchText(std::string_view text, Sketch& sketch);

}  // namespace pgassay::store
