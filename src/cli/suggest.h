#pragma once

// "Did you mean ...": the known word nearest to a mistyped one.

#include <span>
#include <string>
#include <string_view>

namespace pgassay::cli {

// "; did you mean WORD?" for the nearest of `known` within a third of its length, else nothing. The first of equals
// wins.
std::string DidYouMean(std::string_view mistyped, std::span<const std::string> known);

}  // namespace pgassay::cli
