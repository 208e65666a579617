#pragma once

// "$1 = '42', $2 = NULL": values of parameters as the server logs them.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pgassay::workload {

// SQL literals by parameter number - 1; none where the text skips a number. Quotes, commas and "$n = " within values
// are the values' own. Nothing: the text is not of that form, or a value was cut off (log_parameter_max_length).
std::optional<std::vector<std::optional<std::string>>> ReadLoggedParameters(std::string_view text);

}  // namespace pgassay::workload
