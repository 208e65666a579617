#pragma once

// The bound of the master program's linear relaxation without a linear program: its Lagrangian dual, raised step by
// step. Each statement pays for the candidates that its option needs or excludes, and then chooses for itself; the
// candidates pay for what they take of each limit but the last, which makes a knapsack of them. Any payments give a
// bound, and what was found for one program serves the next, which has a few options more. The steps are those of the
// volume algorithm (Barahona, Anbil 2000), whose averages of what was chosen on the way tend to the relaxation's
// solution.

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

// What is paid. Empty to begin with. The limits of the next program are to be the same, but for the last one, which may
// be there or not.
struct Multipliers {
  std::vector<std::vector<Multiplier>> statements;  // candidates ascending
  std::vector<double> limits;                       // for the mean amount of a candidate that takes some
};

// The bound that payments give, whatever they are, and what it consists of.
struct DualBound {
  Cost bound = 0;
  std::vector<Cost> least;  // by statement: its cheapest option with what it pays for that
  std::vector<Cost> slack;  // by candidate: what could be paid more for it, in sum, at no loss
};
DualBound BoundOf(const MasterProblem& problem, const Multipliers& multipliers);

struct RelaxLimits {
  int steps = 1000;
  Cost enough = 0;             // ends when the bound is this high; 0: no such end
  std::function<bool()> stop;  // asked between steps
};

// `value` is what some set costs that holds the limits: the steps aim at it. The result is that of SolveMaster
// with no nodes: `chosen` is what the averages take by half or more. Deterministic, unless `stop` ends it.
MasterResult Relax(const MasterProblem& problem, Cost value, Multipliers& multipliers, const RelaxLimits& limits);

}  // namespace pgassay::select
