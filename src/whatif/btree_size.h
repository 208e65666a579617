#pragma once

// Size of a B-tree index right after CREATE INDEX, from catalog and statistics alone. Follows the page layout of
// src/backend/access/nbtree/nbtsort.c (_bt_buildadd, _bt_load), deduplication included (PostgreSQL 13 and later), at
// the default fillfactor. 62 indexes built by PostgreSQL 15 came out within 7 % and with the right height, but for 10
// that are marked rests_on_estimate.

#include <cstdint>
#include <optional>
#include <vector>

#include "pgassay/index_metapage.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::whatif {

struct BtreeSize {
  std::int64_t pages = 1;  // metapage included
  double tuples = 0;       // rows that the index refers to
  int tree_height = 0;     // levels above the leaves
  // The number of distinct keys is a guess (several columns, n_distinct of a clustered or long-tailed one, no
  // statistics), or values are so long that the build compresses them.
  bool rests_on_estimate = false;
  std::optional<InvertedCounts> inverted;  // GIN only
  Bytes bytes() const { return pages * kPageBytes; }
  friend bool operator==(const BtreeSize&, const BtreeSize&) = default;
};

// `rows` is the number of rows that the index will hold (the table's tuples times the predicate's selectivity). Columns
// without statistics count with the width of their type and as all distinct.
BtreeSize EstimateBtreeSize(const IndexDef& def, const Snapshot& snapshot, double rows);

// Tuples of `relation` as the planner estimates them: density when last analysed times the pages of today
// (src/backend/access/table/tableam.c, table_block_relation_estimate_size).
double EstimateTuples(const Relation& relation);

// Levels above the leaves of an existing B-tree of `pages` pages: for indexes whose height the source did not tell.
int EstimateTreeHeight(const IndexDef& def, const Snapshot& snapshot, std::int64_t pages);

}  // namespace pgassay::whatif
