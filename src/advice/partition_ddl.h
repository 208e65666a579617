#pragma once

// DDL for an index on a table that stands for others. CREATE INDEX CONCURRENTLY refuses partitioned tables, so their
// index starts without parts (ON ONLY), each leaf partition's index is built beside the traffic, and attaching the last
// one makes the whole valid (PostgreSQL manual, ALTER INDEX ... ATTACH PARTITION).

#include <set>
#include <string>

#include "advice/ddl.h"
#include "pgassay/snapshot.h"

namespace pgassay::advice {

// `def` on a partitioned table without foreign partitions, as index `name`. Indexes that partitions have already are
// attached instead of built; an INVALID index on a partitioned level, left from an earlier try, is finished under its
// own name instead of made.
IndexDdl PartitionedIndexDdl(const IndexDef& def, const QualifiedName& name, const Snapshot& snapshot,
                             std::set<std::string>& taken);

// `def` on an inheritance parent, or on a partitioned table with foreign partitions, which no valid index can span: an
// index for each table that holds rows, `name` for the one on def's own table.
IndexDdl MemberIndexDdl(const IndexDef& def, const QualifiedName& name, const Snapshot& snapshot,
                        std::set<std::string>& taken);

}  // namespace pgassay::advice
