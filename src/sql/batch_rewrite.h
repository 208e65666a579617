#pragma once

// One statement in place of the same one for each of many keys. Text in, text out; every result was parsed again by
// PostgreSQL's grammar. All functions are thread-safe.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pgassay::sql {

struct BatchText {
  std::string sql;
  std::string note;         // sentences: what the parameters are now, and what to look out for
  std::vector<int> arrays;  // n of each $n that is an array now, sorted
  friend bool operator==(const BatchText&, const BatchText&) = default;
};

// `statement`, normalised, a SELECT, INSERT, UPDATE or DELETE with $n, for arrays of values instead of single ones:
//
// SELECT ... WHERE col = $1 becomes
//   SELECT ..., col ... WHERE col = ANY($1)
// where neither sorting nor grouping nor LIMIT makes the rows of several keys depend on each other. Any other SELECT:
//   SELECT batch.key1, each.* FROM unnest($1) AS batch (key1) CROSS JOIN LATERAL (...)
// INSERT ... VALUES (...):
//   INSERT ... SELECT ... FROM unnest($1, $2) AS batch (key1, key2)
// UPDATE ... WHERE:
//   UPDATE ... FROM unnest($1, $2) AS batch (key1, key2) WHERE
// DELETE ... WHERE: as SELECT, or with USING unnest(...).
//
// `types` are those of $1, $2 and so on, empty where not known: unnest needs to know them, from a cast or from the
// driver. InvalidArgument with a sentence where there is no rewrite that keeps the meaning.
absl::StatusOr<BatchText> BatchOf(std::string_view statement, std::span<const std::string> types = {});

// `insert` with ON CONFLICT DO NOTHING. InvalidArgument where it has an ON CONFLICT, or is no INSERT.
absl::StatusOr<BatchText> WithoutConflict(std::string_view insert);

}  // namespace pgassay::sql
