#pragma once

// Which format a log is written in.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "ingest/log_reader.h"

namespace pgassay::ingest {

// What is known beside the log's bytes.
struct FormatHints {
  std::string line_prefix;                // log_line_prefix as the user or a capture says; empty: not known
  std::int32_t default_utc_offset_s = 0;  // of time zones whose abbreviation does not tell: seconds east of UTC
  std::string file_name;                  // for messages
  std::int64_t latest_us = kNoTime;       // when the file was written last: syslog's stamps have no year
};

// The format with which most lines of `head` are read; `head` is the beginning of the log, up to 256 KB, decompressed.
// `hints.line_prefix` is taken where it fits more than half of the lines, else one is inferred; what is found is
// found again with its own prefix as hint. InvalidArgument: no line fits any format; the message has the nearest one,
// what did not fit, and a line.
absl::StatusOr<LogFormat> DetectFormat(std::string_view head, const FormatHints& hints);

}  // namespace pgassay::ingest
