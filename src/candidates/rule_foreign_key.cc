// Rule 12: the columns of a foreign key, where rows of its parent are deleted or change their key. For each of these
// rows PostgreSQL searches the child by all columns of the key (src/backend/utils/adt/ri_triggers.c), and nothing but
// an index on the child helps. Rule 1 proposes parts of a composite key, which may be enough and which others may
// share.

#include "candidates/rules.h"

namespace pgassay::candidates {

std::vector<KeyList> ProposeForeignKey(const RequestView& view) {
  std::vector<KeyList> lists;
  if (!view.referential || view.equality.empty()) {
    return lists;
  }
  Append(lists.emplace_back(), MostSelective(view.equality, view.equality.size()));
  if (view.equality.size() > view.max_width) {
    Append(lists.emplace_back(), MostSelective(view.equality, view.max_width));
  }
  return lists;
}

}  // namespace pgassay::candidates
