#include "candidates/request_view.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/text.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;
using catalog::IndexRequest;
using catalog::OrderPurpose;
using catalog::RequestClause;
using catalog::RequestOrder;

// Why `clause` cannot be served by an index, or nothing.
std::string_view WhyUnserved(const RequestClause& clause, const Relation& relation) {
  if (clause.column == 0) {
    return reason::kNeedsExpression;
  }
  if (!IsExpression(clause.column) && FindColumn(relation, clause.column) == nullptr) {
    return reason::kNotIndexable;  // ctid and the like
  }
  if (clause.kind == ClauseKind::kOther ? clause.access.empty() && clause.pattern_opclass.empty()
                                        : !clause.default_opclass) {
    return reason::kForeignOperator;
  }
  return {};
}

class Builder {
 public:
  Builder(const IndexRequest& request, const Relation& relation) : relation_(relation) {
    view_.table = request.table;
    view_.limited = request.limit_tuples >= 0;
    view_.only = request.only;
  }

  void Add(const RequestClause& clause) {
    AddImplied(clause);
    if (const std::string_view code = WhyUnserved(clause, relation_); !code.empty()) {
      indexed_only_ = indexed_only_ && code != reason::kNotIndexable;
      view_.unserved.push_back({code, clause.text});
      return;
    }
    switch (clause.kind) {
      case ClauseKind::kEquality:
      case ClauseKind::kInList:
      case ClauseKind::kIsNull: {
        const bool one_value = clause.kind == ClauseKind::kEquality;
        EqualityColumn& column =
            equality_.try_emplace(clause.column, EqualityColumn{clause.column, 1, false, true}).first->second;
        column.selectivity = std::min(column.selectivity, clause.selectivity);
        column.one_value = column.one_value || one_value;
        column.null = column.null && clause.kind == ClauseKind::kIsNull;
        return;
      }
      case ClauseKind::kRange: {
        RangeColumn& column = ranges_.try_emplace(clause.column, RangeColumn{clause.column, 1}).first->second;
        column.selectivity *= clause.selectivity;  // both ends of an interval
        return;
      }
      case ClauseKind::kJoinEquality: {
        JoinColumn& column = joins_.try_emplace(clause.column, JoinColumn{clause.column, 1, {}}).first->second;
        column.selectivity = std::min(column.selectivity, clause.selectivity);
        column.peers.insert(column.peers.end(), clause.peers.begin(), clause.peers.end());
        return;
      }
      case ClauseKind::kIsNotNull:  // no search by it; partial indexes are another rule's
        return;
      case ClauseKind::kOther:
        if (!clause.pattern_opclass.empty()) {
          view_.patterns.push_back({clause.column, clause.selectivity, clause.pattern_opclass});
        }
        if (!clause.access.empty()) {
          view_.accesses.push_back({clause.column, clause.selectivity, clause.access});
        }
        return;
    }
  }

  // What holds for every row that meets `clause`: itself, unless it compares with another relation, and that the column
  // is not null, since no operator in question finds nulls.
  void AddImplied(const RequestClause& clause) {
    const bool strict = clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList ||
                        clause.kind == ClauseKind::kRange || clause.kind == ClauseKind::kJoinEquality ||
                        !clause.pattern_opclass.empty();
    const Column* const column = FindColumn(relation_, clause.column);
    if (strict && column != nullptr) {
      view_.implied.insert(NotNull(column->name));
    }
    if (clause.peers.empty() && !clause.text.empty()) {
      view_.implied.insert(clause.text);
    }
  }

  void Add(const RequestOrder& order) {
    const bool groups = order.purpose == OrderPurpose::kGroup || order.purpose == OrderPurpose::kDistinct;
    std::vector<KeyList>& lists = groups ? view_.groups : view_.orders;
    KeyList keys;
    for (const catalog::OrderColumn& column : order.columns) {
      if (FindColumn(relation_, column.column) == nullptr) {
        view_.unserved.push_back({column.column == 0 ? reason::kNeedsExpression : reason::kNotIndexable, {}});
        break;
      }
      Append(keys,
             IndexKey{.column = column.column, .descending = column.descending, .nulls_first = column.nulls_first});
    }
    if (keys.empty()) {
      return;
    }
    if (keys[0].descending) {
      for (IndexKey& key : keys) {
        key.descending = !key.descending;
        key.nulls_first = !key.nulls_first;
      }
    }
    if (std::find(lists.begin(), lists.end(), keys) == lists.end()) {
      lists.push_back(std::move(keys));
    }
  }

  // Rows that are written or locked are looked up in the table whatever the index holds.
  void AddNeeded(const IndexRequest& request) {
    const bool known = std::ranges::all_of(request.needed_columns,
                                           [this](int column) { return FindColumn(relation_, column) != nullptr; });
    if (known && !request.needs_whole_row && !request.dml_target && !request.row_mark) {
      view_.needed = request.needed_columns;
    }
  }

  RequestView Take(const ColumnRanks& ranks, std::size_t max_width) && {
    view_.max_width = max_width;
    if (!indexed_only_) {
      view_.needed.clear();
    }
    for (const auto& [number, column] : equality_) {
      view_.equality.push_back(column);
      ranges_.erase(number);  // column = 1 AND column > 0
      joins_.erase(number);
    }
    for (const auto& [number, column] : ranges_) {
      view_.ranges.push_back(column);
    }
    for (auto& [number, column] : joins_) {
      std::sort(column.peers.begin(), column.peers.end());
      column.peers.erase(std::unique(column.peers.begin(), column.peers.end()), column.peers.end());
      view_.joins.push_back(std::move(column));
    }
    const auto rank = [&ranks, this](int column) { return ranks.Of(view_.table, column); };
    std::ranges::sort(view_.equality, {}, [&rank](const EqualityColumn& column) { return rank(column.column); });
    std::ranges::sort(view_.ranges, {},
                      [](const RangeColumn& column) { return std::pair(column.selectivity, column.column); });
    std::ranges::stable_sort(view_.patterns, {}, &PatternColumn::selectivity);
    std::ranges::stable_sort(view_.accesses, {}, &AccessColumn::selectivity);
    std::ranges::sort(view_.joins, {}, [&rank](const JoinColumn& column) {
      return std::tuple(rank(column.column), column.selectivity, column.column);
    });
    return std::move(view_);
  }

 private:
  const Relation& relation_;
  RequestView view_;
  bool indexed_only_ = true;  // no clause on a system column
  std::map<int, EqualityColumn> equality_;
  std::map<int, RangeColumn> ranges_;
  std::map<int, JoinColumn> joins_;
};

}  // namespace

bool IsEquality(const RequestClause& clause) {
  return (clause.column > 0 || IsExpression(clause.column)) && clause.default_opclass &&
         (clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList ||
          clause.kind == ClauseKind::kIsNull);
}

std::string NotNull(std::string_view column) {
  return absl::StrCat("(", QuoteIdentifier(column), " IS NOT NULL)");
}

RequestView MakeView(const IndexRequest& request, const Relation& relation, const ColumnRanks& ranks,
                     std::size_t max_width) {
  Builder builder(request, relation);
  for (const RequestClause& clause : request.clauses) {
    builder.Add(clause);
  }
  for (const RequestOrder& order : request.orders) {
    builder.Add(order);
  }
  builder.AddNeeded(request);
  return std::move(builder).Take(ranks, max_width);
}

std::vector<int> MostSelective(std::span<const EqualityColumn> columns, std::size_t count) {
  std::vector<std::size_t> positions(columns.size());
  std::iota(positions.begin(), positions.end(), std::size_t{0});
  std::ranges::stable_sort(positions, {}, [&columns](std::size_t i) { return columns[i].selectivity; });
  positions.resize(std::min(count, positions.size()));
  std::sort(positions.begin(), positions.end());
  std::vector<int> chosen;
  for (const std::size_t i : positions) {
    chosen.push_back(columns[i].column);
  }
  return chosen;
}

bool Contains(const KeyList& keys, int column) {
  return std::ranges::find(keys, column, &IndexKey::column) != keys.end();
}

KeyList First(const KeyList& keys, std::size_t count) {
  return {keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(std::min(count, keys.size()))};
}

KeyList Joined(KeyList front, const KeyList& back) {
  for (const IndexKey& key : back) {
    Append(front, key);
  }
  return front;
}

KeyList Joined(std::span<const int> front, const KeyList& back) {
  KeyList keys;
  Append(keys, front);
  return Joined(std::move(keys), back);
}

void Append(KeyList& keys, const IndexKey& key) {
  if (!Contains(keys, key.column)) {
    keys.push_back(key);
  }
}

void Append(KeyList& keys, int column) {
  Append(keys, IndexKey{.column = column});
}

void Append(KeyList& keys, std::span<const int> columns) {
  for (const int column : columns) {
    Append(keys, column);
  }
}

}  // namespace pgassay::candidates
