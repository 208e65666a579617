#pragma once

// EXPLAIN (ANALYZE, BUFFERS, SETTINGS, FORMAT JSON) to evidence. Pure.

#include <optional>
#include <string_view>

#include "absl/status/statusor.h"
#include "pgassay/evidence.h"

namespace pgassay::evidence {

// InvalidArgument for a text that is no executed plan. Relations have their schema where EXPLAIN was VERBOSE.
absl::StatusOr<PlanEvidence> ReadExecutedPlan(std::string_view json);

// Whether every node of a plan, executed or not, is of a kind that only reads in the server itself: nothing is changed,
// locked, or left to another server or an extension. False for a text that is no plan.
bool OnlyReads(std::string_view json);

// The rows that a plan, executed or not, was expected to return; none: the text is no plan.
std::optional<double> PlannedRows(std::string_view json);

}  // namespace pgassay::evidence
