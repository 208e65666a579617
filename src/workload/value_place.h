#pragma once

// From a value of a column to the SQL that stands for the parameter.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "catalog/parameters.h"
#include "workload/value_statistics.h"

namespace pgassay::workload {

// SQL of `parameter` with which the comparison of `use` means `value`, one of `values`: 42, 'abc'::text,
// (lower('Abc'::text)), '604800 seconds'::interval. None where the value does not fit the type, or the expression
// around the parameter cannot be solved.
std::optional<std::string> PlaceValue(std::string_view value, const ColumnValues& values,
                                      const catalog::ParameterUse& use, const catalog::Parameter& parameter,
                                      absl::Time now);

// The same for an array (kArray): elements that do not fit are left out, none if nothing is left.
std::optional<std::string> PlaceArray(std::span<const std::string> elements, const ColumnValues& values,
                                      const catalog::ParameterUse& use, const catalog::Parameter& parameter);

// The same for a text that was made for the parameter itself: a pattern, a part of a document.
std::optional<std::string> PlaceText(std::string_view text, std::string_view source,
                                     const catalog::Parameter& parameter);

}  // namespace pgassay::workload
