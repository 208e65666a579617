#pragma once

// A text to its syntax tree, within limits that hostile texts cannot pass. Private to module sql.

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

// NOLINTBEGIN(bugprone-reserved-identifier): protobuf-c makes such names
struct PgQuery__Node;
struct PgQuery__ParseResult;
// NOLINTEND(bugprone-reserved-identifier)

namespace pgassay::sql {

struct FreeTree {
  void operator()(PgQuery__ParseResult* tree) const;
};
using Tree = std::unique_ptr<PgQuery__ParseResult, FreeTree>;

// InvalidArgument with the grammar's message and the line, the first one being `first_line`. Messages hold no literals.
absl::StatusOr<Tree> Parse(std::string_view text, std::size_t first_line = 1);

// As Parse, and InvalidArgument for anything that is not exactly one statement.
absl::StatusOr<Tree> ParseOne(std::string_view text, std::size_t first_line = 1);

// OK for exactly one statement that the grammar takes, else as ParseOne; many times faster, because it makes no tree.
absl::Status Check(std::string_view text);

// Statement `i` of `tree`.
const PgQuery__Node& StatementNode(const PgQuery__ParseResult& tree, std::size_t i);

// "CreateStmt", "DoStmt", ...; empty for a node that holds nothing.
std::string NodeName(const PgQuery__Node& node);

// InvalidArgument with libpg_query's message about character `position` of `text`, counted from 1.
absl::Status GrammarError(std::string_view message, int position, std::string_view text, std::size_t first_line);

}  // namespace pgassay::sql
