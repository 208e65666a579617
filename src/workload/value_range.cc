#include "workload/value_range.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

namespace pgassay::workload {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 6> kSubtypes = {
    {{"int4range", "integer"},
     {"int8range", "bigint"},
     {"numrange", "numeric"},
     {"daterange", "date"},
     {"tsrange", "timestamp without time zone"},
     {"tstzrange", "timestamp with time zone"}}};

// The text from `begin` to a comma or the end of the range, quotes taken off; `begin` moves behind it. None where the
// range ends within it.
std::optional<std::string> NextBound(std::string_view range, std::size_t& begin) {
  std::string bound;
  bool quoted = false;
  for (; begin < range.size(); ++begin) {
    const char c = range[begin];
    const bool more = begin + 1 < range.size();
    if (more && (c == '\\' || (c == '"' && quoted && range[begin + 1] == '"'))) {
      bound += range[++begin];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (!quoted && (c == ',' || c == ')' || c == ']')) {
      ++begin;
      return bound;
    } else {
      bound += c;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> RangeBound(std::string_view range, RangeEnd end) {
  if (!range.starts_with('[') && !range.starts_with('(')) return std::nullopt;
  std::size_t at = 1;
  std::optional<std::string> bound = NextBound(range, at);
  if (bound && end == RangeEnd::kUpper) bound = NextBound(range, at);
  return bound && !bound->empty() ? bound : std::nullopt;
}

std::string_view RangeSubtype(std::string_view name) {
  const auto* const found = std::ranges::find(kSubtypes, name, &std::pair<std::string_view, std::string_view>::first);
  return found == kSubtypes.end() ? std::string_view() : found->second;
}

}  // namespace pgassay::workload
