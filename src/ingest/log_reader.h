#pragma once

// From bytes to log entries: one reader for each format.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "ingest/log_record.h"

namespace pgassay::ingest {

enum class FormatKind : std::uint8_t {
  kStderr,   // log_line_prefix and text, what RDS, Aurora and Azure files hold too
  kCsv,      // csvlog
  kJson,     // jsonlog
  kSyslog,   // BSD or RFC 5424 around the text of kStderr
  kLogplex,  // Heroku
  kCloud,    // JSON objects around text or fields: Cloud SQL, AlloyDB, Azure, CloudNativePG, CloudWatch, containers
};

// How a log is written; what the readers need to know beside its bytes.
struct LogFormat {
  FormatKind kind = FormatKind::kStderr;
  std::string line_prefix = "%m [%p] ";  // kStderr, kSyslog, kLogplex, kCloud with text: log_line_prefix
  int csv_columns = 0;                   // kCsv: 23 (to 12), 24 (13), 26 (from 14)
  // Offset of a time zone name that the log uses, where its abbreviation does not tell: seconds east of UTC.
  std::int32_t default_utc_offset_s = 0;
  // kSyslog: when the log ended, which tells the year of stamps without one; kNoTime: they are not used.
  std::int64_t latest_us = kNoTime;
  friend bool operator==(const LogFormat&, const LogFormat&) = default;
};

// "stderr (%m [%p] )", for messages.
std::string Describe(const LogFormat& format);

// What a line was that belongs to no entry.
enum class UnknownKind : std::uint8_t {
  kNoPrefix,       // does not begin as the format says
  kBrokenFields,   // begins as an entry, but its fields cannot be read
  kOrphan,         // DETAIL, STATEMENT and the like without their entry
  kTooLong,        // an entry of more than kLongestEntry bytes
  kCount
};
inline constexpr std::size_t kUnknownKinds = static_cast<std::size_t>(UnknownKind::kCount);
inline constexpr std::size_t kLongestEntry = std::size_t{16} << 20;

// Slug of `kind`: "no-prefix", ...
std::string_view Slug(UnknownKind kind);

// Every line of the input is in exactly one of these.
struct LineCounts {
  std::uint64_t entries = 0;        // lines that begin an entry; so many entries (a line of kCloud may begin several)
  std::uint64_t continuations = 0;  // further lines of entries, DETAIL and the like included
  std::uint64_t empty = 0;          // nothing but white space
  std::array<std::uint64_t, kUnknownKinds> unknown{};
  std::array<std::vector<std::string>, kUnknownKinds> samples;  // at most three of each, 200 bytes each, as they are

  std::uint64_t Lines() const;
  std::uint64_t Unknown() const;
  void AddUnknown(UnknownKind kind, std::string_view line);  // counts it and keeps a sample
  void Add(const LineCounts& other);                         // samples of this one first
};

// Where a reader stopped.
struct ReadEnd {
  std::size_t consumed = 0;   // bytes of the block that are done; behind them an unfinished entry begins
  bool other_format = false;  // stopped because what follows `consumed` seems to be written in another way
};

// Not thread-safe; one for each thread. Reading a block depends on nothing that was read before, so that blocks can be
// read in any order.
class LogReader {
 public:
  virtual ~LogReader() = default;

  // Gives every entry of `block`, which begins with an entry, to `sink` in order. Blocks are cut where LastEntry says, so
  // an entry whose last line is whole ends with its block; one that is not (an open quote, no newline) is unfinished and
  // left for the next block, unless `last`: the input ends here, and what can be read of it is read, but for a last line
  // of text without its newline, which may still be growing. With `stop_at_other`, stops where kOtherFormatRun unknown
  // lines follow each other, or kOtherFormatTail of them end the `last` block; they are then not counted.
  virtual ReadEnd Read(std::string_view block, bool last, bool stop_at_other, const RecordSink& sink,
                       LineCounts& counts) = 0;

  // The largest offset above 0 in `block` at which an entry surely or very likely begins; 0: none found. Blocks are cut
  // there.
  virtual std::size_t LastEntry(std::string_view block) const = 0;
};

inline constexpr int kOtherFormatRun = 64;
inline constexpr int kOtherFormatTail = 8;

// A reader for `format`. InvalidArgument: a line prefix with an escape that no server knows.
absl::StatusOr<std::unique_ptr<LogReader>> MakeReader(const LogFormat& format);

}  // namespace pgassay::ingest
