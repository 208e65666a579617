#pragma once

// What a statement of a schema defines.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::sql {

// The table, view, sequence, type, domain, function, operator or whatever else with a schema a CREATE statement makes;
// an empty name for statements that make none. InvalidArgument for what is not exactly one statement.
absl::StatusOr<RelationName> DefinedObject(std::string_view statement);

// The foreign-data wrapper that a CREATE SERVER names; empty for other statements. InvalidArgument as above.
absl::StatusOr<std::string> WrapperOfServer(std::string_view statement);

// What a foreign key does to the child's rows when rows of the parent go away or change their key, by the grammar's
// letters: a NO ACTION, r RESTRICT, c CASCADE, n SET NULL, d SET DEFAULT.
struct ForeignKeyActions {
  char on_delete = 'a';
  char on_update = 'a';
  std::vector<std::string> delete_set_columns;  // SET NULL (columns), SET DEFAULT (columns); empty: all of the key
  friend bool operator==(const ForeignKeyActions&, const ForeignKeyActions&) = default;
};

// Of a constraint as pg_get_constraintdef writes it: "FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE".
// InvalidArgument for any other, and for what newer servers than GrammarVersion write (NOT ENFORCED, PERIOD), whose
// actions are others or none.
absl::StatusOr<ForeignKeyActions> ExamineForeignKey(std::string_view constraint);

}  // namespace pgassay::sql
