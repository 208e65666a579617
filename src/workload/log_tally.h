#pragma once

// Counts what a block of a log holds, and adds blocks up. The hot path of the log engine: a few hundred nanoseconds an
// entry.
//
// What is counted does not depend on where blocks are cut or in which order their statements appear: integers are added,
// times are least and greatest, samples are those with the least pseudo-random priority, and the text kept of a
// statement is that of its earliest call.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "ingest/log_event.h"
#include "ingest/log_record.h"
#include "pgassay/log_workload.h"
#include "sql/statement_hash.h"
#include "sql/statement_memo.h"
#include "workload/log_filter.h"

namespace pgassay::workload {

// All calls of one text but for its literals, by one user in one database.
struct TalliedStatement {
  std::uint32_t database = 0;  // position in LogTally::names
  std::uint32_t user = 0;
  sql::StatementHash hash;     // of the text below
  std::string text;            // as sent by the earliest call
  LogCounters counters;
  Sketch latency;
  std::vector<std::pair<std::int32_t, LogHour>> hours;  // sorted
  std::vector<LogSample> samples;                       // by priority, at most kLogSamples
  LogSample slowest;                                    // duration -1: none
  // The same from plans, of calls that may have been sampled already: for statements that only their plans tell.
  std::vector<LogSample> plan_samples;
  LogSample plan_slowest;
  std::vector<std::int64_t> query_ids;                  // sorted, unique

  // Adds another tally of the same statement.
  void Merge(TalliedStatement&& other);
  std::size_t MemoryBytes() const;  // about
};

// An execution, or a part of one that was logged by itself, in the order of the log.
struct SessionStep {
  enum class Kind : std::uint8_t {
    kCompleted,  // with its duration
    kStarted,    // counted, without its duration
    kDuration,   // of what the session started last
    kFailed,     // what the session ran last
    kPrepared,   // parse and bind of what the session completes next: plan_us
    kPlanned,    // a plan, of an execution that may have been logged by itself too
  };
  static constexpr std::uint32_t kNoStatement = 0xFFFFFFFF;

  Kind kind = Kind::kCompleted;
  bool extended = false;  // by the extended protocol
  bool fetch = false;     // a further part of a portal's rows
  bool several = false;   // the text may be several statements: there is something behind a semicolon
  std::uint32_t statement = kNoStatement;  // position in LogTally::statements
  std::uint64_t session = 0;
  std::uint64_t transaction = 0;
  std::int64_t time_us = 0;  // when it was logged
  std::int64_t duration_us = 0;
  std::uint64_t values = 0;  // hash of literals and parameters
  std::uint64_t value_bits = 0;  // sql::StatementHash::value_bits of both
  std::uint32_t plan_us = 0;     // parse and bind steps of kCompleted as far as this block has them; of kPrepared
  FilterVerdict verdict = FilterVerdict::kPasses;  // of its own entry
};

class LogTally {
 public:
  using EventCounts = std::array<std::int64_t, static_cast<std::size_t>(ingest::EventKind::kCount)>;

  using FilteredCounts = std::array<std::int64_t, static_cast<std::size_t>(FilterVerdict::kCount)>;

  // `filter` outlives this; none: everything counts.
  explicit LogTally(const LogFilter* filter = nullptr);

  void Add(const ingest::LogRecord& record);
  void Clear();
  void Finish();  // behind the last record; again: nothing happens

  std::vector<TalliedStatement>& statements() { return statements_; }  // by first appearance
  // In the order of the log. Behind the last one of Finish() come those of parse and bind steps whose execution is not
  // in this block.
  const std::vector<SessionStep>& steps() const { return steps_; }
  const std::vector<std::string>& names() const { return names_; }
  const EventCounts& events() const { return events_; }
  // Entries that the filter keeps out, but for durations in entries of their own: they belong to what began before, and
  // only LogTotals knows whether that counts.
  const FilteredCounts& filtered() const { return filtered_; }

 private:
  struct Call {
    std::uint32_t statement = 0;
    std::uint64_t values = 0;
    std::uint64_t value_bits = 0;
    sql::StatementHash hash;
  };

  void AddJudged(const ingest::LogRecord& record, FilterVerdict verdict);
  void KeepOut(const ingest::LogRecord& record, const ingest::LogEvent& event, FilterVerdict verdict);
  Call Find(const ingest::LogRecord& record, const ingest::LogEvent& event);
  void AddCall(const ingest::LogRecord& record, const ingest::LogEvent& event, bool timed);
  void AddPart(const ingest::LogRecord& record, const ingest::LogEvent& event);
  void AddPlan(const ingest::LogRecord& record, const ingest::LogEvent& event);
  static void AddQueryId(TalliedStatement& statement, std::int64_t query_id);
  static void Sample(const Call& call, const ingest::LogRecord& record, const ingest::LogEvent& event, bool timed,
                     std::vector<LogSample>& samples, LogSample& slowest);
  void Step(SessionStep::Kind kind, const Call& call, const ingest::LogRecord& record, const ingest::LogEvent& event,
            std::int64_t duration_us);
  void Prepare(const ingest::LogRecord& record, std::int64_t duration_us);
  void AddPrepared(std::size_t place);
  void AddTimed();
  std::uint32_t Name(std::string_view name, std::uint32_t& last);
  void Grow();

  sql::StatementMemo hashes_;  // of all blocks
  std::vector<TalliedStatement> statements_;
  std::vector<std::uint32_t> slots_;  // hash table of positions in statements_ plus 1; 0: free
  std::vector<SessionStep> steps_;
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, std::uint32_t> name_numbers_;  // where there are many
  std::uint32_t last_database_ = 0;
  std::uint32_t last_user_ = 0;
  const LogFilter* filter_;
  FilteredCounts filtered_{};
  EventCounts events_{};

  // Durations on their way into the sketches, which takes less time for many than for one after another.
  struct Timed {
    std::uint32_t statement = 0;
    std::uint16_t bucket = 0;
  };
  std::vector<Timed> timed_;
  std::vector<std::uint16_t> timed_buckets_;  // by statement

  // Parse and bind steps that wait for their execution, by session. Two sessions of one place: the older one's become a
  // step of their own.
  struct Prepared {
    std::uint64_t session = 0;  // 0: none
    std::int64_t time_us = 0;
    std::int64_t plan_us = 0;
  };
  static constexpr std::size_t kPreparedPlaces = 64;
  std::array<Prepared, kPreparedPlaces> prepared_{};
};

// Keeps the kLogSamples samples of least priority, sorted, none twice. Returns whether `sample` would be kept.
bool IsAmongSamples(const std::vector<LogSample>& samples, std::uint64_t priority);
void AddSample(std::vector<LogSample>& samples, LogSample&& sample);

// Adds `from` to `to`; times are least and greatest.
void AddCounters(LogCounters& to, const LogCounters& from);

// a + b, at most kMostLoggedUs.
constexpr std::int64_t AddUs(std::int64_t a, std::int64_t b) {
  const std::int64_t sum = a + b;
  return sum < kMostLoggedUs ? sum : kMostLoggedUs;
}

// Whether `a` says more about the slowest call than `b`.
bool IsSlower(const LogSample& a, const LogSample& b);

}  // namespace pgassay::workload
