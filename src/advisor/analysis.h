#pragma once

// Which statements are executed by --analyze, and what their plans do to the advice.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "advisor/run.h"
#include "pgassay/advice.h"
#include "pgassay/advisor.h"
#include "pgassay/analyze.h"
#include "pgassay/snapshot.h"

namespace pgassay::advisor {

// The statements that the advice rests on - those that a recommendation serves, and those that cost much and have none
// - or those of `only`, the costliest first. Of each at most `bindings` bindings: the most common, the slowest that was
// logged, the rarest.
std::vector<AnalyzeRequest> ChooseRequests(const Run& run, const Advice& advice, const Snapshot& snapshot, int bindings,
                                           const std::vector<std::string>& only = {});

// Executes those of `requests` that `seen` knows nothing of, and adds what comes of it. Errors: a lost connection.
absl::Status ExecuteMissing(std::vector<AnalyzeRequest> requests, Analyzer& analyzer, Evidence& seen);

// Fills in advice.evidence, which has what was executed, what follows from it, and lowers the confidence of what rests
// on wrong estimates.
absl::Status Conclude(const Run& run, const Snapshot& snapshot, const AdviseOptions& options, Advice& advice);

// Fills advice.evidence: executes `requests` where `options` has an analyzer, and finds wrong estimates and predicates
// that hide their columns. Recommendations for a statement with a wrong estimate get a low confidence. Errors: a lost
// connection of the analyzer.
absl::Status AddEvidence(const Run& run, const Snapshot& snapshot, const AdviseOptions& options,
                         const std::vector<AnalyzeRequest>& requests, Advice& advice);

}  // namespace pgassay::advisor
