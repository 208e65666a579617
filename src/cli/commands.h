#pragma once

// What each command does, one .cc each. All print what they have to say and return how the run ends.

#include "cli/exit_code.h"
#include "cli/options.h"

namespace pgassay::cli {

ExitCode RunCapture(const Options& options);
ExitCode RunIngest(const Options& options);
ExitCode RunQueries(const Options& options);
ExitCode RunAdvise(const Options& options);
ExitCode RunWhatif(const Options& options);
ExitCode RunExplain(const Options& options);
ExitCode RunBenchCommand(const Options& options);

}  // namespace pgassay::cli
