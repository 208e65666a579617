// Rule 4: the columns of a join, so that this relation can be the inner side of a nested loop: each join column alone,
// and all that are joined with one other relation together. With them the equality columns, before (shared with
// statements that have no such join) and behind (shared with other joins), and one range column, since the values of
// the outer row are one value each.

#include <algorithm>
#include <map>

#include "candidates/rules.h"

namespace pgassay::candidates {
namespace {

// Join columns that one outer row gives values for: composite ones first.
std::vector<KeyList> Units(const RequestView& view) {
  std::map<int, KeyList> by_peer;
  for (const JoinColumn& join : view.joins) {
    for (const int peer : join.peers) {
      Append(by_peer[peer], join.column);
    }
  }
  std::vector<KeyList> units;
  for (const auto& [peer, keys] : by_peer) {
    if (keys.size() > 1 && std::find(units.begin(), units.end(), keys) == units.end()) {
      units.push_back(keys);
    }
  }
  for (const JoinColumn& join : view.joins) {
    Append(units.emplace_back(), join.column);
  }
  return units;
}

void ProposeForUnit(const RequestView& view, const KeyList& unit, std::vector<KeyList>& lists) {
  const std::size_t room = view.max_width - std::min(view.max_width, unit.size());
  KeyList equality;
  Append(equality, MostSelective(view.equality, view.equality.size()));
  KeyList kept;
  Append(kept, MostSelective(view.equality, room));
  lists.push_back(unit);
  if (kept != equality) {
    lists.push_back(Joined(equality, unit));  // too wide
  }
  if (!kept.empty()) {
    lists.push_back(Joined(kept, unit));
    lists.push_back(Joined(unit, kept));
  }
  for (const RangeColumn& range : view.ranges) {
    Append(lists.emplace_back(unit), range.column);
  }
  if (!equality.empty()) {
    for (const RangeColumn& range : view.ranges) {
      Append(lists.emplace_back(Joined(equality, unit)), range.column);
    }
  }
}

}  // namespace

std::vector<KeyList> ProposeJoin(const RequestView& view) {
  std::vector<KeyList> lists;
  for (KeyList& unit : Units(view)) {
    if (unit.size() > view.max_width) {
      lists.push_back(unit);  // too wide
      unit.resize(view.max_width);
    }
    ProposeForUnit(view, unit, lists);
  }
  return lists;
}

}  // namespace pgassay::candidates
