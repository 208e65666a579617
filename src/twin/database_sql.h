#pragma once

// SQL that makes the twin's database.

#include <string>
#include <string_view>

#include "pgassay/snapshot.h"

namespace pgassay::twin {

// Functions of the planner extension in `library`. They live in pg_catalog, out of the way of every user schema.
std::string FunctionsSql(const std::string& library);

// With the source's encoding, and with its locale or with C.
std::string CreateDatabaseSql(const Snapshot& snapshot, std::string_view database, std::string_view owner,
                              bool with_locale);

}  // namespace pgassay::twin
