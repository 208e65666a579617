#pragma once

// The command line's limits and directories as the advisor takes them.

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "pgassay/advisor.h"
#include "pgassay/analyze.h"
#include "pgassay/snapshot.h"

namespace pgassay::cli {

// What each --pin says: a name that ends in .sql is a file. Errors: those of ReadFile.
absl::StatusOr<std::vector<std::string>> ReadPinned(const Options& options);

// Asks each --replica how it uses its indexes, so it must come before ForgetSourceVariables. `progress` must outlive
// the result. Errors: those of ReadIndexUsage, and of CheckConnection.
absl::StatusOr<AdviseOptions> MakeAdviseOptions(const Options& options, std::vector<std::string> pinned,
                                                const Snapshot& snapshot, Progress& progress);

// The server of --analyze, connected and found to be like the captured one; none where the option is not given. Before
// ForgetSourceVariables, too. Errors: those of Analyzer::Connect, and of CheckConnection. InvalidArgument for options
// that need --analyze and do not have it.
absl::StatusOr<std::unique_ptr<Analyzer>> ConnectAnalyzer(const Options& options, const Snapshot& snapshot,
                                                          Progress& progress);

}  // namespace pgassay::cli
