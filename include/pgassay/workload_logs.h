#pragma once

// Workload from what logs say. Implemented by module workload.

#include <cstdint>
#include <map>

#include "pgassay/log_workload.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay {

// Turns the templates of the captured database into those of a workload, as ReadStatementWorkload does for
// pg_stat_statements (what wraps a query is taken away, names are resolved by the search path of the user). Bindings are
// logged calls (source "log"): a sample of all of them, equal ones merged; their weights sum to the
// calls. A template whose values were not logged, or not kept, has its text with $n in Template::unbound. Templates
// without a database are taken as the captured one's: the log_line_prefix did not say (%d).
Workload ReadLogWorkload(const LogWorkload& logs, const Snapshot& snapshot);

// Gives the templates of `workload` (from pg_stat_statements) the values that logs have for them: their weights stay,
// their bindings become the logged ones. Templates that only the logs have are added. A log without users (%u) gives
// its values to every user's template of the same fingerprint; one with query ids (%Q) also to those of roles that its
// user has become by SET ROLE.
void TakeBindings(Workload& workload, Workload from_logs);

// Calls and their time by hour, of the captured database and of logs that do not say which (by hours since 1970 UTC; 0:
// entries without a time).
std::map<std::int32_t, LogHour> LoggedHours(const LogWorkload& logs, const Snapshot& snapshot);

}  // namespace pgassay
