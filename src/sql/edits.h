#pragma once

// Changes to a text at known places. Private to module sql.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace pgassay::sql {

// Bytes begin to end, end not included, become `text`.
struct Edit {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::string text;
};

// `text` after all edits, in any order. Of edits that overlap, the one that begins first counts.
std::string Apply(std::string_view text, std::vector<Edit> edits);

}  // namespace pgassay::sql
