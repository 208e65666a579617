#pragma once

// The operating system's cache of a database's files, emptied before a run that is to read from disk.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"

namespace pgassay::bench {

class ColdCaches {
 public:
  // The files of the database that `session` is in. FailedPrecondition where the server does not run on this machine,
  // PermissionDenied where its files are not ours to open, or its data directory not ours to know.
  static absl::StatusOr<ColdCaches> Find(pg::Session& session);

  // Writes what waits to be written to these files, and asks the kernel to forget what it has of them
  // (POSIX_FADV_DONTNEED). The server's own buffers stay as they are.
  absl::Status Drop() const;

 private:
  explicit ColdCaches(std::vector<std::string> directories) : directories_(std::move(directories)) {}
  std::vector<std::string> directories_;
};

}  // namespace pgassay::bench
