#pragma once

// A log that is still written, through its rotations.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/unique_fd.h"

namespace pgassay::ingest {

// Follows the plain file `path`. It is woken by inotify and looks at the file twice a second besides, for filesystems
// that do not tell (NFS). Rotation is seen when the path leads to another file, or when what was read is no longer
// there (the file was cut, as copytruncate does); bytes that were written and cut between two looks are lost. A server
// that names each log by its time begins a new path, which is not followed. Not thread-safe.
class LogFollower {
 public:
  enum class Event : std::uint8_t {
    kBytes,
    kRotated,  // the file before is read to its end; what comes next begins another one, at offset 0
    kIdle,     // nothing came for kIdleMs; said once, until bytes come
    kCancelled,
  };
  struct Step {
    Event event = Event::kBytes;
    std::size_t bytes = 0;  // with kBytes, at least 1
  };
  static constexpr int kIdleMs = 1000;

  // `cancelled` is asked at least every 100 ms. InvalidArgument: no plain file, or a compressed one.
  static absl::StatusOr<std::unique_ptr<LogFollower>> Open(const std::string& path, std::function<bool()> cancelled);

  // The first bytes of the present file, up to `size`, for its identity.
  absl::StatusOr<std::string> Begin(std::size_t size) const;

  // Goes on at `offset` of the present file. OutOfRange: it has fewer bytes.
  absl::Status SkipTo(std::uint64_t offset);

  // Waits until something happened. An error of reading stays an error of this file; the next call tries again.
  absl::StatusOr<Step> Read(char* to, std::size_t size);

  std::uint64_t offset() const { return offset_; }

 private:
  LogFollower(std::string path, std::function<bool()> cancelled);
  void Use(UniqueFd fd);
  void WatchFile();
  absl::StatusOr<std::size_t> ReadMore(char* to, std::size_t size);
  bool WasCut() const;
  UniqueFd OpenNext() const;
  bool Wait();

  std::string path_;
  std::function<bool()> cancelled_;
  UniqueFd fd_;
  UniqueFd inotify_;  // invalid: polling only
  int watch_ = -1;    // of the present file
  std::uint64_t offset_ = 0;
  std::string tail_;  // the last bytes before `offset_`: others there mean that the file was cut and grew again
  int quiet_ms_ = 0;  // since bytes came last
  bool idle_told_ = false;
};

}  // namespace pgassay::ingest
