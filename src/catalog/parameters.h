#pragma once

// What the server's own analysis says about the parameters of a statement: their types and what they are compared
// with. Plain values: the twin fills them in, module workload chooses values by them.

#include <string>
#include <vector>

#include "pgassay/units.h"

namespace pgassay::catalog {

enum class ParameterUseKind {
  kEquality,  // column = $n, also by an equivalence such as IS NOT DISTINCT FROM
  kInList,    // column IN ($n, ...): the parameter is one element
  kArray,     // column = ANY ($n): the parameter is an array of elements
  kLess,      // column < $n or column <= $n
  kGreater,   // column > $n or column >= $n
  kNotEqual,
  kLike,  // LIKE, ILIKE, SIMILAR TO, starts_with
  kRegex,
  kOperator,  // any other operator, `op` names it: @>, &&, ?, @@, <->, ...
  kAssigned,  // INSERT ... VALUES ($n), UPDATE ... SET column = $n
  kLimit,
  kOffset,
  kArgument,  // of a function that is not compared with a column: `function`, `argument`
};

// One place of a parameter. For comparisons `table` and `column` say what the other side is computed from; both are 0
// where it is no single column of a table.
struct ParameterUse {
  ParameterUseKind kind = ParameterUseKind::kArgument;
  Oid table;               // pg_class.oid of the source
  int column = 0;          // Column::number
  std::string op;          // name of the operator, "=" or "@>"
  std::string expression;  // empty: the column itself is compared; else SQL of the other side, its column written as $0
  // Empty: the parameter itself is compared; else SQL of its side, the parameter written as $0: "now() - $0".
  std::string parameter_expression;
  std::string function;  // kArgument: name, schema left out
  int argument = 0;      // kArgument: position, from 1
  friend bool operator==(const ParameterUse&, const ParameterUse&) = default;
};

struct Parameter {
  int number = 0;                        // n of $n
  std::string type;                      // format_type, qualified outside of pg_catalog: "integer", "shop.status[]"
  std::string element_type;              // of an array; else empty
  std::string base_type;                 // of a domain, enum element etc. the underlying type; else as `type`
  char category = 'X';                   // pg_type.typcategory of the type (array: A): N, S, D, T, B, E, R, U, ...
  std::vector<std::string> enum_labels;  // of an enum or an array of it, in order
  std::vector<ParameterUse> uses;        // in order of appearance
  friend bool operator==(const Parameter&, const Parameter&) = default;
};

// By number, without gaps where the statement has none.
using Parameters = std::vector<Parameter>;

}  // namespace pgassay::catalog
