#include <cstdint>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "cli/source.h"
#include "cli/statement_summary.h"
#include "pgassay/assay_file.h"
#include "pgassay/capture.h"

namespace pgassay::cli {
namespace {

absl::Status CheckUsage(const Options& options) {
  if (options.source.empty())
    return absl::InvalidArgumentError("capture: CONNINFO is missing; see pgassay capture --help");
  if (options.output.empty())
    return absl::InvalidArgumentError("capture: -o FILE.assay is missing; see pgassay capture --help");
  PGASSAY_ASSIGN_OR_RETURN(const SourceKind kind, ClassifySource(options.source));
  if (kind == SourceKind::kFile) {
    return absl::InvalidArgumentError(absl::StrCat(
        "capture: '", options.source, "' is a file; give a connection string like \"host=db.example dbname=shop\""));
  }
  PGASSAY_RETURN_IF_ERROR(CheckConnection(options.source));
  return Annotate(CheckConnection(options.statements_from), "--statements-from");
}

// A file that is there must be an assay file that we may append to. One that is not is left unmade until there is
// something to put into it.
absl::Status CheckTarget(const std::string& path) {
  PGASSAY_RETURN_IF_ERROR(CheckOutput(path));
  const absl::StatusOr<AssayFile> existing = AssayFile::Open(path);
  if (absl::IsNotFound(existing.status())) return absl::OkStatus();
  return AssayFile::OpenForAppend(path).status();
}

absl::StatusOr<int> Append(const Snapshot& snapshot, const std::string& path) {
  PGASSAY_ASSIGN_OR_RETURN(AssayFile file, AssayFile::OpenForAppend(path));
  return file.Append(snapshot);
}

void Summarize(const Snapshot& snapshot, const std::string& path, int number) {
  Note(absl::StrCat("captured database ", snapshot.database, " (", snapshot.relations.size(), " relations, ",
                    FormatBytes(snapshot.database_bytes), ") into ", path, " as capture ", number));
  for (const std::string& line : SummarizeStatements(snapshot)) Note(line);
  for (const CaptureGap& gap : snapshot.gaps) Note(absl::StrCat("not captured: ", gap.subject, ": ", gap.reason));
}

}  // namespace

ExitCode RunCapture(const Options& options) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) return Fail(Stage::kUsage, usage);
  if (const absl::Status target = CheckTarget(options.output); !target.ok()) {
    return Fail(absl::IsInvalidArgument(target) ? Stage::kInput : Stage::kOutput, target);
  }
  Progress progress(!options.quiet && CanShowProgress());
  progress.Step("capturing the database");
  const absl::StatusOr<Snapshot> snapshot = Capture(MakeCaptureOptions(options));
  progress.Finish();
  if (!snapshot.ok()) return Fail(Stage::kServer, snapshot.status());
  if (StopRequested()) return Fail(Stage::kServer, absl::CancelledError("interrupted"));
  const absl::StatusOr<int> number = Append(*snapshot, options.output);
  if (!number.ok()) return Fail(Stage::kOutput, number.status());
  if (!options.quiet) Summarize(*snapshot, options.output, *number);
  return kDone;
}

}  // namespace pgassay::cli
