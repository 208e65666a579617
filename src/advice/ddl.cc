#include "advice/ddl.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/index_sql.h"

namespace pgassay::advice {
namespace {

constexpr std::size_t kMaxNameBytes = 63;  // NAMEDATALEN - 1

// The first `bytes` of `text`, never half a UTF-8 character.
std::string_view Clip(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string Assemble(std::string_view table, std::string_view columns, std::string_view suffix) {
  // As makeObjectName does (src/backend/commands/indexcmds.c): the longer part is shortened first.
  std::size_t table_bytes = table.size();
  std::size_t column_bytes = columns.size();
  while (table_bytes + 1 + column_bytes + suffix.size() > kMaxNameBytes) {
    if (table_bytes > column_bytes) {
      --table_bytes;
    } else {
      --column_bytes;
    }
  }
  return absl::StrCat(ToAbsl(Clip(table, table_bytes)), "_", ToAbsl(Clip(columns, column_bytes)), ToAbsl(suffix));
}

bool NameExists(const Snapshot& snapshot, const QualifiedName& name) {
  return snapshot.FindRelation(name) != nullptr ||
         std::ranges::any_of(snapshot.indexes, [&](const Index& index) { return index.name == name; });
}

}  // namespace

std::string IndexName(const IndexDef& def, const Snapshot& snapshot, std::set<std::string>& taken) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr) return "new_idx";
  std::string columns;
  for (const IndexKey& key : def.keys) {
    const Column* const column = key.column == 0 ? nullptr : FindColumn(*relation, key.column);
    absl::StrAppend(&columns, columns.empty() ? "" : "_", column ? column->name : "expr");
  }
  for (int number = 0;; ++number) {
    const std::string suffix = number == 0 ? "_idx" : absl::StrCat("_idx", number);
    const QualifiedName name{relation->name.schema, Assemble(relation->name.name, columns, suffix)};
    if (!NameExists(snapshot, name) && taken.insert(catalog::QuotedName(name)).second) return name.name;
  }
}

std::vector<DdlStep> CreateIndexSteps(const IndexDef& def, std::string_view name, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr) return {};
  const std::string index = QuoteLiteral(catalog::QuotedName({relation->name.schema, std::string(name)}));
  return {
      {"SELECT pid, state, xact_start, left(query, 60) AS query FROM pg_stat_activity WHERE backend_xmin IS NOT NULL "
       "AND "
       "xact_start < now() - interval '1 minute' AND pid <> pg_backend_pid()",
       "none", "Transactions that the build would have to wait for: expect no rows."},
      {absl::StrCat(
           "SELECT indexrelid::regclass AS name_is_taken_by, indisvalid FROM pg_index WHERE indexrelid = to_regclass(",
           index, ")"),
       "none", "Expect no rows. An INVALID index of that name is left from a build that failed: run the undo first."},
      {catalog::CreateIndexSql(def, name, true, snapshot),
       absl::StrCat("SHARE UPDATE EXCLUSIVE on ", catalog::QuotedName(relation->name)),
       "Blocks neither reads nor writes. Run it with statement_timeout and lock_timeout off: a timeout would leave an "
       "INVALID index."},
      {absl::StrCat("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(", index, ")"), "none",
       "Expect one row, true. Otherwise the build failed: run the undo and build again."},
  };
}

std::vector<DdlStep> DropIndexSteps(const QualifiedName& name) {
  return {{absl::StrCat("DROP INDEX CONCURRENTLY IF EXISTS ", catalog::QuotedName(name)),
           "SHARE UPDATE EXCLUSIVE on its table", "Blocks neither reads nor writes. Outside a transaction."}};
}

}  // namespace pgassay::advice
