#pragma once

// DDL that is safe to run on a busy server, with its checks and its undo (DESIGN.md section 7, promise 4).

#include <set>
#include <string>
#include <vector>

#include "pgassay/advice.h"
#include "pgassay/snapshot.h"

namespace pgassay::advice {

// A name for a new index on `def`'s table in the style of PostgreSQL itself (table_column_column_idx), at most 63
// bytes, unlike every name that the table's schema has and every one in `taken` ("schema.name"), to which it is added.
std::string IndexName(const IndexDef& def, const Snapshot& snapshot, std::set<std::string>& taken);

// Pre-flight, build, check. The build runs CONCURRENTLY and outside a transaction; no lock_timeout is set for it,
// because a timeout would leave an INVALID index behind that costs writes and serves nothing.
std::vector<DdlStep> CreateIndexSteps(const IndexDef& def, std::string_view name, const Snapshot& snapshot);

// Takes the index away again, also an INVALID one.
std::vector<DdlStep> DropIndexSteps(const QualifiedName& name);

}  // namespace pgassay::advice
