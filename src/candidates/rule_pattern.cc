// Rule 9: LIKE 'x%' and its like. A B-tree compares texts in the order of the collation, in which strings with a common
// beginning need not lie together; an operator class for patterns compares bytes. It serves equality as well, so the
// columns go as in rule 2.

#include "candidates/rules.h"

namespace pgassay::candidates {

std::vector<KeyList> ProposePattern(const RequestView& view) {
  std::vector<KeyList> lists;
  for (const PatternColumn& pattern : view.patterns) {
    const auto propose = [&lists, &view, &pattern](std::size_t equality_columns) {
      KeyList& keys = lists.emplace_back();
      Append(keys, MostSelective(view.equality, equality_columns));
      Append(keys, IndexKey{.column = pattern.column, .opclass = pattern.opclass});
    };
    if (!view.equality.empty()) {
      propose(std::min(view.equality.size(), view.max_width - 1));
    }
    propose(0);
  }
  return lists;
}

}  // namespace pgassay::candidates
