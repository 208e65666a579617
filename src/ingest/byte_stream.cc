#include "ingest/byte_stream.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace pgassay::ingest {
namespace {

// A pipe's bytes are collected into larger blocks for so long, then given: a reader sees them soon, and a fast writer's
// 64 KiB pieces do not become blocks of 64 KiB.
constexpr std::chrono::milliseconds kPipePatience{100};

absl::Status ReadError(int error, const std::string& path, std::uint64_t offset) {
  return ErrnoStatus(error, absl::StrCat("cannot read ", Printable(path), " at byte ", offset));
}

// A regular file. It is read, not mapped: a mapped file that somebody truncates ends the process.
class FileStream final : public ByteStream {
 public:
  FileStream(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {
    ::posix_fadvise(fd_.get(), 0, 0, POSIX_FADV_SEQUENTIAL);  // advice only: nothing depends on its result
  }

  absl::StatusOr<std::size_t> Read(char* to, std::size_t size) override {
    std::size_t done = 0;
    while (done < size) {
      const ssize_t count = ::pread(fd_.get(), to + done, size - done, static_cast<off_t>(offset_));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && done == 0) return ReadError(errno, path_, offset_);
      if (count <= 0) break;  // an error after some bytes comes again with the next call
      done += static_cast<std::size_t>(count);
      offset_ += static_cast<std::uint64_t>(count);
    }
    if (done == 0 && size > 0) PGASSAY_RETURN_IF_ERROR(CheckNotShorter());
    return done;
  }

  void Seek(std::uint64_t offset) override { offset_ = offset; }
  bool seekable() const override { return true; }
  bool live() const override { return false; }

  std::optional<std::uint64_t> disk_size() const override {
    struct stat info {};
    if (::fstat(fd_.get(), &info) != 0) return std::nullopt;
    return static_cast<std::uint64_t>(info.st_size);
  }

  std::uint64_t disk_position() const override { return offset_; }

 private:
  absl::Status CheckNotShorter() const {
    const std::optional<std::uint64_t> size = disk_size();
    if (!size.has_value() || *size >= offset_) return absl::OkStatus();
    return absl::AbortedError(absl::StrCat(Printable(path_), " was cut to ", *size,
                                           " bytes while it was read (at byte ", offset_,
                                           "), as a log rotation that truncates does; what was read is used, "
                                           "add the rotated copy for the rest"));
  }

  UniqueFd fd_;
  std::string path_;
  std::uint64_t offset_ = 0;
};

class PipeStream final : public ByteStream {
 public:
  PipeStream(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

  absl::StatusOr<std::size_t> Read(char* to, std::size_t size) override {
    using Clock = std::chrono::steady_clock;
    std::size_t done = 0;
    Clock::time_point until;
    while (done < size) {
      if (done > 0 && !ReadableBefore(until)) break;
      const ssize_t count = ::read(fd_.get(), to + done, size - done);
      if (count < 0 && errno == EINTR) continue;
      if (count < 0 && errno == EAGAIN) {  // somebody made our standard input non-blocking
        WaitReadable(-1);
        continue;
      }
      if (count < 0 && done == 0) return ReadError(errno, path_, offset_);
      if (count <= 0) break;
      if (done == 0) until = Clock::now() + kPipePatience;
      done += static_cast<std::size_t>(count);
      offset_ += static_cast<std::uint64_t>(count);
    }
    return done;
  }

  void Seek(std::uint64_t) override {}
  bool seekable() const override { return false; }
  bool live() const override { return true; }
  std::optional<std::uint64_t> disk_size() const override { return std::nullopt; }
  std::uint64_t disk_position() const override { return offset_; }

 private:
  bool WaitReadable(int timeout_ms) const {
    pollfd wait{.fd = fd_.get(), .events = POLLIN, .revents = 0};
    return ::poll(&wait, 1, timeout_ms) > 0;
  }

  bool ReadableBefore(std::chrono::steady_clock::time_point until) const {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - std::chrono::steady_clock::now());
    return left.count() > 0 && WaitReadable(static_cast<int>(left.count()));
  }

  UniqueFd fd_;
  std::string path_;
  std::uint64_t offset_ = 0;
};

absl::StatusOr<std::unique_ptr<ByteStream>> StreamOf(UniqueFd fd, const std::string& path, std::string_view shown) {
  struct stat info {};
  if (::fstat(fd.get(), &info) != 0) return ErrnoStatus(errno, absl::StrCat("cannot read ", ToAbsl(shown)));
  if (S_ISREG(info.st_mode)) {
    // Standard input may be a file that somebody has read from: what is left is the log.
    const off_t begin = ::lseek(fd.get(), 0, SEEK_CUR);
    if (begin == 0) return std::make_unique<FileStream>(std::move(fd), path);
    return std::make_unique<PipeStream>(std::move(fd), path);
  }
  const bool terminal = S_ISCHR(info.st_mode) && path == "-";
  if (S_ISFIFO(info.st_mode) || terminal || (S_ISSOCK(info.st_mode) && path == "-")) {
    return std::make_unique<PipeStream>(std::move(fd), path);
  }
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(shown),
                                                 S_ISDIR(info.st_mode) ? " is a directory" : " is a device or socket",
                                                 ", which holds no log; name a log file, or - for standard input"));
}

}  // namespace

absl::StatusOr<std::unique_ptr<ByteStream>> OpenBytes(const std::string& path) {
  if (path == "-") {
    UniqueFd copy(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0));
    if (!copy.valid()) return ErrnoStatus(errno, "cannot read standard input");
    return StreamOf(std::move(copy), path, "standard input");
  }
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY));
  if (!fd.valid()) return ErrnoStatus(errno, absl::StrCat("cannot read ", Printable(path)));
  return StreamOf(std::move(fd), path, Printable(path));
}

}  // namespace pgassay::ingest
