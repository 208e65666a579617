#pragma once

// The statements that a capture took from pg_stat_statements, as a workload.

#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay::cli {

// One template for each statement of a user, with its counters and without values. Its fingerprint is the server's
// query id.
Workload ReadStatementWorkload(const Snapshot& snapshot);

}  // namespace pgassay::cli
