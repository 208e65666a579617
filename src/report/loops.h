#pragma once

// What text and JSON of loops share.

#include <algorithm>
#include <cstddef>

namespace pgassay::report {

// 0: all.
constexpr std::size_t Shown(std::size_t count, std::size_t limit) {
  return limit == 0 ? count : std::min(limit, count);
}

}  // namespace pgassay::report
