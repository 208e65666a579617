#pragma once

// Times that benches measured, brought to the server that was captured and to the plans that the twin has today.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "advisor/run.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"
#include "whatif/cost_oracle.h"

namespace pgassay::advisor {

// The indexes of a measured set as questions name them.
struct SetIndexes {
  whatif::IndexSet enabled;
  std::vector<Oid> hidden;
};

// None where one of them is neither a candidate of this run nor in the catalog, or is there already.
std::optional<SetIndexes> FindIndexes(const MeasuredSet& set, const Run& run, const Snapshot& snapshot);

// How much longer the captured server takes than the measured one, which may be another machine: the median over the
// templates whose time is known for both, `ms_by_template` and `as_it_was`. 1 where they are too few to say.
double SpeedOfSource(const MeasuredSet& as_it_was, const std::map<std::string, double>& ms_by_template);

// Whether a plan of `cost` may be the one that was measured: the costs of both are nearly the same.
bool IsMeasuredPlan(const MeasuredQuery& query, Cost cost);

}  // namespace pgassay::advisor
