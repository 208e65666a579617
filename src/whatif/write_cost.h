#pragma once

// What an index costs when rows are written, in the planner's cost units: the unit of what it saves in reads.
//
// An entry is put where its key belongs: the tree is descended, an entry is made and logged. What that costs depends on
// whether the leaf was changed since the last checkpoint: the first change logs the whole page, and the next checkpoint
// has to write it. Growing keys (an identity, a time) go to the leaf that the last one went to; keys without order go
// to any, and so does the entry of an updated row, whatever its key, as any row may be updated.
//
// The model has three constants, in lookups of one row by an index, which the planner prices and bench/writes times on
// the same server: an entry, a page that is logged and written, a row that VACUUM looks at. bench/baselines/writes.md
// has their error.

#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "whatif/btree_size.h"

namespace pgassay::whatif {

struct WriteCost {
  Cost entry = 0;  // of a row inserted
  Cost moved = 0;  // of a row updated without HOT
  Cost dead = 0;   // that VACUUM takes away: of a row deleted, or updated without HOT
  friend bool operator==(const WriteCost&, const WriteCost&) = default;
};

// Rows written to a table between two checkpoints where that is not known: a few a second, for five minutes.
inline constexpr double kRowsBetweenCheckpoints = 1000;

// Of an index of that size, by row that it has an entry for; `rows_between_checkpoints` are those of the table. The
// leaves that new rows' keys go to are the share 1 - correlation^2 of all, as cost_index weighs the correlation of the
// leading column (src/backend/optimizer/path/costsize.c), and no more than there are different keys. VACUUM scans the
// whole index once the share autovacuum_vacuum_scale_factor of the rows is dead.
WriteCost EstimateWriteCost(const IndexDef& def, const BtreeSize& size, const Snapshot& snapshot,
                            double rows_between_checkpoints = kRowsBetweenCheckpoints);

}  // namespace pgassay::whatif
