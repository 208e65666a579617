#pragma once

// The options of each command as CLI11 knows them. Values are checked while parsing, so that a command sees good ones
// only.

#include "cli/options.h"

namespace CLI {
class App;
}

namespace pgassay::cli {

void AddCaptureOptions(CLI::App& app, Options& options);
void AddIngestOptions(CLI::App& app, Options& options);
void AddQueriesOptions(CLI::App& app, Options& options);
void AddAdviseOptions(CLI::App& app, Options& options);
void AddWhatifOptions(CLI::App& app, Options& options);
void AddExplainOptions(CLI::App& app, Options& options);
void AddBenchOptions(CLI::App& app, Options& options);

}  // namespace pgassay::cli
