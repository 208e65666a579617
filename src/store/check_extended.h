#pragma once

#include "absl/status/status.h"
#include "pgassay/snapshot.h"

namespace pgassay::store {

// The part of CheckSnapshot (check.h) about extended statistics and first pages of indexes: what belongs to nothing, is
// out of order, out of range or more than PostgreSQL can have. Expects relations in order.
absl::Status CheckExtended(const Snapshot& snapshot);

}  // namespace pgassay::store
