#pragma once

// Rule 13, the one that looks at several statements: one index in place of several.

#include "candidates/existing_indexes.h"
#include "candidates/pool.h"

namespace pgassay::candidates {

// Adds to `pool`, for candidates A and B of one table and different statements where A's equality columns are some of
// B's: B with A's columns leading, and A followed by what B has besides. At most kMaxMerges a table, those of the most
// weight. Returns how many more there were, by table.
inline constexpr std::size_t kMaxMerges = 200;
std::map<Oid, std::size_t> Merge(Pool& pool, const ExistingIndexes& existing, const Weights& weights,
                                 std::size_t max_width);

// Gives each candidate the statements of the candidates that are a prefix of it: it serves them too.
void ShareWithPrefixes(Pool& pool);

}  // namespace pgassay::candidates
