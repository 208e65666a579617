#pragma once

// How deep a statement nests, found out before a parser that recurses looks at it. Private to module sql.

#include <cstddef>
#include <string_view>

namespace pgassay::sql {

// An upper bound of the height of the syntax tree of `text`, or of the highest statement where there are several; 0
// where the scanner does not get through. It does not recurse, so it may look at hostile text before the parser does.
std::size_t NestingBound(std::string_view text);

}  // namespace pgassay::sql
