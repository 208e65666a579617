#include "catalog/index_sql.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::catalog {
namespace {

// Empty when the column is not there.
std::string KeyText(const IndexKey& key, const Relation& relation) {
  const Column* const column = key.column == 0 ? nullptr : FindColumn(relation, key.column);
  if (key.column != 0 && column == nullptr) return "";
  std::string text = column ? QuoteIdentifier(column->name) : key.expression;
  if (!key.collation.empty()) absl::StrAppend(&text, " COLLATE ", key.collation);
  if (!key.opclass.empty()) absl::StrAppend(&text, " ", key.opclass);
  if (key.descending) absl::StrAppend(&text, " DESC");
  if (key.nulls_first != key.descending) absl::StrAppend(&text, key.nulls_first ? " NULLS FIRST" : " NULLS LAST");
  return text;
}

enum class Build { kPlain, kConcurrently, kOnly };

// Empty when the table or a column is not there.
std::string Statement(const IndexDef& def, std::string_view name, Build build, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr) return "";
  std::string keys;
  for (const IndexKey& key : def.keys) {
    const std::string text = KeyText(key, *relation);
    if (text.empty()) return "";
    absl::StrAppend(&keys, keys.empty() ? "" : ", ", text);
  }
  std::string include;
  for (const int number : def.include) {
    const Column* const column = FindColumn(*relation, number);
    if (column == nullptr) return "";
    absl::StrAppend(&include, include.empty() ? "" : ", ", QuoteIdentifier(column->name));
  }
  std::string sql = absl::StrCat("CREATE ", def.unique ? "UNIQUE " : "", "INDEX ",
                                 build == Build::kConcurrently ? "CONCURRENTLY " : "", QuoteIdentifier(name), " ON ",
                                 build == Build::kOnly ? "ONLY " : "", QuotedName(relation->name));
  if (def.method != "btree") absl::StrAppend(&sql, " USING ", QuoteIdentifier(def.method));
  absl::StrAppend(&sql, " (", keys, ")");
  if (!include.empty()) absl::StrAppend(&sql, " INCLUDE (", include, ")");
  if (def.pages_per_range != 0) absl::StrAppend(&sql, " WITH (pages_per_range = ", def.pages_per_range, ")");
  if (!def.predicate.empty()) absl::StrAppend(&sql, " WHERE ", def.predicate);
  return sql;
}

}  // namespace

std::string CreateIndexSql(const IndexDef& def, std::string_view name, bool concurrently, const Snapshot& snapshot) {
  return Statement(def, name, concurrently ? Build::kConcurrently : Build::kPlain, snapshot);
}

std::string CreateIndexOnlySql(const IndexDef& def, std::string_view name, const Snapshot& snapshot) {
  return Statement(def, name, Build::kOnly, snapshot);
}

}  // namespace pgassay::catalog
