#pragma once

// Metapages of BRIN and GIN indexes, which the planner reads for costs (planner/metapages.c).

#include "absl/status/status.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"
#include "twin/names.h"
#include "whatif/btree_size.h"

namespace pgassay::twin {

// Gives the captured indexes the figures of the source; where those were not readable, the ones of a new build: range
// maps by the size of the table, counts of GIN by whatif::EstimateIndexSize in proportion to the real size. Superuser.
absl::Status LoadMetapages(const Snapshot& snapshot, const Names& names, pg::Session& superuser);

// Gives an index of a candidate the figures that its build would leave. Superuser.
absl::Status SetRangeMap(TwinOid index, const IndexDef& def, const Snapshot& snapshot, pg::Session& superuser);
absl::Status SetInvertedCounts(TwinOid index, const InvertedCounts& counts, pg::Session& superuser);

}  // namespace pgassay::twin
