#pragma once

// Index definitions as SQL.

#include <string>
#include <string_view>

#include "pgassay/snapshot.h"

namespace pgassay::catalog {

// CREATE INDEX for `def` as one statement without a semicolon. Empty when its table or one of its columns is not in the
// snapshot.
std::string CreateIndexSql(const IndexDef& def, std::string_view name, bool concurrently, const Snapshot& snapshot);

// The same with ON ONLY: an index on a partitioned table that has no parts yet and becomes valid when every partition's
// index is attached.
std::string CreateIndexOnlySql(const IndexDef& def, std::string_view name, const Snapshot& snapshot);

}  // namespace pgassay::catalog
