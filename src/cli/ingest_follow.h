#pragma once

// ingest --follow, and the logs of an assay file.

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "pgassay/ingest.h"
#include "pgassay/log_workload.h"

namespace pgassay::cli {

// The logs of the assay file `path`; none where there is no such file.
absl::StatusOr<LogWorkload> KnownLogs(const std::string& path);

// log_line_prefix of the server whose last capture the assay file holds; empty: none is known.
absl::StatusOr<std::string> CapturedLinePrefix(const std::string& path);

// Makes `logs` those of the assay file `path`, in one transaction.
absl::Status StoreLogs(const std::string& path, const LogWorkload& logs);

// Adds to the assay file what is written to `ingest.paths` until a stop is asked for, which is how it ends well.
ExitCode FollowLogs(const Options& options, IngestOptions ingest, Progress& progress);

}  // namespace pgassay::cli
