#pragma once

// Index definitions as SQL.

#include <string>
#include <string_view>

#include "pgassay/snapshot.h"

namespace pgassay::catalog {

// CREATE INDEX for `def` as one statement without a semicolon. Empty when its table or one of its columns is not in the
// snapshot.
std::string CreateIndexSql(const IndexDef& def, std::string_view name, bool concurrently, const Snapshot& snapshot);

}  // namespace pgassay::catalog
