#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/log_workload.h"
#include "store/sqlite.h"

namespace pgassay::store {

// Puts `logs` in place of what the file held of logs, inside the open transaction. They have passed CheckLogs.
absl::Status WriteLogs(const Database& database, const LogWorkload& logs);

// What WriteLogs kept; nothing where it never ran. InvalidArgument names the table and the row where a value is of
// another type or out of its range, or where rows do not fit together.
absl::StatusOr<LogWorkload> ReadLogs(const Database& database);

}  // namespace pgassay::store
