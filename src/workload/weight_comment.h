#pragma once

// The comment that gives a statement its weight: `-- weight: 9000`.

#include <optional>
#include <string_view>

namespace pgassay::workload {

// What `comment` (from its dashes on) says behind `weight:`, white space around it removed; nothing if it is no weight
// comment. Letter case and white space before the colon do not count.
std::optional<std::string_view> WeightText(std::string_view comment);

// A positive decimal number such as 9000 or 0.5; nothing for anything else.
std::optional<double> ParseWeight(std::string_view text);

}  // namespace pgassay::workload
