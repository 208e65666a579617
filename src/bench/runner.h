#pragma once

// One run: rounds over the sets, and all that may go wrong in between.

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "bench/change_log.h"
#include "bench/client.h"
#include "bench/outcome.h"
#include "cluster/server.h"
#include "pg/session.h"
#include "pgassay/bench.h"

namespace pgassay::bench {

class Runner {
 public:
  // `database`: in place of the one that the options' conninfo names; empty: that one. `server`: a private one, which a
  // cold run may restart; else null.
  Runner(const BenchPlan& plan, const BenchOptions& options, std::string run, std::string database,
         cluster::Server* server);

  // Undoes what earlier runs have left, and measures. What was measured stays in `sets` whatever is returned.
  // Errors: Unavailable (the server does not come back), Cancelled, FailedPrecondition (another bench is at work).
  absl::Status Measure();

  // Undoes what this run has changed, in a session of its own that nothing stops.
  absl::Status CleanUp();

  BenchResult Result();

 private:
  absl::Status Connect(bool stoppable);
  absl::StatusOr<pg::Result> Ask(const std::string& sql);
  absl::Status FindVolatile();
  absl::Status MakeCold();
  absl::Status MeasureSet(std::size_t s, int round);
  absl::Status MeasureBuilt(std::size_t s, int round, const std::vector<ChangedIndex>& built);
  absl::Status Build(std::size_t s, std::vector<ChangedIndex>& built);
  absl::Status Mix(std::size_t s, int round);
  absl::Status Undo(std::size_t s, const std::string& who);
  absl::Status VacuumWritten();
  absl::StatusOr<std::string> IndexState();
  absl::StatusOr<std::vector<std::int64_t>> Scans(const std::vector<ChangedIndex>& built);
  absl::Status WaitForClients();
  void Step(const std::string& step) const;
  void Fail(std::size_t s, const absl::Status& status);

  const BenchPlan& plan_;
  const BenchOptions& options_;
  std::string run_;
  std::string database_;
  cluster::Server* server_;
  std::optional<pg::Session> control_;  // none while a private server is restarted
  bool log_open_ = false;               // the change log was made
  Notes notes_;
  ReplayTarget target_;
  std::vector<SetRecord> sets_;
  std::vector<std::string> not_compared_;  // by query
  std::string database_name_;
  std::string ran_at_;
  int server_version_ = 0;
};

}  // namespace pgassay::bench
