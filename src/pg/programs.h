#pragma once

// Where PostgreSQL's client programs are.

#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace pgassay::pg {

// Path of `program` (pg_dump, psql, initdb, ...) for major version `min_major` or newer: in `pg_bindir` if that is not
// empty, else where distributions put it (/usr/lib/postgresql/N/bin, /usr/pgsql-N/bin), the lowest version that will do
// first. NotFound with what to install. The version of what is in `pg_bindir` is not checked.
absl::StatusOr<std::string> FindProgram(std::string_view program, std::string_view pg_bindir, int min_major);

}  // namespace pgassay::pg
