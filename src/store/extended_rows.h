#pragma once

// Extended statistics and metapages in an assay file.

#include "absl/status/status.h"
#include "pgassay/snapshot.h"
#include "store/sqlite.h"

namespace pgassay::store {

absl::Status WriteExtended(const Database& database, int number, const Snapshot& snapshot);

// Adds them to a snapshot that has its indexes already. InvalidArgument where rows do not belong together.
absl::Status ReadExtended(const Database& database, int number, Snapshot& snapshot);

}  // namespace pgassay::store
