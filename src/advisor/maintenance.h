#pragma once

// What an index costs in writes: how many entries a day it adds, and which updates it keeps from being heap-only (HOT,
// src/backend/access/heap/README.HOT: an update is heap-only when it sets no column that an index of the table has).

#include <vector>

#include "advisor/statement_list.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"

namespace pgassay::advisor {

// For an index of definition `def`, partitions included. Rows come from the table's counters since the last reset of
// the database's statistics where that moment is known, else from the statements' own counters since theirs; with
// neither, the rates are unknown and only columns and statements are named.
Maintenance PriceInWrites(const IndexDef& def, const Snapshot& snapshot, const Workload& workload,
                          const std::vector<PlannedStatement>& statements);

}  // namespace pgassay::advisor
