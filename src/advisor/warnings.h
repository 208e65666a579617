#pragma once

// What a reader of advice should know beside it: sentences on what was seen, why it matters and what to try.

#include <string>
#include <vector>

#include "advisor/run.h"
#include "pgassay/snapshot.h"

namespace pgassay::advisor {

// About the capture, its statements, the twin, and the statistics of the tables that the statements read. Never hold a
// literal.
std::vector<std::string> AdviceWarnings(const Run& run, const Snapshot& snapshot);

}  // namespace pgassay::advisor
