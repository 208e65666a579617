#pragma once

// What benches in the assay file say of recommendations.

#include "cli/options.h"
#include "pgassay/advice.h"

namespace pgassay::cli {

// Gives each recommendation that a bench has built the label that it earned, the last bench counting, and a sentence
// about it. Does nothing where `options.source` is no assay file or none was kept.
void TakeBenchLabels(const Options& options, Advice& advice);

}  // namespace pgassay::cli
