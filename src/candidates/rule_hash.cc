#include "candidates/rule_hash.h"

#include <algorithm>
#include <vector>

#include "catalog/index_request.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

// An entry takes 20 bytes in a hash index whose pages are three quarters full, and 12 more than the value in a B-tree
// whose pages are nine tenths full: from here on the B-tree is nearly twice as large.
constexpr int kLongValue = 32;
// Share of the rows that have a value of their own.
constexpr double kLeastDistinct = 0.5;

// With hash operators whatever the collation.
bool IsHashable(const Column& column) {
  return column.type == "text" || column.type == "bytea" || column.type.starts_with("character varying");
}

}  // namespace

HashColumns::HashColumns(std::span<const StatementRequests> statements, const Snapshot& snapshot)
    : snapshot_(snapshot) {
  for (const StatementRequests& statement : statements) {
    for (const catalog::IndexRequest& request : statement.requests) {
      for (const catalog::RequestClause& clause : request.clauses) {
        if (clause.kind == catalog::ClauseKind::kRange || !clause.pattern_opclass.empty()) {
          sorted_.emplace(request.table, clause.column);
        }
      }
      for (const catalog::RequestOrder& order : request.orders) {
        for (const catalog::OrderColumn& column : order.columns) {
          sorted_.emplace(request.table, column.column);
        }
      }
      if (request.needed_columns.size() == 1 && !request.needs_whole_row && !request.dml_target && !request.row_mark) {
        sorted_.emplace(request.table, request.needed_columns.front());
      }
    }
  }
}

bool HashColumns::Suits(Oid table, int column) const {
  const Relation* const relation = snapshot_.FindRelation(table);
  const Column* const found = relation == nullptr ? nullptr : FindColumn(*relation, column);
  const ColumnStatistics* const known = catalog::FindTableStatistics(snapshot_, table, column);
  if (found == nullptr || known == nullptr || !IsHashable(*found) || sorted_.contains({table, column}) ||
      known->average_width < kLongValue) {
    return false;
  }
  const double rows = catalog::ExtentOf(snapshot_, table).tuples;
  const double distinct = known->distinct < 0 ? -known->distinct : rows > 0 ? known->distinct / rows : 0;
  return distinct >= kLeastDistinct * (1 - known->null_fraction);
}

}  // namespace pgassay::candidates
