#include "ingest/log_source.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::ingest {

LogIdentity IdentityOf(std::string_view prefix) {
  prefix = prefix.substr(0, kIdentityBytes);
  return {.prefix_hash = StableHash(prefix), .prefix_bytes = static_cast<std::uint32_t>(prefix.size())};
}

bool Continues(const LogIdentity& known, std::string_view prefix) {
  if (known.prefix_bytes == 0 || prefix.size() < known.prefix_bytes) return false;
  return IdentityOf(prefix.substr(0, known.prefix_bytes)) == known;
}

LogSource::LogSource(std::string name, std::unique_ptr<ByteStream> stream)
    : name_(std::move(name)), stream_(std::move(stream)) {}

absl::StatusOr<std::size_t> LogSource::ReadStream(char* to, std::size_t size) {
  if (!failed_.ok()) return failed_;
  absl::StatusOr<std::size_t> count = stream_->Read(to, size);
  if (!count.ok()) failed_ = count.status();
  return count;
}

absl::StatusOr<std::size_t> LogSource::Read(char* to, std::size_t size) {
  const std::size_t ahead = std::min(size, ahead_.size());
  if (ahead > 0) {
    std::memcpy(to, ahead_.data(), ahead);
    ahead_.erase(0, ahead);
    offset_ += ahead;
    if (ahead == size || stream_->live()) return ahead;
  }
  absl::StatusOr<std::size_t> count = ReadStream(to + ahead, size - ahead);
  if (!count.ok()) return ahead > 0 ? absl::StatusOr<std::size_t>(ahead) : count;  // the error comes next time
  offset_ += *count;
  return ahead + *count;
}

absl::StatusOr<std::string_view> LogSource::Peek(std::size_t size) {
  while (ahead_.size() < size) {
    const std::size_t had = ahead_.size();
    ahead_.resize(size);
    const absl::StatusOr<std::size_t> count = ReadStream(ahead_.data() + had, size - had);
    ahead_.resize(had + (count.ok() ? *count : 0));
    if (!count.ok() && had == 0) return count.status();
    if (!count.ok() || *count == 0) break;
  }
  return std::string_view(ahead_).substr(0, size);
}

absl::Status LogSource::SkipTo(std::uint64_t offset) {
  const auto shorter = [&](std::uint64_t size) {
    return absl::OutOfRangeError(
        absl::StrCat(name_, " has ", size, " bytes, fewer than the ", offset,
                     " that were read before; it was replaced or cut: read it from its begin"));
  };
  const std::optional<std::uint64_t> size = stream_->disk_size();
  if (stream_->seekable()) {
    if (size.has_value() && *size < offset) return shorter(*size);
    stream_->Seek(offset);
    ahead_.clear();
    failed_ = absl::OkStatus();
    offset_ = offset;
    return absl::OkStatus();
  }
  if (offset < offset_) {
    return absl::FailedPreconditionError(absl::StrCat(name_, " cannot go back to byte ", offset, "; open it again"));
  }
  std::vector<char> dropped(std::min<std::uint64_t>(offset - offset_, std::uint64_t{1} << 18));
  while (offset_ < offset) {
    const std::size_t step = std::min<std::uint64_t>(offset - offset_, dropped.size());
    PGASSAY_ASSIGN_OR_RETURN(const std::size_t count, Read(dropped.data(), step));
    if (count == 0) return shorter(offset_);
  }
  return absl::OkStatus();
}

absl::StatusOr<LogIdentity> IdentityOf(LogSource& source) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string_view prefix, source.Peek(kIdentityBytes));
  return IdentityOf(prefix);
}

}  // namespace pgassay::ingest
