#pragma once

// Arguments and casts for which only few values are legal, and one that is legal everywhere. Private to module sql.

#include <cstddef>
#include <optional>
#include <string_view>

namespace pgassay::sql {

// SQL text for argument `argument` (from 1) of the `count` arguments of `function` (schema left out, lower case).
std::optional<std::string_view> ForcedArgument(std::string_view function, std::size_t argument, std::size_t count);

// SQL text that can be cast to `type` (schema left out): the name of something that every server has.
std::optional<std::string_view> ForcedForType(std::string_view type);

}  // namespace pgassay::sql
