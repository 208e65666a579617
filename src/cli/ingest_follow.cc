// Looks at the logs every few seconds and stores what is new, with the places where reading goes on, in one
// transaction: whenever the program ends, the assay file holds every entry up to these places once.

#include "cli/ingest_follow.h"

#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <set>
#include <thread>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "cli/ingest_summary.h"
#include "cli/signals.h"
#include "pgassay/assay_file.h"

namespace pgassay::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::milliseconds kPause{2000};
constexpr std::chrono::milliseconds kSlice{100};  // how soon a stop is noticed
constexpr int kMostBusy = 5;                      // of the time, one part in so many is spent on storing a large file

class Following {
 public:
  Following(const Options& options, IngestOptions ingest, Progress& progress)
      : options_(options), progress_(progress), follower_(std::move(ingest)) {}

  ExitCode Run() {
    while (!StopRequested()) {
      const Clock::time_point begin = Clock::now();
      if (const ExitCode code = Look(); code != kDone) return code;
      Wait(std::max<Clock::duration>(kPause, kMostBusy * (Clock::now() - begin)));
    }
    progress_.Finish();
    if (const ExitCode code = StoreOpen(); code != kDone) return code;
    if (!options_.quiet) {
      for (const std::string& line : SummarizeLogs(known_, options_.source)) Note(line);
    }
    return kDone;
  }

 private:
  ExitCode Look() {
    if (const absl::Status renewed = Renew(); !renewed.ok()) return End(Stage::kInput, renewed);
    absl::StatusOr<IngestResult> result = follower_.Look(known_);
    if (absl::IsCancelled(result.status())) return first_ ? End(Stage::kInput, result.status()) : kDone;
    if (!result.ok()) return End(Stage::kInput, result.status());
    Tell(*result);
    absl::Status failed;
    bool any = follower_.logs() > 0;
    std::uint64_t added = 0;
    for (const IngestedLog& log : result->logs) {
      failed.Update(log.status);
      added += log.added_bytes;
    }
    if (std::exchange(first_, false) && !any) return End(Stage::kInput, failed);
    if (added > 0) {
      known_ = WithIngested(std::move(known_), *std::move(result));
      if (const absl::Status stored = StoreLogs(options_.source, known_); !stored.ok())
        return End(Stage::kOutput, stored);
      stamp_ = StampOf();
    }
    added_ += added;
    progress_.Step(absl::StrCat("following ", follower_.logs(), follower_.logs() == 1 ? " log, " : " logs, ",
                                FormatBytes(static_cast<std::int64_t>(added_)), " added"));
    return kDone;
  }

  // Loops that sessions were in when the following ended, as far as they are not kept.
  ExitCode StoreOpen() {
    LogWorkload open = follower_.Finish();
    if (open == LogWorkload()) return kDone;
    if (const absl::Status renewed = Renew(); !renewed.ok()) return End(Stage::kInput, renewed);
    known_ = MergeLogs(std::move(known_), std::move(open));
    const absl::Status stored = StoreLogs(options_.source, known_);
    return stored.ok() ? kDone : End(Stage::kOutput, stored);
  }

  ExitCode End(Stage stage, const absl::Status& status) {
    progress_.Finish();
    return Fail(stage, status);
  }

  // Reads the assay file again where somebody else has written to it.
  absl::Status Renew() {
    if (const auto now = StampOf(); first_ || now != stamp_) {
      PGASSAY_ASSIGN_OR_RETURN(known_, KnownLogs(options_.source));
      stamp_ = now;
    }
    return absl::OkStatus();
  }

  // Each log once, and whatever is wrong with one: not every look.
  void Tell(const IngestResult& result) {
    if (options_.quiet) return;
    const auto say = [this](const std::string& line) {
      if (told_.size() < kMostTold && told_.insert(line).second) progress_.Say(line);
    };
    for (const std::string& note : result.notes) say(note);
    for (const IngestedLog& log : result.logs) {
      if (!log.status.ok() || logs_told_.size() >= kMostTold) {
        for (const std::string& line : SummarizeLog(log)) say(line);
      } else if (logs_told_.insert(log.file.name).second || !log.replaces) {
        for (const std::string& line : SummarizeLog(log)) progress_.Say(line);
      }
    }
  }

  std::tuple<std::int64_t, std::int64_t, std::uint64_t, std::int64_t> StampOf() const {
    struct stat info {};
    if (::stat(options_.source.c_str(), &info) != 0) return {};
    return {info.st_mtim.tv_sec, info.st_mtim.tv_nsec, info.st_ino, info.st_size};
  }

  static void Wait(Clock::duration pause) {
    const Clock::time_point end = Clock::now() + pause;
    while (!StopRequested() && Clock::now() < end) std::this_thread::sleep_for(kSlice);
  }

  static constexpr std::size_t kMostTold = 10'000;

  const Options& options_;
  Progress& progress_;
  IngestFollower follower_;
  LogWorkload known_;
  std::tuple<std::int64_t, std::int64_t, std::uint64_t, std::int64_t> stamp_;  // of the assay file when it was known
  std::set<std::string> told_;
  std::set<std::string> logs_told_;
  std::uint64_t added_ = 0;
  bool first_ = true;
};

// What a run leaves that was killed before it stored anything.
bool IsEmpty(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && info.st_size == 0;
}

}  // namespace

absl::StatusOr<LogWorkload> KnownLogs(const std::string& path) {
  if (IsEmpty(path)) return LogWorkload();
  absl::StatusOr<AssayFile> file = AssayFile::Open(path);
  if (absl::IsNotFound(file.status())) return LogWorkload();
  PGASSAY_RETURN_IF_ERROR(file.status());
  return file->ReadLogs();
}

absl::StatusOr<std::string> CapturedLinePrefix(const std::string& path) {
  if (IsEmpty(path)) return "";
  absl::StatusOr<AssayFile> file = AssayFile::Open(path);
  if (absl::IsNotFound(file.status())) return "";
  PGASSAY_RETURN_IF_ERROR(file.status());
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Setting> settings, file->LastSettings());
  const auto prefix = std::ranges::find(settings, "log_line_prefix", &Setting::name);
  return prefix == settings.end() ? "" : prefix->value;
}

absl::Status StoreLogs(const std::string& path, const LogWorkload& logs) {
  PGASSAY_ASSIGN_OR_RETURN(AssayFile file, AssayFile::OpenForAppend(path));
  return file.ReplaceLogs(logs);
}

ExitCode FollowLogs(const Options& options, IngestOptions ingest, Progress& progress) {
  return Following(options, std::move(ingest), progress).Run();
}

}  // namespace pgassay::cli
