#pragma once

// Rules 10 and 11: other access methods than B-trees.

#include <vector>

#include "candidates/request_view.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

inline constexpr int kAccessRule = 10;
inline constexpr int kBlockRangeRule = 11;

struct AccessProposal {
  int rule = 0;
  IndexDef def;
};

// Rule 10: what the operators of `view` ask for: GIN for documents, arrays and text search, GiST and SP-GiST for ranges,
// networks and shapes, trigrams where pg_trgm is there. Rule 11: BRIN on columns that are searched by ranges, in large
// tables whose rows lie in the column's order. The most selective first.
std::vector<AccessProposal> ProposeAccess(const RequestView& view, const Snapshot& snapshot);

}  // namespace pgassay::candidates
