#include "candidates/existing_indexes.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "advice/reason_codes.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

// Whether a statement of which `implied` is known asks for no row outside of `predicate`: one of the conditions, or
// several of them joined by AND.
bool Implies(const std::set<std::string>& implied, std::string_view predicate) {
  if (predicate.empty() || implied.contains(std::string(predicate))) {
    return true;
  }
  constexpr std::string_view kAnd = " AND ";
  if (!predicate.starts_with("(") || !predicate.ends_with(")")) {
    return false;
  }
  std::string_view left = predicate.substr(1, predicate.size() - 2);
  while (true) {
    // No condition is the beginning of another one followed by AND, unless that one is implied too.
    const auto first = std::ranges::find_if(implied, [&left](const std::string& condition) {
      return !condition.empty() && left.starts_with(condition) &&
             (left.size() == condition.size() || left.substr(condition.size()).starts_with(kAnd));
    });
    if (first == implied.end()) {
      return false;
    }
    if (left.size() == first->size()) {
      return true;
    }
    left.remove_prefix(first->size() + kAnd.size());
  }
}

// Whether the operator class of a B-tree has the type's own equality, as those for patterns do (pg_amop).
bool HasEquality(const std::string& opclass) {
  return opclass.empty() || opclass == "text_pattern_ops" || opclass == "varchar_pattern_ops" ||
         opclass == "bpchar_pattern_ops";
}

// Whether `key` of an existing index finds the rows that `wanted` finds by equality.
bool FindsEqual(const IndexKey& key, const IndexKey& wanted) {
  return key.column == wanted.column && key.expression == wanted.expression && key.collation == wanted.collation &&
         wanted.opclass.empty() && HasEquality(key.opclass);
}

IndexKey Mirrored(IndexKey key) {
  key.descending = !key.descending;
  key.nulls_first = !key.nulls_first;
  return key;
}

// Whether B-tree `index` does for the statement of `searched` what `def` would do.
bool ServesBtree(const IndexDef& index, const IndexDef& def, const Searched& searched) {
  const auto is_equal = [&searched](const IndexKey& key) { return searched.equal.Contains(key); };
  const auto equal_end = std::ranges::find_if_not(def.keys, is_equal);
  const std::span wanted(def.keys.begin(), equal_end);
  const std::span rest(equal_end, def.keys.end());
  // The keys of the index that the statement compares for equality as well.
  const auto leads = [&](const IndexKey& key) {
    return std::ranges::any_of(wanted, [&key](const IndexKey& other) { return FindsEqual(key, other); }) ||
           (searched.one_value.Contains(key) && FindsEqual(key, {.column = key.column, .expression = key.expression}));
  };
  const auto leading_end = std::ranges::find_if_not(index.keys, leads);
  const std::span leading(index.keys.begin(), leading_end);
  const std::span following(leading_end, index.keys.end());
  const bool has_wanted = std::ranges::all_of(wanted, [&leading](const IndexKey& key) {
    return std::ranges::any_of(leading, [&key](const IndexKey& has) { return FindsEqual(has, key); });
  });
  if (!has_wanted || following.size() < rest.size()) {
    return false;
  }
  const std::span next = following.first(rest.size());
  if (!std::ranges::equal(rest, next) && !std::ranges::equal(rest, next, {}, {}, Mirrored)) {
    return false;
  }
  return std::ranges::all_of(def.include, [&index](int column) {
    return std::ranges::find(index.include, column) != index.include.end() ||
           std::ranges::find(index.keys, column, &IndexKey::column) != index.keys.end();
  });
}

bool ServesHash(const IndexDef& index, const IndexDef& def, const Searched& searched) {
  return def.keys.size() == 1 && def.include.empty() && index.keys.size() == 1 &&
         searched.by_value.Contains(def.keys.front()) && index.keys.front().opclass.empty() &&
         FindsEqual(index.keys.front(), def.keys.front());
}

bool Serves(const IndexDef& index, const IndexDef& def, const Searched& searched) {
  if (def.method != "btree" || (index.predicate != def.predicate && !Implies(searched.implied, index.predicate))) {
    return false;
  }
  return index.method == "btree" ? ServesBtree(index, def, searched)
                                 : index.method == "hash" && ServesHash(index, def, searched);
}

// The columns of `part`, a member of `table`, that have the names of `columns`; none if one is missing. Expressions are
// left out.
std::set<int> OnPart(const std::set<int>& columns, Oid table, Oid part, const Snapshot& snapshot) {
  IndexDef def{.table = table};
  for (const int column : columns) {
    if (column > 0) {
      def.keys.push_back({.column = column});
    }
  }
  std::set<int> mapped;
  if (const std::optional<IndexDef> on_part = catalog::DefOn(def, part, snapshot)) {
    std::ranges::transform(on_part->keys, std::inserter(mapped, mapped.end()), &IndexKey::column);
  }
  return mapped;
}

// The columns of a unique key, none if the index is no unique key on plain columns of all wanted rows.
std::set<int> UniqueKey(const IndexDef& def, const Searched& searched) {
  std::set<int> columns;
  if (def.unique && Implies(searched.implied, def.predicate)) {
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

Verdict ExistingIndexes::Judge(const IndexDef& def, const std::set<int>& fixed, const Searched& searched) const {
  const auto members = members_.find(def.table);
  const Relation* const relation = snapshot_.FindRelation(def.table);
  const bool alone = searched.only && relation != nullptr && relation->kind == 'r';
  if (members == members_.end() || alone) {
    return JudgeTable(def, fixed, searched);
  }
  if (relation != nullptr && relation->kind == 'p') {
    if (Verdict verdict = JudgeTable(def, fixed, searched); !verdict.code.empty()) {
      return verdict;
    }
  }
  return JudgeMembers(def, fixed, searched, members->second);
}

Verdict ExistingIndexes::JudgeMembers(const IndexDef& def, const std::set<int>& fixed, const Searched& searched,
                                      std::span<const Oid> members) const {
  Verdict weakest;
  for (const Oid table : members) {
    const std::optional<IndexDef> part = catalog::DefOn(def, table, snapshot_);
    if (!part) {
      return {};
    }
    const auto on_part = [&](const std::set<int>& columns) { return OnPart(columns, def.table, table, snapshot_); };
    const auto keys_on_part = [&](const SearchedKeys& keys) {
      return SearchedKeys{.columns = on_part(keys.columns), .expressions = keys.expressions};  // speak of names
    };
    const Searched part_searched{.equal = keys_on_part(searched.equal),
                                 .one_value = keys_on_part(searched.one_value),
                                 .by_value = keys_on_part(searched.by_value),
                                 .implied = searched.implied};
    const Verdict verdict = JudgeTable(*part, on_part(fixed), part_searched);
    if (verdict.code.empty()) {
      return {};
    }
    if (weakest.code.empty() || Weakness(verdict) > Weakness(weakest)) {
      weakest = verdict;
    }
  }
  return weakest;
}

bool ExistingIndexes::FindsOneRow(Oid table, const std::set<int>& fixed, const Searched& searched) const {
  const Relation* const relation = snapshot_.FindRelation(table);
  const auto found = by_table_.find(table);
  if (relation == nullptr || found == by_table_.end() ||
      (relation->kind != 'p' && members_.contains(table) && !searched.only)) {
    return false;
  }
  return std::ranges::any_of(found->second, [&](const Index* index) {
    const std::set<int> key = UniqueKey(index->def, searched);
    return !key.empty() && std::ranges::includes(fixed, key);
  });
}

Verdict ExistingIndexes::JudgeTable(const IndexDef& def, const std::set<int>& fixed, const Searched& searched) const {
  const auto found = by_table_.find(def.table);
  if (found == by_table_.end()) {
    return {};
  }
  const std::vector<const Index*>& indexes = found->second;
  for (const Index* index : indexes) {
    // Candidates are proposed with the default range of blocks; a BRIN index of another one is there for the same work.
    IndexDef wanted = def;
    wanted.pages_per_range = index->def.pages_per_range;
    if (catalog::SameWork(index->def, wanted)) {
      return {.code = reason::kExists, .by = index};
    }
  }
  for (const Index* index : indexes) {
    if (catalog::Covers(index->def, def)) {
      return {.code = reason::kCoveredByExisting, .by = index};
    }
  }
  for (const Index* index : indexes) {
    if (Serves(index->def, def, searched)) {
      return {.code = reason::kCoveredByExisting, .by = index, .for_statement = true};
    }
  }
  if (!def.include.empty() || def.method != "btree" || !def.predicate.empty()) {
    return {};
  }
  for (const Index* index : indexes) {
    const std::set<int> key = UniqueKey(index->def, searched);
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
