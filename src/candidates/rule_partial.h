#pragma once

// Rule 7: an index on the rows only that a statement always asks for.

#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "candidates/generate.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

inline constexpr int kPartialRule = 7;

// What a WHERE clause of an index would be.
struct Predicate {
  std::string text;
  std::set<int> equality;  // columns that have one value within it: they need not be keys
  double selectivity = 1;
  friend bool operator==(const Predicate&, const Predicate&) = default;
};

// Which clauses are the same in every call of a template: IS NULL, IS NOT NULL and boolean columns by their nature,
// comparisons with values where several observed calls all had the same one. A clause whose value could be another is
// none: once it is, no index with it in its predicate serves the statement.
class ConstantClauses {
 public:
  explicit ConstantClauses(std::span<const StatementRequests> statements);

  // The predicates that are worth an index for a request of `statement`, the most selective first: all constant clauses,
  // and the most selective one alone.
  std::vector<Predicate> Of(const StatementRequests& statement, const catalog::IndexRequest& request) const;

 private:
  struct Calls {
    int all = 0;
    bool observed = true;  // no value was made up
    std::map<std::pair<Oid, std::string>, int> with;  // table and clause
  };
  bool IsConstant(const StatementRequests& statement, Oid table, const catalog::RequestClause& clause) const;

  std::map<std::string, Calls> templates_;
};

// `def` on the rows of `predicate`: without its equality columns; `otherwise` is the key where none is left.
std::optional<IndexDef> Partial(const IndexDef& def, const Predicate& predicate, int otherwise);

}  // namespace pgassay::candidates
