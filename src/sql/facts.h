#pragma once

// What Examine says about a statement whose tree is there already. Private to module sql.

#include <cstddef>
#include <string>

#include "absl/status/statusor.h"
#include "sql/statement.h"

struct PgQuery__Node;  // NOLINT(bugprone-reserved-identifier): protobuf-c makes such names

namespace pgassay::sql {

// `node` is the tree of `text`, which is within the limits of Parse, or of a text that differs from it in the places of
// parameters only. InvalidArgument as Examine.
absl::StatusOr<StatementFacts> FactsOf(const PgQuery__Node& node, const std::string& text, std::size_t first_line);

}  // namespace pgassay::sql
