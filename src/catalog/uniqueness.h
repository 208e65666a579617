#pragma once

// What the catalog proves about unique keys. Statistics prove nothing: they are a sample.

#include "pgassay/snapshot.h"

namespace pgassay::catalog {

// Whether another index with the same keys and predicate may keep the values of unique index `index` unique in its
// place: no constraint, foreign key, replica identity or CLUSTER needs `index` itself, it belongs to no partition, and
// it takes NULLs as different from each other, as CREATE UNIQUE INDEX does.
bool CanHandOverUniqueness(const Index& index, const Snapshot& snapshot);

// The valid unique index by which `def` is known to be unique and whose place a unique `def` could take: the same keys
// and predicate, and CanHandOverUniqueness. nullptr: none. A `def` that merely starts with all columns of a unique key
// is unique too, but to declare that would tell the planner nothing new and cost a check for every row.
const Index* ProvenUniqueBy(const IndexDef& def, const Snapshot& snapshot);

}  // namespace pgassay::catalog
