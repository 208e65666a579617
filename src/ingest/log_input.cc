#include "ingest/log_input.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::ingest {
namespace {

// A support bundle is a tar.gz of log.gz files; deeper nesting is a trap, not a log.
constexpr std::size_t kDeepest = 4;

}  // namespace

absl::StatusOr<std::unique_ptr<LogInput>> LogInput::Open(const std::string& path) {
  PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<ByteStream> stream, OpenBytes(path));
  std::unique_ptr<LogInput> input(new LogInput);
  input->first_ = std::make_unique<LogSource>(Printable(path), std::move(stream));
  return input;
}

LogInput::~LogInput() {
  current_.reset();
  while (!archives_.empty()) archives_.pop_back();  // inner ones first: they read the outer
}

std::uint64_t LogInput::ignored_members() const {
  std::uint64_t sum = ignored_;
  for (const std::unique_ptr<ArchiveReader>& archive : archives_) sum += archive->ignored();
  return sum;
}

// `source` itself where it is a log; nullptr where it is an archive, which is read next.
absl::StatusOr<LogSource*> LogInput::Unpacked(std::unique_ptr<LogSource> source) {
  PGASSAY_ASSIGN_OR_RETURN(const std::string_view begin, source->Peek(kPackingBytes));
  const Packing packing = PackingOf(begin);
  if (packing == Packing::kNotReadable) {
    return absl::InvalidArgumentError(absl::StrCat(
        source->name(), " is packed in a way that is not read (7z, rar, compress, lzip, lzo); unpack it first"));
  }
  if (packing == Packing::kPlain) {
    current_ = std::move(source);
    return current_.get();
  }
  if (archives_.size() == kDeepest) {
    return absl::InvalidArgumentError(
        absl::StrCat(source->name(), " is an archive within ", kDeepest, " others; unpack it first"));
  }
  PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<ArchiveReader> archive, ArchiveReader::Open(std::move(source)));
  archives_.push_back(std::move(archive));
  return nullptr;
}

absl::StatusOr<LogSource*> LogInput::Next() {
  current_.reset();
  if (first_ != nullptr) {
    PGASSAY_ASSIGN_OR_RETURN(LogSource * log, Unpacked(std::move(first_)));
    if (log != nullptr) return log;
  }
  while (!archives_.empty()) {
    ArchiveReader& archive = *archives_.back();
    PGASSAY_ASSIGN_OR_RETURN(std::unique_ptr<LogSource> member, archive.Next());
    if (member == nullptr) {
      ignored_ += archive.ignored();
      archives_.pop_back();
    } else if (archive.compressed_log()) {  // its filters are all undone
      current_ = std::move(member);
      return current_.get();
    } else {
      PGASSAY_ASSIGN_OR_RETURN(LogSource * log, Unpacked(std::move(member)));
      if (log != nullptr) return log;
    }
  }
  return nullptr;
}

}  // namespace pgassay::ingest
