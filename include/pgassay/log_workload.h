#pragma once

// What server logs say that a database was asked to do. Plain values that merge: Merge(a, b) is the same as Merge(b, a),
// and of three it does not matter which two are merged first. Implemented by module workload.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "pgassay/loops.h"
#include "pgassay/sketch.h"

namespace pgassay {

// One call as it was logged.
struct LogSample {
  std::uint64_t priority = 0;     // pseudo-random, from the call itself: the kSamples calls with the least are kept
  std::int64_t time_us = 0;       // when it was logged, microseconds since 1970 UTC
  std::int64_t duration_us = -1;  // -1: not logged
  std::string sql;                // as sent, with its literals; empty: LogTemplate::sql, to which `parameters` belong
  std::string parameters;         // "$1 = '42', $2 = NULL", as logged
  friend auto operator<=>(const LogSample&, const LogSample&) = default;
};

// Sums of microseconds stop here, 285 years: a damaged or hostile log must not make the rest of it useless.
inline constexpr std::int64_t kMostLoggedUs = (std::int64_t{1} << 53) - 1;

// Estimated to actual rows of a plan's node, or the reverse, from which on its estimate is wrong.
inline constexpr std::int64_t kMisestimate = 10;

// Microseconds and counts, all of them integers, so that sums do not depend on their order.
struct LogCounters {
  std::int64_t calls = 0;        // executions that were logged, failed ones not among them
  std::int64_t timed_calls = 0;  // of these, with a duration
  std::int64_t total_us = 0;     // of the timed ones
  std::int64_t min_us = 0;
  std::int64_t max_us = 0;
  std::int64_t parse_us = 0;     // logged parse and bind steps of the extended protocol
  std::int64_t bind_us = 0;
  std::int64_t failed = 0;       // ended by an error
  std::int64_t cancelled = 0;    // of these, by a timeout or a person
  std::int64_t plans = 0;        // auto_explain's, whether their executions are calls of their own or not (plan_join.h)
  std::int64_t plan_us = 0;      // duration of these executions
  std::int64_t analyzed_plans = 0;     // of the plans, with actual rows
  std::int64_t plan_rows = 0;          // that the analyzed plans gave
  std::int64_t misestimated = 0;       // of the analyzed plans, with a node whose rows were kMisestimate times fewer or more
  std::int64_t worst_misestimate = 0;  // the greatest such ratio of any plan, rounded down; 0: none was analyzed
  std::int64_t wal_plans = 0;          // of the analyzed plans, with WAL (auto_explain.log_wal)
  std::int64_t wal_records = 0;        // that these wrote
  std::int64_t wal_full_page_images = 0;
  std::int64_t wal_bytes = 0;
  std::int64_t temporary_files = 0;
  std::int64_t temporary_bytes = 0;
  std::int64_t lock_waits = 0;   // waits longer than deadlock_timeout
  std::int64_t lock_wait_us = 0;
  std::int64_t first_us = 0;     // when first and last seen, microseconds since 1970 UTC
  std::int64_t last_us = 0;
  friend bool operator==(const LogCounters&, const LogCounters&) = default;
};

// Calls and time of an hour.
struct LogHour {
  std::int64_t calls = 0;
  std::int64_t total_us = 0;
  friend bool operator==(const LogHour&, const LogHour&) = default;
};

// All logged executions with one database, user and text but for literals. Names are not resolved: that needs a capture.
struct LogTemplate {
  std::string database;
  std::string user;
  std::string fingerprint;  // 16 hexadecimal digits: libpg_query's, of statements on tables with numbers in their names
                            // one that tells these apart; "shape-" and 16 digits where it reads no single statement
  std::string sql;          // normalised: $n for literals; where the grammar does not read it, ? for literals
  LogCounters counters;
  Sketch latency;                          // microseconds of the timed calls
  std::map<std::int32_t, LogHour> hours;   // by hours since 1970 UTC
  std::vector<LogSample> samples;          // by priority, at most kSamples
  std::vector<LogSample> slowest;          // the slowest call, at most one
  std::vector<std::int64_t> query_ids;     // the server's, sorted, unique
  std::vector<std::string> tags;           // query tags in comments of samples, "key=value", sorted, unique
  friend bool operator==(const LogTemplate&, const LogTemplate&) = default;
};

inline constexpr std::size_t kLogSamples = 16;

// A log that was read, by content: a file that grew, was renamed or compressed is known again.
struct LogFile {
  std::uint64_t identity = 0;       // hash of its first identity_bytes bytes, decompressed
  std::uint32_t identity_bytes = 0;
  std::string name;                 // as last read
  std::string format;
  std::uint64_t bytes = 0;          // read so far, decompressed: reading goes on here
  std::uint64_t entries = 0;
  std::uint64_t continuation_lines = 0;
  std::uint64_t empty_lines = 0;
  std::map<std::string, std::uint64_t> unknown_lines;  // by slug
  friend auto operator<=>(const LogFile&, const LogFile&) = default;
};

// Logged statements that are counted but not kept, by what they are.
struct LogGroup {
  std::string code;    // utility-statement, system-catalog, own-statement, evicted
  std::string detail;  // kind of utility statement ("VariableSetStmt"); else empty
  std::int64_t statements = 0;  // different texts in a log; the same text of two logs counts twice
  std::int64_t calls = 0;
  std::int64_t total_us = 0;
  friend bool operator==(const LogGroup&, const LogGroup&) = default;
};

struct LogWorkload {
  std::vector<LogFile> files;          // by identity
  std::vector<LogTemplate> templates;  // by database, user and fingerprint
  std::vector<LogGroup> not_kept;      // by code and detail
  std::map<std::string, std::int64_t> events;  // entries by kind: "completed", "lock-wait", ...
  LoopTally loops;                             // what sessions did again and again
  friend bool operator==(const LogWorkload&, const LogWorkload&) = default;
};

// InvalidArgument-free: any two workloads merge. A file that both hold is counted twice by the caller's mistake; see
// OverlappingFiles.
LogWorkload Merge(LogWorkload a, LogWorkload b);

// Memory that a log workload may take, about: some twenty thousand templates with their samples.
inline constexpr std::size_t kLogWorkloadBytes = std::size_t{32} << 20;

// Evicts templates with the least time, of equals those with the fewest calls, until `logs` take no more than `bytes`;
// they are counted as "evicted". What is left depends on nothing but what `logs` hold.
void EvictLightest(LogWorkload& logs, std::size_t bytes = kLogWorkloadBytes);

// The files of `b` of which `a` has read a part too.
std::vector<LogFile> OverlappingFiles(const LogWorkload& a, const LogWorkload& b);

}  // namespace pgassay
