#pragma once

// SOURCE of the command line: an assay file, or a connection string.

#include <string>

#include "absl/status/statusor.h"
#include "cli/exit_code.h"
#include "cli/options.h"
#include "cli/progress.h"
#include "pgassay/capture.h"
#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"

namespace pgassay::cli {

enum class SourceKind { kFile, kConnection };

// What `text` is: a path that exists or ends in .assay is a file; a URI or anything with a "=" is a connection string.
// InvalidArgument explains both where it is neither. What may hold a password is never repeated.
absl::StatusOr<SourceKind> ClassifySource(const std::string& text);

// InvalidArgument for a URI whose password has characters that end it early: libpq would take the rest of the password
// for a host name and repeat it in its messages.
absl::Status CheckConnection(const std::string& conninfo);

// How the command line wants a capture to be made.
CaptureOptions MakeCaptureOptions(const Options& options);

// A failure with the stage that it belongs to.
struct SourceResult {
  absl::StatusOr<Snapshot> snapshot;
  LogWorkload logs;  // of the assay file; empty for a connection string
  Stage stage = Stage::kInput;
};

// The snapshot that `options.source` stands for: read from the file, or captured into memory.
SourceResult LoadSource(const Options& options, Progress& progress);

}  // namespace pgassay::cli
