#pragma once

// The assay file: one SQLite database with numbered captures and, later, the workload and the advice given. Implemented
// by module store; the tables are described in src/store/schema.h and can be read with sqlite3.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/snapshot.h"

namespace pgassay {

// One line of the file's table of contents.
struct CaptureInfo {
  int number = 0;  // 1, 2, ... in the order of appending
  std::string captured_at;
  std::string system_identifier;
  Oid database_oid;
  std::string database;
  bool standby = false;
  int server_version = 0;
  friend bool operator==(const CaptureInfo&, const CaptureInfo&) = default;
};

// An open assay file. Not thread-safe, also not two of them for one file in one process. Errors: NotFound (no such
// file), InvalidArgument (not an assay file, corrupt, or impossible values inside), FailedPrecondition (written by a
// newer pgassay), PermissionDenied, ResourceExhausted (disk full), Unavailable (another process is writing).
class AssayFile {
 public:
  // Opens an existing file for reading. Foreign files are untrusted: no schema code runs, everything read is checked.
  static absl::StatusOr<AssayFile> Open(std::string_view path);

  // Opens for appending; makes the file with mode 0600 if there is none. An empty file left by an interrupted run is
  // taken over.
  static absl::StatusOr<AssayFile> OpenForAppend(std::string_view path);

  AssayFile(AssayFile&&) noexcept;
  AssayFile& operator=(AssayFile&&) noexcept;
  ~AssayFile();

  // Appends one capture in one transaction and returns its number. On any error the file is as it was.
  absl::StatusOr<int> Append(const Snapshot& snapshot);

  absl::StatusOr<std::vector<CaptureInfo>> Captures() const;

  // Reads capture `number`; 0 is the last one.
  absl::StatusOr<Snapshot> Read(int number = 0) const;

 private:
  struct Connection;
  explicit AssayFile(std::unique_ptr<Connection> connection);
  std::unique_ptr<Connection> connection_;
};

}  // namespace pgassay
