#pragma once

// Files and directories. Every error names the path, says what the system said, and what to try next. All functions may
// be called from several threads as long as they do not work on the same path.

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pgassay {

// A Status for errno value `error`: "`what`: No such file or directory; check the path". Codes as
// absl::ErrnoToStatusCode, but a read-only filesystem is PermissionDenied and anything that is full is
// ResourceExhausted.
absl::Status ErrnoStatus(int error, std::string_view what);

// The largest file that ReadFile takes when not told otherwise: far above any SQL file, far below any memory.
inline constexpr std::size_t kReadFileLimit = std::size_t{1} << 30;

// The whole content of a file; pipes and devices are read to their end. Errors: NotFound, PermissionDenied,
// FailedPrecondition (a directory), OutOfRange (more than `max_bytes`).
absl::StatusOr<std::string> ReadFile(std::string_view path, std::size_t max_bytes = kReadFileLimit);

// Writes beside `path` and renames, so that a reader sees the old content or the new one, also after a crash. A new
// file gets `mode` less the umask; an existing one keeps its mode, and a symbolic link stays a link. What is no regular
// file (/dev/null, a pipe) is written directly.
absl::Status WriteFileAtomically(std::string_view path, std::string_view content, mode_t mode = 0666);

// Who owns what we make for a server that runs as another user.
struct Owner {
  uid_t uid = 0;
  gid_t gid = 0;
  friend bool operator==(const Owner&, const Owner&) = default;
};

// Makes `parent`/`prefix`XXXXXX with a name that nobody had before, mode 0700, and returns its absolute path.
absl::StatusOr<std::string> MakeTemporaryDirectory(std::string_view parent, std::string_view prefix);

// Makes directory `path` with mode 0700, its missing parents too. One that exists is good when it is a real directory
// (no symbolic link), ours, and nobody else can write to it; else FailedPrecondition.
absl::Status MakePrivateDirectory(std::string_view path);

// Removes `path` and everything below it. Never follows a symbolic link and never crosses into another filesystem. A
// path that does not exist is fine, and so are entries that vanish meanwhile.
absl::Status RemoveTree(std::string_view path);

// Copies directory `from` to `to`, which must not exist (its parent must). Regular files share their blocks with the
// original where the filesystem can (reflink, copy_file_range); symbolic links are copied as links; modes are kept,
// times are not; anything else (sockets, devices) is FailedPrecondition. With `owner`, everything made belongs to it.
// On an error what was copied stays: remove it. Nothing is synced to disk.
absl::Status CopyTree(std::string_view from, std::string_view to, std::optional<Owner> owner = std::nullopt);

// Gives `path` and everything below it to `owner`; symbolic links themselves, not what they point to.
absl::Status ChangeOwner(std::string_view path, Owner owner);

// A private directory that is removed with everything in it when its owner goes out of scope.
class TemporaryDirectory {
 public:
  static absl::StatusOr<TemporaryDirectory> Make(std::string_view parent, std::string_view prefix);

  TemporaryDirectory(TemporaryDirectory&& other) noexcept;
  TemporaryDirectory& operator=(TemporaryDirectory&& other) noexcept;
  ~TemporaryDirectory();  // ignores errors: call Remove to see them

  const std::string& path() const { return path_; }

  // Removes the directory now.
  absl::Status Remove();

  // Leaves the directory to the caller and returns its path.
  std::string Release();

 private:
  explicit TemporaryDirectory(std::string path) : path_(std::move(path)) {}
  std::string path_;  // empty: moved from, removed or released
};

}  // namespace pgassay
