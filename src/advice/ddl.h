#pragma once

// DDL that is safe to run on a busy server, with its checks and its undo (DESIGN.md section 7, promise 4).

#include <set>
#include <string>
#include <vector>

#include "pgassay/advice.h"
#include "pgassay/snapshot.h"

namespace pgassay::advice {

// A name for a new index on `def`'s table in the style of PostgreSQL itself (table_column_column_idx), at most 63
// bytes, unlike every name that the table's schema has and every one in `taken` ("schema.name"), to which it is added.
std::string IndexName(const IndexDef& def, const Snapshot& snapshot, std::set<std::string>& taken);

// How an index comes into being, and how it goes away again.
struct IndexDdl {
  std::vector<DdlStep> create;
  std::vector<DdlStep> undo;  // works after any of the steps of `create`, also where a build failed
  friend bool operator==(const IndexDdl&, const IndexDdl&) = default;
};

// Pre-flight, build, check, and ANALYZE where it is on an expression. The build runs CONCURRENTLY and outside a transaction; no lock_timeout is set for it,
// because a timeout would leave an INVALID index behind that costs writes and serves nothing.
//
// For a partitioned table (partition_ddl.h): the same for each leaf partition between CREATE INDEX ... ON ONLY and
// ALTER INDEX ... ATTACH PARTITION. For an inheritance parent, and for a partitioned table with a foreign partition:
// the same for each table that holds rows. Indexes on other tables than def's get names of their own from `taken`.
// Both lists are empty where the snapshot lacks the table.
IndexDdl MakeIndexDdl(const IndexDef& def, std::string_view name, const Snapshot& snapshot,
                      std::set<std::string>& taken);

// How an existing index goes away, and how it comes back. A look at its use comes first: that may have changed since
// the capture.
IndexDdl DropExistingDdl(const Index& index, const Snapshot& snapshot);

// Takes the index away again, also an INVALID one.
std::vector<DdlStep> DropIndexSteps(const QualifiedName& name);

}  // namespace pgassay::advice
