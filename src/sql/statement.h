#pragma once

// SQL text through PostgreSQL's own grammar (libpg_query): split, fingerprint, normalise, look at. All functions are
// thread-safe.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace pgassay::sql {

// Major version of PostgreSQL whose grammar is built in; fingerprints may differ between versions.
int GrammarVersion();

// One statement of a text. `begin` and `end` are byte offsets of the statement itself, leading comments and the
// semicolon left out.
struct Piece {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t line = 1;  // of `begin`, counted from 1
};

// Splits by PostgreSQL's lexical rules, with the scanner alone, so that one bad statement does not hide the others;
// bodies of SQL-standard functions (BEGIN ATOMIC ... END) and of CREATE RULE are kept together. Scripts for psql:
// SplitScript (script.h). InvalidArgument only when not even the scanner gets through (an unterminated quote).
absl::StatusOr<std::vector<Piece>> Split(std::string_view text);

enum class StatementKind { kSelect, kInsert, kUpdate, kDelete, kMerge, kUtility };

struct RelationName {
  std::string schema;  // empty: unqualified
  std::string name;
  friend auto operator<=>(const RelationName&, const RelationName&) = default;
};

struct StatementFacts {
  StatementKind kind = StatementKind::kUtility;
  std::string node;                     // the grammar's node, "SelectStmt", "CreateStmt", ...
  std::string fingerprint;              // 16 hexadecimal digits
  std::string normalized;               // literals replaced by $n
  std::vector<RelationName> relations;  // named by the statement, sorted, unique, without names of its own CTEs
  bool has_parameters = false;          // $n occurs
  friend bool operator==(const StatementFacts&, const StatementFacts&) = default;
};

// Parses one statement. InvalidArgument with the grammar's message and the line, the first one being `first_line`, for
// anything that is not exactly one statement, is nested too deep or is longer than 4 MB. Messages hold no literals.
absl::StatusOr<StatementFacts> Examine(std::string_view statement, std::size_t first_line = 1);

// The node name ("CreateStmt", "DoStmt", ...) of each statement in `text`, or InvalidArgument.
absl::StatusOr<std::vector<std::string>> NodeNames(std::string_view text);

// A CREATE INDEX or DROP INDEX as far as its grammar tells; the server validates the rest.
struct IndexStatement {
  bool create = true;
  std::string index_schema;  // DROP only; empty: unqualified
  std::string index_name;    // may be empty for CREATE
  RelationName table;        // CREATE only
  std::string method;        // CREATE only; "btree" when not named
  bool unique = false;
  bool concurrently = false;
};

// InvalidArgument when `statement` is neither, or drops several indexes at once.
absl::StatusOr<IndexStatement> ExamineIndexStatement(std::string_view statement);

}  // namespace pgassay::sql
