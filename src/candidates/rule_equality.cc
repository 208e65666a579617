// Rule 1: columns compared by equality, all together (one descent to all matching rows), each alone (the narrowest
// index, which other statements may share), and in pairs (most of the gain at less width). The order among them is the
// same for every statement, because a B-tree serves any set of equality columns that is a prefix of its key.

#include <algorithm>
#include <tuple>

#include "candidates/rules.h"

namespace pgassay::candidates {
namespace {

// Pairs are made of this many most selective columns: 120 pairs, more than any request may propose.
constexpr std::size_t kMaxPairedColumns = 16;

std::vector<KeyList> Pairs(const RequestView& view) {
  const std::vector<int> chosen = MostSelective(view.equality, kMaxPairedColumns);
  std::vector<EqualityColumn> columns;
  for (const EqualityColumn& column : view.equality) {
    if (std::find(chosen.begin(), chosen.end(), column.column) != chosen.end()) {
      columns.push_back(column);
    }
  }
  std::vector<std::tuple<double, std::size_t, std::size_t>> pairs;  // selectivity, positions
  for (std::size_t i = 0; i < columns.size(); ++i) {
    for (std::size_t k = i + 1; k < columns.size(); ++k) {
      pairs.emplace_back(columns[i].selectivity * columns[k].selectivity, i, k);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  std::vector<KeyList> lists;
  for (const auto& [selectivity, first, second] : pairs) {
    KeyList& keys = lists.emplace_back();
    Append(keys, columns[first].column);
    Append(keys, columns[second].column);
  }
  return lists;
}

}  // namespace

std::vector<KeyList> ProposeEquality(const RequestView& view) {
  std::vector<KeyList> lists;
  if (view.equality.size() > 1) {
    Append(lists.emplace_back(), MostSelective(view.equality, view.equality.size()));
    if (view.equality.size() > view.max_width) {
      Append(lists.emplace_back(), MostSelective(view.equality, view.max_width));
    }
  }
  for (const EqualityColumn& column : view.equality) {
    Append(lists.emplace_back(), column.column);
  }
  if (view.equality.size() > 2 && view.max_width >= 2) {
    std::ranges::move(Pairs(view), std::back_inserter(lists));
  }
  return lists;
}

}  // namespace pgassay::candidates
