#pragma once

#include "absl/status/status.h"
#include "pgassay/log_workload.h"

namespace pgassay::store {

// Whether `logs` keep what pgassay/log_workload.h promises, so that the rest of pgassay may rely on it also for a
// foreign file: lists are in order and without duplicates, counts are not negative and so small that a thousand files
// can be merged without overflow, times are of a year that a log can name, texts have at most 4 MB. InvalidArgument
// names the table and the row (by its numbers there) of what is wrong. Writing asks the same as reading, so what went
// in comes out.
absl::Status CheckLogs(const LogWorkload& logs);

}  // namespace pgassay::store
