#pragma once

// Workload from SQL files. Implemented by module workload.

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay {

// Reads each path: a file, or a directory whose *.sql files are read in order of their names (not its subdirectories).
// A file holds any number of statements; a line `-- weight: N` on the line before a statement gives it the weight N (a
// positive number), else 1. What wraps a statement (PREPARE, DECLARE CURSOR, EXPLAIN, CREATE TABLE AS, COPY) is taken
// away. Statements with one identity become one template: those with $n its unbound texts, the others its bindings;
// unqualified names are resolved by the search path that the snapshot's settings give, or else by the only schema that
// has them all. What cannot be used is in Workload::skipped. Errors: NotFound, PermissionDenied, InvalidArgument (no
// statement at all, a malformed weight).
absl::StatusOr<Workload> ReadSqlWorkload(const std::vector<std::string>& paths, const Snapshot& snapshot);

}  // namespace pgassay
