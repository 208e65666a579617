#pragma once

// The bound of the master program's linear relaxation without a linear program: its Lagrangian dual, raised step by
// step. Each statement pays for the candidates that its option needs or excludes, and then chooses for itself; the
// candidates are a knapsack. Any prices give a bound, and what was found for one program serves the next, which has a
// few options more. The steps are those of the volume algorithm (Barahona, Anbil 2000), whose averages of what was
// chosen on the way tend to the relaxation's solution.

#include <cstdint>
#include <functional>
#include <vector>

#include "pgassay/units.h"
#include "select/master.h"

namespace pgassay::select {

// What a statement pays for a candidate in objective units: for having it, and for leaving it out.
struct Multiplier {
  std::uint32_t candidate = 0;
  double present = 0;
  double absent = 0;
};

// By statement, candidates ascending. Empty to begin with.
using Multipliers = std::vector<std::vector<Multiplier>>;

struct RelaxLimits {
  int steps = 1000;
  Cost enough = 0;             // ends when the bound is this high; 0: no such end
  std::function<bool()> stop;  // asked between steps
};

// `value` is what some set costs that holds the constraints: the steps aim at it. The result is that of SolveMaster
// with no nodes: `chosen` is what the averages take by half or more. Deterministic, unless `stop` ends it.
MasterResult Relax(const MasterProblem& problem, Cost value, Multipliers& multipliers, const RelaxLimits& limits);

}  // namespace pgassay::select
