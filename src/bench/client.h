#pragma once

// One client of the replay: connections for the users and search paths that the statements need, opened when first
// needed, and what it does when one is lost.

#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/prepared_session.h"
#include "pgassay/bench.h"

namespace pgassay::bench {

// Things that happened, each told once, from any thread.
class Notes {
 public:
  void Add(const std::string& note);
  std::vector<std::string> Take();  // in the order of their text: threads have none

 private:
  std::mutex mutex_;
  std::vector<std::string> notes_;  // guarded by mutex_
};

// How statements of the plan run on this server.
struct ReplayTarget {
  const BenchPlan* plan = nullptr;
  const BenchOptions* options = nullptr;
  std::string database;           // in place of the one in BenchOptions::conninfo; empty: that one
  std::vector<bool> rolled_back;  // by query
  // Empties caches before a timed run; it may end all connections. Empty: runs find what is cached.
  std::function<absl::Status()> chill;
  Notes* notes = nullptr;
};

// The reason code of a statement or a set that failed: statement-timeout, lock-timeout, deadlock, disk-full, ...
std::string ProblemCode(const absl::Status& status);

// A session for our own work: no statement timeout, and not stopped by BenchOptions::cancelled unless `stoppable`.
// Waits up to BenchOptions::reconnect_seconds for a server that is away.
absl::StatusOr<pg::Session> ConnectPatiently(const BenchOptions& options, const std::string& database, bool stoppable);

// For one thread at a time.
class Client {
 public:
  explicit Client(const ReplayTarget& target) : target_(target) {}

  // Connects for statement `number` of the plan and prepares it, unless that was done.
  absl::Status Prepare(std::size_t number);

  // Runs statement `number`. A lost connection is opened again, and the statement runs once more; so it does
  // after a deadlock. Errors: Unavailable (the server does not come back), Cancelled, and what the server says of the
  // statement.
  absl::StatusOr<pg::RunFacts> Run(std::size_t number, pg::AnswerSink* sink = nullptr);

  // Empties the caches by ReplayTarget::chill, and plans statement `number`, so that its next run need not: that reads
  // the catalogs, and of the data what the planner looks at.
  absl::Status Chill(std::size_t number);

  // What the server answers to EXPLAIN (`options`) of statement `number`; a write is rolled back.
  absl::StatusOr<std::string> Explain(std::size_t number, std::string_view options);

 private:
  struct Connection {
    pg::PreparedSession session;
    std::vector<bool> prepared;  // by statement
  };

  std::size_t SessionOf(std::size_t number) const;
  absl::Status SetUp(pg::Session& session, const PlanningSession& wanted);
  absl::StatusOr<Connection*> Connect(std::size_t number);
  absl::StatusOr<pg::RunFacts> RunOnce(std::size_t number, pg::AnswerSink* sink);

  ReplayTarget target_;
  std::map<std::size_t, Connection> connections_;  // by position in BenchPlan::sessions
};

}  // namespace pgassay::bench
