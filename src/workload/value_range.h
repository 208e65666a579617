#pragma once

// Texts of ranges, as range_out writes them.

#include <optional>
#include <string>
#include <string_view>

namespace pgassay::workload {

enum class RangeEnd { kLower, kUpper };

// One bound of `range`: ["2024-01-01 00:00:00","2024-01-02 00:00:00"). None for an empty range, one without that bound,
// and what is no range.
std::optional<std::string> RangeBound(std::string_view range, RangeEnd end);

// The type of the bounds of range type `name`; empty for a type that is not built in.
std::string_view RangeSubtype(std::string_view name);

}  // namespace pgassay::workload
