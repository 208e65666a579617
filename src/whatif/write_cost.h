#pragma once

// What an index costs when rows are written, in the planner's cost units: the unit of what it saves in reads.
//
// An entry is put where its key belongs: the tree is descended, a leaf is changed and logged. How much that costs
// depends on where the keys of new rows go. Growing ones (an identity, a time) go to the leaf that the last one went
// to; keys without order go to any leaf, which has to be read and, after each checkpoint, is logged as a whole page.

#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "whatif/btree_size.h"

namespace pgassay::whatif {

struct WriteCost {
  Cost entry = 0;  // for each entry that is added: a row inserted, or updated without HOT
  Cost dead = 0;   // for each entry that VACUUM takes away: a row deleted, or updated without HOT
  friend bool operator==(const WriteCost&, const WriteCost&) = default;
};

// Of an index of that size. The descent is what btcostestimate charges for it (src/backend/utils/adt/selfuncs.c). The
// share of entries that go to a leaf of their own is 1 - correlation^2 of the leading column, as cost_index weighs it
// (src/backend/optimizer/path/costsize.c), less where the keys have fewer values than the index has leaves, since then
// few leaves are written. VACUUM scans the whole index once a fifth of the table's rows is dead, the default of
// autovacuum_vacuum_scale_factor.
WriteCost EstimateWriteCost(const IndexDef& def, const BtreeSize& size, const Snapshot& snapshot);

}  // namespace pgassay::whatif
