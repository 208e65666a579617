#pragma once

// What text and JSON of loops share.

#include <algorithm>
#include <cstddef>

#include "pgassay/findings.h"

namespace pgassay::report {

inline std::size_t ShownLoops(const LoopReport& loops, std::size_t limit) {
  return limit == 0 ? loops.findings.size() : std::min(limit, loops.findings.size());
}

}  // namespace pgassay::report
