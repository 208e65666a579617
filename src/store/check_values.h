#pragma once

// What CheckLogs and CheckLoops ask of single values.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "pgassay/sketch.h"

namespace pgassay::store {

inline constexpr std::size_t kMaxTextBytes = std::size_t{4} << 20;
// Of counts, bytes and microseconds (285 years). A double holds each exactly, and 1,023 of them have a sum.
inline constexpr std::int64_t kEndOfCounts = std::int64_t{1} << 53;
// Microseconds from 1970 to beyond the year 9999, and back as far. The difference of two times is a 64-bit integer.
inline constexpr std::int64_t kMaxTimeUs = std::int64_t{1} << 58;

template <std::integral Count>
bool IsCount(Count count) {
  return count >= 0 && count < static_cast<Count>(kEndOfCounts);
}

inline bool IsTime(std::int64_t time_us) {
  return time_us >= -kMaxTimeUs && time_us <= kMaxTimeUs;
}

inline bool IsText(std::string_view text) {
  return text.size() <= kMaxTextBytes;
}

// InvalidArgument: "row: problem".
absl::Status Problem(std::string_view row, std::string_view problem);

// "table, row 7".
std::string Row(std::string_view table, std::size_t number);

// Visits counters; keeps the name of the first that is out of range.
struct CountCheck {
  std::string_view wrong;

  void operator()(std::string_view name, std::int64_t value) {
    if (wrong.empty() && !IsCount(value)) wrong = name;
  }
};

// InvalidArgument where the buckets of `sketch`, column `column` of `row`, are out of order or beyond the last one, or
// where a count, or their sum, is out of range.
absl::Status CheckSketch(const Sketch& sketch, std::string_view column, std::string_view row);

}  // namespace pgassay::store
