// Logs one after the other: what was not read before goes through the log engine, block by block, and becomes a part of
// the workload.

#include "pgassay/ingest.h"

#include <sys/stat.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "advisor/log_resumption.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "ingest/detect_format.h"
#include "ingest/line_prefix.h"
#include "ingest/log_input.h"
#include "ingest/log_siblings.h"
#include "ingest/log_source.h"
#include "ingest/scan.h"
#include "nplusone/log_loops.h"
#include "nplusone/open_sessions.h"
#include "workload/log_filter.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace pgassay {
namespace {

// The known log that `prefix` goes on with; the one of which most is known.
const LogFile* KnownAs(const LogWorkload& known, std::string_view prefix) {
  const LogFile* best = nullptr;
  for (const LogFile& file : known.files) {
    const ingest::LogIdentity identity{.prefix_hash = file.identity, .prefix_bytes = file.identity_bytes};
    if (ingest::Continues(identity, prefix) && (best == nullptr || file.identity_bytes > best->identity_bytes))
      best = &file;
  }
  return best;
}

// On disk; nothing: not known, as of a pipe.
std::optional<std::uint64_t> BytesOf(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return std::nullopt;
  return static_cast<std::uint64_t>(info.st_size);
}

// When a log was written last, in microseconds since 1970: of what is no file, now.
std::int64_t WrittenLast(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return absl::ToUnixMicros(absl::Now());
  return static_cast<std::int64_t>(info.st_mtim.tv_sec) * 1'000'000;
}

// What was chosen of siblings, as long as the same files are there.
struct KnownChoice {
  std::string files;
  std::vector<std::string> left_out;
};

class Ingestion {
 public:
  // `carried`: statements that the logs before have begun; what this one leaves of them and its own.
  Ingestion(const LogWorkload& known, const IngestOptions& options, nplusone::LogLoops& loops,
            workload::OpenWork& carried)
      : known_(known), options_(options), loops_(loops), carried_(carried) {}

  absl::StatusOr<IngestResult> Run() {
    const ingest::LogPaths paths = Find();
    for (const absl::Status& failure : paths.failures) result_.logs.push_back({.status = failure});
    all_bytes_ = 0;
    for (const std::string& path : paths.paths) {
      const std::optional<std::uint64_t> bytes = BytesOf(path);
      all_bytes_ = bytes && all_bytes_ ? std::optional(*all_bytes_ + *bytes) : std::nullopt;
    }
    for (const std::string& path : paths.paths) {
      PGASSAY_RETURN_IF_ERROR(ReadInput(path));
      done_bytes_ += BytesOf(path).value_or(0);
    }
    return std::move(result_);
  }

  // Of several formats of the same entries one.
  ingest::LogPaths Find(KnownChoice* before = nullptr) {
    ingest::LogPaths paths = ingest::FindLogs(options_.paths);
    result_.notes = paths.notes;
    KnownChoice now;
    if (before != nullptr) {
      // A file that is empty yet says nothing about its format.
      for (const std::string& path : paths.paths)
        absl::StrAppend(&now.files, path, BytesOf(path).value_or(0) == 0 ? "?\n" : "\n");
    }
    if (before != nullptr && before->files == now.files) {
      now.left_out = before->left_out;
    } else {
      ingest::SiblingChoice choice = ingest::ChooseSiblings(
          paths, Hints(""), [this](std::string_view prefix) { return KnownAs(known_, prefix) != nullptr; });
      now.left_out = std::move(choice.left_out);
      std::ranges::move(choice.notes, std::back_inserter(result_.notes));
    }
    std::erase_if(paths.paths, [&](const std::string& path) { return std::ranges::count(now.left_out, path) > 0; });
    if (before != nullptr) *before = std::move(now);
    return paths;
  }

  // What is new in a log that is followed; `hold` leaves its last entry. `open`: what its sessions have begun.
  IngestedLog ReadFollowed(ingest::LogSource& source, bool hold, std::optional<workload::OpenWork>& open) {
    IngestedLog log;
    log.file.name = source.name();
    hold_ = hold;
    open_ = &open;
    latest_us_ = WrittenLast(source.name());
    log.status = source.SkipTo(0);
    if (log.status.ok()) log.status = ReadLog(source, log);
    hold_ = false;
    open_ = nullptr;
    return log;
  }

  IngestResult& result() { return result_; }

  // Cancelled, or fine: what is wrong with one log is told with it.
  absl::Status ReadInput(const std::string& path) {
    latest_us_ = WrittenLast(path);
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

 private:
  absl::Status ReadLog(ingest::LogSource& source, IngestedLog& log) {
    PGASSAY_ASSIGN_OR_RETURN(const std::string_view prefix, source.Peek(ingest::kIdentityBytes));
    if (prefix.empty()) return absl::OkStatus();  // an empty log says nothing
    const ingest::LogIdentity identity = ingest::IdentityOf(prefix);
    const LogFile* const before = FindKnown(prefix);
    LogFile file = before != nullptr ? *before : LogFile();
    if (before != nullptr) {
      log.replaces = *before;
      log.lacks_entries = LacksEntries(FilterTextOf(*before), options_.filter);
    }
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
      if (more.empty()) {
        if (source.seekable()) before_ = std::pair(source.name(), file.bytes);
        return absl::OkStatus();
      }
    }
    return Scan(source, log);
  }

  ingest::FormatHints Hints(const std::string& name) const {
    return {.line_prefix = options_.log_line_prefix,
            .default_utc_offset_s = options_.utc_offset_s,
            .file_name = name,
            .latest_us = latest_us_};
  }

  absl::Status Scan(ingest::LogSource& source, IngestedLog& log) {
    std::optional<ingest::LogFormat> around;
    const std::uint64_t begin = log.file.bytes;
    if (begin > 0) around = FormatAround(source, begin, Hints(source.name()));
    workload::OpenWork open;
    if (open_ != nullptr && *open_) {
      open = **open_;
    } else if (begin > 0) {
      PGASSAY_ASSIGN_OR_RETURN(open, OpenBefore(source, begin, around, Hints(source.name()), options_.filter));
    }
    const ingest::ScanInput input{.read = [&](char* to, std::size_t size) { return source.Read(to, size); },
                                  .detect = [&](std::string_view head) -> absl::StatusOr<ingest::LogFormat> {
                                    if (around) return *std::exchange(around, std::nullopt);
                                    return ingest::DetectFormat(head, Hints(source.name()));
                                  }};
    const ingest::ScanOptions scan_options{
        .jobs = options_.jobs > 0 ? options_.jobs : std::max(1, static_cast<int>(std::thread::hardware_concurrency())),
        .hold_last_entry = hold_,
        .cancelled = [&] {
          if (options_.progress) options_.progress(source.name(), done_bytes_ + source.position(), all_bytes_);
          return options_.cancelled && options_.cancelled();
        }};
    if (const auto before = std::exchange(before_, std::nullopt); before && begin == 0)
      carried_ = ForOtherLogs(OpenAt(before->first, before->second, Hints(before->first), options_.filter));
    workload::LogTotals totals({.jobs = scan_options.jobs, .watch = loops_.Watch()});
    totals.Reopen(carried_);
    totals.Reopen(open);
    const ingest::ScanHandler handler{
        .make = [filter = options_.filter.PassesAll()
                              ? nullptr
                              : &options_.filter] { return std::make_unique<TallyOfBlock>(filter); },
        .take = [&](ingest::BlockTally& block) { totals.Take(static_cast<TallyOfBlock&>(block).tally); }};
    const absl::StatusOr<ingest::ScanResult> result = ingest::ScanLog(input, scan_options, handler);
    if (!result.ok()) {
      loops_.Abandon();
      return result.status();
    }
    const ingest::ScanResult& scanned = *result;
    log.added_bytes = scanned.bytes;
    log.unfinished_bytes = scanned.unfinished;
    log.format_changes = scanned.other_formats;
    const std::string_view filter_before = log.replaces ? FilterTextOf(*log.replaces) : std::string_view();
    log.file.format = absl::StrCat(ingest::Describe(scanned.format),
                                   FilterSuffix(options_.filter, log.replaces ? &filter_before : nullptr));
    if (scanned.bytes == 0) return scanned.damage;  // nothing that is whole: the log stays as it was known
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
    LoopTally seen =
        loops_.Take(totals, open_ != nullptr ? nplusone::LogLoops::Log::kGoesOn : nplusone::LogLoops::Log::kEnds);
    for (std::size_t i = 0; i < totals.filtered().size(); ++i) {
      if (const auto entries = static_cast<std::uint64_t>(totals.filtered()[i]); entries > 0)
        log.filtered[std::string(Slug(static_cast<workload::FilterVerdict>(i)))] = entries;
    }
    log.lone_durations = static_cast<std::uint64_t>(totals.lone_durations());
    carried_ = totals.Open();
    if (open_ != nullptr) {
      *open_ = carried_;
      std::erase_if((*open_)->statements, [](const workload::OpenStatement& of) { return of.elsewhere; });
    }
    carried_ = ForOtherLogs(std::move(carried_));
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
    EvictLightest(result_.added);
    return scanned.damage;
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
  nplusone::LogLoops& loops_;  // of sessions that were at work when the log before ended
  workload::OpenWork& carried_;
  std::optional<std::pair<std::string, std::uint64_t>> before_;  // the log before, if it had nothing new, and its bytes
  IngestResult result_;
  int failures_ = 0;
  std::int64_t latest_us_ = ingest::kNoTime;  // when the present input was written last
  std::uint64_t done_bytes_ = 0;              // of the inputs before, on disk
  std::optional<std::uint64_t> all_bytes_;    // of all inputs
  bool hold_ = false;
  std::optional<workload::OpenWork>* open_ = nullptr;  // nullptr: what is open is forgotten
};

}  // namespace

absl::Status CheckLinePrefix(std::string_view log_line_prefix) {
  return log_line_prefix.empty() ? absl::OkStatus() : ingest::LinePrefix::Compile(log_line_prefix).status();
}

absl::StatusOr<IngestResult> Ingest(const LogWorkload& known, const IngestOptions& options) {
  nplusone::LogLoops loops;
  loops.Resume(known.loops);
  workload::OpenWork carried;
  absl::StatusOr<IngestResult> result = Ingestion(known, options, loops, carried).Run();
  if (!result.ok()) return result;
  // The values of statements that repeat are kept as hashes, which short values can be guessed from.
  LoopTally rest = options.keep_literals ? loops.Leave() : loops.Finish();
  result->added = Merge(std::move(result->added), {.loops = std::move(rest)});
  result->resumed = known.loops.open;
  return result;
}

namespace {

// Looks without any change after which a file is closed; what changes again is opened again, where it is still listed.
constexpr int kPatience = 60;

struct FileStamp {
  std::uint64_t bytes = 0;
  timespec modified{};
  bool operator==(const FileStamp& other) const {
    return bytes == other.bytes && modified.tv_sec == other.modified.tv_sec &&
           modified.tv_nsec == other.modified.tv_nsec;
  }
};

struct FollowedLog {
  std::string path;
  std::unique_ptr<ingest::LogInput> input;
  ingest::LogSource* source = nullptr;  // of `input`
  FileStamp stamp;                      // when it was read last
  bool listed = false;
  bool held = false;  // an entry was left
  int quiet_looks = 0;
  std::optional<workload::OpenWork> open;  // nothing: it was not read yet

  void Close() {
    source = nullptr;
    input.reset();
  }
};

}  // namespace

struct IngestFollower::State {
  std::map<std::pair<dev_t, ino_t>, FollowedLog> logs;
  nplusone::LogLoops loops;
  workload::OpenWork carried;
  KnownChoice siblings;
  std::vector<OpenLoopSession> open;  // as the last look left them
  bool looked = false;

  // Which files are there now.
  void List(const ingest::LogPaths& paths, IngestResult& result) {
    for (auto& [id, log] : logs) log.listed = false;
    for (const std::string& path : paths.paths) {
      struct stat info {};
      if (::stat(path.c_str(), &info) != 0) continue;  // gone since it was listed
      const auto [at, added] = logs.try_emplace({info.st_dev, info.st_ino});
      FollowedLog& log = at->second;
      if (log.path != path) log.Close();
      log.path = path;
      log.listed = true;
      if (added && !S_ISREG(info.st_mode)) {
        result.logs.push_back(
            {.file = {.name = path},
             .status = absl::InvalidArgumentError(absl::StrCat(
                 "cannot follow ", Printable(path), ", which is no regular file; name a log or its directory"))});
      }
    }
  }
};

IngestFollower::IngestFollower(IngestOptions options)
    : options_(std::move(options)), state_(std::make_unique<State>()) {}
IngestFollower::~IngestFollower() = default;

LogWorkload IngestFollower::Finish() {
  if (options_.keep_literals) return {};
  return {.loops = state_->loops.Finish()};
}

std::size_t IngestFollower::logs() const {
  return state_->logs.size();
}

namespace {

// Whether there may be something new in `log`, whose stamp is renewed; `hold`: more may be on its way.
bool HasNews(FollowedLog& log, bool& hold) {
  FileStamp stamp = log.stamp;
  struct stat info {};
  if (log.listed) {
    if (::stat(log.path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return false;
    stamp = {.bytes = static_cast<std::uint64_t>(info.st_size), .modified = info.st_mtim};
  } else if (log.source != nullptr) {
    stamp.bytes = log.source->size().value_or(stamp.bytes);
  } else {
    return false;
  }
  hold = !(stamp == log.stamp);
  log.stamp = stamp;
  log.quiet_looks = hold ? 0 : log.quiet_looks + 1;
  return hold || std::exchange(log.held, false);
}

absl::Status ReadNews(FollowedLog& log, bool hold, Ingestion& ingestion) {
  IngestResult& result = ingestion.result();
  if (log.source == nullptr) {
    absl::StatusOr<std::unique_ptr<ingest::LogInput>> input = ingest::LogInput::Open(log.path);
    absl::StatusOr<ingest::LogSource*> source = nullptr;
    if (input.ok()) source = (*input)->Next();
    // What is packed does not grow: it is read as always, and said if something is wrong with it.
    if (!input.ok() || !source.ok() || *source == nullptr || !(*source)->seekable())
      return ingestion.ReadInput(log.path);
    log.input = *std::move(input);
    log.source = *source;
  }
  IngestedLog read = ingestion.ReadFollowed(*log.source, hold, log.open);
  log.held = hold && (read.unfinished_bytes > 0 || !read.status.ok());
  if (absl::IsCancelled(read.status)) return read.status;
  // The beginning of a first line fits no format; a file that is cut meanwhile is another one at the next look.
  if (log.held && !read.status.ok()) return absl::OkStatus();
  if (!read.status.ok() || read.added_bytes > 0 || read.lacks_entries) result.logs.push_back(std::move(read));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<IngestResult> IngestFollower::Look(const LogWorkload& known) {
  if (!state_->looked) {
    state_->open = known.loops.open;
    state_->loops.Resume(known.loops);
  }
  Ingestion ingestion(known, options_, state_->loops, state_->carried);
  const ingest::LogPaths paths = ingestion.Find(&state_->siblings);
  IngestResult& result = ingestion.result();
  if (!state_->looked) {
    for (const absl::Status& failure : paths.failures) result.logs.push_back({.status = failure});
  }
  state_->looked = true;
  state_->List(paths, result);
  // Files that were renamed away first: they go on in those that are listed.
  for (const bool listed : {false, true}) {
    for (auto& [id, log] : state_->logs) {
      bool hold = false;
      if (log.listed == listed && HasNews(log, hold)) PGASSAY_RETURN_IF_ERROR(ReadNews(log, hold, ingestion));
      if (log.quiet_looks > kPatience) log.Close();
    }
  }
  std::erase_if(state_->logs, [](const auto& entry) { return !entry.second.listed && entry.second.source == nullptr; });
  const bool any = std::ranges::any_of(result.logs, [](const IngestedLog& log) { return log.added_bytes > 0; });
  if (any && options_.keep_literals) {
    LoopTally rest = state_->loops.Pause();
    result.resumed = std::exchange(state_->open, rest.open);
    result.added = Merge(std::move(result.added), {.loops = std::move(rest)});
  }
  return std::move(result);
}

LogWorkload WithIngested(LogWorkload known, IngestResult result) {
  for (const IngestedLog& log : result.logs) {
    if (log.replaces && log.added_bytes > 0) std::erase(known.files, *log.replaces);
  }
  std::erase_if(known.loops.open,
                [&](const OpenLoopSession& open) { return std::ranges::binary_search(result.resumed, open); });
  return MergeLogs(std::move(known), std::move(result.added));
}

LogWorkload MergeLogs(LogWorkload a, LogWorkload b) {
  LogWorkload merged = Merge(std::move(a), std::move(b));
  merged.loops = nplusone::WithPastClosed(std::move(merged.loops));
  EvictLightest(merged);
  return merged;
}

}  // namespace pgassay
