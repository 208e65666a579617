#include "ingest/log_follower.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "ingest/archive_reader.h"

namespace pgassay::ingest {
namespace {

constexpr int kSliceMs = 100;  // how often `cancelled` is asked
constexpr int kPollMs = 500;   // how often the file is looked at when nothing told of a change
constexpr std::size_t kTailBytes = 256;

// Up to `size` bytes at `offset`; -1: an error, in errno.
ssize_t ReadAt(int fd, char* to, std::size_t size, std::uint64_t offset) {
  std::size_t done = 0;
  while (done < size) {
    const ssize_t count = ::pread(fd, to + done, size - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && done == 0) return -1;
    if (count <= 0) break;
    done += static_cast<std::size_t>(count);
  }
  return static_cast<ssize_t>(done);
}

std::string DirectoryOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return ".";
  return slash == 0 ? "/" : path.substr(0, slash);
}

int OpenLog(const std::string& path) {
  // Not waiting: the path may have become a pipe.
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

}  // namespace

LogFollower::LogFollower(std::string path, std::function<bool()> cancelled)
    : path_(std::move(path)), cancelled_(std::move(cancelled)), inotify_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
  // Without either watch the file is polled: limits on watches are no reason to fail.
  if (inotify_.valid()) ::inotify_add_watch(inotify_.get(), DirectoryOf(path_).c_str(), IN_CREATE | IN_MOVED_TO);
}

absl::StatusOr<std::unique_ptr<LogFollower>> LogFollower::Open(const std::string& path,
                                                               std::function<bool()> cancelled) {
  UniqueFd fd(OpenLog(path));
  if (!fd.valid()) return ErrnoStatus(errno, absl::StrCat("cannot follow ", Printable(path)));
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoStatus(errno, absl::StrCat("cannot follow ", Printable(path)));
  if (!S_ISREG(info.st_mode)) {
    return absl::InvalidArgumentError(absl::StrCat("cannot follow ", Printable(path),
                                                   ", which is no regular file; name the log that is written now"));
  }
  std::unique_ptr<LogFollower> follower(new LogFollower(path, std::move(cancelled)));
  follower->Use(std::move(fd));
  PGASSAY_ASSIGN_OR_RETURN(const std::string begin, follower->Begin(kPackingBytes));
  if (PackingOf(begin) != Packing::kPlain) {
    return absl::InvalidArgumentError(
        absl::StrCat("cannot follow ", Printable(path), ", which is compressed; read it without following"));
  }
  return follower;
}

void LogFollower::Use(UniqueFd fd) {
  fd_ = std::move(fd);
  offset_ = 0;
  tail_.clear();
  WatchFile();
}

// Watches the file that is open, by the descriptor: the path may lead elsewhere by now.
void LogFollower::WatchFile() {
  if (!inotify_.valid()) return;
  if (watch_ >= 0) ::inotify_rm_watch(inotify_.get(), watch_);
  const std::string open_file = absl::StrCat("/proc/self/fd/", fd_.get());
  watch_ = ::inotify_add_watch(inotify_.get(), open_file.c_str(), IN_MODIFY | IN_MOVE_SELF | IN_ATTRIB);
}

absl::StatusOr<std::string> LogFollower::Begin(std::size_t size) const {
  std::string begin(size, '\0');
  const ssize_t count = ReadAt(fd_.get(), begin.data(), size, 0);
  if (count < 0) return ErrnoStatus(errno, absl::StrCat("cannot read ", Printable(path_)));
  begin.resize(static_cast<std::size_t>(count));
  return begin;
}

absl::Status LogFollower::SkipTo(std::uint64_t offset) {
  struct stat info {};
  if (::fstat(fd_.get(), &info) != 0) return ErrnoStatus(errno, absl::StrCat("cannot read ", Printable(path_)));
  if (static_cast<std::uint64_t>(info.st_size) < offset) {
    return absl::OutOfRangeError(
        absl::StrCat(Printable(path_), " has ", info.st_size, " bytes, fewer than the ", offset,
                     " that were read before; it was replaced or cut: read it from its begin"));
  }
  tail_.resize(std::min<std::uint64_t>(offset, kTailBytes));
  const ssize_t count = ReadAt(fd_.get(), tail_.data(), tail_.size(), offset - tail_.size());
  if (count < 0) return ErrnoStatus(errno, absl::StrCat("cannot read ", Printable(path_)));
  tail_.resize(static_cast<std::size_t>(count));
  offset_ = offset;
  return absl::OkStatus();
}

// Whether what was read last is no longer there.
bool LogFollower::WasCut() const {
  std::array<char, kTailBytes> now{};
  const ssize_t count = ReadAt(fd_.get(), now.data(), tail_.size(), offset_ - tail_.size());
  return count >= 0 && std::string_view(now.data(), static_cast<std::size_t>(count)) != tail_;
}

absl::StatusOr<std::size_t> LogFollower::ReadMore(char* to, std::size_t size) {
  const ssize_t count = ReadAt(fd_.get(), to, size, offset_);
  if (count < 0) {
    return ErrnoStatus(errno, absl::StrCat("cannot read ", Printable(path_), " at byte ", offset_));
  }
  const std::string_view read(to, static_cast<std::size_t>(count));
  tail_.append(read.substr(read.size() - std::min(read.size(), kTailBytes)));
  tail_.erase(0, tail_.size() - std::min(tail_.size(), kTailBytes));
  offset_ += read.size();
  return read.size();
}

// The file that the path leads to now, where it is another one.
UniqueFd LogFollower::OpenNext() const {
  struct stat now {};
  struct stat open {};
  if (::stat(path_.c_str(), &now) != 0 || ::fstat(fd_.get(), &open) != 0) return {};  // between two files: wait
  if (!S_ISREG(now.st_mode) || (now.st_dev == open.st_dev && now.st_ino == open.st_ino)) return {};
  UniqueFd next(OpenLog(path_));
  struct stat opened {};
  if (!next.valid() || ::fstat(next.get(), &opened) != 0 || !S_ISREG(opened.st_mode)) return {};
  if (opened.st_dev == open.st_dev && opened.st_ino == open.st_ino) return {};
  return next;
}

// Waits until a change is told, or it is time to look; false: cancelled.
bool LogFollower::Wait() {
  for (int waited = 0; waited < kPollMs; waited += kSliceMs) {
    if (cancelled_()) return false;
    const auto begin = std::chrono::steady_clock::now();
    pollfd wait{.fd = inotify_.get(), .events = POLLIN, .revents = 0};  // a negative fd is only a pause
    const bool told = ::poll(&wait, 1, kSliceMs) > 0;
    const auto passed = std::chrono::steady_clock::now() - begin;
    quiet_ms_ += static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(passed).count());
    if (!told) continue;
    std::array<char, 4096> events;  // that there was one is all we need to know
    while (::read(inotify_.get(), events.data(), events.size()) > 0) {
    }
    break;
  }
  return !cancelled_();
}

absl::StatusOr<LogFollower::Step> LogFollower::Read(char* to, std::size_t size) {
  while (!cancelled_()) {
    if (WasCut()) {
      offset_ = 0;
      tail_.clear();
      return Step{.event = Event::kRotated};
    }
    // Before the read: what the old file's writer added until it changed over is read below, then the file is left.
    UniqueFd next = OpenNext();
    PGASSAY_ASSIGN_OR_RETURN(const std::size_t count, ReadMore(to, size));
    if (count > 0) {
      quiet_ms_ = 0;
      idle_told_ = false;
      return Step{.event = Event::kBytes, .bytes = count};
    }
    if (next.valid()) {
      Use(std::move(next));
      return Step{.event = Event::kRotated};
    }
    if (quiet_ms_ >= kIdleMs && !idle_told_) {
      idle_told_ = true;
      return Step{.event = Event::kIdle};
    }
    if (!Wait()) break;
  }
  return Step{.event = Event::kCancelled};
}

}  // namespace pgassay::ingest
