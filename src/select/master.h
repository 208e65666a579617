#pragma once

// The best set by what is known of the statements' costs, and a bound that no set can beat: a mixed integer program
// over plans and cells (DESIGN.md section 5, "restricted master"), solved by COIN-OR CBC.
//
//   minimise   sum of weight x cost of the choice of each statement + sum of prices of the chosen candidates
//   such that  each statement chooses one of its options; an option's present candidates are chosen, its absent ones
//              are not; the limits hold.
//
// Only candidates are binary: with them fixed, the best choice of each statement is the cheapest of its options.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "pgassay/units.h"
#include "select/limits.h"

namespace pgassay::select {

// A known plan, or a cell of sets under which the statement was not planned (CostTree), with a bound for its cost.
struct Option {
  Cost cost = 0;                       // per call
  std::vector<std::uint32_t> present;  // candidates, ascending
  std::vector<std::uint32_t> absent;   // ascending; empty for plans
  std::optional<std::uint32_t> cell;   // the caller's number of it; none for plans
};

// Sorts by cost and leaves out what an option that is never dearer makes useless.
void RemoveDominated(std::vector<Option>& options);

struct MasterProblem {
  std::vector<std::vector<Option>> statements;  // by statement; an empty one does not count
  std::vector<double> weights;                  // by statement
  std::vector<Cost> prices;                     // by candidate
  std::vector<Limit> limits;
};

struct MasterLimits {
  double gap = 0.001;          // ends when solution and bound are this close, as a share of the solution
  Cost enough = 0;             // ends when the bound is this high; 0: no such end
  int nodes = 2'000;           // of the search tree; 0: the linear relaxation alone
  std::function<bool()> stop;  // asked at each node
};

struct MasterResult {
  // Ascending. Of the relaxation alone: what it takes by half or more, whether or not that holds the limits.
  std::vector<std::uint32_t> chosen;
  Cost value = 0;  // of `chosen` in the model
  Cost bound = 0;  // no set has a lower value
  // Of the relaxation alone: by candidate, how far its solution takes it, of Relax its averages.
  std::vector<double> taken = {};
  // By statement and option, from the reduced costs of the linear relaxation, weighted: taking the option, its
  // candidates and none that it excludes makes the relaxation's value higher by at least that; 0 for those that the
  // bound rests on.
  std::vector<std::vector<Cost>> reduced;
};

// `start` holds the limits; the result is never worse, unless it is of the relaxation alone. Deterministic, unless
// `stop` ends it.
MasterResult SolveMaster(const MasterProblem& problem, const std::vector<std::uint32_t>& start,
                         const MasterLimits& limits);

}  // namespace pgassay::select
