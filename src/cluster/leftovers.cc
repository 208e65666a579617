#include "cluster/leftovers.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <chrono>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace pgassay::cluster {
namespace {

std::optional<Owner> FindUser(const char* name) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  if (::getpwnam_r(name, &entry, buffer.data(), buffer.size(), &found) != 0 || found == nullptr) return std::nullopt;
  return Owner{entry.pw_uid, entry.pw_gid};
}

// Whether process `pid` works in `directory`: pids are used again, so the number alone proves nothing.
bool WorksIn(pid_t pid, const std::string& directory) {
  char target[4096];
  const std::string link = absl::StrCat("/proc/", pid, "/cwd");
  const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  return length > 0 && std::string_view(target, static_cast<std::size_t>(length)) == directory;
}

// Processes that work in `directory`: a postmaster, and backends that outlived theirs in an endless loop.
std::vector<pid_t> ProcessesIn(const std::string& directory) {
  std::vector<pid_t> found;
  DIR* const entries = ::opendir("/proc");
  if (entries == nullptr) return found;
  while (const dirent* entry = ::readdir(entries)) {
    const std::string_view name = entry->d_name;
    pid_t pid = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), pid);
    if (error == std::errc() && end == name.data() + name.size() && pid > 1 && WorksIn(pid, directory))
      found.push_back(pid);
  }
  ::closedir(entries);
  return found;
}

void EndServer(const std::string& directory) {
  const std::string data_dir = directory + "/data";
  for (const int signal : {SIGQUIT, SIGKILL}) {
    for (const pid_t pid : ProcessesIn(data_dir)) ::kill(pid, signal);
    for (int i = 0; i < 100 && !ProcessesIn(data_dir).empty(); ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

// Whether `path` is a directory that a run of this user made.
bool IsOurs(const std::string& path, const std::optional<Owner>& owner) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0 || !S_ISDIR(status.st_mode) || (status.st_mode & 077) != 0) return false;
  return status.st_uid == ::geteuid() || (owner && status.st_uid == owner->uid);
}

}  // namespace

absl::StatusOr<std::optional<Owner>> UnprivilegedOwner() {
  if (::geteuid() != 0) return std::optional<Owner>();
  for (const char* name : {"postgres", "nobody"}) {
    if (std::optional<Owner> owner = FindUser(name)) return owner;
  }
  return absl::FailedPreconditionError(
      "PostgreSQL does not run as root, and there is neither a user postgres nor nobody: run pgassay as an ordinary "
      "user");
}

absl::StatusOr<int> LockDirectory(const std::string& directory) {
  const std::string path = directory + "/lock";
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return ErrnoStatus(errno, absl::StrCat("cannot open ", path));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    ::close(descriptor);
    return ErrnoStatus(error, absl::StrCat("cannot lock ", path));
  }
  return descriptor;
}

void RemoveLeftovers(const std::string& work_dir) {
  const absl::StatusOr<std::optional<Owner>> owner = UnprivilegedOwner();
  if (!owner.ok()) return;
  DIR* const entries = ::opendir(work_dir.c_str());
  if (entries == nullptr) return;
  std::vector<std::string> found;
  while (const dirent* entry = ::readdir(entries)) {
    if (std::string_view(entry->d_name).substr(0, kDirectoryPrefix.size()) == kDirectoryPrefix) {
      found.push_back(absl::StrCat(work_dir, "/", entry->d_name));
    }
  }
  ::closedir(entries);
  for (const std::string& directory : found) {
    if (!IsOurs(directory, *owner) || ::access((directory + "/lock").c_str(), F_OK) != 0) continue;
    const absl::StatusOr<int> lock = LockDirectory(directory);
    if (!lock.ok()) continue;  // Its run is alive.
    EndServer(directory);
    RemoveTree(directory).IgnoreError();
    ::close(*lock);
  }
}

}  // namespace pgassay::cluster
