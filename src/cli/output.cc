#include "cli/output.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "base/file.h"

namespace pgassay::cli {
namespace {

absl::Status WriteStdout(std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = write(STDOUT_FILENO, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0 && errno == EPIPE) return absl::OkStatus();
    if (written < 0) return ErrnoStatus(errno, "writing to stdout");
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

void ReserveStandardStreams() {
  // open() takes the lowest number that is free.
  int fd = open("/dev/null", O_RDONLY);
  while (fd >= STDIN_FILENO && fd <= STDERR_FILENO) fd = open("/dev/null", O_RDONLY);
  if (fd > STDERR_FILENO) close(fd);
}

absl::Status CheckOutput(const std::string& path) {
  if (path.empty()) return absl::OkStatus();
  struct stat status {};
  const bool exists = stat(path.c_str(), &status) == 0;
  if (exists && S_ISDIR(status.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat("cannot write ", path, ": it is a directory; name a file in it"));
  }
  if (exists && access(path.c_str(), W_OK) != 0) return ErrnoStatus(errno, absl::StrCat("cannot write ", path));
  if (exists && !S_ISREG(status.st_mode)) return absl::OkStatus();
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const std::string directory = parent.empty() ? "." : parent;
  if (access(directory.c_str(), W_OK | X_OK) != 0) {
    return ErrnoStatus(errno, absl::StrCat("cannot write ", path, ": directory ", directory));
  }
  return absl::OkStatus();
}

absl::Status WriteOutput(const std::string& path, std::string_view content) {
  return path.empty() ? WriteStdout(content) : WriteFileAtomically(path, content);
}

}  // namespace pgassay::cli
