// Rule 5: columns with one value, then the columns of GROUP BY or DISTINCT: the rows of a group come together, so
// nothing is sorted or hashed, and LIMIT stops after the first groups. One filter behind them is judged within the
// index. The columns are taken in the order in which the request names them: PostgreSQL 15 fixes it before it looks at
// indexes (preprocess_groupclause, src/backend/optimizer/plan/planner.c). A leading part of them still helps, since
// PostgreSQL 13 sorts the rest group by group (incremental sort). Where ORDER BY begins with the same columns, as
// DISTINCT ON demands, its whole list serves both.

#include <algorithm>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "candidates/rules.h"

namespace pgassay::candidates {
namespace {

std::set<int> Columns(const KeyList& keys) {
  std::set<int> columns;
  std::ranges::transform(keys, std::inserter(columns, columns.end()), &IndexKey::column);
  return columns;
}

KeyList Without(const KeyList& keys, std::span<const EqualityColumn> fixed) {
  KeyList kept;
  std::ranges::copy_if(keys, std::back_inserter(kept), [fixed](const IndexKey& key) {
    return std::ranges::find(fixed, key.column, &EqualityColumn::column) == fixed.end();
  });
  return kept;
}

// The most selective column that can only filter behind `keys`.
std::optional<int> Filter(const RequestView& view, const KeyList& keys) {
  std::optional<std::pair<double, int>> best;  // selectivity, column
  const auto consider = [&](double selectivity, int column) {
    const std::pair found(selectivity, column);
    if (!Contains(keys, column) && (!best || found < *best)) {
      best = found;
    }
  };
  for (const RangeColumn& column : view.ranges) {
    consider(column.selectivity, column.column);
  }
  for (const EqualityColumn& column : view.equality) {
    consider(column.selectivity, column.column);
  }
  return best ? std::optional(best->second) : std::nullopt;
}

void ProposeForOrder(const RequestView& view, std::span<const EqualityColumn> fixed, const KeyList& order,
                     std::vector<KeyList>& lists) {
  KeyList keys = Joined(MostSelective(fixed, fixed.size()), order);
  lists.push_back(keys);
  if (keys.size() > view.max_width) {
    // The order is the point of the rule, so it keeps its place.
    const std::size_t room = view.max_width - std::min(view.max_width, order.size());
    keys = First(Joined(MostSelective(fixed, room), order), view.max_width);
    lists.push_back(keys);
  }
  if (const std::optional<int> filter = Filter(view, keys); filter && keys.size() < view.max_width) {
    Append(keys, *filter);
    lists.push_back(keys);
  }
  if (!fixed.empty()) {
    lists.push_back(First(order, view.max_width));
  }
}

}  // namespace

std::vector<KeyList> ProposeGroup(const RequestView& view) {
  std::vector<EqualityColumn> fixed;
  std::ranges::copy_if(view.equality, std::back_inserter(fixed), &EqualityColumn::one_value);
  std::vector<KeyList> lists;
  for (const KeyList& wanted : view.groups) {
    const KeyList group = Without(wanted, fixed);
    if (group.empty()) {
      continue;
    }
    for (const KeyList& sorted : view.orders) {
      const KeyList order = Without(sorted, fixed);
      if (order.size() > group.size() && Columns(First(order, group.size())) == Columns(group)) {
        ProposeForOrder(view, fixed, order, lists);
      }
    }
    ProposeForOrder(view, fixed, group, lists);
  }
  return lists;
}

}  // namespace pgassay::candidates
