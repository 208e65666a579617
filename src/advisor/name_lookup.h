#pragma once

// Tables, columns and indexes of the capture by names that the user gave. Errors are InvalidArgument, and name what is
// near to a name that is not there.

#include <string_view>

#include "absl/status/statusor.h"
#include "pgassay/snapshot.h"
#include "sql/statement.h"

namespace pgassay::advisor {

// A name without a schema is looked for along the captured search path, then in the only schema that has it.
absl::StatusOr<const Relation*> FindTable(const sql::RelationName& name, const Snapshot& snapshot);

absl::StatusOr<const Column*> FindColumn(std::string_view name, const Relation& table);

// As FindTable; the text is that of an SQL identifier, with a schema or without.
absl::StatusOr<const Index*> FindIndex(std::string_view text, const Snapshot& snapshot);

}  // namespace pgassay::advisor
