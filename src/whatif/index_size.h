#pragma once

// Size of an index of any access method right after CREATE INDEX. B-trees: btree_size.h. Hash and BRIN (least and
// greatest values) follow from statistics too; GIN, GiST and SP-GiST are estimates, and marked so: how many elements
// documents and texts have is seen in a hundred of them at most. bench/baselines/sizes.md compares 144 with built ones.

#include "pgassay/snapshot.h"
#include "whatif/btree_size.h"

namespace pgassay::whatif {

// `rows` as for EstimateBtreeSize. Hash: hash_size.h. BRIN: a summary for every 128 blocks, or
// as many as the definition says (brin_revmap.c). GIN:
// element_sample.h and inverted_size.h. GiST and SP-GiST: entries in pages that splits leave half full or fuller.
BtreeSize EstimateIndexSize(const IndexDef& def, const Snapshot& snapshot, double rows);

// Entries that a row has on average: of GIN one for each element, else one.
double EntriesPerRow(const IndexDef& def, const Snapshot& snapshot, double rows);

}  // namespace pgassay::whatif
