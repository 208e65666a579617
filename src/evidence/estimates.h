#pragma once

// From wrong estimates to what makes them right: the finding comes before any index that rests on the estimate.

#include <vector>

#include "evidence/corrections.h"
#include "pgassay/analyze.h"
#include "pgassay/evidence.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay::evidence {

// Adds to evidence.findings what the plans of `evidence`, and those that logs told of, say about estimates that are
// missed by kMisestimate or more. Where `analyzer` is given, samples of its tables decide which statistics are to
// blame, and what those statistics would be is returned where rows of the tables tell.
std::vector<Correction> FindMisestimates(const Workload& workload, const Snapshot& snapshot, Analyzer* analyzer,
                                         Evidence& evidence);

// Statistics first, then the worst ratio first, then by subject; findings with the same kind and subject are one.
void MergeFindings(Evidence& evidence);

}  // namespace pgassay::evidence
