#pragma once

// What the planner knows about the data, without the data: statistics, end points, sizes.

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "twin/names.h"

namespace pgassay::twin {

// Writes the captured pg_statistic rows, and HiddenStatistics in place of those that were not readable. Rows that the
// twin refuses are added to `gaps`. Superuser.
absl::Status LoadStatistics(const Snapshot& snapshot, const Names& names, pg::Session& superuser,
                            std::vector<CaptureGap>& gaps);

// Puts the captured end points into the indexes. Superuser; after LoadStatistics and before any candidate is made.
absl::Status LoadEndPoints(const Snapshot& snapshot, const Names& names, pg::Session& superuser,
                           std::vector<CaptureGap>& gaps);

// SQL that tells one backend the sizes of all captured tables and indexes.
std::string SizesSql(const Snapshot& snapshot, const Names& names);

}  // namespace pgassay::twin
