#pragma once

// Server logs in, what they say out. Implemented by module advisor.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/log_filter.h"
#include "pgassay/log_workload.h"

namespace pgassay {

struct IngestOptions {
  std::vector<std::string> paths;   // files, directories, patterns, "-" for standard input; compressed or not
  std::string log_line_prefix;      // empty, or one that does not fit: found in the lines themselves
  std::int32_t utc_offset_s = 0;    // of times whose zone is not known
  int jobs = 0;                     // threads; 0: one per core. The result does not depend on it
  LogFilter filter;                 // what it keeps out is counted, and not read again later
  bool keep_literals = true;        // false: no sample is kept, so that no value of a statement is
  std::function<bool()> cancelled;  // true stops with a Cancelled error; may be empty
  // What is read, how many bytes of all logs are done, as they are on disk, and how many they have (none: a pipe is
  // among them). Called by one thread at a time; may be empty.
  std::function<void(std::string_view name, std::uint64_t bytes, std::optional<std::uint64_t> size)> progress;
};

// What became of one log.
struct IngestedLog {
  LogFile file;                        // its `bytes` are where reading goes on
  std::optional<LogFile> replaces;     // as what it was known before
  std::uint64_t added_bytes = 0;       // of these, read now; 0: nothing new
  std::uint64_t unfinished_bytes = 0;  // a last line without its end, left for the next time
  std::uint64_t format_changes = 0;
  // Durations in entries of their own whose statements are not known: of parse and bind steps, of statements that are
  // not logged or in a log that was not read.
  std::uint64_t lone_durations = 0;
  std::map<std::string, std::uint64_t> filtered;  // entries kept out by IngestOptions::filter: "since", "database", ...
  bool lacks_entries = false;  // `replaces` was read through a filter that kept out what passes this one
  // Samples of lines that belong to no entry, by slug; at most three each, as they are: untrusted.
  std::vector<std::pair<std::string, std::vector<std::string>>> unknown_samples;
  absl::Status status;  // why it was not read, or not to its end
};

struct IngestResult {
  LogWorkload added;  // what was not in `known`
  std::vector<IngestedLog> logs;
  std::vector<std::string> notes;        // for people
  std::vector<OpenLoopSession> resumed;  // of `known`; what became of them is in `added`
};

// InvalidArgument: an escape that no server knows, or nothing but a % at its end. "" is a prefix too.
absl::Status CheckLinePrefix(std::string_view log_line_prefix);

// Reads what `known` has not seen yet. What is wrong with one log is in IngestedLog::status, and the others are read:
// NotFound, PermissionDenied, InvalidArgument (its lines fit no format). The only error of the whole is Cancelled.
absl::StatusOr<IngestResult> Ingest(const LogWorkload& known, const IngestOptions& options);

// Logs that are still written, looked at again and again. Files stay open between looks, so that one that is renamed is
// read to its end; directories and patterns are searched again each time. What was read belongs to the caller, who
// keeps it with each look or loses it with that look: nothing is read twice or left out, because every look goes on
// where `known` ends. The last entry of a file is left for the next look while the file changes. Not thread-safe.
class IngestFollower {
 public:
  explicit IngestFollower(IngestOptions options);
  ~IngestFollower();

  // As Ingest, for what has changed since the last look. Logs without anything new are not in the result.
  absl::StatusOr<IngestResult> Look(const LogWorkload& known);

  // What is open when no look follows and was not kept by the last one, because of IngestOptions::keep_literals: loops
  // that sessions have begun. To be merged with what the looks gave.
  LogWorkload Finish();

  std::size_t logs() const;  // how many are followed

 private:
  struct State;
  IngestOptions options_;
  std::unique_ptr<State> state_;
};

// `known` with what Ingest added.
LogWorkload WithIngested(LogWorkload known, IngestResult result);

// Logs that were read apart, of which neither has read what the other has (OverlappingFiles).
LogWorkload MergeLogs(LogWorkload a, LogWorkload b);

}  // namespace pgassay
