#pragma once

// Reads the planner's statistics into a snapshot.

#include "absl/status/status.h"
#include "pg/capture_catalog.h"
#include "pg/catalog_queries.h"
#include "pg/result_row.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// The next cells of a row of the query `statistics`, or of `extended_expressions`, which has the same columns.
ColumnStatistics ReadStatisticRow(ResultRow& row, bool with_values);

// From pg_statistic, or from pg_stats where only that may be read (details.statistics_readable): then slots are rebuilt
// as ANALYZE writes them, and each table or expression index whose statistics are hidden becomes a gap. Without
// snapshot.with_values, common values and histograms are left out. Expects relations and indexes in the snapshot.
absl::Status ReadStatistics(const CatalogQueries& queries, Session& session, const CatalogDetails& details,
                            Snapshot& snapshot);

}  // namespace pgassay::pg
