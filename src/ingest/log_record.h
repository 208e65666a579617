#pragma once

// One entry of a server log, whatever format it was written in.

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <string_view>

namespace pgassay::ingest {

// Microseconds since 1970-01-01 UTC.
inline constexpr std::int64_t kNoTime = std::numeric_limits<std::int64_t>::min();

enum class Severity : std::uint8_t { kUnknown, kDebug, kLog, kInfo, kNotice, kWarning, kError, kFatal, kPanic };

// Views point into the block that is read or into the reader's own memory and are valid until its sink returns. What a
// format does not tell is empty or 0.
struct LogRecord {
  std::int64_t time_us = kNoTime;  // when the entry was written
  Severity severity = Severity::kUnknown;
  // The texts below have a tab behind each newline that is not theirs (stderr, syslog): Text() takes it away.
  bool tabs_behind_newlines = false;
  bool truncated = false;         // the end of a text is missing
  std::uint32_t pid = 0;
  std::uint64_t session = 0;      // SessionKey of the session id (%c), else the process id
  std::uint64_t transaction = 0;  // TransactionKey of the virtual transaction id (%v)
  std::int64_t query_id = 0;      // the server's (%Q)
  std::string_view database;
  std::string_view user;
  std::string_view application;
  std::string_view sql_state;
  std::string_view message;
  std::string_view detail;
  std::string_view hint;
  std::string_view context;
  std::string_view statement;  // the statement that an error belongs to
};

// `text`, a field of `record`, as the server wrote it.
std::string Text(const LogRecord& record, std::string_view text);

// A number for a session id as %c writes it, "6565f1a2.1a2b": the same in every format. 0: not such an id.
std::uint64_t SessionKey(std::string_view session_id);

// A number for a virtual transaction id as %v writes it, "3/1234". 0: not such an id, or none.
std::uint64_t TransactionKey(std::string_view virtual_transaction);

// The same of the beginning of `text`, up to a character that cannot belong to such an id; it is taken away.
std::uint64_t TakeSessionKey(std::string_view& text);
std::uint64_t TakeTransactionKey(std::string_view& text);

using RecordSink = std::function<void(const LogRecord&)>;

}  // namespace pgassay::ingest
