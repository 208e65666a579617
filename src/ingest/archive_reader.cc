#include "ingest/archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::ingest {
namespace {

using std::literals::string_view_literals::operator""sv;

constexpr std::size_t kBufferBytes = std::size_t{1} << 18;

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// A tar header: the sum of its bytes stands in it in octal (with its own 8 bytes counted as spaces). POSIX, GNU and
// old archives without a magic word all have it, and text has it only by a chance of one in millions.
bool IsTarHeader(std::string_view block) {
  constexpr std::size_t kSumAt = 148;
  constexpr std::size_t kSumBytes = 8;
  if (block.size() < kPackingBytes) return false;
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kPackingBytes; ++i) {
    sum += i >= kSumAt && i < kSumAt + kSumBytes ? std::uint64_t{' '} : static_cast<unsigned char>(block[i]);
  }
  std::uint64_t told = 0;
  bool digits = false;
  for (const char c : block.substr(kSumAt, kSumBytes)) {
    if (c >= '0' && c <= '7') {
      told = told * 8 + static_cast<std::uint64_t>(c - '0');
      digits = true;
    } else if (digits || c != ' ') {
      break;
    }
  }
  return digits && told == sum;
}

bool IsBzip2(std::string_view begin) {
  if (begin.size() < 10 || !StartsWith(begin, "BZh"sv) || begin[3] < '1' || begin[3] > '9') return false;
  const std::string_view block = begin.substr(4, 6);
  return block == "\x31\x41\x59\x26\x53\x59"sv || block == "\x17\x72\x45\x38\x50\x90"sv;  // first block; none
}

// zstd and lz4 share skippable frames, which pzstd and others begin with.
bool IsSkippableFrame(std::string_view begin) {
  return begin.size() >= 4 && (static_cast<unsigned char>(begin[0]) & 0xf0) == 0x50 &&
         begin.substr(1, 3) == "\x2a\x4d\x18"sv;
}

std::string_view PathOf(archive_entry* entry) {
  const char* path = archive_entry_pathname_utf8(entry);
  if (path == nullptr) path = archive_entry_pathname(entry);  // bytes that are no UTF-8
  return path != nullptr ? path : "(member without a name)";
}

bool IsVisibleFile(archive_entry* entry) {
  if (archive_entry_filetype(entry) != AE_IFREG) return false;
  if (archive_entry_hardlink(entry) != nullptr) return false;  // repeats a member that was there before
  const std::string_view path = PathOf(entry);
  const std::size_t name = path.rfind('/') + 1;  // npos + 1 is 0
  return path.substr(name, 1) != ".";
}

std::string_view AdviceFor(int code) {
  return code == ARCHIVE_FATAL ? "the file is damaged or incomplete, copy it again; what came before is used"
                               : "this member is left out";
}

}  // namespace

Packing PackingOf(std::string_view begin) {
  constexpr std::array kRead = {"\x1f\x8b\x08"sv,
                                "\x28\xb5\x2f\xfd"sv,
                                "\xfd"
                                "7zXZ\0"sv,
                                "\x04\x22\x4d\x18"sv,
                                "\x02\x21\x4c\x18"sv,
                                "PK\x03\x04"sv,
                                "PK\x05\x06"sv,
                                "PK00PK\x03\x04"sv};
  constexpr std::array kKnown = {"7z\xbc\xaf\x27\x1c"sv, "Rar!\x1a\x07"sv, "\x1f\x9d"sv, "\x89LZO\0\r\n\x1a\n"sv,
                                 "LZIP\x01"sv};
  const auto begins = [begin](std::string_view magic) { return StartsWith(begin, magic); };
  if (std::ranges::any_of(kRead, begins) || IsBzip2(begin) || IsSkippableFrame(begin) || IsTarHeader(begin)) {
    return Packing::kPacked;
  }
  return std::ranges::any_of(kKnown, begins) ? Packing::kNotReadable : Packing::kPlain;
}

// libarchive's way to our bytes. Zip files are read from their directory at the end where seeking is possible.
struct ArchiveReader::Callbacks {
  static la_ssize_t Read(archive* handle, void* data, const void** block) {
    auto* reader = static_cast<ArchiveReader*>(data);
    *block = reader->buffer_.data();
    const absl::StatusOr<std::size_t> count = reader->input_->Read(reader->buffer_.data(), reader->buffer_.size());
    if (count.ok()) return static_cast<la_ssize_t>(*count);
    reader->input_failed_ = count.status();
    archive_set_error(handle, EIO, "input failed");
    return ARCHIVE_FATAL;
  }

  static la_int64_t Skip(archive*, void* data, la_int64_t request) {
    auto* reader = static_cast<ArchiveReader*>(data);
    const std::uint64_t size = reader->input_->size().value_or(0);
    const std::uint64_t offset = reader->input_->offset();
    if (request <= 0 || size < offset) return 0;
    const std::uint64_t step = std::min<std::uint64_t>(static_cast<std::uint64_t>(request), size - offset);
    return reader->input_->SkipTo(offset + step).ok() ? static_cast<la_int64_t>(step) : 0;
  }

  static la_int64_t Seek(archive*, void* data, la_int64_t offset, int whence) {
    auto* reader = static_cast<ArchiveReader*>(data);
    std::int64_t from = 0;
    if (whence == SEEK_CUR) from = static_cast<std::int64_t>(reader->input_->offset());
    if (whence == SEEK_END) from = static_cast<std::int64_t>(reader->input_->size().value_or(0));
    if (from + offset < 0 || !reader->input_->SkipTo(static_cast<std::uint64_t>(from + offset)).ok()) {
      return ARCHIVE_FATAL;
    }
    return from + offset;
  }
};

// The present member of a reader.
class MemberStream final : public ByteStream {
 public:
  explicit MemberStream(ArchiveReader& reader) : reader_(reader) {}

  absl::StatusOr<std::size_t> Read(char* to, std::size_t size) override { return reader_.ReadMember(to, size); }
  void Seek(std::uint64_t) override {}
  bool seekable() const override { return false; }
  bool live() const override { return reader_.input_->live(); }
  std::optional<std::uint64_t> disk_size() const override { return reader_.input_->size(); }
  std::uint64_t disk_position() const override { return reader_.input_->position(); }

 private:
  ArchiveReader& reader_;
};

ArchiveReader::ArchiveReader(std::unique_ptr<LogSource> input) : input_(std::move(input)), buffer_(kBufferBytes) {}

ArchiveReader::~ArchiveReader() {
  if (archive_ != nullptr) archive_read_free(archive_);
}

absl::StatusOr<std::unique_ptr<ArchiveReader>> ArchiveReader::Open(std::unique_ptr<LogSource> input) {
  std::unique_ptr<ArchiveReader> reader(new ArchiveReader(std::move(input)));
  reader->archive_ = archive_read_new();
  archive* const handle = reader->archive_;
  if (handle == nullptr) return absl::ResourceExhaustedError("not enough memory to read an archive");
  // Only what is asked for: some other filters of libarchive start programs.
  for (const auto enable :
       {archive_read_support_filter_gzip, archive_read_support_filter_zstd, archive_read_support_filter_xz,
        archive_read_support_filter_bzip2, archive_read_support_filter_lz4, archive_read_support_format_tar,
        archive_read_support_format_zip, archive_read_support_format_empty, archive_read_support_format_raw}) {
    if (enable(handle) < ARCHIVE_WARN) {
      return absl::InternalError(absl::StrCat("libarchive: ", archive_error_string(handle)));
    }
  }
  archive_read_set_callback_data(handle, reader.get());
  archive_read_set_read_callback(handle, Callbacks::Read);
  if (reader->input_->seekable()) {
    archive_read_set_skip_callback(handle, Callbacks::Skip);
    archive_read_set_seek_callback(handle, Callbacks::Seek);
  }
  const int code = archive_read_open1(handle);
  if (code < ARCHIVE_WARN) return reader->Error("", ARCHIVE_FATAL);
  return reader;
}

absl::Status ArchiveReader::Error(std::string_view member, int code) {
  if (!input_failed_.ok()) return std::exchange(input_failed_, absl::OkStatus());
  const char* text = archive_error_string(archive_);
  const std::string_view reason = text != nullptr ? text : "unknown error";
  const std::string shown(member.empty() ? std::string_view(input_->name()) : member);
  return absl::DataLossError(absl::StrCat("cannot read ", shown, " further than byte ", given_, " (byte ",
                                          input_->position(), " on disk): ", Printable(reason), "; ",
                                          ToAbsl(AdviceFor(code))));
}

absl::StatusOr<std::unique_ptr<LogSource>> ArchiveReader::Next() {
  piece_ = {};
  piece_begin_ = given_ = 0;
  late_error_ = absl::OkStatus();
  member_.clear();
  while (!done_) {
    archive_entry* entry = nullptr;
    const int code = archive_read_next_header(archive_, &entry);
    const bool first = !std::exchange(started_, true);
    if (code == ARCHIVE_RETRY) continue;
    raw_ = archive_format(archive_) == ARCHIVE_FORMAT_RAW;
    const bool empty = first && code == ARCHIVE_EOF && archive_format(archive_) == ARCHIVE_FORMAT_EMPTY;
    if (code == ARCHIVE_EOF || code < ARCHIVE_WARN) done_ = true;
    if (empty) {  // compressed nothing: an empty log
      raw_ = true;
      member_ = input_->name();
      return std::make_unique<LogSource>(member_, std::make_unique<MemberStream>(*this));
    }
    if (code == ARCHIVE_EOF) break;
    if (code < ARCHIVE_WARN) return Error("", ARCHIVE_FATAL);
    if (raw_ && archive_filter_code(archive_, 0) == ARCHIVE_FILTER_NONE) {
      done_ = true;
      return absl::DataLossError(absl::StrCat(input_->name(),
                                              " begins as a compressed file and is none: it is damaged "
                                              "or incomplete; copy it again"));
    }
    if (!raw_ && !IsVisibleFile(entry)) {
      if (archive_entry_filetype(entry) != AE_IFDIR) ++ignored_;
      continue;
    }
    member_ = raw_ ? input_->name() : absl::StrCat(input_->name(), ": ", Printable(PathOf(entry)));
    return std::make_unique<LogSource>(member_, std::make_unique<MemberStream>(*this));
  }
  return nullptr;
}

// Takes the next piece of the member from libarchive; false: its end.
absl::StatusOr<bool> ArchiveReader::NextPiece() {
  while (!done_) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    const int code = archive_read_data_block(archive_, &data, &size, &offset);
    if (code == ARCHIVE_RETRY) continue;
    if (code == ARCHIVE_EOF) return false;
    if (code != ARCHIVE_OK) {
      if (code == ARCHIVE_FATAL) done_ = true;
      return Error(member_, code);
    }
    if (size == 0) continue;
    piece_ = {static_cast<const char*>(data), size};
    piece_begin_ = static_cast<std::uint64_t>(offset);
    return true;
  }
  return false;
}

absl::StatusOr<std::size_t> ArchiveReader::ReadMember(char* to, std::size_t size) {
  if (!late_error_.ok()) return late_error_;
  std::size_t done = 0;
  while (done < size) {
    if (piece_.empty()) {
      if (done > 0 && input_->live()) break;
      const absl::StatusOr<bool> more = NextPiece();
      if (!more.ok() && done == 0) return more.status();
      if (!more.ok()) {
        late_error_ = more.status();
        break;
      }
      if (!*more) break;
    }
    std::size_t count = 0;
    if (given_ < piece_begin_) {  // a hole in a sparse file reads as zeros, so that offsets are the file's
      count = std::min<std::uint64_t>(size - done, piece_begin_ - given_);
      std::memset(to + done, 0, count);
    } else {
      count = std::min(size - done, piece_.size());
      std::memcpy(to + done, piece_.data(), count);
      piece_.remove_prefix(count);
      piece_begin_ += count;
    }
    done += count;
    given_ += count;
  }
  return done;
}

}  // namespace pgassay::ingest
