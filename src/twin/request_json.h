#pragma once

// The planner extension's JSON as index requests.

#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/index_request.h"
#include "twin/names.h"

namespace pgassay::twin {

// Requests on relations that the snapshot knows, with the source's OIDs and column numbers. Internal on malformed text.
absl::StatusOr<std::vector<catalog::IndexRequest>> ParseRequests(std::string_view json, const Names& names);

}  // namespace pgassay::twin
