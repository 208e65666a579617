#pragma once

// What a statement would call, for whoever wants to prove that running it changes nothing. Thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::sql {

// Why a statement cannot be taken for one that only reads.
enum class ReadProblem {
  kNone,
  kWrites,      // INSERT, UPDATE, DELETE, MERGE, SELECT INTO, also within WITH; a utility statement
  kLocksRows,   // FOR UPDATE and its like, at any depth
  kParameters,  // $n has no value
  kUnknown,     // something of the grammar that is not known to be harmless
};

// Every name through which a statement may call code; names without a schema have an empty one. What they mean is known
// to the server alone. Sorted and unique.
struct CalledNames {
  std::vector<RelationName> relations;
  std::vector<RelationName> functions;  // table sampling methods too
  std::vector<RelationName> operators;  // those that IN, BETWEEN, JOIN USING and row comparisons mean are always there
  std::vector<RelationName> types;      // of casts and column lists
  // Last parts of a.b and (a).b: a column, or a function that takes a row.
  std::vector<std::string> attributes;
  friend bool operator==(const CalledNames&, const CalledNames&) = default;
};

// Whether $n may occur: in the body of a function it may.
enum class Parameters { kRefused, kAllowed };

struct ReadCheck {
  ReadProblem problem = ReadProblem::kNone;
  CalledNames names;  // complete where there is no problem
};

// Looks at one statement. Only what is known of the grammar passes: a node that a later version adds is kUnknown.
// InvalidArgument as Examine.
absl::StatusOr<ReadCheck> CheckRead(std::string_view statement, Parameters parameters = Parameters::kRefused);

}  // namespace pgassay::sql
