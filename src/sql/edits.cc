#include "sql/edits.h"

#include <algorithm>

namespace pgassay::sql {

std::string Apply(std::string_view text, std::vector<Edit> edits) {
  std::stable_sort(edits.begin(), edits.end(), [](const Edit& a, const Edit& b) { return a.begin < b.begin; });
  std::string result;
  std::size_t position = 0;
  for (const Edit& edit : edits) {
    if (edit.begin < position) {
      continue;
    }
    result += text.substr(position, edit.begin - position);
    result += edit.text;
    position = edit.end;
  }
  result += text.substr(position);
  return result;
}

}  // namespace pgassay::sql
