#pragma once

// Bytes one after another: a file, a pipe, a member of an archive. The lowest part of a log's way in; what a log reader
// uses is LogSource.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"

namespace pgassay::ingest {

// Not thread-safe. Errors name the file and the place.
class ByteStream {
 public:
  virtual ~ByteStream() = default;

  // Reads up to `size` bytes; 0: the end, for now where a file grows. Fewer than `size` come only at the end, or where
  // waiting for more would hold back what is there (a pipe). Bytes before an error are given first, then the error.
  virtual absl::StatusOr<std::size_t> Read(char* to, std::size_t size) = 0;

  // Goes to `offset`, also behind the end. Only where seekable(): a plain file, whose offsets are those on disk.
  virtual void Seek(std::uint64_t offset) = 0;
  virtual bool seekable() const = 0;

  // Whether what comes next may depend on another process: reading may wait.
  virtual bool live() const = 0;

  // Size of what is read from disk, now; none for a pipe. An archive's members tell about the archive.
  virtual std::optional<std::uint64_t> disk_size() const = 0;
  virtual std::uint64_t disk_position() const = 0;
};

// The regular file or named pipe `path`; "-" is standard input. Opening a pipe waits for its writer. A file that gets
// shorter while it is read ends with Aborted. Errors: as ErrnoStatus; InvalidArgument for directories, sockets and
// devices.
absl::StatusOr<std::unique_ptr<ByteStream>> OpenBytes(const std::string& path);

}  // namespace pgassay::ingest
