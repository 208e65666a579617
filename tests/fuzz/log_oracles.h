#pragma once

// What must hold for any bytes that are read as a log, whatever they are. What does not hold is printed and ends the
// process.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/log_reader.h"
#include "ingest/log_record.h"
#include "ingest/scan.h"

namespace pgassay::fuzz {

// Ends the process unless `holds`.
void Require(bool holds, std::string_view what);

// The first line of a fuzzer's input, and what is behind it.
std::pair<std::string_view, std::string_view> SplitFirstLine(std::string_view input);

// A log, read from its beginning to its end.
struct ReadLog {
  std::vector<std::string> entries;  // everything that each says
  ingest::ScanResult result;
};

// A scan of `text` with blocks of about `block_bytes`. The first format is `format`; where none is given, and where lines
// stop fitting, it is detected. Not OK: nothing fits a format.
absl::StatusOr<ReadLog> ScanText(const ingest::LogFormat* format, std::string_view text, int jobs,
                                 std::size_t block_bytes);

// ScanInput that reads from `text`, which must outlive it.
ingest::ScanInput InputOf(const ingest::LogFormat* format, std::string_view text);

// Everything in `a` is in `b` and the other way round; `what` is said if not.
void RequireSame(const ReadLog& a, const ReadLog& b, std::string_view what);

// How far the places where blocks are cut may show in what is read.
enum class Cuts {
  kDoNotShow,        // entries and counts are the same
  kSplitEntries,     // as many entries, and as many lines: further lines may have lost their entry
  kMayShow,          // as many lines
};

// Reads `text` as `format` in one piece and in many, by one thread and by several. A format that is none (a prefix with
// an unknown escape) is passed over.
void CheckReader(const ingest::LogFormat& format, std::string_view text, Cuts cuts);

}  // namespace pgassay::fuzz
