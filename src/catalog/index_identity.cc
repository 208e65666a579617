#include "catalog/index_identity.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"

namespace pgassay::catalog {
namespace {

constexpr std::string_view kBtree = "btree";

void Mirror(std::vector<IndexKey>& keys) {
  for (IndexKey& key : keys) {
    key.descending = !key.descending;
    key.nulls_first = !key.nulls_first;
  }
}

// Whether an index-only scan of `wide` can return `column`. B-trees store key columns as they are, whatever the
// operator class.
bool Stores(const IndexDef& wide, int column) {
  return std::ranges::find(wide.include, column) != wide.include.end() ||
         std::ranges::find(wide.keys, column, &IndexKey::column) != wide.keys.end();
}

// Whether `wide` forbids all duplicates that `narrow` forbids, when narrow's keys are known to be a prefix of wide's.
bool EnforcesUniquenessOf(const IndexDef& wide, const IndexDef& narrow) {
  return !narrow.unique || (wide.unique && wide.keys.size() == narrow.keys.size());
}

bool IsPrefix(const std::vector<IndexKey>& narrow, const std::vector<IndexKey>& wide) {
  return narrow.size() <= wide.size() && std::equal(narrow.begin(), narrow.end(), wide.begin());
}

std::string ColumnName(int number, const Relation* table) {
  const Column* column = table != nullptr ? FindColumn(*table, number) : nullptr;
  return column != nullptr ? QuoteIdentifier(column->name) : absl::StrCat("#", number);
}

std::string DescribeKey(const IndexKey& key, const Relation* table) {
  std::string text = key.column != 0 ? ColumnName(key.column, table) : key.expression;
  if (!key.collation.empty()) absl::StrAppend(&text, " COLLATE ", key.collation);
  if (!key.opclass.empty()) absl::StrAppend(&text, " ", key.opclass);
  if (key.descending) text += " DESC";
  if (key.nulls_first != key.descending) text += key.nulls_first ? " NULLS FIRST" : " NULLS LAST";
  return text;
}

}  // namespace

IndexDef Canonical(IndexDef def) {
  if (def.method == kBtree && !def.keys.empty() && def.keys[0].descending) Mirror(def.keys);
  return def;
}

bool SameWork(const IndexDef& a, const IndexDef& b) {
  IndexDef first = Canonical(a);
  IndexDef second = Canonical(b);
  for (IndexDef* def : {&first, &second}) {
    def->unique = false;
    std::ranges::sort(def->include);
  }
  return first == second;
}

bool Covers(const IndexDef& wide, const IndexDef& narrow) {
  if (wide.table != narrow.table || wide.method != kBtree || narrow.method != kBtree) return false;
  if (!wide.predicate.empty() && wide.predicate != narrow.predicate) return false;
  if (!EnforcesUniquenessOf(wide, narrow)) return false;
  if (!std::ranges::all_of(narrow.include, [&](int column) { return Stores(wide, column); })) return false;
  std::vector<IndexKey> mirrored = wide.keys;
  Mirror(mirrored);
  return IsPrefix(narrow.keys, wide.keys) || IsPrefix(narrow.keys, mirrored);
}

int FoldedColumn(const IndexKey& key, const Relation& table) {
  if (key.column != 0) return 0;
  for (const Column& column : table.columns) {
    const std::string name = QuoteIdentifier(column.name);
    for (const std::string_view function : {"lower(", "upper("}) {
      if (key.expression == absl::StrCat(absl::string_view(function.data(), function.size()), name, ")") ||
          key.expression == absl::StrCat(absl::string_view(function.data(), function.size()), "(", name, ")::text)")) {
        return column.number;
      }
    }
  }
  return 0;
}

std::string Describe(const IndexDef& def, const Snapshot& snapshot) {
  const Relation* table = snapshot.FindRelation(def.table);
  std::string text = def.unique ? "unique " : "";
  text += table != nullptr ? QuotedName(table->name) : absl::StrCat("#", def.table.value);
  if (def.method != kBtree) absl::StrAppend(&text, " USING ", QuoteIdentifier(def.method));

  std::vector<std::string> parts;
  for (const IndexKey& key : def.keys) parts.push_back(DescribeKey(key, table));
  absl::StrAppend(&text, " (", absl::StrJoin(parts, ", "), ")");
  if (!def.include.empty()) {
    parts.clear();
    for (const int column : def.include) parts.push_back(ColumnName(column, table));
    absl::StrAppend(&text, " INCLUDE (", absl::StrJoin(parts, ", "), ")");
  }
  if (def.pages_per_range != 0) absl::StrAppend(&text, " WITH (pages_per_range = ", def.pages_per_range, ")");
  if (!def.predicate.empty()) absl::StrAppend(&text, " WHERE ", def.predicate);
  return text;
}

std::string QuotedName(const QualifiedName& name) {
  return absl::StrCat(QuoteIdentifier(name.schema), ".", QuoteIdentifier(name.name));
}

}  // namespace pgassay::catalog
