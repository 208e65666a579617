#pragma once

// The database to be measured: whether it may be changed at all, and a copy of it.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/bench.h"

namespace pgassay::bench {

// FailedPrecondition where `session` is in the captured production database, and nobody insists; also where only a
// standby answers.
absl::Status CheckDisposable(pg::Session& session, const BenchOptions& options);

// A name for the copy of a run.
std::string CopyName(const std::string& run);

// FailedPrecondition where `session` is on the server that was captured, and nobody insists that a dump is restored and
// measured there; also on a standby.
absl::Status CheckRestorable(pg::Session& session, const BenchOptions& options);

// Copies the database that BenchOptions::conninfo names, on its server, or makes the copy from BenchOptions::restore,
// and drops copies that runs before have left. What was dropped is added to `notes`. Errors: those of the server and of
// RestoreInto; ResourceExhausted where the disk is full.
absl::Status MakeCopy(const BenchPlan& plan, const BenchOptions& options, const std::string& run,
                      std::vector<std::string>& notes);

// Drops the copy, also where sessions are still in it.
absl::Status DropCopy(const BenchOptions& options, const std::string& run);

}  // namespace pgassay::bench
