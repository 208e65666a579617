#pragma once

// Which of auto_explain's plans belong to calls that were logged by themselves too.
//
// With log_min_duration_statement (or log_duration) and auto_explain both on, one execution is logged twice: by a line
// with its duration, and by its plan. An execution counts as one call:
//
//  - A call by the simple protocol is logged behind its plan, with the same text. So it takes the last plan of its
//    session and statement that waits, if that is not longer than the call and was logged while it ran or shortly
//    before: a busy server may write the line of a call some time after its end.
//  - A string of several statements has a plan for each, all with the whole text. So it also takes further ones that
//  were
//    logged while it ran, as long as all of them together are not longer than it.
//  - A call by the extended protocol has one plan. It is logged before the call where rows are written, and behind it
//    where they are read: then when the portal is closed, while the session runs nothing else of the same text. So such
//    a call takes a plan like a simple one; else the next plan of its session and statement that is not longer than it,
//    its further fetches included, is its own.
//  - A plan that no call takes is a call by itself: its execution was below log_min_duration_statement, or not sampled,
//  or
//    only auto_explain is on, or it is a statement within a function (auto_explain.log_nested_statements). Its duration
//    is that of the executor.
//
// So where both log everything, or each what is above some duration, the number of calls is exact. It can be too small
// where both log samples (log_statement_sample_rate and auto_explain.sample_rate): a plan and a duration that are not
// of the same execution may fit. It can be too large for strings of more than kMostPending statements, where only
// auto_explain is on for strings of several statements, since each of their plans is then a call, and where an
// execution is logged in two blocks of a log with the newest first (cloud_reader.h). What waits at the end of a log, or
// of what was read of it, is given to who reads what follows (ForEach, Resume).

#include <cstddef>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"

namespace pgassay::workload {

// A statement of LogTotals.
struct StatementKey {
  std::uint64_t shape = 0;
  std::uint32_t database = 0;
  std::uint32_t user = 0;
  friend bool operator==(const StatementKey&, const StatementKey&) = default;
  template <typename H>
  friend H AbslHashValue(H state, const StatementKey& key) {
    return H::combine(std::move(state), key.shape, key.database, key.user);
  }
};

// An execution, as one entry of the log tells it. Microseconds.
struct LoggedExecution {
  StatementKey key;
  std::int64_t time_us = 0;  // when it was logged
  std::int64_t duration_us = 0;
  bool extended = false;  // by the extended protocol
  bool several = false;   // its text may be several statements
  bool resumed = false;   // other totals have counted it
};

// Is given the entries of a log in their order. Memory is bounded: where there are too many sessions, what is open is
// taken to belong to nothing.
class PlanJoin {
 public:
  static constexpr std::size_t kMostPending = 256;  // plans of a session that wait for their call
  static constexpr std::size_t kMostOpen = 8;       // calls of a session that wait for their plan
  static constexpr std::size_t kMostSessions = 50'000;
  static constexpr std::size_t kMostPlans = 200'000;      // that wait, of all sessions
  static constexpr std::int64_t kResumedUs = 10'000'000;  // after which what other totals have waits for nothing more

  // Of the plans that a call took: those that had been counted as calls by themselves.
  struct Taken {
    std::int64_t calls = 0;
    std::int64_t duration_us = 0;  // together
    std::int64_t time_us = 0;      // of the last one of them
  };

  // `alone` is given the plans that no call takes, in no order that means anything.
  explicit PlanJoin(std::function<void(const LoggedExecution&)> alone) : alone_(std::move(alone)) {}

  void AddPlan(std::uint64_t session, const LoggedExecution& plan);
  Taken AddCall(std::uint64_t session, const LoggedExecution& call);
  // A further part of the rows of a call by the extended protocol.
  void AddFetch(std::uint64_t session, const LoggedExecution& fetch);

  // Calls `visit(session, execution, is_plan)` with all that waits, in no order of sessions.
  template <typename Visit>
  void ForEach(const Visit& visit) const {
    for (const auto& [session, of] : sessions_) {
      for (const LoggedExecution& plan : of.pending) visit(session, plan, true);
      for (const LoggedExecution& call : of.open) visit(session, call, false);
    }
  }
  // What waited where other totals ended, as ForEach of those gave it.
  void Resume(std::uint64_t session, LoggedExecution execution, bool is_plan);

  // The log is at its end.
  void Finish();

 private:
  void Forget(const LoggedExecution& plan) const {
    if (!plan.resumed) alone_(plan);
  }
  struct Session {
    std::vector<LoggedExecution> pending;  // plans, in order
    std::vector<LoggedExecution> open;     // calls, in order
  };

  Session& Find(std::uint64_t session);

  std::function<void(const LoggedExecution&)> alone_;
  absl::flat_hash_map<std::uint64_t, Session> sessions_;
  std::size_t pending_ = 0;
};

}  // namespace pgassay::workload
