#pragma once

// Patterns and search words made of values of a column.

#include <string>
#include <string_view>

#include "catalog/parameters.h"

namespace pgassay::workload {

// The first third of `value`, at least three characters where it has them, whole UTF-8 characters.
std::string Prefix(std::string_view value);

// What is put in for the parameter of `use` (kLike) so that its pattern asks for values like `value`: 'abc%', without
// the % where the expression around the parameter adds it, a piece from the middle where that begins with one, and the
// bare prefix for starts_with. %, _ and backslash are escaped. Letters follow lower() or upper() around the column.
std::string LikePattern(std::string_view value, const catalog::ParameterUse& use);

// ^abc, with everything that means something in a regular expression escaped.
std::string RegexPattern(std::string_view value);

// `word` as a tsquery: in single quotes.
std::string QueryWord(std::string_view word);

}  // namespace pgassay::workload
