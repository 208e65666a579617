#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/environment.h"
#include "cli/ingest_follow.h"
#include "cli/ingest_summary.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "cli/signals.h"
#include "pgassay/assay_file.h"
#include "pgassay/ingest.h"
#include "pgassay/log_workload.h"
#include "report/render.h"

namespace pgassay::cli {
namespace {

constexpr std::string_view kSqliteHeader{"SQLite format 3\0", 16};

// Whether `path` is an assay file rather than a log.
bool IsAssayFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string head(kSqliteHeader.size(), '\0');
  return path != "-" && file.read(head.data(), static_cast<std::streamsize>(head.size())) && head == kSqliteHeader;
}

absl::Status CheckUsage(const Options& options) {
  if (options.source.empty())
    return absl::InvalidArgumentError("ingest: INTO.assay is missing; see pgassay ingest --help");
  if (options.filter.since_us >= options.filter.until_us)
    return absl::InvalidArgumentError("ingest: --since is not before --until, so nothing would be left");
  PGASSAY_RETURN_IF_ERROR(CheckLinePrefix(options.log_line_prefix));
  if (options.follow && std::ranges::count(options.logs, "-") > 0)
    return absl::InvalidArgumentError(
        "ingest: --follow reads files and directories; standard input is read to its end without it");
  if (options.follow && options.format == Format::kJson)
    return absl::InvalidArgumentError("ingest: --follow has no end that --json could describe; leave one of them out");
  if (options.logs.empty()) {
    return absl::InvalidArgumentError(
        "ingest: which logs? Name files, directories, other assay files, or - for standard input");
  }
  return absl::OkStatus();
}

std::string Names(const std::vector<LogFile>& files) {
  std::string names;
  for (const LogFile& file : files) absl::StrAppend(&names, names.empty() ? "" : ", ", file.name);
  return names;
}

// Adds the logs of another assay file. What both have read is refused: it would count twice.
absl::Status AddOther(const std::string& path, LogWorkload& logs) {
  PGASSAY_ASSIGN_OR_RETURN(const AssayFile file, AssayFile::Open(path));
  PGASSAY_ASSIGN_OR_RETURN(LogWorkload other, file.ReadLogs());
  if (const std::vector<LogFile> both = OverlappingFiles(logs, other); !both.empty()) {
    return absl::InvalidArgumentError(absl::StrCat(
        path, ": both files have read ", Names(both),
        ", which would count twice; ingest every log into one of the files that are merged, and only there"));
  }
  logs = MergeLogs(std::move(logs), std::move(other));
  return absl::OkStatus();
}

IngestOptions OptionsOf(const Options& options, Progress& progress) {
  IngestOptions ingest;
  ingest.log_line_prefix = options.log_line_prefix;
  // What it was when the server was captured; logs that do not fit it are read as if nobody had said.
  if (ingest.log_line_prefix.empty()) ingest.log_line_prefix = CapturedLinePrefix(options.source).value_or("");
  ingest.jobs = options.jobs;
  ingest.filter = options.filter;
  ingest.keep_literals = !options.no_literals;
  ingest.cancelled = StopRequested;
  const auto begin = std::chrono::steady_clock::now();
  // Called by one thread at a time.
  ingest.progress = [&progress, begin, meter = ProgressMeter()](std::string_view name, std::uint64_t bytes,
                                                                std::optional<std::uint64_t> size) mutable {
    const std::chrono::duration<double> passed = std::chrono::steady_clock::now() - begin;
    progress.Step(meter.Text(name, bytes, size, passed.count()));
  };
  return ingest;
}

struct Ingested {
  LogWorkload logs;
  std::vector<std::string> lines;  // for people
  std::vector<IngestedLog> results;
  bool any = false;     // something was read, or was known already
  absl::Status failed;  // the first log that could not be read
};

absl::StatusOr<Ingested> IngestAll(const Options& options, LogWorkload known, Progress& progress) {
  Ingested done{.logs = std::move(known)};
  IngestOptions ingest = OptionsOf(options, progress);
  for (const std::string& path : options.logs) {
    if (IsAssayFile(path)) {
      PGASSAY_RETURN_IF_ERROR(AddOther(path, done.logs));
      done.lines.push_back(absl::StrCat("merged ", path));
      done.any = true;
    } else {
      ingest.paths.push_back(path);
    }
  }
  if (ingest.paths.empty() || options.follow) return done;
  PGASSAY_ASSIGN_OR_RETURN(IngestResult result, Ingest(done.logs, ingest));
  for (const std::string& note : result.notes) done.lines.push_back(note);
  for (const IngestedLog& log : result.logs) {
    for (std::string& line : SummarizeLog(log)) done.lines.push_back(std::move(line));
    done.failed.Update(log.status);
    done.any = done.any || log.status.ok() || log.added_bytes > 0;
  }
  done.results = result.logs;
  done.logs = WithIngested(std::move(done.logs), std::move(result));
  return done;
}

// What is known already, and what --follow adds to it.
ExitCode Follow(const Options& options, Progress& progress, const Ingested& merged) {
  IngestOptions ingest = OptionsOf(options, progress);
  for (const std::string& path : options.logs) {
    if (!IsAssayFile(path)) ingest.paths.push_back(path);
  }
  if (merged.any) {
    if (const absl::Status stored = StoreLogs(options.source, merged.logs); !stored.ok())
      return Fail(Stage::kOutput, stored);
  }
  return FollowLogs(options, std::move(ingest), progress);
}

}  // namespace

ExitCode RunIngest(const Options& options) {
  if (const absl::Status usage = CheckUsage(options); !usage.ok()) return Fail(Stage::kUsage, usage);
  if (const absl::Status target = CheckOutput(options.source); !target.ok()) return Fail(Stage::kOutput, target);
  absl::StatusOr<LogWorkload> known = KnownLogs(options.source);
  if (!known.ok()) return Fail(Stage::kInput, known.status());
  Progress progress(!options.quiet && CanShowProgress());
  const absl::StatusOr<Ingested> done = IngestAll(options, *std::move(known), progress);
  if (done.ok() && options.follow) return Follow(options, progress, *done);
  progress.Finish();
  if (!done.ok()) return Fail(Stage::kInput, done.status());
  if (!options.quiet) {
    for (const std::string& line : done->lines) Note(line);
  }
  if (!done->any) return Fail(Stage::kInput, done->failed);
  if (const absl::Status stored = StoreLogs(options.source, done->logs); !stored.ok())
    return Fail(Stage::kOutput, stored);
  if (!options.quiet) {
    for (const std::string& line : SummarizeLogs(done->logs, options.source)) Note(line);
  }
  if (options.format == Format::kJson) {
    const std::string json = report::IngestJson(done->results, done->logs, done->lines);
    if (const absl::Status written = WriteOutput("", json); !written.ok()) return Fail(Stage::kOutput, written);
  }
  return done->failed.ok() ? kDone : Fail(Stage::kInput, done->failed);
}

}  // namespace pgassay::cli
