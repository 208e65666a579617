#pragma once

// The payments that bound best by all that the planner has said. What it says of payments is a cut: with any set of
// candidates the statement costs no less than the sum that it named less what was paid for those in the set. The linear
// program of such cuts bounds every set (Benders 1962), within any limits, and its solution's multipliers say which
// combination of the payments has that bound.

#include <vector>

#include "pgassay/units.h"
#include "select/master.h"
#include "select/relaxation.h"

namespace pgassay::select {

struct Cut {
  Cost sum = 0;                  // weighted
  std::vector<Multiplier> paid;  // `present` alone; candidates ascending
};

struct Combination {
  Multipliers paid;
  std::vector<Cost> sums;                  // by statement: it costs no less with `paid`, weighted; -1 without cuts
  std::vector<std::vector<double>> parts;  // by statement and cut; they add up to 1
};

// Of `cuts` by statement, within the limits and with the prices of `problem`, whose options do not matter. Nothing is
// in the result where all cuts are 0 or the program has no solution. What `paid` and `sums` bound is to be computed
// from them (BoundOf): they hold whatever the program's tolerances.
Combination CombineCuts(const MasterProblem& problem, const std::vector<std::vector<Cut>>& cuts);

}  // namespace pgassay::select
