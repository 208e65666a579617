// Rule 3: columns with one value, then the wanted order: the rows come sorted, so LIMIT stops after the first ones. IN
// and IS NULL break the order in PostgreSQL (src/backend/optimizer/path/indxpath.c, build_index_paths), and so does a
// range in front; behind the order columns they still filter within the index. For LIMIT the order alone, or followed
// by one filter, may be enough. An index is read in both directions, so only the relation of the directions to each
// other counts.

#include <algorithm>
#include <utility>

#include "candidates/rules.h"

namespace pgassay::candidates {
namespace {

// Columns that can only filter behind `order`, most selective first.
std::vector<int> Filters(const RequestView& view, const KeyList& order, bool with_one_value) {
  std::vector<std::pair<double, int>> filters;
  for (const EqualityColumn& column : view.equality) {
    if ((with_one_value || !column.one_value) && !Contains(order, column.column)) {
      filters.emplace_back(column.selectivity, column.column);
    }
  }
  for (const RangeColumn& column : view.ranges) {
    if (!Contains(order, column.column)) {
      filters.emplace_back(column.selectivity, column.column);
    }
  }
  std::sort(filters.begin(), filters.end());
  std::vector<int> columns;
  for (const auto& [selectivity, column] : filters) {
    columns.push_back(column);
  }
  return columns;
}

// The equality part and the order, cut to the width. Under LIMIT the order is worth more than a further equality
// column.
KeyList Cut(const RequestView& view, std::span<const EqualityColumn> fixed, const KeyList& order) {
  const std::size_t room = view.max_width > order.size() ? view.max_width - order.size() : 1;
  const std::size_t wanted = view.limited ? room : std::max(room, view.max_width - 1);
  const std::vector<int> kept = MostSelective(fixed, wanted);
  return Joined(kept, First(order, view.max_width - kept.size()));
}

void ProposeForOrder(const RequestView& view, const KeyList& wanted, std::vector<KeyList>& lists) {
  std::vector<EqualityColumn> fixed;
  std::ranges::copy_if(view.equality, std::back_inserter(fixed), &EqualityColumn::one_value);
  KeyList order;
  std::ranges::copy_if(wanted, std::back_inserter(order), [&fixed](const IndexKey& key) {
    return std::ranges::find(fixed, key.column, &EqualityColumn::column) == fixed.end();
  });
  if (order.empty()) {
    return;
  }
  if (!fixed.empty()) {
    KeyList keys = Joined(MostSelective(fixed, fixed.size()), order);
    const bool too_wide = keys.size() > view.max_width;
    lists.push_back(keys);
    if (too_wide && view.max_width > 1) {
      lists.push_back(Cut(view, fixed, order));
    }
  }
  lists.push_back(order);
  if (order.size() > view.max_width) {
    lists.push_back(First(order, view.max_width));
  }
  KeyList filtered = Joined(MostSelective(fixed, fixed.size()), order);
  for (const int filter : Filters(view, order, false)) {
    if (filtered.size() >= view.max_width) {
      break;
    }
    Append(filtered, filter);
    lists.push_back(filtered);
  }
  if (view.limited && order.size() < view.max_width) {
    for (const int filter : Filters(view, order, true)) {
      KeyList& keys = lists.emplace_back(order);
      Append(keys, filter);
    }
  }
}

}  // namespace

std::vector<KeyList> ProposeOrder(const RequestView& view) {
  std::vector<KeyList> lists;
  for (const KeyList& order : view.orders) {
    ProposeForOrder(view, order, lists);
  }
  return lists;
}

}  // namespace pgassay::candidates
