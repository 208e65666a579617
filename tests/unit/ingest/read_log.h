#pragma once

// Reads a text with the reader of a format, for tests.

#include <string>
#include <string_view>
#include <vector>

#include "ingest/log_reader.h"
#include "ingest/log_record.h"

namespace pgassay::ingest {

// A record whose texts are its own.
struct OwnedRecord {
  LogRecord record;  // its views are empty
  std::string database, user, application, sql_state, message, detail, hint, context, statement;
};

struct ReadLog {
  std::vector<OwnedRecord> entries;
  LineCounts lines;
  ReadEnd end;

  std::uint64_t Unknown(UnknownKind kind) const { return lines.unknown[static_cast<std::size_t>(kind)]; }
};

// Expects that each line that was consumed is counted once.
ReadLog ReadWith(const LogFormat& format, std::string_view text, bool last = true, bool stop_at_other = false);

}  // namespace pgassay::ingest
