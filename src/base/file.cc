#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdlib>
#include <string>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace pgassay {
namespace {

std::string Message(std::string_view verb, std::string_view path) {
  return absl::StrCat("cannot ", ToAbsl(verb), " ", Printable(path));
}

// What a person can do about an errno value; empty where nothing general is true.
std::string_view NextStep(int error) {
  switch (error) {
    case ENOENT:
      return "check the path";
    case EACCES:
    case EPERM:
      return "check the permissions of it and of the directories above it";
    case EROFS:
      return "choose a place that can be written";
    case ENOSPC:
    case EDQUOT:
      return "free some space there, or choose another place";
    case EMFILE:
    case ENFILE:
      return "raise the limit of open files (ulimit -n)";
    case EAGAIN:
      return "raise the limit of processes (ulimit -u), or try again";
    case ENOTDIR:
      return "a part of the path is no directory";
    case EEXIST:
      return "remove it, or choose another name";
    case EISDIR:
      return "name a file, not a directory";
    default:
      return "";
  }
}

absl::StatusCode CodeOf(int error) {
  switch (error) {
    case EROFS:
      return absl::StatusCode::kPermissionDenied;
    case EDQUOT:
    case EFBIG:
    case EAGAIN:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::ErrnoToStatusCode(error);
  }
}

absl::StatusOr<std::string> ReadAll(int fd, std::string_view path, std::size_t max_bytes, std::size_t expected_bytes) {
  constexpr std::size_t kStep = 65536;
  std::string content;
  content.resize(std::min(expected_bytes, max_bytes) + 1);  // one more, so that the end is seen without growing
  std::size_t size = 0;
  while (true) {
    if (size == content.size()) content.resize(size + std::max(size, kStep));
    const ssize_t count = ::read(fd, content.data() + size, content.size() - size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, Message("read", path));
    if (count == 0) break;
    size += static_cast<std::size_t>(count);
    if (size > max_bytes) {
      return absl::OutOfRangeError(absl::StrCat(Printable(path), " is larger than ",
                                                FormatBytes(static_cast<std::int64_t>(max_bytes)),
                                                ", the most that is read; split it"));
    }
  }
  content.resize(size);
  return content;
}

absl::Status WriteAll(int fd, std::string_view path, std::string_view content) {
  while (!content.empty()) {
    const ssize_t count = ::write(fd, content.data(), content.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, Message("write", path));
    content.remove_prefix(static_cast<std::size_t>(count));
  }
  return absl::OkStatus();
}

absl::Status WriteDirectly(const std::string& path, std::string_view content) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return ErrnoStatus(errno, Message("write", path));
  return WriteAll(fd.get(), path, content);
}

// Where `path` leads when it is a symbolic link to something that exists, else `path`.
std::string FollowLink(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0 || !S_ISLNK(info.st_mode)) return path;
  char* resolved = ::realpath(path.c_str(), nullptr);
  if (resolved == nullptr) return path;
  std::string target(resolved);
  std::free(resolved);
  return target;
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

// Opens a file beside `path` with a name of its own. O_EXCL never opens what another process made.
absl::StatusOr<UniqueFd> OpenBeside(const std::string& path, mode_t mode, std::string& name) {
  for (int attempt = 0; attempt < 100; ++attempt) {
    name = absl::StrCat(path, ".", ::getpid(), ".", attempt, ".new");
    UniqueFd fd(::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (fd.valid()) return fd;
    if (errno != EEXIST) return ErrnoStatus(errno, Message("write", name));
  }
  return ErrnoStatus(EEXIST, Message("write", name));
}

// Makes a rename durable. A directory that may not be read cannot be synced; the rename itself is done by then.
void SyncDirectory(const std::string& directory) {
  const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.valid()) ::fsync(fd.get());
}

absl::Status CheckPrivate(const std::string& path) {
  struct stat info {};
  if (::lstat(path.c_str(), &info) != 0) return ErrnoStatus(errno, Message("look at", path));
  std::string_view problem;
  if (!S_ISDIR(info.st_mode)) {
    problem = "is no directory";
  } else if (info.st_uid != ::geteuid()) {
    problem = "belongs to another user";
  } else if ((info.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    problem = "can be written by others";
  } else {
    return absl::OkStatus();
  }
  return absl::FailedPreconditionError(absl::StrCat(
      Printable(path), " ", ToAbsl(problem), ", so it cannot hold private files; remove it, or choose another place"));
}

}  // namespace

absl::Status ErrnoStatus(int error, std::string_view what) {
  std::string message(absl::ErrnoToStatus(error, ToAbsl(what)).message());
  const std::string_view next = NextStep(error);
  if (!next.empty()) absl::StrAppend(&message, "; ", ToAbsl(next));
  return absl::Status(CodeOf(error), message);
}

absl::StatusOr<std::string> ReadFile(std::string_view path, std::size_t max_bytes) {
  const std::string name(path);
  const UniqueFd fd(::open(name.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return ErrnoStatus(errno, Message("read", path));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoStatus(errno, Message("read", path));
  if (S_ISDIR(info.st_mode)) return ErrnoStatus(EISDIR, Message("read", path));
  return ReadAll(fd.get(), path, max_bytes, S_ISREG(info.st_mode) ? static_cast<std::size_t>(info.st_size) : 0);
}

absl::Status WriteFileAtomically(std::string_view path, std::string_view content, mode_t mode) {
  const std::string target = FollowLink(std::string(path));
  struct stat info {};
  const bool exists = ::stat(target.c_str(), &info) == 0;
  if (exists && S_ISDIR(info.st_mode)) return ErrnoStatus(EISDIR, Message("write", path));
  if (exists && !S_ISREG(info.st_mode)) return WriteDirectly(target, content);

  std::string beside;
  PGASSAY_ASSIGN_OR_RETURN(UniqueFd fd, OpenBeside(target, exists ? 0600 : mode, beside));
  absl::Cleanup remove_beside = [&beside] { ::unlink(beside.c_str()); };
  if (exists && ::fchmod(fd.get(), info.st_mode & 07777) != 0) return ErrnoStatus(errno, Message("write", beside));
  PGASSAY_RETURN_IF_ERROR(WriteAll(fd.get(), beside, content));
  if (::fsync(fd.get()) != 0) return ErrnoStatus(errno, Message("write", beside));
  if (::rename(beside.c_str(), target.c_str()) != 0) return ErrnoStatus(errno, Message("replace", target));
  std::move(remove_beside).Cancel();
  SyncDirectory(DirectoryOf(target));
  return absl::OkStatus();
}

absl::StatusOr<std::string> MakeTemporaryDirectory(std::string_view parent, std::string_view prefix) {
  const std::string parent_name(parent);
  char* resolved = ::realpath(parent_name.c_str(), nullptr);
  if (resolved == nullptr) return ErrnoStatus(errno, Message("make a directory in", parent));
  std::string name = absl::StrCat(resolved, "/", ToAbsl(prefix), "XXXXXX");
  std::free(resolved);
  if (::mkdtemp(name.data()) == nullptr) return ErrnoStatus(errno, Message("make a directory in", parent));
  return name;
}

absl::Status MakePrivateDirectory(std::string_view path) {
  const std::string name(path);
  for (std::size_t slash = name.find('/', 1); slash != std::string::npos; slash = name.find('/', slash + 1)) {
    const std::string above = name.substr(0, slash);
    if (::mkdir(above.c_str(), 0700) != 0 && errno != EEXIST)
      return ErrnoStatus(errno, Message("make directory", above));
  }
  if (::mkdir(name.c_str(), 0700) != 0 && errno != EEXIST) return ErrnoStatus(errno, Message("make directory", path));
  return CheckPrivate(name);
}

absl::StatusOr<TemporaryDirectory> TemporaryDirectory::Make(std::string_view parent, std::string_view prefix) {
  PGASSAY_ASSIGN_OR_RETURN(std::string path, MakeTemporaryDirectory(parent, prefix));
  return TemporaryDirectory(std::move(path));
}

TemporaryDirectory::TemporaryDirectory(TemporaryDirectory&& other) noexcept : path_(std::exchange(other.path_, {})) {}

TemporaryDirectory& TemporaryDirectory::operator=(TemporaryDirectory&& other) noexcept {
  if (this != &other) {
    Remove().IgnoreError();
    path_ = std::exchange(other.path_, {});
  }
  return *this;
}

TemporaryDirectory::~TemporaryDirectory() {
  Remove().IgnoreError();
}

absl::Status TemporaryDirectory::Remove() {
  if (path_.empty()) return absl::OkStatus();
  return RemoveTree(std::exchange(path_, {}));
}

std::string TemporaryDirectory::Release() {
  return std::exchange(path_, {});
}

}  // namespace pgassay
