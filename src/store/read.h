#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/assay_file.h"
#include "pgassay/snapshot.h"
#include "store/sqlite.h"

namespace pgassay::store {

// The heads of all captures, by number.
absl::StatusOr<std::vector<CaptureInfo>> ReadCaptures(const Database& database);

// Capture `number` inside the open transaction: NotFound where there is none, InvalidArgument where any value is of
// another type or out of its range, or where rows do not fit together.
absl::StatusOr<Snapshot> ReadSnapshot(const Database& database, int number, std::int64_t version);

}  // namespace pgassay::store
