#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/assay_file.h"
#include "store/sqlite.h"

namespace pgassay::store {

// Adds `bench` to those of capture `number`, inside the open transaction. NotFound where there is no such capture,
// InvalidArgument for impossible numbers.
absl::Status WriteBench(const Database& database, int number, const RecordedBench& bench);

// What WriteBench kept. InvalidArgument where a value is impossible.
absl::StatusOr<std::vector<RecordedBench>> ReadBenches(const Database& database, int number);

}  // namespace pgassay::store
