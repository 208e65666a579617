#pragma once

// The workload of a command: what pg_stat_statements and logs know, SQL files, or both.

#include <string_view>

#include "absl/status/statusor.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay::cli {

// FailedPrecondition with what to do next if the capture has no statements of the server.
absl::Status CheckCaptured(const Snapshot& snapshot);

// `more` added to `workload`. A template that both have becomes one with the values, calls and counters of both.
void AppendWorkload(Workload& workload, Workload more);

// A failure with the stage that it belongs to.
struct WorkloadResult {
  absl::StatusOr<Workload> workload;
  Stage stage = Stage::kInput;
};

// What the options of `command` ask for: without --workload the captured statements, with it the files, and with
// --with-captured both. It is a mistake of usage to give no files where nothing was captured.
WorkloadResult LoadWorkload(std::string_view command, const Options& options, const Snapshot& snapshot,
                            const LogWorkload& logs);

// The captured statements alone: those of pg_stat_statements with the values that logs have for them; those of the logs
// where there are no others. FailedPrecondition where there are neither.
absl::StatusOr<Workload> CapturedWorkload(const Snapshot& snapshot, const LogWorkload& logs);

}  // namespace pgassay::cli
