#pragma once

// The bytes of one log, decompressed: a file, a member of an archive, or standard input. Where they come from:
// log_input.h.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/byte_stream.h"

namespace pgassay::ingest {

// Bytes that tell logs from each other: the first entries, with their times and process ids.
inline constexpr std::size_t kIdentityBytes = 4096;

// Content identity of a log, so that one which grew, was renamed or compressed is known again.
struct LogIdentity {
  std::uint64_t prefix_hash = 0;   // StableHash of the first bytes, decompressed
  std::uint32_t prefix_bytes = 0;  // how many these are: kIdentityBytes, or all of a shorter log
  friend bool operator==(const LogIdentity&, const LogIdentity&) = default;
};

// The identity of a log that begins with `prefix`.
LogIdentity IdentityOf(std::string_view prefix);

// Whether a log that begins with `prefix` (kIdentityBytes of it, or all) is `known`, or `known` with more at its end.
// An empty log continues nothing and is continued by nothing: it cannot be told from any other. Where several known
// logs fit, the one with most prefix_bytes is meant.
bool Continues(const LogIdentity& known, std::string_view prefix);

// Not thread-safe. Bytes are counted from the beginning of the decompressed log.
class LogSource {
 public:
  LogSource(std::string name, std::unique_ptr<ByteStream> stream);

  // "logs.tar.gz: postgresql-2026-11-25.log", "postgresql.log.1.gz", "-"; printable.
  const std::string& name() const { return name_; }

  // Reads up to `size` bytes (above 0); 0: the end. Fewer come only at the end, from a pipe, and before an error: what
  // could be read is given first. An error stays; a plain file that has ended may have more later.
  absl::StatusOr<std::size_t> Read(char* to, std::size_t size);

  // The next `size` bytes, fewer at the end or before an error, without reading them; valid until the next call. Waits
  // for them where a pipe is slow. An error is returned only where there are no bytes.
  absl::StatusOr<std::string_view> Peek(std::size_t size);

  // Goes on at `offset`: a seek in a plain file, else what lies between is read and dropped. OutOfRange: the log is
  // shorter; then a plain file stays where it was, others are at their end. FailedPrecondition: behind us, and no plain
  // file.
  absl::Status SkipTo(std::uint64_t offset);

  std::uint64_t offset() const { return offset_; }

  // For progress: how large what is read from disk is, as far as known, and how much of it was read.
  std::optional<std::uint64_t> size() const { return stream_->disk_size(); }
  std::uint64_t position() const { return stream_->disk_position(); }

  // Whether reading may wait for another process.
  bool live() const { return stream_->live(); }

  // Whether SkipTo also goes back: a plain file.
  bool seekable() const { return stream_->seekable(); }

 private:
  absl::StatusOr<std::size_t> ReadStream(char* to, std::size_t size);

  std::string name_;
  std::unique_ptr<ByteStream> stream_;
  std::string ahead_;         // read from the stream by Peek, not given yet
  std::uint64_t offset_ = 0;  // of what is given next
  absl::Status failed_;       // the stream's error, to be given after `ahead_`
};

// The identity of `source`, which must be at its beginning and stays there.
absl::StatusOr<LogIdentity> IdentityOf(LogSource& source);

}  // namespace pgassay::ingest
