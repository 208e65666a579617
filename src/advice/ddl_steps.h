#pragma once

// The steps that building any index is made of.

#include <string_view>
#include <vector>

#include "pgassay/advice.h"
#include "pgassay/snapshot.h"

namespace pgassay::advice {

// Transactions for which CREATE INDEX CONCURRENTLY would have to wait.
DdlStep OldTransactions();

// Whether one of the names is taken.
DdlStep NamesAreFree(const std::vector<QualifiedName>& names);

// CREATE INDEX CONCURRENTLY on the table of `def`.
DdlStep BuildConcurrently(const IndexDef& def, std::string_view name, const Snapshot& snapshot);

// ANALYZE of the table, for an index on an expression: until then the planner guesses how many rows it finds.
DdlStep GatherStatistics(const IndexDef& def, const Snapshot& snapshot);

// Whether the build has succeeded.
DdlStep IsValid(const QualifiedName& index);
DdlStep AreAllValid(const std::vector<QualifiedName>& indexes);

}  // namespace pgassay::advice
