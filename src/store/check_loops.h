#pragma once

#include "absl/status/status.h"
#include "pgassay/loops.h"

namespace pgassay::store {

// As CheckLogs, for what pgassay/loops.h promises: loops were seen at least once, their statements are there, lists are
// in order and as short as promised, counts, times and texts are within the limits of CheckLogs. Part of CheckLogs.
absl::Status CheckLoops(const LoopTally& loops);

}  // namespace pgassay::store
