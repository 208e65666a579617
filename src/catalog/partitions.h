#pragma once

// Tables that stand for others: partitioned tables and inheritance parents. An index definition on such a table means
// one index on each table below it that holds rows. A snapshot knows one parent of each table, so a table that inherits
// from several belongs to the first one only.

#include <cstdint>
#include <optional>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::catalog {

// Whether an index on `table` means indexes on other tables: it is partitioned, or other tables inherit from it.
bool IsParent(const Snapshot& snapshot, Oid table);

// Tables whose parent `table` is, in order of OIDs.
std::vector<Oid> ChildrenOf(const Snapshot& snapshot, Oid table);

// The tables that an index definition on `table` means, in order of OIDs: of a partitioned table all leaf partitions
// but foreign ones, of an inheritance parent itself and its descendants but foreign and temporary ones, of a plain
// table or materialized view itself. Empty for a foreign table and for one that the snapshot does not have.
std::vector<Oid> IndexedTables(const Snapshot& snapshot, Oid table);

// Whether a foreign table is among the descendants: an index on the partitioned table then never becomes valid by
// ALTER INDEX ... ATTACH PARTITION.
bool HasForeignPartition(const Snapshot& snapshot, Oid table);

// The same definition on `table`, a descendant or ancestor of def's table: columns are found by their names, since
// their numbers differ where columns were dropped or declared in another order. Expressions and predicates speak of
// names anyway. None where a table or column is missing.
std::optional<IndexDef> DefOn(const IndexDef& def, Oid table, const Snapshot& snapshot);

// Whether ALTER INDEX ... ATTACH PARTITION accepts `index` as the part of an index `wanted`, a definition on the same
// table (CompareIndexInfo, src/backend/catalog/index.c): stricter than SameWork in uniqueness and in the order of
// included columns. It accepts an INVALID index too, but then the parent's stays INVALID.
bool CanAttach(const Index& index, const IndexDef& wanted);

// The valid index on `wanted`'s table that can be part of an index on its parent; the one of the least OID, nullptr if
// there is none. `attached` asks for CanAttach, else one that does the same work is enough.
const Index* FindPart(const Snapshot& snapshot, const IndexDef& wanted, bool attached);

// The definitions that have to be built for `def`: DefOn for each of IndexedTables, but for those that have an index
// for it already. Just `def` for a table that is no parent.
std::vector<IndexDef> Parts(const IndexDef& def, const Snapshot& snapshot);

// What a scan of a table reads, summed over IndexedTables.
struct TableExtent {
  std::int64_t pages = 0;
  double all_visible_pages = 0;  // at most `pages` in each table
  double tuples = 0;             // when last analysed; tables that never were count nothing
  friend bool operator==(const TableExtent&, const TableExtent&) = default;
};
TableExtent ExtentOf(const Snapshot& snapshot, Oid table);

// Statistics of a column as the planner uses them for a query on `table`: the row that covers children for a parent,
// else the table's own; the other one where that is missing. nullptr if there is none.
const ColumnStatistics* FindTableStatistics(const Snapshot& snapshot, Oid table, int column);

}  // namespace pgassay::catalog
