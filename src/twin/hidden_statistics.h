#pragma once

// What the catalog tells about columns whose statistics the capturing role was not allowed to read (pg_stats hides
// those of tables with row level security). Without it the planner takes every such column for one with 200 different
// values (DEFAULT_NUM_DISTINCT in src/include/utils/selfuncs.h), which makes a foreign key look far less selective than
// it is, and a status far more.

#include <map>
#include <string>
#include <vector>

#include "pgassay/snapshot.h"

namespace pgassay::twin {

// Number of labels of enum types, by name as Column::type has it.
using EnumLabels = std::map<std::string, double>;

// Rows of statistics for columns of such tables of which a constraint or the type limits the values: a column that
// references a table has about as many different values as that table has rows; an enum, a boolean and a column with
// CHECK (column IN (...)) have those that are listed, each taken for equally frequent. None has more than its own table
// has rows. Only for columns that are never null, because the share of nulls is not known. Sorted as
// Snapshot::statistics are.
std::vector<ColumnStatistics> HiddenStatistics(const Snapshot& snapshot, const EnumLabels& labels);

}  // namespace pgassay::twin
