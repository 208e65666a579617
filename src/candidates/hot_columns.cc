#include "candidates/hot_columns.h"

#include <algorithm>

#include "catalog/index_columns.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

// With fewer updates the counters say nothing about what is usual.
constexpr std::int64_t kMinUpdates = 1000;
// Below this share of heap-only ones among all updates there is nothing to lose.
constexpr double kMinHotShare = 0.05;
// Ancestors that are looked at: more than any schema has, and an end where a damaged snapshot has a circle.
constexpr int kMaxLevels = 100;

// Whether the counters of `table` and the tables below it show that updates are hardly ever heap-only.
bool LosesNothing(const Snapshot& snapshot, Oid table) {
  double updated = 0;
  double hot = 0;
  for (const Oid oid : catalog::IndexedTables(snapshot, table)) {
    const TableCounters& counters = snapshot.FindRelation(oid)->counters;
    updated += static_cast<double>(counters.tuples_updated);
    hot += static_cast<double>(counters.tuples_hot_updated);
  }
  return updated >= static_cast<double>(kMinUpdates) && hot < kMinHotShare * updated;
}

}  // namespace

HotColumns::HotColumns(std::span<const StatementRequests> statements, const Snapshot& snapshot) : snapshot_(snapshot) {
  for (const StatementRequests& statement : statements) {
    for (const catalog::WriteTarget& target : statement.targets) {
      const Relation* const relation = snapshot.FindRelation(target.table);
      for (const int number : target.columns) {
        const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, number);
        if (column != nullptr) {
          written_.emplace(Root(target.table), column->name);
        }
      }
    }
  }
  for (const Index& index : snapshot.indexes) {
    indexes_[index.def.table].push_back(&index);
  }
}

bool HotColumns::Contains(Oid table, int column) const {
  const Relation* const relation = snapshot_.FindRelation(table);
  const Column* const found = relation == nullptr ? nullptr : FindColumn(*relation, column);
  return found != nullptr && written_.contains({Root(table), found->name}) && !IsIndexed(*relation, *found) &&
         !LosesNothing(snapshot_, table);
}

Oid HotColumns::Root(Oid table) const {
  for (int level = 0; level < kMaxLevels; ++level) {
    const Relation* const relation = snapshot_.FindRelation(table);
    if (relation == nullptr || relation->parent.value == 0) {
      break;
    }
    table = relation->parent;
  }
  return table;
}

bool HotColumns::IsIndexed(const Relation& table, const Column& column) const {
  const auto indexes = indexes_.find(table.oid);
  if (indexes == indexes_.end()) {
    return false;
  }
  return std::ranges::any_of(indexes->second, [&](const Index* index) {
    return catalog::EndsHot(index->def, snapshot_.server_version) && catalog::DependsOn(index->def, column);
  });
}

}  // namespace pgassay::candidates
