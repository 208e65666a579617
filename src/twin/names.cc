#include "twin/names.h"

#include "base/status_macros.h"

namespace pgassay::twin {
namespace {

// Every user relation with its columns, one row a column; index columns need no names, their numbers are the same.
constexpr std::string_view kRelations = R"(
  SELECT c.oid, n.nspname, c.relname, c.relkind
  FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I') AND n.nspname <> 'pg_catalog' AND n.nspname <> 'pg_toast'
)";
constexpr std::string_view kColumns = R"(
  SELECT a.attrelid, a.attnum, a.attname
  FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
  WHERE c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND c.oid >= 16384
)";

}  // namespace

absl::StatusOr<Names> Names::Read(const Snapshot& snapshot, pg::Session& session) {
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result relations, session.Query(kRelations));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result columns, session.Query(kColumns));

  std::map<QualifiedName, TwinOid> tables;
  std::map<QualifiedName, TwinOid> indexes;
  for (std::size_t row = 0; row < relations.rows(); ++row) {
    const std::string& kind = relations.Text(row, 3);
    auto& target = kind == "i" || kind == "I" ? indexes : tables;
    target[{relations.Text(row, 1), relations.Text(row, 2)}] =
        TwinOid{static_cast<std::uint32_t>(relations.Integer(row, 0))};
  }
  std::map<TwinOid, std::map<std::string, int>> numbers;
  for (std::size_t row = 0; row < columns.rows(); ++row) {
    numbers[TwinOid{static_cast<std::uint32_t>(columns.Integer(row, 0))}][columns.Text(row, 2)] =
        static_cast<int>(columns.Integer(row, 1));
  }

  Names names;
  const auto add = [&names](Oid source, TwinOid twin) {
    names.to_twin_[source] = twin;
    names.to_source_[twin] = source;
  };
  for (const Relation& relation : snapshot.relations) {
    const auto found = tables.find(relation.name);
    if (found == tables.end()) continue;
    add(relation.oid, found->second);
    for (const Column& column : relation.columns) {
      const auto number = numbers[found->second].find(column.name);
      if (number != numbers[found->second].end())
        names.columns_[relation.oid].emplace_back(column.number, number->second);
    }
  }
  for (const Index& index : snapshot.indexes) {
    if (const auto found = indexes.find(index.name); found != indexes.end()) add(index.oid, found->second);
  }
  return names;
}

TwinOid Names::ToTwin(Oid source) const {
  const auto found = to_twin_.find(source);
  return found == to_twin_.end() ? TwinOid{} : found->second;
}

Oid Names::ToSource(TwinOid twin) const {
  const auto found = to_source_.find(twin);
  return found == to_source_.end() ? Oid{} : found->second;
}

int Names::ColumnToTwin(Oid relation, int column) const {
  const auto found = columns_.find(relation);
  if (found == columns_.end()) return 0;
  for (const auto& [source, twin] : found->second) {
    if (source == column) return twin;
  }
  return 0;
}

int Names::ColumnToSource(Oid relation, int column) const {
  const auto found = columns_.find(relation);
  if (found == columns_.end()) return 0;
  for (const auto& [source, twin] : found->second) {
    if (twin == column) return source;
  }
  return 0;
}

}  // namespace pgassay::twin
