#pragma once

// Times in place of costs: fits the time model of the database and gives advice its milliseconds.

#include <vector>

#include "absl/status/status.h"
#include "advisor/run.h"
#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"

namespace pgassay::advisor {

// Fits whatif::TimeModel to the statements of the run that only read and whose times are known: by the server's
// counters, by logs, else by Advice::evidence or `benches`, and to plans with other indexes that benches measured.
// Fills Advice::times and, where the model is good, the times of recommendations and templates. A statement whose time
// is known keeps it: the model only says by which factor a new plan changes it, and a plan that a bench measured has
// the time that the bench saw. The error means that the twin is lost.
absl::Status AddTimes(const Run& run, const Snapshot& snapshot, const std::vector<MeasuredBench>& benches,
                      Advice& advice);

}  // namespace pgassay::advisor
