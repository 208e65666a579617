#include "candidates/existing_indexes.h"

#include <algorithm>

#include "advice/reason_codes.h"
#include "catalog/index_identity.h"

namespace pgassay::candidates {
namespace {

// The columns of a unique key, none if the index is no unique key on plain columns.
std::set<int> UniqueKey(const IndexDef& def) {
  std::set<int> columns;
  if (def.unique) {
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

}  // namespace

ExistingIndexes::ExistingIndexes(const Snapshot& snapshot) {
  for (const Index& index : snapshot.indexes) {
    if (index.valid && index.ready && index.def.predicate.empty() && index.def.method == "btree") {
      by_table_[index.def.table].push_back(&index);
    }
  }
}

Verdict ExistingIndexes::Judge(const IndexDef& def, const std::set<int>& fixed) const {
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
