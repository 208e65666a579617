#pragma once

// Proves that a set is the best by the known plans, or finds a better one, where the problem is small enough.

#include <cstdint>
#include <optional>
#include <vector>

#include "select/search.h"

namespace pgassay::select {

struct ExactResult {
  std::optional<std::vector<std::uint32_t>> better;  // ascending; none: nothing cheaper than the incumbent was found
  bool complete = false;                             // every set was considered
};

// Looks for a set that costs less than `incumbent` (weighted, by the known plans) within the constraints. Gives up
// after a fixed amount of work, so that the answer does not depend on the machine.
ExactResult BranchAndBound(const SearchProblem& problem, Cost incumbent);

}  // namespace pgassay::select
