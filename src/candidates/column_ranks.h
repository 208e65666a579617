#pragma once

// One order of equality columns for each table, shared by all statements, so that their candidates share prefixes.

#include <cstddef>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "pgassay/units.h"

namespace pgassay::candidates {

// The sum of `values` in an order that does not depend on theirs, so that it is the same to the last bit for shuffled
// input.
double StableSum(std::vector<double> values);

class ColumnRanks {
 public:
  // Columns that statements of more weight compare by equality come first; then the more selective ones, then the lower
  // number.
  explicit ColumnRanks(std::span<const StatementRequests> statements);

  // Position of `column` among the equality columns of `table`; behind all of them for other columns.
  std::size_t Of(Oid table, int column) const;

 private:
  std::map<std::pair<Oid, int>, std::size_t> ranks_;
};

}  // namespace pgassay::candidates
