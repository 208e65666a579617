#include "catalog/uniqueness.h"

#include <algorithm>

#include "catalog/index_identity.h"

namespace pgassay::catalog {

bool CanHandOverUniqueness(const Index& index, const Snapshot& snapshot) {
  const Relation* const table = snapshot.FindRelation(index.def.table);
  if (table == nullptr || (table->kind != 'r' && table->kind != 'm') || table->parent.value != 0) return false;
  if (!index.def.unique || !index.valid || !index.ready || index.primary || index.exclusion || index.backs_constraint ||
      index.replica_identity || index.clustered || index.sql.find("NULLS NOT DISTINCT") != std::string::npos) {
    return false;
  }
  // A foreign key may point at a unique index without a constraint, and depends on it.
  return std::ranges::none_of(snapshot.constraints, [&index](const Constraint& constraint) {
    return constraint.index == index.oid || (constraint.kind == 'f' && constraint.foreign_table == index.def.table &&
                                             constraint.foreign_columns.size() == index.def.keys.size() &&
                                             std::ranges::all_of(index.def.keys, [&constraint](const IndexKey& key) {
                                               return std::ranges::count(constraint.foreign_columns, key.column) > 0;
                                             }));
  });
}

const Index* ProvenUniqueBy(const IndexDef& def, const Snapshot& snapshot) {
  IndexDef unique = def;
  unique.unique = true;
  for (const Index& index : snapshot.indexes) {
    if (index.def.table == def.table && index.def.unique && index.def.predicate == def.predicate &&
        Covers(unique, index.def) && CanHandOverUniqueness(index, snapshot)) {
      return &index;
    }
  }
  return nullptr;
}

}  // namespace pgassay::catalog
