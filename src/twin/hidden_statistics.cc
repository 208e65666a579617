#include "twin/hidden_statistics.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "whatif/btree_size.h"

namespace pgassay::twin {
namespace {

// Whether the capturing role sees every row, so that what it did not read is not there.
bool SeesEverything(const Snapshot& snapshot) {
  const Role* const role = snapshot.FindRole(snapshot.user);
  return role != nullptr && (role->superuser || role->bypass_row_security);
}

}  // namespace

std::vector<ColumnStatistics> HiddenStatistics(const Snapshot& snapshot) {
  std::vector<ColumnStatistics> made;
  if (SeesEverything(snapshot)) return made;
  std::set<Oid> read;
  for (const ColumnStatistics& statistics : snapshot.statistics) read.insert(statistics.relation);
  std::map<std::pair<Oid, int>, double> distinct;
  for (const Constraint& constraint : snapshot.constraints) {
    if (constraint.kind != 'f' || constraint.columns.size() != 1 || read.contains(constraint.table)) continue;
    const Relation* const relation = snapshot.FindRelation(constraint.table);
    const Relation* const referenced = snapshot.FindRelation(constraint.foreign_table);
    if (relation == nullptr || referenced == nullptr) continue;
    // A table that was never analysed has none to hide; a partitioned one on either side has no rows of its own.
    if (!relation->row_security || relation->statistics_tuples <= 0 || relation->kind != 'r') continue;
    if (referenced->kind != 'r') continue;
    const Column* const column = FindColumn(*relation, constraint.columns.front());
    if (column == nullptr || !column->not_null) continue;
    const double values = std::min(whatif::EstimateTuples(*relation), whatif::EstimateTuples(*referenced));
    if (!(values >= 1)) continue;
    // Two foreign keys on one column: the smaller table decides.
    const auto [found, added] = distinct.try_emplace({relation->oid, column->number}, values);
    if (!added) found->second = std::min(found->second, values);
  }
  for (const auto& [column, values] : distinct) {
    made.push_back({.relation = column.first, .column = column.second, .distinct = values, .slots = {}});
  }
  return made;
}

}  // namespace pgassay::twin
