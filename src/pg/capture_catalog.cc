#include "pg/capture_catalog.h"

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pg/result_row.h"

namespace pgassay::pg {
namespace {

// Position of each element by its OID.
template <typename T>
std::unordered_map<Oid, std::size_t> PositionsByOid(const std::vector<T>& elements) {
  std::unordered_map<Oid, std::size_t> positions;
  for (std::size_t i = 0; i < elements.size(); ++i) positions.emplace(elements[i].oid, i);
  return positions;
}

absl::Status ReadColumns(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.columns));
  const auto relations = PositionsByOid(snapshot.relations);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    const auto relation = relations.find(row.ReadOid());
    if (relation == relations.end()) continue;
    Column column;
    column.number = row.Int();
    column.name = row.Text();
    column.type = row.Text();
    column.type_oid = row.ReadOid();
    column.type_length = row.Int();
    column.type_align = row.Character();
    column.not_null = row.Boolean();
    column.statistics_target = row.OptionalInt();
    snapshot.relations[relation->second].columns.push_back(std::move(column));
  }
  return absl::OkStatus();
}

absl::Status ReadIndexes(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.indexes));
  const auto relations = PositionsByOid(snapshot.relations);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    Index index;
    index.oid = row.ReadOid();
    index.name.schema = row.Text();
    index.name.name = row.Text();
    index.def.table = row.ReadOid();
    index.def.method = row.Text();
    index.def.include = row.Integers();
    index.def.predicate = row.Text();
    index.def.unique = row.Boolean();
    index.primary = row.Boolean();
    index.exclusion = row.Boolean();
    index.valid = row.Boolean();
    index.ready = row.Boolean();
    index.replica_identity = row.Boolean();
    index.clustered = row.Boolean();
    index.backs_constraint = row.Boolean();
    index.pages = row.Integer();
    index.statistics_pages = row.Int();
    index.statistics_tuples = row.Number();
    index.sql = row.Text();
    index.scans = row.Integer();
    index.tuples_read = row.Integer();
    index.tuples_fetched = row.Integer();
    index.def.pages_per_range = row.Int();
    const auto relation = relations.find(index.def.table);
    if (relation == relations.end()) continue;
    snapshot.relations[relation->second].counters.index_scans += index.scans;
    snapshot.indexes.push_back(std::move(index));
  }
  return absl::OkStatus();
}

std::string ColumnName(const Snapshot& snapshot, const std::unordered_map<Oid, std::size_t>& relations, Oid table,
                       int number) {
  const auto relation = relations.find(table);
  if (relation == relations.end()) return "";
  for (const Column& column : snapshot.relations[relation->second].columns) {
    if (column.number == number) return column.name;
  }
  return "";
}

absl::Status ReadIndexKeys(const CatalogQueries& queries, Session& session, Snapshot& snapshot,
                           CatalogDetails& details) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.index_keys));
  const auto relations = PositionsByOid(snapshot.relations);
  const auto indexes = PositionsByOid(snapshot.indexes);
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    const auto found = indexes.find(row.ReadOid());
    if (found == indexes.end()) continue;
    Index& index = snapshot.indexes[found->second];
    IndexKey key;
    KeySql sql;
    key.column = row.Int();
    key.expression = row.Text();
    const bool has_opclass = row.Boolean();
    const std::string opclass = row.Text();
    if (has_opclass) key.opclass = opclass;
    const bool has_collation = row.Boolean();
    const std::string collation = row.Text();
    if (has_collation) key.collation = collation;
    const std::string qualified_collation = row.Text();
    key.descending = row.Boolean();
    key.nulls_first = row.Boolean();
    const std::string less = row.Text();
    const std::string greater = row.Text();

    sql.expression = key.column != 0 ? Quoted(ColumnName(snapshot, relations, index.def.table, key.column))
                                     : absl::StrCat("(", key.expression, ")");
    if (!qualified_collation.empty()) sql.collation = absl::StrCat(" COLLATE ", qualified_collation);
    if (has_opclass) {
      sql.less = absl::StrCat(" USING ", less);
      sql.greater = absl::StrCat(" USING ", greater);
    }
    sql.descending = key.descending;
    sql.nulls_first = key.nulls_first;
    details.keys[index.oid].push_back(std::move(sql));
    index.def.keys.push_back(std::move(key));
  }
  return absl::OkStatus();
}

absl::Status ReadConstraints(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.constraints));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    Constraint constraint;
    constraint.oid = row.ReadOid();
    constraint.table = row.ReadOid();
    constraint.name = row.Text();
    constraint.kind = row.Character();
    constraint.columns = row.Integers();
    constraint.foreign_table = row.ReadOid();
    constraint.foreign_columns = row.Integers();
    constraint.index = row.ReadOid();
    constraint.sql = row.Text();
    // A foreign key names the index of the other table, which does not enforce it.
    if (constraint.kind == 'f') constraint.index = {};
    snapshot.constraints.push_back(std::move(constraint));
  }
  return absl::OkStatus();
}

// Applications keep secrets in settings of their own (ALTER DATABASE ... SET app.jwt_secret = ...).
bool MayHoldSecret(std::string_view setting) {
  if (setting.find('.') == std::string_view::npos) return false;
  std::string lower(setting);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return std::ranges::any_of(
      std::initializer_list<std::string_view>{"secret", "password", "passwd", "token", "key", "credential"},
      [&](std::string_view word) { return lower.find(word) != std::string::npos; });
}

absl::Status ReadRoleSettings(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.role_settings));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    RoleSetting setting;
    setting.role = row.Text();
    setting.database = row.Text();
    setting.name = row.Text();
    setting.value = row.Text();
    if (MayHoldSecret(setting.name)) {
      snapshot.gaps.push_back({absl::StrCat("setting ", setting.name), "left out, because its value may be a secret"});
      continue;
    }
    snapshot.role_settings.push_back(std::move(setting));
  }
  std::ranges::sort(snapshot.role_settings, {},
                    [](const RoleSetting& s) { return std::tie(s.database, s.role, s.name); });
  return absl::OkStatus();
}

absl::Status ReadExtensions(const CatalogQueries& queries, Session& session, Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.extensions));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    Extension extension;
    extension.name = row.Text();
    extension.version = row.Text();
    extension.schema = row.Text();
    snapshot.extensions.push_back(std::move(extension));
  }
  return absl::OkStatus();
}

}  // namespace

std::string Quoted(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

std::string Quoted(const QualifiedName& name) {
  return absl::StrCat(Quoted(name.schema), ".", Quoted(name.name));
}

std::string NameForMessage(const QualifiedName& name) {
  return Printable(absl::StrCat(QuoteIdentifier(name.schema), ".", QuoteIdentifier(name.name)));
}

std::vector<Setting> ReadSettings(const Result& rows) {
  std::vector<Setting> settings;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    Setting setting;
    setting.name = row.Text();
    setting.value = row.Text();
    setting.source = row.Text();
    settings.push_back(std::move(setting));
  }
  std::ranges::sort(settings, {}, &Setting::name);
  return settings;
}

absl::Status ReadIdentity(const CatalogQueries& queries, Session& session, Snapshot& snapshot,
                          CatalogDetails& details) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.identity));
  if (rows.empty()) return absl::FailedPreconditionError("the current database is not in pg_database; capture again");
  ResultRow row(rows, 0);
  snapshot.database_oid = row.ReadOid();
  snapshot.database = row.Text();
  snapshot.standby = row.Boolean();
  snapshot.captured_at = row.Text();
  snapshot.server_version_text = row.Text();
  snapshot.user = row.Text();
  snapshot.encoding = row.Text();
  snapshot.locale_provider = row.Text();
  snapshot.collate = row.Text();
  snapshot.ctype = row.Text();
  snapshot.icu_locale = row.Text();
  snapshot.database_bytes = row.Integer();
  snapshot.statistics_reset = row.Optional();
  const bool control_readable = row.Boolean();
  details.statistics_readable = row.Boolean();
  details.extended_readable = row.Boolean();
  details.superuser = row.Boolean();
  const std::int64_t block_size = row.Integer();
  snapshot.statement_source.database_active_ms = row.Amount();
  if (block_size != kPageBytes) {
    return absl::FailedPreconditionError(
        absl::StrCat("the server was built with pages of ", block_size, " bytes; only ", kPageBytes, " is supported"));
  }
  if (control_readable) {
    PGASSAY_ASSIGN_OR_RETURN(const Result control, session.Query(queries.system_identifier));
    if (!control.empty()) snapshot.system_identifier = control.Text(0, 0);
  }
  return absl::OkStatus();
}

absl::Status ReadRelations(const CatalogQueries& queries, Session& session, Snapshot& snapshot,
                           CatalogDetails& details) {
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.relations));
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    Relation relation;
    relation.oid = row.ReadOid();
    relation.name.schema = row.Text();
    relation.name.name = row.Text();
    relation.kind = row.Character();
    relation.persistence = row.Character();
    relation.pages = row.Integer();
    relation.statistics_pages = row.Int();
    relation.statistics_tuples = row.Number();
    relation.all_visible_pages = row.Int();
    relation.parent = row.ReadOid();
    relation.row_security = row.Boolean();
    relation.owner = row.Text();
    relation.readable = row.Boolean();
    relation.fillfactor = row.OptionalInt();
    if (row.Boolean()) details.row_security_active.insert(relation.oid);
    TableCounters& counters = relation.counters;
    counters.seq_scans = row.Integer();
    counters.seq_tuples_read = row.Integer();
    counters.tuples_inserted = row.Integer();
    counters.tuples_updated = row.Integer();
    counters.tuples_hot_updated = row.Integer();
    counters.tuples_deleted = row.Integer();
    counters.live_tuples = row.Integer();
    counters.dead_tuples = row.Integer();
    counters.modified_since_analyze = row.Integer();
    counters.last_analyze = row.Optional();
    snapshot.relations.push_back(std::move(relation));
  }
  return absl::OkStatus();
}

absl::Status ReadCatalog(const CatalogQueries& queries, Session& session, Snapshot& snapshot, CatalogDetails& details) {
  PGASSAY_RETURN_IF_ERROR(ReadColumns(queries, session, snapshot));
  PGASSAY_RETURN_IF_ERROR(ReadIndexes(queries, session, snapshot));
  PGASSAY_RETURN_IF_ERROR(ReadIndexKeys(queries, session, snapshot, details));
  PGASSAY_RETURN_IF_ERROR(ReadConstraints(queries, session, snapshot));
  PGASSAY_RETURN_IF_ERROR(ReadRoleSettings(queries, session, snapshot));
  PGASSAY_RETURN_IF_ERROR(ReadExtensions(queries, session, snapshot));
  if (details.superuser) {
    PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(queries.foreign_code));
    for (std::size_t i = 0; i < rows.rows(); ++i) details.foreign_code.insert(ResultRow(rows, i).ReadOid());
  }
  return absl::OkStatus();
}

}  // namespace pgassay::pg
