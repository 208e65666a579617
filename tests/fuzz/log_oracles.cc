#include "log_oracles.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "ingest/detect_format.h"
#include "ingest/log_event.h"

namespace pgassay::fuzz {
namespace {

constexpr std::size_t kSmallBlock = 256;
constexpr std::size_t kWhole = std::size_t{1} << 24;

// Reads all that views point to.
std::string Say(const ingest::LogRecord& record) {
  const ingest::LogEvent event = ingest::ReadEvent(record);
  std::string said = absl::StrCat(record.time_us, " ", static_cast<int>(record.severity), " ", record.pid, " ", record.session,
                                  " ", record.transaction, " ", record.query_id, " ", record.truncated ? 1 : 0);
  for (const std::string_view name : {record.database, record.user, record.application, record.sql_state})
    absl::StrAppend(&said, "|", ToAbsl(name));
  for (const std::string_view text : {record.message, record.detail, record.hint, record.context, record.statement})
    absl::StrAppend(&said, "|", ingest::Text(record, text));
  absl::StrAppend(&said, "|", ToAbsl(ingest::Slug(event.kind)), event.extended ? " extended " : " ", event.fetch ? "fetch " : "",
                  event.duration_us, " ", event.bytes);
  for (const std::string_view text : {event.text, event.parameters, event.plan})
    absl::StrAppend(&said, "|", ingest::Text(record, text));
  Require(event.duration_us >= 0, "no duration is negative");
  return said;
}

class Sayings final : public ingest::BlockTally {
 public:
  void Add(const ingest::LogRecord& record) override { entries.push_back(Say(record)); }
  void Clear() override { entries.clear(); }
  std::vector<std::string> entries;
};

std::string CountsOf(const ingest::LineCounts& lines) {
  std::string said = absl::StrCat("entries ", lines.entries, " continuations ", lines.continuations, " empty ", lines.empty);
  for (std::size_t i = 0; i < ingest::kUnknownKinds; ++i) {
    absl::StrAppend(&said, " ", ToAbsl(ingest::Slug(static_cast<ingest::UnknownKind>(i))), " ", lines.unknown[i]);
    for (const std::string& sample : lines.samples[i]) absl::StrAppend(&said, " '", Printable(sample), "'");
  }
  return said;
}

std::string ResultOf(const ingest::ScanResult& result) {
  return absl::StrCat(CountsOf(result.lines), " bytes ", result.bytes, " unfinished ", result.unfinished, " formats ",
                      result.other_formats, " last ", ingest::Describe(result.format));
}

// Lines of `text`; the last may lack its end.
std::uint64_t LinesOf(std::string_view text) {
  const auto newlines = static_cast<std::uint64_t>(std::count(text.begin(), text.end(), '\n'));
  return newlines + (!text.empty() && text.back() != '\n' ? 1 : 0);
}

struct ReadBlock {
  std::vector<std::string> entries;
  ingest::LineCounts lines;
  ingest::ReadEnd end;
};

ReadBlock ReadOnce(ingest::LogReader& reader, std::string_view text, bool last, bool stop_at_other) {
  ReadBlock block;
  block.end = reader.Read(text, last, stop_at_other,
                          [&](const ingest::LogRecord& record) { block.entries.push_back(Say(record)); }, block.lines);
  return block;
}

// That `lines` are those of `text`. Of the JSON of a cloud service, a line may count as several, and may be read in part.
void RequireEachLineOnce(const ingest::LineCounts& lines, std::string_view text, bool cloud) {
  if (lines.Lines() == LinesOf(text) || (cloud && lines.Lines() + 1 >= LinesOf(text))) return;
  Require(false, absl::StrCat("each line is counted once: ", LinesOf(text), " lines, ", CountsOf(lines)));
}

// What the header of LogReader promises of one block.
void CheckBlock(const ingest::LogFormat& format, std::string_view text) {
  const auto made = ingest::MakeReader(format);
  Require(made.ok(), "a reader can be made twice");
  ingest::LogReader& reader = **made;
  const bool cloud = format.kind == ingest::FormatKind::kCloud;
  for (const bool last : {true, false}) {
    for (const bool stop_at_other : {false, true}) {
      const ReadBlock read = ReadOnce(reader, text, last, stop_at_other);
      Require(read.end.consumed <= text.size(), "a reader stays in its block");
      Require(stop_at_other || !read.end.other_format, "another format is only seen where it is asked for");
      RequireEachLineOnce(read.lines, text.substr(0, read.end.consumed), cloud);
      Require(cloud || read.lines.entries == read.entries.size(), "as many entries are given as are counted");
      const ReadBlock again = ReadOnce(reader, text, last, stop_at_other);
      Require(again.entries == read.entries && CountsOf(again.lines) == CountsOf(read.lines),
              "reading does not depend on what was read before");
    }
  }
  const std::size_t cut = reader.LastEntry(text);
  Require(cut == 0 || cut < text.size(), "the last entry begins within its block");
}

}  // namespace

void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(what.size()), what.data());
  std::abort();
}

std::pair<std::string_view, std::string_view> SplitFirstLine(std::string_view input) {
  const std::size_t end = std::min(input.find('\n'), input.size());
  return {input.substr(0, end), input.substr(std::min(end + 1, input.size()))};
}

ingest::ScanInput InputOf(const ingest::LogFormat* format, std::string_view text) {
  return {.read = [text](char* to, std::size_t size) mutable -> absl::StatusOr<std::size_t> {
            const std::size_t got = std::min(size, text.size());
            if (got > 0) std::memcpy(to, text.data(), got);
            text.remove_prefix(got);
            return got;
          },
          .detect = [format](std::string_view head) mutable -> absl::StatusOr<ingest::LogFormat> {
            if (format != nullptr) return *std::exchange(format, nullptr);
            return ingest::DetectFormat(head, {});
          }};
}

absl::StatusOr<ReadLog> ScanText(const ingest::LogFormat* format, std::string_view text, int jobs,
                                 std::size_t block_bytes) {
  ReadLog log;
  const ingest::ScanHandler handler{.make = [] { return std::make_unique<Sayings>(); },
                                    .take = [&](ingest::BlockTally& block) {
                                      auto& entries = static_cast<Sayings&>(block).entries;
                                      std::move(entries.begin(), entries.end(), std::back_inserter(log.entries));
                                    }};
  auto result = ingest::ScanLog(InputOf(format, text),
                                {.jobs = jobs, .block_bytes = block_bytes}, handler);
  if (!result.ok()) return result.status();
  log.result = *std::move(result);
  Require(log.result.bytes + log.result.unfinished == text.size(), "all bytes are read or unfinished");
  RequireEachLineOnce(log.result.lines, text.substr(0, log.result.bytes),
                      log.result.other_formats > 0 || log.result.format.kind == ingest::FormatKind::kCloud);
  return log;
}

void RequireSame(const ReadLog& a, const ReadLog& b, std::string_view what) {
  const std::string counts_a = ResultOf(a.result);
  const std::string counts_b = ResultOf(b.result);
  if (a.entries == b.entries && counts_a == counts_b) return;
  std::fprintf(stderr, "%s\n%s\n", counts_a.c_str(), counts_b.c_str());
  const auto [in_a, in_b] = std::mismatch(a.entries.begin(), a.entries.end(), b.entries.begin(), b.entries.end());
  if (in_a != a.entries.end()) std::fprintf(stderr, "one has %s\n", Printable(*in_a).c_str());
  if (in_b != b.entries.end()) std::fprintf(stderr, "the other has %s\n", Printable(*in_b).c_str());
  Require(false, what);
}

void CheckReader(const ingest::LogFormat& format, std::string_view text, Cuts cuts) {
  if (!ingest::MakeReader(format).ok()) return;
  CheckBlock(format, text);
  const auto whole = ScanText(&format, text, 1, kWhole);
  const auto blocks = ScanText(&format, text, 1, kSmallBlock);
  const auto threads = ScanText(&format, text, 3, kSmallBlock);
  Require(whole.ok() && blocks.ok() && threads.ok(), "a log whose format is known can be read");
  RequireSame(*blocks, *threads, "the number of threads does not show");
  // A run of lines that fit no format is only seen where it is in one block; the last block may have fewer of them,
  // which are entries of another format where the whole run is of none.
  if (whole->result.lines.Unknown() >= ingest::kOtherFormatRun || whole->result.other_formats > 0 ||
      blocks->result.other_formats > 0) {
    return;
  }
  if (cuts == Cuts::kDoNotShow) {
    RequireSame(*whole, *blocks, "the size of blocks does not show");
  } else if (cuts == Cuts::kSplitEntries) {
    Require(whole->entries.size() == blocks->entries.size(), "blocks of any size have as many entries");
  }
  Require(whole->result.bytes == blocks->result.bytes, "blocks of any size are read to the same end");
}

}  // namespace pgassay::fuzz
