#pragma once

// The planner extension's JSON as plain values.

#include <string_view>

#include "absl/status/statusor.h"
#include "twin/names.h"
#include "twin/statement_view.h"

namespace pgassay::twin {

// Requests and targets on relations that the snapshot knows, with the source's OIDs and column numbers. Internal on
// malformed text.
absl::StatusOr<StatementView> ParseRequests(std::string_view json, const Names& names);

// Types and uses of parameters and settings; uses on relations that the snapshot does not know have no table.
absl::StatusOr<StatementParameters> ParseParameters(std::string_view json, const Names& names);

}  // namespace pgassay::twin
