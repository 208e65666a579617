#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/log_workload.h"
#include "store/sqlite.h"

namespace pgassay::store {

// Puts `logs` in place of what the file held of logs, inside the open transaction. They have passed CheckLogs.
absl::Status WriteLogs(const Database& database, const LogWorkload& logs);

// What WriteLogs kept; nothing where it never ran, and nothing of what a file of schema version `version` has no tables
// for. InvalidArgument names the table and the row where a value is of
// another type or out of its range, or where rows do not fit together.
absl::StatusOr<LogWorkload> ReadLogs(const Database& database, std::int64_t version);

}  // namespace pgassay::store
