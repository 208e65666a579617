// Rule 2: equality columns, then one range column: the rows of one range of the last column lie together. A second
// range column would only filter, so each range column gets an index of its own, also without the equality part.

#include "candidates/rules.h"

namespace pgassay::candidates {

std::vector<KeyList> ProposeRange(const RequestView& view) {
  std::vector<KeyList> lists;
  for (const RangeColumn& range : view.ranges) {
    const auto propose = [&lists, &view, &range](std::size_t equality_columns) {
      KeyList& keys = lists.emplace_back();
      Append(keys, MostSelective(view.equality, equality_columns));
      Append(keys, range.column);
    };
    if (!view.equality.empty()) {
      propose(view.equality.size());
      if (view.equality.size() >= view.max_width) {
        propose(view.max_width - 1);
      }
    }
    propose(0);
  }
  return lists;
}

}  // namespace pgassay::candidates
