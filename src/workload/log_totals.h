#pragma once

// Tallies of blocks added up to what a log says, within bounded memory.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "pgassay/log_workload.h"
#include "workload/log_tally.h"
#include "workload/plan_join.h"

namespace pgassay::workload {

// Who looks at the order of a session's statements. Statements are numbered by first appearance, the numbers of evicted
// ones are not given again.
struct SessionWatch {
  std::function<void(std::uint32_t number, const TalliedStatement&, std::string_view database, std::string_view user)>
      define;
  // Completed and failed ones, with durations and what was logged of their parse and bind steps; not those that only a
  // plan tells. A failure without a statement has the number kNoStatement.
  std::function<void(std::uint32_t number, const SessionStep&)> step;
};

struct LogTotalsOptions {
  // Of statements with their samples. Beyond it, those with the least time are evicted, and counted as such.
  std::size_t memory_bytes = kLogWorkloadBytes;
  int jobs = 1;        // threads that parse in Finish; the result does not depend on it
  SessionWatch watch;  // may be empty
};

// A statement that a session began, whose duration is still to be logged in an entry of its own.
struct OpenStatement {
  TalliedStatement statement;  // its text; what was counted of it is not repeated
  std::string database;
  std::string user;
  SessionStep step;
  // Another log has it, perhaps of another server with the same process ids: what ends it must have begun when it did.
  bool elsewhere = false;
};

// A call that its plan may still follow, or a plan that its call may (PlanJoin).
struct OpenExecution {
  std::uint64_t session = 0;
  std::uint64_t shape = 0;
  std::string database;
  std::string user;
  LoggedExecution told;  // without its key
  bool is_plan = false;
};

struct OpenWork {
  std::vector<OpenStatement> statements;
  std::vector<OpenExecution> executions;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> prepared;  // sessions with microseconds of parse and bind steps
};

class LogTotals {
 public:
  explicit LogTotals(LogTotalsOptions options = {}) : options_(std::move(options)) {}
  LogTotals(const LogTotals&) = delete;
  LogTotals& operator=(const LogTotals&) = delete;

  // Adds the tally of the next block. Its statements are moved from.
  void Take(LogTally& block);

  // A statement that was not evicted; nullptr: there is none. Valid until the next Take.
  const TalliedStatement* Find(std::uint64_t shape, const std::string& database, const std::string& user) const;
  // What is open at the end of a log, and the same given to the totals of what is logged next: their durations and
  // failures are then added to calls that were counted before, and no execution counts twice.
  OpenWork Open() const;
  void Reopen(const OpenWork& open);

  // Durations in entries of their own whose statements are not known.
  std::int64_t lone_durations() const { return lone_durations_; }

  // Entries that the filter of the tallies kept out.
  const LogTally::FilteredCounts& filtered() const { return filtered_; }

  // What was logged, as templates: texts of one fingerprint are one, utility statements are counted by kind.
  LogWorkload Finish() &&;

 private:
  using Key = StatementKey;
  struct Entry {
    TalliedStatement statement;
    std::uint32_t number = 0;
    std::size_t memory_bytes = 0;
  };
  // A session's statement whose duration comes in a line of its own.
  struct Started {
    Key key;
    std::uint32_t number = 0;
    SessionStep step;
    // Of its plans, which are its duration where no line has it.
    std::int64_t planned_us = -1;  // -1: none yet
    std::int64_t planned_time_us = 0;
    bool reopened = false;  // its call was counted by other totals
    bool elsewhere = false;
  };

  std::uint32_t Name(const std::string& name);
  Key Merge(TalliedStatement&& statement, const std::vector<std::uint32_t>& names, std::uint32_t& number);
  void Follow(SessionStep step, const Key& key, std::uint32_t number);
  void AddPlannedDuration(const Started& started);
  void AddPlannedCall(const LoggedExecution& plan);
  Entry* Find(const Key& key);
  Started* StartedBy(const SessionStep& step, const Key& key);
  void CountDuration(const SessionStep& duration, FilterVerdict verdict);
  Entry* AddDuration(const Started& started, std::int64_t time_us, std::int64_t duration_us);
  void TakeBackCall(const Started& started);
  void TakeBackPlans(const LoggedExecution& call, const PlanJoin::Taken& taken);
  void Evict();
  LogWorkload Templates();

  LogTotalsOptions options_;
  std::vector<std::string> names_;
  absl::flat_hash_map<std::string, std::uint32_t> name_numbers_;
  absl::flat_hash_map<Key, std::unique_ptr<Entry>> entries_;    // large, so that the table does not hold them
  absl::flat_hash_map<std::uint64_t, Started> started_;         // by session
  absl::flat_hash_map<std::uint64_t, std::uint32_t> prepared_;  // by session: plan_us of what it completes next
  PlanJoin plans_{[this](const LoggedExecution& plan) { AddPlannedCall(plan); }};
  absl::flat_hash_map<Key, TalliedStatement> reopened_;  // texts of statements that were counted elsewhere
  std::uint32_t next_number_ = 0;
  std::size_t memory_bytes_ = 0;
  std::int64_t lone_durations_ = 0;
  LogGroup evicted_;
  LogTally::EventCounts events_{};
  LogTally::FilteredCounts filtered_{};
};

}  // namespace pgassay::workload
