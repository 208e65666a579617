#pragma once

// Rule 13, the one that looks at several statements: one index in place of several.

#include "candidates/existing_indexes.h"
#include "candidates/pool.h"
#include "candidates/rule_cover.h"

namespace pgassay::candidates {

// Adds to `pool`, for candidates A and B of one table and different statements where A's equality columns are some of
// B's: B with A's columns leading, and A followed by what B has besides; and for candidates with included columns whose
// keys lead the other's, one that includes both's columns, within `limits`. At most kMaxMerges a table, those of the
// most weight. Returns how many more there were, by table.
inline constexpr std::size_t kMaxMerges = 200;
std::map<Oid, std::size_t> Merge(Pool& pool, const ExistingIndexes& existing, const Weights& weights,
                                 CoverLimits& limits, std::size_t max_width);

// Gives each candidate the statements of the candidates whose keys lead its own and whose included columns it has: it
// serves them too.
void ShareWithPrefixes(Pool& pool);

}  // namespace pgassay::candidates
