#pragma once

#include "absl/status/status.h"
#include "pgassay/snapshot.h"
#include "store/sqlite.h"

namespace pgassay::store {

// Writes `snapshot` as capture `number` inside the open transaction. The snapshot has passed CheckSnapshot.
absl::Status WriteSnapshot(const Database& database, int number, const Snapshot& snapshot);

}  // namespace pgassay::store
