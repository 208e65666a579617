#pragma once

// What only the source's planner and the indexes themselves can tell: heights of B-trees, and the least and greatest
// value of their leading columns. Everything is asked in savepoints that are rolled back, so locks do not pile up.

#include "absl/status/status.h"
#include "pg/capture_catalog.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::pg {

struct ProbeOptions {
  // Index scans of this session are not counted (track_counts is off). Otherwise no index is scanned that was never
  // scanned before, lest it looks used.
  bool uncounted = false;
  int lock_timeout_ms = 500;
  int statement_timeout_ms = 1000;
};

// Fills Index::tree_height of valid B-trees from the startup cost of EXPLAIN. Nothing is executed. The costs: a descent
// charges 50 cpu_operator_cost for each level and the leaf, and one for each comparison of a binary search over all
// tuples (btcostestimate in src/backend/utils/adt/selfuncs.c). With cpu_operator_cost = 1 the startup cost is therefore
// 50 (height + 1) + ceil(log2(tuples)), and the last term is below 50 for every table that exists. Where the planner
// prefers another index, the height stays empty, except for what sizes prove (tree_height_exact is false then).
absl::Status ReadTreeHeights(Session& session, const CatalogDetails& details, const ProbeOptions& options,
                             Snapshot& snapshot);

// Fills Snapshot::end_points for valid, non-partial B-trees: an entry without values is an empty index, no entry is an
// index whose ends could not be read. What is not readable becomes a gap.
absl::Status ReadEndPoints(Session& session, const CatalogDetails& details, const ProbeOptions& options,
                           Snapshot& snapshot);

}  // namespace pgassay::pg
