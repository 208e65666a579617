#pragma once

// An index request sorted by what its columns are good for. Expressions are columns with numbers of
// their own (expressions.h).

#include <cstddef>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "candidates/column_ranks.h"
#include "catalog/index_request.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

// Numbers of expressions; system columns have some of those between it and 0.
inline constexpr int kFirstExpression = -1000;
inline bool IsExpression(int column) {
  return column <= kFirstExpression;
}

// Key columns of one index, without a column twice.
using KeyList = std::vector<IndexKey>;

struct EqualityColumn {
  int column = 0;
  double selectivity = 1;
  bool one_value =
      false;          // = value: rows that differ in later columns only come in their order. Not so for IN and IS NULL
  bool null = false;  // IS NULL: a unique index allows several such rows
  friend bool operator==(const EqualityColumn&, const EqualityColumn&) = default;
};

struct RangeColumn {
  int column = 0;
  double selectivity = 1;
  friend bool operator==(const RangeColumn&, const RangeColumn&) = default;
};

// A column whose values are to begin with something.
struct PatternColumn {
  int column = 0;
  double selectivity = 1;
  std::string opclass;
  friend bool operator==(const PatternColumn&, const PatternColumn&) = default;
};

// A column with a condition that other access methods serve.
struct AccessColumn {
  int column = 0;
  double selectivity = 1;
  std::vector<catalog::ClauseAccess> access;
  friend bool operator==(const AccessColumn&, const AccessColumn&) = default;
};

struct JoinColumn {
  int column = 0;
  double selectivity = 1;
  std::vector<int> peers;  // range-table indexes, sorted, unique
  friend bool operator==(const JoinColumn&, const JoinColumn&) = default;
};

// A clause or order column that no candidate serves.
struct Unserved {
  std::string_view code;  // advice/reason_codes.h
  std::string text;       // of the clause, with literals
  friend bool operator==(const Unserved&, const Unserved&) = default;
};

struct RequestView {
  Oid table;
  std::size_t max_width = 1;
  bool referential = false;              // it is the search that a foreign key makes
  bool only = false;                     // IndexRequest::only
  bool limited = false;                  // LIMIT, min() or max(): the first rows are enough
  std::vector<EqualityColumn> equality;  // in the order shared by all statements
  std::vector<RangeColumn> ranges;       // most selective first
  std::vector<PatternColumn> patterns;   // most selective first
  std::vector<AccessColumn> accesses;    // most selective first
  std::vector<JoinColumn> joins;         // equality columns left out; in the shared order, then most selective first
  std::vector<KeyList> orders;           // ORDER BY and windows; the first column ascending: an index is read both ways
  std::vector<KeyList> groups;           // GROUP BY and DISTINCT, likewise
  std::vector<int> needed;               // sorted; empty: an index-only scan cannot serve the request
  std::set<std::string> implied;         // conditions that every wanted row meets (Searched::implied)
  std::vector<Unserved> unserved;
};

// "(column IS NOT NULL)" as pg_get_expr writes it.
std::string NotNull(std::string_view column);

// column = value, column IN (...) or column IS NULL, such that a plain B-tree serves it.
bool IsEquality(const catalog::RequestClause& clause);

RequestView MakeView(const catalog::IndexRequest& request, const Relation& relation, const ColumnRanks& ranks,
                     std::size_t max_width);

// The `count` most selective of `columns` (all if there are not as many), in the order of `columns`.
std::vector<int> MostSelective(std::span<const EqualityColumn> columns, std::size_t count);

bool Contains(const KeyList& keys, int column);

// The first `count` of `keys`, or all of them.
KeyList First(const KeyList& keys, std::size_t count);

// `front`, then what `back` has besides.
KeyList Joined(KeyList front, const KeyList& back);
KeyList Joined(std::span<const int> front, const KeyList& back);  // `front` ascending

// Adds columns that `keys` does not have yet, ascending.
void Append(KeyList& keys, std::span<const int> columns);
void Append(KeyList& keys, int column);
void Append(KeyList& keys, const IndexKey& key);

}  // namespace pgassay::candidates
