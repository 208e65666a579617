#pragma once

// What a statement of a schema defines.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::sql {

// The table, view, sequence, type, domain, function, operator or whatever else with a schema a CREATE statement makes;
// an empty name for statements that make none. InvalidArgument for what is not exactly one statement.
absl::StatusOr<RelationName> DefinedObject(std::string_view statement);

// The foreign-data wrapper that a CREATE SERVER names; empty for other statements. InvalidArgument as above.
absl::StatusOr<std::string> WrapperOfServer(std::string_view statement);

}  // namespace pgassay::sql
