#pragma once

// The command line's limits and directories as the advisor takes them.

#include "absl/status/statusor.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"

namespace pgassay::cli {

// Asks each --replica how it uses its indexes, so it must come before ForgetSourceVariables. `progress` must outlive
// the result. Errors: those of ReadIndexUsage, and of CheckConnection.
absl::StatusOr<AdviseOptions> MakeAdviseOptions(const Options& options, const Snapshot& snapshot, Progress& progress);

}  // namespace pgassay::cli
