#pragma once

// Compressed logs and archives, by libarchive. A compressed log counts as an archive of one member.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "ingest/byte_stream.h"
#include "ingest/log_source.h"

struct archive;

namespace pgassay::ingest {

// What a log begins with when it is none.
enum class Packing : std::uint8_t {
  kPlain,
  kPacked,      // gzip, zstd, xz, bzip2, lz4, tar, zip: what ArchiveReader reads
  kNotReadable  // 7z, rar and other packings that are known and not read
};

// So many first bytes tell: a tar header.
inline constexpr std::size_t kPackingBytes = 512;
Packing PackingOf(std::string_view begin);

// Reads the members of an archive in their order, once. Memory is bounded by what the formats need, at most 1 GiB (xz
// with the largest dictionary) and mostly below 10 MB, however much the archive expands to. Not thread-safe.
class ArchiveReader {
 public:
  // Reads the archive's begin. DataLoss: it is damaged.
  static absl::StatusOr<std::unique_ptr<ArchiveReader>> Open(std::unique_ptr<LogSource> input);
  ~ArchiveReader();
  ArchiveReader(const ArchiveReader&) = delete;
  ArchiveReader& operator=(const ArchiveReader&) = delete;

  // The next member that is a regular file; nullptr: no more. It must not be used after the next call or the reader's
  // end. An error that leaves nothing to read is given once, then nullptr.
  absl::StatusOr<std::unique_ptr<LogSource>> Next();

  // Members so far that are neither regular files nor directories, and hidden ones (".x", "._x" of macOS).
  std::uint64_t ignored() const { return ignored_; }

  // Whether this is a compressed log and no archive; known from the first Next on.
  bool compressed_log() const { return raw_; }

 private:
  friend class MemberStream;
  struct Callbacks;

  explicit ArchiveReader(std::unique_ptr<LogSource> input);
  absl::StatusOr<std::size_t> ReadMember(char* to, std::size_t size);
  absl::StatusOr<bool> NextPiece();
  absl::Status Error(std::string_view member, int code);

  std::unique_ptr<LogSource> input_;
  std::vector<char> buffer_;   // compressed bytes that libarchive works on
  absl::Status input_failed_;  // why a callback failed
  archive* archive_ = nullptr;
  bool started_ = false;  // the first header was read
  bool done_ = false;
  bool raw_ = false;  // a compressed log, no archive
  std::uint64_t ignored_ = 0;

  // The present member: what libarchive gave last and was not passed on.
  std::string member_;
  std::string_view piece_;
  std::uint64_t piece_begin_ = 0;  // offset of `piece_`; what lies before it and was not given is a hole
  std::uint64_t given_ = 0;        // bytes passed on
  absl::Status late_error_;        // met behind bytes that were passed on; comes next
};

}  // namespace pgassay::ingest
