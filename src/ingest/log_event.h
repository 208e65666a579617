#pragma once

// What an entry of the log says.

#include <cstdint>
#include <optional>
#include <string_view>

#include "ingest/log_record.h"

namespace pgassay::ingest {

enum class EventKind : std::uint8_t {
  kOther,             // nothing that is counted by itself
  kCompleted,         // "duration: 1.234 ms  statement: SELECT ...", or execute
  kStatement,         // "statement: SELECT ...": before it runs, without its duration
  kDuration,          // "duration: 1.234 ms": of the session's last statement
  kParse,             // "duration: 1.234 ms  parse <unnamed>: SELECT ..."
  kBind,              // "duration: 1.234 ms  bind <unnamed>: SELECT ..."
  kPlan,              // auto_explain
  kFailed,            // an ERROR, FATAL or PANIC with its statement
  kCancelled,         // the same, by a timeout or by somebody
  kError,             // without a statement
  kTemporaryFile,     // with its statement, where the log has it
  kLockWait,          // a wait that lasted longer than deadlock_timeout ...
  kLockAcquired,      // ... and its end
  kDeadlock,
  kCheckpoint,
  kAutovacuum,
  kAutoanalyze,
  kConnection,
  kDisconnection,
  kCount
};

// Slug of `kind`: "lock-wait", ...
std::string_view Slug(EventKind kind);

// Views as in the record. Times in microseconds, exactly as logged.
struct LogEvent {
  EventKind kind = EventKind::kOther;
  std::int64_t duration_us = 0;       // kCompleted, kDuration, kParse, kBind, kPlan; of the wait for locks
  bool extended = false;              // by parse, bind and execute: $n stands for values
  bool fetch = false;                 // a further part of a portal's rows: no call of its own
  std::string_view text;              // the statement
  std::string_view parameters;        // "$1 = '42', $2 = NULL", as logged
  std::string_view plan;              // kPlan: behind "plan:", for ReadPlan; its statement is not in `text`
  std::int64_t bytes = 0;             // kTemporaryFile
};

LogEvent ReadEvent(const LogRecord& record);

}  // namespace pgassay::ingest
