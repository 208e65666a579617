#pragma once

// The command line's limits and directories as the advisor takes them.

#include "cli/options.h"
#include "cli/progress.h"
#include "pgassay/advisor.h"

namespace pgassay::cli {

// `progress` must outlive the result.
AdviseOptions MakeAdviseOptions(const Options& options, Progress& progress);

}  // namespace pgassay::cli
