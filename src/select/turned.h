#pragma once

// Why each candidate that is not chosen is not (advice/reason_codes.h).

#include <vector>

#include "select/explorer.h"
#include "select/limits.h"
#include "select/select.h"

namespace pgassay::select {

// One entry for each candidate that is not in `chosen`, by id. `gainless` holds those that were in the set and taken
// out again because they saved nothing in it. `limits` are those that `chosen` was found under. `answers` are the plans
// under `chosen`, by statement number.
std::vector<Turned> ExplainTurned(const Problem& problem, const Constraints& constraints, const Limits& limits,
                                  const Explorer& explorer, const whatif::IndexSet& chosen,
                                  const whatif::IndexSet& gainless, const std::vector<whatif::PlanAnswer>& answers);

}  // namespace pgassay::select
