#pragma once

// What the catalog tells about columns whose statistics the capturing role was not allowed to read (pg_stats hides
// those of tables with row level security). Without it the planner takes every such column for one with 200 different
// values (DEFAULT_NUM_DISTINCT in src/include/utils/selfuncs.h), which makes a foreign key look far less selective than
// it is.

#include <vector>

#include "pgassay/snapshot.h"

namespace pgassay::twin {

// Rows of statistics for the foreign keys of such tables: a column that references a table has about as many different
// values as that table has rows, and not more than its own table has. Only for columns that are never null, because the
// share of nulls is not known. Sorted as Snapshot::statistics are.
std::vector<ColumnStatistics> HiddenStatistics(const Snapshot& snapshot);

}  // namespace pgassay::twin
