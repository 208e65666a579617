#pragma once

// Size of an index of any access method right after CREATE INDEX. B-trees: btree_size.h. The others are estimates from
// few figures, and marked so: how many keys a document or text has is in no statistics.

#include "pgassay/snapshot.h"
#include "whatif/btree_size.h"

namespace pgassay::whatif {

// `rows` as for EstimateBtreeSize. Hash: buckets as _hash_init makes them (src/backend/access/hash/hashpage.c). BRIN: a
// summary for every 128 blocks (brin_revmap.c). GIN: entries and compressed lists of rows (ginpostinglist.c). GiST and
// SP-GiST: entries in pages that splits leave half full.
BtreeSize EstimateIndexSize(const IndexDef& def, const Snapshot& snapshot, double rows);

}  // namespace pgassay::whatif
