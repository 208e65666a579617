#pragma once

// Expressions as key columns. The rules count columns by numbers, so each expression of a table gets one of its own,
// kFirstExpression and below, for as long as candidates are made (rule 8: whatever a rule does with a column, it does with an expression).

#include <map>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

inline constexpr int kExpressionRule = 8;

class ExpressionNumbers {
 public:
  // `statements` with the numbers of expressions as the columns of their clauses. No index is made on a value that was
  // made up: what holds one is no key where a statement was never seen with its values.
  std::vector<StatementRequests> Number(std::span<const StatementRequests> statements);

  // `def` with expressions in place of their numbers.
  IndexDef Restored(IndexDef def) const;

 private:
  std::map<std::pair<Oid, std::string>, int> numbers_;
  std::vector<std::string> expressions_;  // by kFirstExpression - number
};

// Whether a key is the number of an expression.
bool HasExpression(const IndexDef& def);

}  // namespace pgassay::candidates
