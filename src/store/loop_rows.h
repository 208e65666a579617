#pragma once

#include "absl/status/status.h"
#include "pgassay/loops.h"
#include "store/sqlite.h"

namespace pgassay::store {

// Puts `loops` in place of what the file held of loops, inside the open transaction. They have passed CheckLoops.
absl::Status WriteLoops(const Database& database, const LoopTally& loops);

// Adds what WriteLoops kept to `loops`, which is empty; nothing where it never ran. InvalidArgument names the table and
// the row where a value is of another type or unknown, or where rows do not fit together. The rest is for CheckLoops.
absl::Status ReadLoops(const Database& database, LoopTally& loops);

// The same of `loops.open`, which files of an earlier version do not have.
absl::Status ReadOpenSessions(const Database& database, LoopTally& loops);

}  // namespace pgassay::store
