#pragma once

// Conditions as the server prints them, in EXPLAIN and by pg_get_expr, taken apart. Thread-safe.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"

namespace pgassay::sql {

// What stands between a column and the value that it is compared with.
enum class Obstacle {
  kNone,       // nothing: column op value, or something that is no such comparison
  kCast,       // (column)::type op value
  kFunction,   // f(column, ...) op value
  kDateTrunc,  // date_trunc('unit', column) op value
  kExtract,    // EXTRACT(field FROM column) op value
  kPlus,       // column + value op value
  kMinus,      // column - value op value
};

struct ColumnName {
  std::string qualifier;  // empty: none
  std::string name;
  friend auto operator<=>(const ColumnName&, const ColumnName&) = default;
};

struct Conjunct {
  std::string text;
  std::vector<ColumnName> columns;      // sorted, unique
  bool parameters = false;              // $n: a value that only the plan above knows
  std::string op;                       // "=", "<"; empty: no comparison of two sides
  bool column_against_value = false;    // one side is a column, the other has none; then `columns` has one
  Obstacle obstacle = Obstacle::kNone;  // one side has one column behind it, the other none
  std::string word;                     // of the obstacle: the type, the function, the unit or the field; unqualified
};

// The parts of a condition that AND joins, at any depth; the operator is turned round where the column is on the right.
// InvalidArgument for what the grammar does not read, like EXPLAIN's "(SubPlan 1)".
absl::StatusOr<std::vector<Conjunct>> SplitConjuncts(std::string_view condition);

}  // namespace pgassay::sql
