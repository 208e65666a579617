#pragma once

// What benches in the assay file say of recommendations and of times.

#include <vector>

#include "cli/options.h"
#include "pgassay/advice.h"
#include "pgassay/advisor.h"

namespace pgassay::cli {

// Gives each recommendation that a bench has built the label that it earned, the last bench counting, and a sentence
// about it. Does nothing where `options.source` is no assay file or none was kept.
void TakeBenchLabels(const Options& options, Advice& advice);

// The times that benches of all captures measured, the oldest first; empty where `options.source` is no assay file or
// keeps none.
std::vector<MeasuredBench> MeasuredTimes(const Options& options);

}  // namespace pgassay::cli
