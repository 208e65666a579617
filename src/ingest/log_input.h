#pragma once

// From the paths that a user names to logs: globs, directories, compression and archives.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/archive_reader.h"
#include "ingest/log_source.h"

namespace pgassay::ingest {

// What a list of arguments stands for. One bad argument does not hold up the others.
struct LogPaths {
  std::vector<std::string> paths;      // files in the order of the arguments; "-" is standard input
  std::vector<std::string> named;      // those of `paths` that are arguments themselves, not found in or by one
  std::vector<std::string> notes;      // what was left out and why, for people
  std::vector<absl::Status> failures;  // arguments that stand for nothing: NotFound, PermissionDenied, ...
};

// An argument is a file, a named pipe, "-", a directory (its visible regular files sorted by name, not those below it),
// or, where no such file exists, a pattern as the shell's with *, ?, [...] and {a,b} (its files sorted by name). A file
// named twice, by whatever name, is given once. Compression is not looked at.
LogPaths FindLogs(const std::vector<std::string>& arguments);

// The logs in one path of FindLogs: one, or an archive's members in their order. Compression and archives are told by
// content, also within archives. Not thread-safe; several inputs may be read at the same time.
class LogInput {
 public:
  // Waits for a pipe's first bytes. InvalidArgument: a packing that is not read (7z, rar, ...), a device, ...
  static absl::StatusOr<std::unique_ptr<LogInput>> Open(const std::string& path);
  ~LogInput();

  // The next log, to be used until the next call; nullptr: no more. After an error the next call goes on with what can
  // still be read.
  absl::StatusOr<LogSource*> Next();

  // Members so far that are no logs: links, devices, hidden files.
  std::uint64_t ignored_members() const;

 private:
  LogInput() = default;
  absl::StatusOr<LogSource*> Unpacked(std::unique_ptr<LogSource> source);

  std::unique_ptr<LogSource> first_;                      // until the first call of Next
  std::vector<std::unique_ptr<ArchiveReader>> archives_;  // each within the one before
  std::unique_ptr<LogSource> current_;
  std::uint64_t ignored_ = 0;  // of archives that are done
};

}  // namespace pgassay::ingest
