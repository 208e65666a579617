// The functions of file.h that walk directories. All of them go down by descriptor (openat and friends with
// O_NOFOLLOW), so that nobody can lead them elsewhere by exchanging a directory for a symbolic link while they work.

#include <dirent.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace pgassay {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;

// Deeper trees than any of ours; each level holds a descriptor.
constexpr int kMaxDepth = 100;

// An rmdir that finds new entries means that somebody is still writing (a server that is shutting down): look again
// that often.
constexpr int kRemovePasses = 10;

// An entry of a directory: where it is opened from, its name there, and its whole path for messages.
struct Entry {
  int directory = AT_FDCWD;
  std::string name;
  std::string path;
};

std::string Message(std::string_view verb, const std::string& path) {
  return absl::StrCat("cannot ", ToAbsl(verb), " ", Printable(path));
}

absl::StatusOr<std::vector<std::string>> ListDirectory(int fd, const std::string& path) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 3);
  if (copy < 0) return ErrnoStatus(errno, Message("read directory", path));
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(copy), &::closedir);
  if (directory == nullptr) {
    const int error = errno;
    ::close(copy);
    return ErrnoStatus(error, Message("read directory", path));
  }
  ::rewinddir(directory.get());
  std::vector<std::string> names;
  errno = 0;
  // readdir is thread-safe on a stream of our own.
  while (const dirent* entry = ::readdir(directory.get())) {  // NOLINT(concurrency-mt-unsafe)
    const std::string_view name = entry->d_name;
    if (name != "." && name != "..") names.emplace_back(name);
    errno = 0;
  }
  if (errno != 0) return ErrnoStatus(errno, Message("read directory", path));
  std::sort(names.begin(), names.end());
  return names;
}

absl::Status TooDeep(const std::string& path) {
  return absl::FailedPreconditionError(
      absl::StrCat(Printable(path), " has more than ", kMaxDepth, " levels of directories"));
}

absl::Status Unlink(const Entry& entry, int flags) {
  if (::unlinkat(entry.directory, entry.name.c_str(), flags) == 0 || errno == ENOENT) return absl::OkStatus();
  return ErrnoStatus(errno, Message("remove", entry.path));
}

absl::Status RemoveEntry(const Entry& entry, dev_t device, int depth);

absl::Status RemoveContent(int fd, const std::string& path, dev_t device, int depth) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(fd, path));
  for (const std::string& name : names) {
    PGASSAY_RETURN_IF_ERROR(RemoveEntry({fd, name, absl::StrCat(path, "/", name)}, device, depth + 1));
  }
  return absl::OkStatus();
}

absl::Status RemoveEntry(const Entry& entry, dev_t device, int depth) {
  struct stat info {};
  if (::fstatat(entry.directory, entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoStatus(errno, Message("remove", entry.path));
  }
  if (!S_ISDIR(info.st_mode)) return Unlink(entry, 0);
  if (info.st_dev != device) {
    return absl::FailedPreconditionError(absl::StrCat("cannot remove ", Printable(entry.path),
                                                      ": another filesystem is mounted there; unmount it first"));
  }
  if (depth > kMaxDepth) return TooDeep(entry.path);
  const UniqueFd fd(::openat(entry.directory, entry.name.c_str(), kDirectoryFlags));
  if (!fd.valid()) return errno == ENOENT ? absl::OkStatus() : ErrnoStatus(errno, Message("remove", entry.path));
  for (int pass = 1;; ++pass) {
    PGASSAY_RETURN_IF_ERROR(RemoveContent(fd.get(), entry.path, device, depth));
    if (::unlinkat(entry.directory, entry.name.c_str(), AT_REMOVEDIR) == 0 || errno == ENOENT) return absl::OkStatus();
    if (errno != ENOTEMPTY || pass == kRemovePasses) return ErrnoStatus(errno, Message("remove", entry.path));
  }
}

// Copies through a buffer: for filesystems that offer nothing better.
absl::Status CopyByBuffer(int from, int to, const Entry& source) {
  std::vector<char> buffer(std::size_t{1} << 18);
  while (true) {
    const ssize_t count = ::read(from, buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoStatus(errno, Message("read", source.path));
    if (count == 0) return absl::OkStatus();
    for (ssize_t done = 0; done < count;) {
      const ssize_t written = ::write(to, buffer.data() + done, static_cast<std::size_t>(count - done));
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return ErrnoStatus(errno, Message("copy", source.path));
      done += written;
    }
  }
}

// The first way that works: shared blocks, a copy inside the kernel, a copy through a buffer.
absl::Status CopyData(int from, int to, const Entry& source, std::int64_t size) {
  if (size == 0 || ::ioctl(to, FICLONE, from) == 0) return absl::OkStatus();
  bool started = false;
  while (true) {
    const ssize_t count = ::copy_file_range(from, nullptr, to, nullptr, std::size_t{1} << 30, 0);
    if (count > 0) {
      started = true;
    } else if (count == 0 && started) {
      return absl::OkStatus();
    } else if (count < 0 && errno == EINTR) {
      continue;
    } else {  // not supported between these two; both offsets are where the buffer has to go on
      return CopyByBuffer(from, to, source);
    }
  }
}

absl::Status GiveTo(int fd, const Entry& target, const std::optional<Owner>& owner) {
  if (owner && ::fchown(fd, owner->uid, owner->gid) != 0) return ErrnoStatus(errno, Message("give away", target.path));
  return absl::OkStatus();
}

absl::Status CopyFile(const Entry& source, const Entry& target, const std::optional<Owner>& owner) {
  const UniqueFd from(::openat(source.directory, source.name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
  if (!from.valid()) return ErrnoStatus(errno, Message("read", source.path));
  struct stat info {};
  if (::fstat(from.get(), &info) != 0) return ErrnoStatus(errno, Message("read", source.path));
  const UniqueFd to(
      ::openat(target.directory, target.name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
  if (!to.valid()) return ErrnoStatus(errno, Message("write", target.path));
  PGASSAY_RETURN_IF_ERROR(CopyData(from.get(), to.get(), source, info.st_size));
  PGASSAY_RETURN_IF_ERROR(GiveTo(to.get(), target, owner));
  if (::fchmod(to.get(), info.st_mode & 07777) != 0) return ErrnoStatus(errno, Message("write", target.path));
  return absl::OkStatus();
}

absl::Status CopyLink(const Entry& source, const Entry& target, const std::optional<Owner>& owner) {
  std::string text(PATH_MAX, '\0');
  const ssize_t size = ::readlinkat(source.directory, source.name.c_str(), text.data(), text.size());
  if (size < 0) return ErrnoStatus(errno, Message("read", source.path));
  text.resize(static_cast<std::size_t>(size));
  if (::symlinkat(text.c_str(), target.directory, target.name.c_str()) != 0) {
    return ErrnoStatus(errno, Message("write", target.path));
  }
  if (owner && ::fchownat(target.directory, target.name.c_str(), owner->uid, owner->gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return ErrnoStatus(errno, Message("give away", target.path));
  }
  return absl::OkStatus();
}

absl::Status CopyEntry(const Entry& source, const Entry& target, const std::optional<Owner>& owner, int depth);

absl::Status CopyDirectory(const Entry& source, const Entry& target, const std::optional<Owner>& owner, int depth) {
  if (depth > kMaxDepth) return TooDeep(source.path);
  const UniqueFd from(::openat(source.directory, source.name.c_str(), kDirectoryFlags));
  struct stat info {};
  if (!from.valid() || ::fstat(from.get(), &info) != 0)
    return ErrnoStatus(errno, Message("read directory", source.path));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(from.get(), source.path));
  if (::mkdirat(target.directory, target.name.c_str(), 0700) != 0) {
    return ErrnoStatus(errno, Message("make directory", target.path));
  }
  const UniqueFd to(::openat(target.directory, target.name.c_str(), kDirectoryFlags));
  if (!to.valid()) return ErrnoStatus(errno, Message("write directory", target.path));
  for (const std::string& name : names) {
    PGASSAY_RETURN_IF_ERROR(CopyEntry({from.get(), name, absl::StrCat(source.path, "/", name)},
                                      {to.get(), name, absl::StrCat(target.path, "/", name)}, owner, depth + 1));
  }
  PGASSAY_RETURN_IF_ERROR(GiveTo(to.get(), target, owner));
  if (::fchmod(to.get(), info.st_mode & 07777) != 0) return ErrnoStatus(errno, Message("write directory", target.path));
  return absl::OkStatus();
}

absl::Status CopyEntry(const Entry& source, const Entry& target, const std::optional<Owner>& owner, int depth) {
  struct stat info {};
  if (::fstatat(source.directory, source.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return ErrnoStatus(errno, Message("copy", source.path));
  }
  if (S_ISDIR(info.st_mode)) return CopyDirectory(source, target, owner, depth);
  if (S_ISREG(info.st_mode)) return CopyFile(source, target, owner);
  if (S_ISLNK(info.st_mode)) return CopyLink(source, target, owner);
  return absl::FailedPreconditionError(
      absl::StrCat("cannot copy ", Printable(source.path), ": it is no file, directory or symbolic link; remove it"));
}

absl::Status ChangeOwnerOf(const Entry& entry, Owner owner, int depth) {
  if (depth > kMaxDepth) return TooDeep(entry.path);
  struct stat info {};
  if (::fstatat(entry.directory, entry.name.c_str(), &info, AT_SYMLINK_NOFOLLOW) != 0) {
    return ErrnoStatus(errno, Message("give away", entry.path));
  }
  if (S_ISDIR(info.st_mode)) {
    const UniqueFd fd(::openat(entry.directory, entry.name.c_str(), kDirectoryFlags));
    if (!fd.valid()) return ErrnoStatus(errno, Message("give away", entry.path));
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::string> names, ListDirectory(fd.get(), entry.path));
    for (const std::string& name : names) {
      PGASSAY_RETURN_IF_ERROR(ChangeOwnerOf({fd.get(), name, absl::StrCat(entry.path, "/", name)}, owner, depth + 1));
    }
  }
  if (::fchownat(entry.directory, entry.name.c_str(), owner.uid, owner.gid, AT_SYMLINK_NOFOLLOW) != 0) {
    return ErrnoStatus(errno, Message("give away", entry.path));
  }
  return absl::OkStatus();
}

Entry Top(std::string_view path) {
  while (path.size() > 1 && path.back() == '/') path.remove_suffix(1);  // "link/" would follow the link
  return {AT_FDCWD, std::string(path), std::string(path)};
}

}  // namespace

absl::Status RemoveTree(std::string_view path) {
  const Entry top = Top(path);
  struct stat info {};
  if (::lstat(top.path.c_str(), &info) != 0) {
    return errno == ENOENT ? absl::OkStatus() : ErrnoStatus(errno, Message("remove", top.path));
  }
  return RemoveEntry(top, info.st_dev, 0);
}

absl::Status CopyTree(std::string_view from, std::string_view to, std::optional<Owner> owner) {
  const Entry source = Top(from);
  struct stat info {};
  if (::lstat(source.path.c_str(), &info) != 0) return ErrnoStatus(errno, Message("copy", source.path));
  if (!S_ISDIR(info.st_mode)) return ErrnoStatus(ENOTDIR, Message("copy", source.path));
  return CopyDirectory(source, Top(to), owner, 0);
}

absl::Status ChangeOwner(std::string_view path, Owner owner) {
  return ChangeOwnerOf(Top(path), owner, 0);
}

}  // namespace pgassay
