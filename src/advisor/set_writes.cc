#include "advisor/set_writes.h"

#include <algorithm>
#include <cstddef>
#include <set>

#include "advisor/maintenance.h"
#include "catalog/partitions.h"

namespace pgassay::advisor {
namespace {

// What the entries in existing indexes of `table` cost the load; `without` do not exist. A row of a partitioned table
// is in one partition: the one with the dearest indexes counts.
Cost ExistingCost(const WriteLoad& load, const Snapshot& snapshot, Oid table, std::span<const Oid> without) {
  Cost dearest = 0;
  for (const Oid part : catalog::IndexedTables(snapshot, table)) {
    Cost sum = 0;
    for (const Index& index : snapshot.indexes) {
      if (index.def.table != part || std::ranges::find(without, index.oid) != without.end()) continue;
      Index of_table = index;
      of_table.def.table = table;  // under which the load counts the writes
      sum += load.OfExisting(of_table).cost;
    }
    dearest = std::max(dearest, sum);
  }
  return dearest;
}

}  // namespace

std::vector<WriteChange> ChangesOfWrites(const Snapshot& snapshot, const Workload& workload,
                                         const std::vector<PlannedStatement>& statements,
                                         const std::vector<TemplateCost>& costs, std::span<const SetIndex> made,
                                         std::span<const Oid> dropped) {
  // Counters are those of all statements together, and here each stands for itself.
  Workload uncounted = workload;
  for (Template& statement : uncounted.templates) statement.observed.reset();
  std::vector<WriteChange> changes(costs.size());
  for (std::size_t i = 0; i < costs.size(); ++i) {
    std::vector<PlannedStatement> own;
    std::set<Oid> tables;
    double weight = 0;
    for (const PlannedStatement& statement : statements) {
      if (workload.templates[statement.template_index].id != costs[i].id || statement.targets.empty()) continue;
      own.push_back(statement);
      weight += statement.weight;
      for (const catalog::WriteTarget& target : statement.targets) tables.insert(target.table);
    }
    if (own.empty() || weight <= 0) continue;
    const WriteLoad load(snapshot, uncounted, own);
    for (const Oid table : tables) {
      changes[i].before += ExistingCost(load, snapshot, table, {}) / weight;
      changes[i].after += ExistingCost(load, snapshot, table, dropped) / weight;
    }
    std::vector<IndexDef> beside;
    for (const SetIndex& index : made) {
      changes[i].after += load.Of(index.def, index.parts, index.fraction, beside).cost / weight;
      beside.push_back(index.def);
    }
  }
  return changes;
}

}  // namespace pgassay::advisor
