#pragma once

// Extended statistics (CREATE STATISTICS) as the source's ANALYZE found them.

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "twin/names.h"

namespace pgassay::twin {

// Statistics objects of the twin with the OIDs that they have on the source, which decide their order.
using StatisticsObjects = std::vector<std::pair<TwinOid, Oid>>;

// Writes the captured rows of pg_statistic_ext_data. Parts that do not fit the twin's objects are left out and added to
// `gaps`. Superuser, search_path = pg_catalog; after the schema.
absl::StatusOr<StatisticsObjects> LoadExtendedStatistics(const Snapshot& snapshot, const Names& names,
                                                         pg::Session& superuser, std::vector<CaptureGap>& gaps);

// SQL that tells one backend that order.
std::string StatisticsOrderSql(const StatisticsObjects& objects);

}  // namespace pgassay::twin
