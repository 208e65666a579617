#pragma once

// Values for parameters that stand inside an expression: `placed_at > now() - $1`.
//
// The expressions are what the server's own deparser writes (src/backend/utils/adt/ruleutils.c), with every operation
// in parentheses; shapes that are not known give nothing, never something wrong.

#include <optional>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "workload/value_type.h"

namespace pgassay::workload {

// The value of $0, of type `type`, for which `expression` is about `target`. Solved are the clock plus or minus an
// interval, a number of days, or an interval times a number; numbers and points of time plus or minus a constant; to_timestamp
// of seconds. Casts, parentheses and functions that leave a value what it is (lower, date_trunc) count for nothing. `now` is what the
// clock functions say. None where it cannot be solved, or would be an interval that is not positive.
std::optional<std::string> SolveFor(std::string_view expression, std::string_view target, const ValueType& type,
                                    absl::Time now);

// `expression` with `literal` for its only $0; none where there are several, or another parameter.
std::optional<std::string> PutIn(std::string_view expression, std::string_view literal);

}  // namespace pgassay::workload
