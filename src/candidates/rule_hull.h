#pragma once

// Rule 7 for ranges: an index on the rows only that several statements with constant ranges of one column ask for.
// PostgreSQL proves that x > 5000 implies x > 1000 (predicate_implied_by, src/backend/optimizer/util/predtest.c), so
// the hull of their ranges serves all of them.

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "candidates/rule_partial.h"
#include "catalog/index_request.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

struct RangeEnd {
  catalog::RangeBound bound;
  double selectivity = 1;  // of the clause alone
  std::string text;        // the clause; empty: the range has no such end
  friend bool operator==(const RangeEnd&, const RangeEnd&) = default;
};

struct ColumnRange {
  RangeEnd lower;
  RangeEnd upper;
  friend bool operator==(const ColumnRange&, const ColumnRange&) = default;
};

// Whether every value of `inner` is one of `outer`.
bool Holds(const ColumnRange& outer, const ColumnRange& inner);

struct Hull {
  ColumnRange range;
  Predicate predicate;
  std::string caution;    // what would end the use of an index with this predicate
  std::string why_moves;  // why such an index would soon be of no use; empty: it would not
  friend bool operator==(const Hull&, const Hull&) = default;
};

// Ranges count where all observed calls of a template have one on the column, with literals of the statement's own
// text (a parameter may have any value next time) and at most three different ones (more are a parameter in disguise).
// A hull is that of at least two calls and holds a small part of the table: of the ranges with a lower end, the widest
// that does; the same for upper ends; and of those with both ends that are in neither, all together.
//
// Ends that move are kept apart: dates that differ between the calls of a template or that are less than a year older
// than the capture, and bounds of a unique key, which new rows push along. The index would silently stop being used.
class RangeHulls {
 public:
  RangeHulls(std::span<const StatementRequests> statements, const Snapshot& snapshot);

  // Those that hold all rows that `request` of `statement` asks for.
  std::vector<Hull> Of(const StatementRequests& statement, const catalog::IndexRequest& request) const;

 private:
  std::map<std::pair<Oid, int>, std::vector<Hull>> hulls_;  // by table and column
};

}  // namespace pgassay::candidates
