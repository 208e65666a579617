#pragma once

#include "absl/status/status.h"
#include "pgassay/snapshot.h"

namespace pgassay::store {

// Whether `snapshot` keeps what pgassay/snapshot.h promises, so that the rest of pgassay may rely on it also for a
// foreign file: lists are in order and without duplicates, codes are known, sizes and counters are not negative,
// numbers are finite, and what is named by an index, a constraint, a statistic or an end point exists. A parent, the
// other side of a foreign key and the index of a constraint may lie outside of the capture. InvalidArgument says what
// is wrong. Appending asks the same as reading, so what went in comes out.
absl::Status CheckSnapshot(const Snapshot& snapshot);

}  // namespace pgassay::store
