#pragma once

// Reads what CREATE STATISTICS asked ANALYZE to find out.

#include "absl/status/status.h"
#include "pg/capture_catalog.h"
#include "pg/catalog_queries.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

// From pg_statistic_ext_data; where that may not be read (details.extended_readable), each statistics object becomes a
// gap. Without snapshot.with_values, common values and histograms are left out. Expects relations in the snapshot.
absl::Status ReadExtendedStatistics(const CatalogQueries& queries, Session& session, const CatalogDetails& details,
                                    Snapshot& snapshot);

}  // namespace pgassay::pg
