#pragma once

// Where a template comes from that nobody wrote.

#include <string_view>

namespace pgassay::advice {

// Template::source of the search that a foreign key makes for rows of its parent; names of constraints follow.
inline constexpr std::string_view kForeignKeySource = "foreign key ";

}  // namespace pgassay::advice
