#pragma once

// What must be known of a statement before it is run again and again on a copy, and its answers are compared. All
// functions are thread-safe.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::sql {

struct ReplayFacts {
  bool writes = false;           // no SELECT, or one that locks rows or has a part that writes
  bool limited = false;          // LIMIT or OFFSET of the whole statement
  bool limited_inside = false;   // of a part: which rows that yields may depend on the plan
  bool order_dependent = false;  // DISTINCT ON, row_number() and the like, aggregates that list values in no order
  bool sampled = false;          // TABLESAMPLE, SKIP LOCKED
  bool reads_clock = false;      // CURRENT_TIMESTAMP, now() and the like
  std::vector<std::string> functions;  // names of what is called, schemas left out, sorted, unique
  // Of a SELECT from one table without a join: that table, and the plain columns of its ORDER BY, in order. Empty for
  // any other statement.
  RelationName table;
  std::vector<std::string> order_columns;
  friend bool operator==(const ReplayFacts&, const ReplayFacts&) = default;
};

// InvalidArgument as Examine.
absl::StatusOr<ReplayFacts> ExamineReplay(std::string_view statement);

// A CREATE INDEX without CONCURRENTLY, so that it can be a part of a transaction, and with `name` where it has none.
// InvalidArgument for any other statement, and for IF NOT EXISTS, which may build nothing.
absl::StatusOr<std::string> BuildableIndex(std::string_view statement, std::string_view name);

}  // namespace pgassay::sql
