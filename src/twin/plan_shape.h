#pragma once

// What two plans have in common.

#include <string>
#include <string_view>

namespace pgassay::twin {

// The nodes of an EXPLAIN (FORMAT JSON) with their relations, join types and indexes, without costs, rows and values:
// equal for two plans that do the same. Empty for a text that is no plan.
std::string PlanShape(std::string_view explain_json);

}  // namespace pgassay::twin
