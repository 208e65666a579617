#pragma once

// Counters of several rows of pg_stat_statements as if they had been one.

#include "pgassay/snapshot.h"

namespace pgassay::workload {

// Sums; the least and the greatest of the times; the standard deviation of all calls together, from the means and the
// deviations of both. Whole numbers stop at their limits instead of overflowing; a time that is no number counts as 0.
StatementCounters Sum(const StatementCounters& a, const StatementCounters& b);

}  // namespace pgassay::workload
