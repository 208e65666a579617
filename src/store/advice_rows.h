#pragma once

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/advice.h"
#include "pgassay/assay_file.h"
#include "store/sqlite.h"

namespace pgassay::store {

// NotFound where the file has no capture `number`.
absl::Status CheckCapture(const Database& database, int number);

// Puts what is kept of `advice` in place of what capture `number` had, inside the open transaction. NotFound where
// there is no such capture, InvalidArgument for impossible numbers.
absl::Status WriteAdvice(const Database& database, int number, const Advice& advice);

// What WriteAdvice kept. InvalidArgument where a value is impossible.
absl::StatusOr<std::vector<RecordedRecommendation>> ReadRecommendations(const Database& database, int number);
absl::StatusOr<std::vector<RecordedTemplate>> ReadTemplates(const Database& database, int number);

}  // namespace pgassay::store
