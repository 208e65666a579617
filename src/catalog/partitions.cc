#include "catalog/partitions.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "catalog/index_identity.h"

namespace pgassay::catalog {
namespace {

// `table` and everything below it. A damaged snapshot may hold circles, so each table is visited once.
std::set<Oid> Descendants(const Snapshot& snapshot, Oid table) {
  std::multimap<Oid, Oid> children;
  for (const Relation& relation : snapshot.relations) {
    if (relation.parent.value != 0) children.emplace(relation.parent, relation.oid);
  }
  std::set<Oid> seen = {table};
  std::vector<Oid> open = {table};
  while (!open.empty()) {
    const auto [begin, end] = children.equal_range(open.back());
    open.pop_back();
    for (auto child = begin; child != end; ++child) {
      if (seen.insert(child->second).second) open.push_back(child->second);
    }
  }
  return seen;
}

// Whether rows of `relation` can be indexed for a query on `root`.
bool HoldsRows(const Relation& relation, Oid root) {
  if (relation.kind != 'r' && relation.kind != 'm') return false;
  return relation.persistence != 't' || relation.oid == root;  // temporary children are gone with their session
}

int NumberByName(const Relation& table, std::string_view name) {
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  return found == table.columns.end() ? 0 : found->number;
}

}  // namespace

bool IsParent(const Snapshot& snapshot, Oid table) {
  const Relation* const relation = snapshot.FindRelation(table);
  return relation != nullptr &&
         (relation->kind == 'p' ||
          std::ranges::find(snapshot.relations, table, &Relation::parent) != snapshot.relations.end());
}

std::vector<Oid> ChildrenOf(const Snapshot& snapshot, Oid table) {
  std::vector<Oid> children;
  for (const Relation& relation : snapshot.relations) {
    if (relation.parent == table && table.value != 0) children.push_back(relation.oid);
  }
  return children;
}

std::vector<Oid> IndexedTables(const Snapshot& snapshot, Oid table) {
  std::vector<Oid> tables;
  for (const Oid oid : Descendants(snapshot, table)) {
    const Relation* const relation = snapshot.FindRelation(oid);
    if (relation != nullptr && HoldsRows(*relation, table)) tables.push_back(oid);
  }
  return tables;
}

bool HasForeignPartition(const Snapshot& snapshot, Oid table) {
  return std::ranges::any_of(Descendants(snapshot, table), [&](Oid oid) {
    const Relation* const relation = snapshot.FindRelation(oid);
    return relation != nullptr && relation->kind == 'f';
  });
}

std::optional<IndexDef> DefOn(const IndexDef& def, Oid table, const Snapshot& snapshot) {
  if (def.table == table) return def;
  const Relation* const from = snapshot.FindRelation(def.table);
  const Relation* const to = snapshot.FindRelation(table);
  if (from == nullptr || to == nullptr) return std::nullopt;
  const auto translate = [&](int& number) {
    const Column* const column = FindColumn(*from, number);
    number = column == nullptr ? 0 : NumberByName(*to, column->name);
    return number != 0;
  };
  IndexDef mapped = def;
  mapped.table = table;
  for (IndexKey& key : mapped.keys) {
    if (key.column != 0 && !translate(key.column)) return std::nullopt;
  }
  for (int& column : mapped.include) {
    if (!translate(column)) return std::nullopt;
  }
  return mapped;
}

bool CanAttach(const Index& index, const IndexDef& wanted) {
  return !index.exclusion && index.def.unique == wanted.unique && index.def.include == wanted.include &&
         SameWork(index.def, wanted);
}

const Index* FindPart(const Snapshot& snapshot, const IndexDef& wanted, bool attached) {
  const auto found = std::ranges::find_if(snapshot.indexes, [&](const Index& index) {
    if (index.def.table != wanted.table || !index.valid || !index.ready) return false;
    return attached ? CanAttach(index, wanted) : SameWork(index.def, wanted);
  });
  return found == snapshot.indexes.end() ? nullptr : &*found;
}

std::vector<IndexDef> Parts(const IndexDef& def, const Snapshot& snapshot) {
  if (!IsParent(snapshot, def.table)) return {def};
  const Relation* const parent = snapshot.FindRelation(def.table);
  const bool attached = parent->kind == 'p' && !HasForeignPartition(snapshot, def.table);
  std::vector<IndexDef> parts;
  for (const Oid table : IndexedTables(snapshot, def.table)) {
    std::optional<IndexDef> part = DefOn(def, table, snapshot);
    if (part && FindPart(snapshot, *part, attached) == nullptr) parts.push_back(*std::move(part));
  }
  return parts;
}

TableExtent ExtentOf(const Snapshot& snapshot, Oid table) {
  TableExtent extent;
  for (const Oid oid : IndexedTables(snapshot, table)) {
    const Relation& relation = *snapshot.FindRelation(oid);
    const std::int64_t pages = std::max<std::int64_t>(relation.pages, 0);
    extent.pages += pages;
    extent.all_visible_pages += static_cast<double>(std::clamp<std::int64_t>(relation.all_visible_pages, 0, pages));
    extent.tuples += std::max(relation.statistics_tuples, 0.0);
  }
  return extent;
}

const ColumnStatistics* FindTableStatistics(const Snapshot& snapshot, Oid table, int column) {
  const bool inherited = IsParent(snapshot, table);
  const ColumnStatistics* const first = snapshot.FindStatistics(table, column, inherited);
  return first != nullptr ? first : snapshot.FindStatistics(table, column, !inherited);
}

}  // namespace pgassay::catalog
