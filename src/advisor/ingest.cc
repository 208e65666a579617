// Logs one after the other: what was not read before goes through the log engine, block by block, and becomes a part of
// the workload.

#include "pgassay/ingest.h"

#include <algorithm>
#include <memory>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "ingest/detect_format.h"
#include "ingest/log_input.h"
#include "ingest/log_source.h"
#include "ingest/scan.h"
#include "nplusone/log_loops.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace pgassay {
namespace {

// The tally of a block, for the scan.
class TallyOfBlock final : public ingest::BlockTally {
 public:
  void Add(const ingest::LogRecord& record) override { tally.Add(record); }
  void Clear() override { tally.Clear(); }
  workload::LogTally tally;
};

// The known log that `prefix` goes on with; the one of which most is known.
const LogFile* KnownAs(const LogWorkload& known, std::string_view prefix) {
  const LogFile* best = nullptr;
  for (const LogFile& file : known.files) {
    const ingest::LogIdentity identity{.prefix_hash = file.identity, .prefix_bytes = file.identity_bytes};
    if (ingest::Continues(identity, prefix) && (best == nullptr || file.identity_bytes > best->identity_bytes)) best = &file;
  }
  return best;
}

class Ingestion {
 public:
  Ingestion(const LogWorkload& known, const IngestOptions& options) : known_(known), options_(options) {}

  absl::StatusOr<IngestResult> Run() {
    const ingest::LogPaths paths = ingest::FindLogs(options_.paths);
    result_.notes = paths.notes;
    for (const absl::Status& failure : paths.failures) result_.logs.push_back({.status = failure});
    for (const std::string& path : paths.paths) PGASSAY_RETURN_IF_ERROR(ReadInput(path));
    return std::move(result_);
  }

 private:
  // Cancelled, or fine: what is wrong with one log is told with it.
  absl::Status ReadInput(const std::string& path) {
    const absl::StatusOr<std::unique_ptr<ingest::LogInput>> input = ingest::LogInput::Open(path);
    if (!input.ok()) {
      result_.logs.push_back({.file = {.name = path}, .status = input.status()});
      return absl::OkStatus();
    }
    while (true) {
      const absl::StatusOr<ingest::LogSource*> source = (*input)->Next();
      if (!source.ok()) {
        result_.logs.push_back({.file = {.name = path}, .status = source.status()});
        // An archive may go on behind a broken member; one that fails again and again does not.
        if (++failures_ > kMostFailures) return absl::OkStatus();
        continue;
      }
      if (*source == nullptr) break;
      IngestedLog log;
      log.file.name = (*source)->name();
      log.status = ReadLog(**source, log);
      const bool cancelled = absl::IsCancelled(log.status);
      const absl::Status status = log.status;
      result_.logs.push_back(std::move(log));
      if (cancelled) return status;
    }
    if (const std::uint64_t ignored = (*input)->ignored_members(); ignored > 0)
      result_.notes.push_back(absl::StrCat(path, ": ", ignored, " members that are no plain files were left out"));
    return absl::OkStatus();
  }

  absl::Status ReadLog(ingest::LogSource& source, IngestedLog& log) {
    PGASSAY_ASSIGN_OR_RETURN(const std::string_view prefix, source.Peek(ingest::kIdentityBytes));
    if (prefix.empty()) return absl::OkStatus();  // an empty log says nothing
    const ingest::LogIdentity identity = ingest::IdentityOf(prefix);
    const LogFile* const before = FindKnown(prefix);
    LogFile file = before != nullptr ? *before : LogFile();
    if (before != nullptr) log.replaces = *before;
    file.identity = identity.prefix_hash;
    file.identity_bytes = identity.prefix_bytes;
    file.name = source.name();
    log.file = file;
    if (file.bytes > 0) {
      const absl::Status skipped = source.SkipTo(file.bytes);
      // Shorter than what was read of it: the same beginning, cut off since. There is nothing new in it.
      if (absl::IsOutOfRange(skipped)) return absl::OkStatus();
      PGASSAY_RETURN_IF_ERROR(skipped);
      PGASSAY_ASSIGN_OR_RETURN(const std::string_view more, source.Peek(1));
      if (more.empty()) return absl::OkStatus();
    }
    return Scan(source, log);
  }

  absl::Status Scan(ingest::LogSource& source, IngestedLog& log) {
    const ingest::ScanInput input{
        .read = [&](char* to, std::size_t size) { return source.Read(to, size); },
        .detect = [&](std::string_view head) {
          return ingest::DetectFormat(head, {.line_prefix = options_.log_line_prefix,
                                             .default_utc_offset_s = options_.utc_offset_s,
                                             .file_name = source.name()});
        }};
    const ingest::ScanOptions scan_options{
        .jobs = options_.jobs > 0 ? options_.jobs : std::max(1, static_cast<int>(std::thread::hardware_concurrency())),
        .cancelled = [&] {
          if (options_.progress) options_.progress(source.name(), source.position(), source.size());
          return options_.cancelled && options_.cancelled();
        }};
    nplusone::LogLoops loops;
    workload::LogTotals totals({.watch = loops.Watch()});
    const ingest::ScanHandler handler{
        .make = [] { return std::make_unique<TallyOfBlock>(); },
        .take = [&](ingest::BlockTally& block) { totals.Take(static_cast<TallyOfBlock&>(block).tally); }};
    PGASSAY_ASSIGN_OR_RETURN(const ingest::ScanResult scanned, ingest::ScanLog(input, scan_options, handler));
    log.added_bytes = scanned.bytes;
    log.unfinished_bytes = scanned.unfinished;
    log.format_changes = scanned.other_formats;
    log.file.format = ingest::Describe(scanned.format);
    log.file.bytes += scanned.bytes;
    log.file.entries += scanned.lines.entries;
    log.file.continuation_lines += scanned.lines.continuations;
    log.file.empty_lines += scanned.lines.empty;
    for (std::size_t kind = 0; kind < ingest::kUnknownKinds; ++kind) {
      if (scanned.lines.unknown[kind] == 0) continue;
      const std::string slug(ingest::Slug(static_cast<ingest::UnknownKind>(kind)));
      log.file.unknown_lines[slug] += scanned.lines.unknown[kind];
      log.unknown_samples.emplace_back(slug, scanned.lines.samples[kind]);
    }
    LoopTally seen = loops.Finish(totals);
    LogWorkload added = std::move(totals).Finish();
    added.loops = std::move(seen);
    if (!options_.keep_literals) {
      for (LogTemplate& of : added.templates) {
        of.samples.clear();
        of.slowest.clear();
      }
    }
    added.files.push_back(log.file);
    Replace(log);
    result_.added = Merge(std::move(result_.added), std::move(added));
    return absl::OkStatus();
  }

  // What `prefix` belongs to, among what was read before and in this run: a log given twice is read once.
  const LogFile* FindKnown(std::string_view prefix) const {
    const LogFile* const now = KnownAs(result_.added, prefix);
    return now != nullptr ? now : KnownAs(known_, prefix);
  }

  // The same log, read further in this run.
  void Replace(const IngestedLog& log) {
    if (log.replaces) std::erase(result_.added.files, *log.replaces);
  }

  static constexpr int kMostFailures = 1000;

  const LogWorkload& known_;
  const IngestOptions& options_;
  IngestResult result_;
  int failures_ = 0;
};

}  // namespace

absl::StatusOr<IngestResult> Ingest(const LogWorkload& known, const IngestOptions& options) {
  return Ingestion(known, options).Run();
}

LogWorkload WithIngested(LogWorkload known, IngestResult result) {
  for (const IngestedLog& log : result.logs) {
    if (log.replaces && log.added_bytes > 0) std::erase(known.files, *log.replaces);
  }
  return Merge(std::move(known), std::move(result.added));
}

}  // namespace pgassay
