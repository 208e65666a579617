#pragma once

// Workload from the statements that a capture holds. Implemented by module workload.

#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay {

// Turns Snapshot::statements into templates. What wraps a statement (PREPARE, DECLARE CURSOR, EXPLAIN, CREATE TABLE AS,
// COPY) is taken away; rows with one identity become one template, their counters added up, their texts with $n in
// Template::unbound (source "pg_stat_statements", weight = calls), those without $n in Template::bindings. A row with
// several statements gives its calls to each of them and its other counters to the first, because the server does not
// tell them apart. Names are resolved by the search path of the row's user; where it does not find them and exactly one
// schema has them all, that schema is put first (Template::search_path). What cannot be used is in Workload::skipped
// with its calls and time; what the capture did not keep is in Workload::not_kept.
Workload ReadStatementWorkload(const Snapshot& snapshot);

}  // namespace pgassay
