#pragma once

#include "absl/status/status.h"
#include "pgassay/snapshot.h"

namespace pgassay::store {

// The part of CheckSnapshot (check.h) about views, roles and statements: order, counts that are not negative, times
// that are numbers, texts of a possible length.
absl::Status CheckWorkload(const Snapshot& snapshot);

}  // namespace pgassay::store
