#pragma once

// Values on a line, so that one can be put between two others: numbers, days and seconds, as the planner's
// convert_to_scalar does (src/backend/utils/adt/selfuncs.c).

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "workload/value_type.h"

namespace pgassay::workload {

// The number itself, days since 1970, seconds since 1970 or since midnight; none for other types, infinities, and dates
// before Christ.
std::optional<double> ToScalar(std::string_view value, TypeFamily family);

// The value at `scalar`; `decimals` digits behind the point of a numeric.
std::string FromScalar(double scalar, TypeFamily family, int decimals);

// The number of digits behind the point of a plain number.
int Decimals(std::string_view value);

// The moment that the text of a date or timestamp means, UTC where it names no zone.
std::optional<absl::Time> ParseMoment(std::string_view value);

// "2024-05-31 12:00:00.5", in UTC.
std::string FormatMoment(absl::Time moment);

}  // namespace pgassay::workload
