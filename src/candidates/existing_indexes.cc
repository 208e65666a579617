#include "candidates/existing_indexes.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "advice/reason_codes.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

// The columns of a unique key, none if the index is no unique key on plain columns.
std::set<int> UniqueKey(const IndexDef& def) {
  std::set<int> columns;
  if (def.unique && def.predicate.empty()) {
    for (const IndexKey& key : def.keys) {
      if (key.column == 0) {
        return {};
      }
      columns.insert(key.column);
    }
  }
  return columns;
}

bool StartsWithAll(const KeyList& keys, const std::set<int>& columns) {
  if (keys.size() < columns.size()) {
    return false;
  }
  return std::all_of(keys.begin(), keys.begin() + static_cast<std::ptrdiff_t>(columns.size()),
                     [&columns](const IndexKey& key) { return columns.contains(key.column); });
}

// How much a verdict leaves to do: the same index, more than it, only the one row that it would find.
std::size_t Weakness(const Verdict& verdict) {
  constexpr std::string_view order[] = {reason::kExists, reason::kCoveredByExisting, reason::kUniquePrefix};
  return static_cast<std::size_t>(std::ranges::find(order, verdict.code) - std::begin(order));
}

}  // namespace

ExistingIndexes::ExistingIndexes(const Snapshot& snapshot) : snapshot_(snapshot) {
  for (const Index& index : snapshot.indexes) {
    if (index.valid && index.ready) {
      by_table_[index.def.table].push_back(&index);
    }
  }
  std::set<Oid> parents;
  for (const Relation& relation : snapshot.relations) {
    if (relation.kind == 'p') {
      parents.insert(relation.oid);
    }
    if (relation.parent.value != 0) {
      parents.insert(relation.parent);
    }
  }
  for (const Oid parent : parents) {
    members_[parent] = catalog::IndexedTables(snapshot, parent);
  }
}

Verdict ExistingIndexes::Judge(const IndexDef& def, const std::set<int>& fixed) const {
  const auto members = members_.find(def.table);
  if (members == members_.end()) {
    return JudgeTable(def, fixed);
  }
  const Relation* const relation = snapshot_.FindRelation(def.table);
  if (relation != nullptr && relation->kind == 'p') {
    if (Verdict verdict = JudgeTable(def, fixed); !verdict.code.empty()) {
      return verdict;
    }
  }
  return JudgeMembers(def, fixed, members->second);
}

Verdict ExistingIndexes::JudgeMembers(const IndexDef& def, const std::set<int>& fixed,
                                      std::span<const Oid> members) const {
  Verdict weakest;
  for (const Oid table : members) {
    const std::optional<IndexDef> part = catalog::DefOn(def, table, snapshot_);
    if (!part) {
      return {};
    }
    std::set<int> part_fixed;
    for (std::size_t i = 0; i < def.keys.size(); ++i) {
      if (fixed.contains(def.keys[i].column)) {
        part_fixed.insert(part->keys[i].column);
      }
    }
    const Verdict verdict = JudgeTable(*part, part_fixed);
    if (verdict.code.empty()) {
      return {};
    }
    if (weakest.code.empty() || Weakness(verdict) > Weakness(weakest)) {
      weakest = verdict;
    }
  }
  return weakest;
}

bool ExistingIndexes::FindsOneRow(Oid table, const std::set<int>& fixed) const {
  const Relation* const relation = snapshot_.FindRelation(table);
  const auto found = by_table_.find(table);
  if (relation == nullptr || found == by_table_.end() || (relation->kind != 'p' && members_.contains(table))) {
    return false;
  }
  return std::ranges::any_of(found->second, [&fixed](const Index* index) {
    const std::set<int> key = UniqueKey(index->def);
    return !key.empty() && std::ranges::includes(fixed, key);
  });
}

Verdict ExistingIndexes::JudgeTable(const IndexDef& def, const std::set<int>& fixed) const {
  const auto found = by_table_.find(def.table);
  if (found == by_table_.end()) {
    return {};
  }
  const std::vector<const Index*>& indexes = found->second;
  for (const Index* index : indexes) {
    if (catalog::SameWork(index->def, def)) {
      return {.code = reason::kExists, .by = index};
    }
  }
  for (const Index* index : indexes) {
    if (catalog::Covers(index->def, def)) {
      return {.code = reason::kCoveredByExisting, .by = index};
    }
  }
  if (!def.include.empty() || def.method != "btree" || !def.predicate.empty()) {
    return {};
  }
  for (const Index* index : indexes) {
    const std::set<int> key = UniqueKey(index->def);
    if (key.empty()) {
      continue;
    }
    if (std::ranges::includes(fixed, key)) {
      return {.code = reason::kUniquePrefix, .by = index};
    }
    if (def.keys.size() > key.size() && StartsWithAll(def.keys, key)) {
      return {.code = reason::kUniquePrefix, .by = index, .useful_width = key.size()};
    }
  }
  return {};
}

}  // namespace pgassay::candidates
