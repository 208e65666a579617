#pragma once

// Looks for the best index set by the known plans alone: no planner call, only arithmetic.

#include <cstdint>
#include <span>
#include <vector>

#include "catalog/candidate.h"
#include "select/limits.h"
#include "select/plan_columns.h"

namespace pgassay::select {

struct SearchProblem {
  const PlanColumns& columns;
  const std::vector<catalog::Candidate>& candidates;
  std::span<const double> weights;       // by statement number
  std::span<const Bytes> sizes;          // by candidate
  std::span<const Cost> prices;          // by candidate (prices.h)
  std::span<const std::uint32_t> ranks;  // by candidate (DefinitionRanks)
  const Limits& limits;
};

// The best set found, ascending: from `start`, which must respect the limits, and where it is `thorough` also from the
// pinned candidates alone, in two ways.
std::vector<std::uint32_t> Search(const SearchProblem& problem, const std::vector<std::uint32_t>& start, bool thorough);

}  // namespace pgassay::select
