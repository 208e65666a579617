#pragma once

// Hand-made counters and explanations for the renderers.

#include "pgassay/explain.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay::report {

// The sample snapshot with where its statements come from.
Snapshot SampleSource();

// Three templates with counters, of two users; 600, 300 and 50 ms. One skipped statement with 30 ms, 20 ms of utility
// statements, and another database with 5 s.
Workload SampleCounters();

// One template with two bindings, served by a new index after the change.
Explanation SampleExplanation();

}  // namespace pgassay::report
