// Any bytes as a compressed log or an archive: members come to their end or to an error, and are the same however much of
// them is read at once.

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/archive_reader.h"
#include "ingest/byte_stream.h"
#include "ingest/log_source.h"
#include "log_oracles.h"

namespace {

namespace ingest = pgassay::ingest;

constexpr std::size_t kMostMembers = 64;
constexpr std::size_t kMostBytes = std::size_t{1} << 18;  // of a member: little may expand to much

// A file, or a pipe, in memory.
class MemoryStream final : public ingest::ByteStream {
 public:
  MemoryStream(std::string_view bytes, bool is_file) : bytes_(bytes), is_file_(is_file) {}

  absl::StatusOr<std::size_t> Read(char* to, std::size_t size) override {
    const std::size_t begin = std::min(position_, bytes_.size());
    const std::size_t got = std::min(size, bytes_.size() - begin);
    if (got > 0) std::memcpy(to, bytes_.data() + begin, got);
    position_ += got;
    return got;
  }
  void Seek(std::uint64_t offset) override { position_ = static_cast<std::size_t>(offset); }
  bool seekable() const override { return is_file_; }
  bool live() const override { return !is_file_; }
  std::optional<std::uint64_t> disk_size() const override {
    return is_file_ ? std::optional<std::uint64_t>(bytes_.size()) : std::nullopt;
  }
  std::uint64_t disk_position() const override { return position_; }

 private:
  std::string_view bytes_;
  bool is_file_;
  std::size_t position_ = 0;
};

struct Member {
  std::string name;
  std::string bytes;
  std::string error;
  bool operator==(const Member&) const = default;
};

Member ReadMember(ingest::LogSource& source, std::size_t step) {
  Member member{.name = source.name()};
  std::string block(step, '\0');
  while (member.bytes.size() < kMostBytes) {
    const auto got = source.Read(block.data(), std::min(step, kMostBytes - member.bytes.size()));
    if (!got.ok()) member.error = got.status().ToString();
    if (!got.ok() || *got == 0) break;
    pgassay::fuzz::Require(*got <= step, "no more is read than there is room for");
    member.bytes.append(block, 0, *got);
  }
  pgassay::fuzz::Require(source.offset() == member.bytes.size(), "bytes are counted");
  return member;
}

std::vector<Member> ReadAll(std::string_view packed, bool is_file, std::size_t step) {
  std::vector<Member> members;
  auto source = std::make_unique<ingest::LogSource>("packed", std::make_unique<MemoryStream>(packed, is_file));
  const auto archive = ingest::ArchiveReader::Open(std::move(source));
  if (!archive.ok()) return members;
  while (members.size() < kMostMembers) {
    const auto member = (*archive)->Next();
    if (!member.ok()) {
      members.push_back({.error = member.status().ToString()});
    } else if (*member == nullptr) {
      break;
    } else {
      members.push_back(ReadMember(**member, step));
    }
  }
  return members;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view packed(reinterpret_cast<const char*>(data), size);
  ingest::LogSource source("packed", std::make_unique<MemoryStream>(packed, true));
  const auto begin = source.Peek(ingest::kPackingBytes);
  if (!begin.ok() || ingest::PackingOf(*begin) != ingest::Packing::kPacked) return 0;
  for (const bool is_file : {true, false}) {
    pgassay::fuzz::Require(ReadAll(packed, is_file, 65536) == ReadAll(packed, is_file, 1000),
                           "members do not depend on how much is read at once");
  }
  return 0;
}
