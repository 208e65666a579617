#include "advice/ddl.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "advice/ddl_steps.h"
#include "advice/partition_ddl.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"

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
  for (const int number : def.include) {
    const Column* const column = FindColumn(*relation, number);
    absl::StrAppend(&columns, "_", column ? column->name : "expr");
  }
  for (int number = 0;; ++number) {
    const std::string suffix = number == 0 ? "_idx" : absl::StrCat("_idx", number);
    const QualifiedName name{relation->name.schema, Assemble(relation->name.name, columns, suffix)};
    if (!NameExists(snapshot, name) && taken.insert(catalog::QuotedName(name)).second) return name.name;
  }
}

namespace {

IndexDdl BuildDdl(const IndexDef& def, std::string_view name, const Snapshot& snapshot, std::set<std::string>& taken) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  if (relation == nullptr) return {};
  const QualifiedName index{relation->name.schema, std::string(name)};
  if (!catalog::IsParent(snapshot, def.table)) {
    return {.create = {OldTransactions(), NamesAreFree({index}), BuildConcurrently(def, index.name, snapshot),
                       IsValid(index)},
            .undo = DropIndexSteps(index)};
  }
  if (relation->kind == 'p' && !catalog::HasForeignPartition(snapshot, def.table)) {
    return PartitionedIndexDdl(def, index, snapshot, taken);
  }
  return MemberIndexDdl(def, index, snapshot, taken);
}

}  // namespace

IndexDdl MakeIndexDdl(const IndexDef& def, std::string_view name, const Snapshot& snapshot,
                      std::set<std::string>& taken) {
  IndexDdl ddl = BuildDdl(def, name, snapshot, taken);
  const bool on_expression = std::ranges::find(def.keys, 0, &IndexKey::column) != def.keys.end();
  if (on_expression && !ddl.create.empty()) ddl.create.push_back(GatherStatistics(def, snapshot));
  return ddl;
}

IndexDdl DropExistingDdl(const Index& index, const Snapshot& snapshot) {
  IndexDdl ddl;
  ddl.create.push_back(
      {absl::StrCat("SELECT idx_scan, idx_tup_read FROM pg_stat_all_indexes WHERE indexrelid = ",
                    QuoteLiteral(catalog::QuotedName(index.name)), "::regclass"),
       "none",
       "How often it was scanned. Ask again after a while: an index that is in use is not to be dropped unseen."});
  ddl.create.push_back(DropIndexSteps(index.name).front());
  ddl.create.back().sql = absl::StrCat("DROP INDEX CONCURRENTLY ", catalog::QuotedName(index.name));
  std::string sql = index.sql;
  for (const std::string_view create : {"CREATE INDEX ", "CREATE UNIQUE INDEX "}) {
    if (sql.starts_with(create)) sql.insert(create.size(), "CONCURRENTLY ");
  }
  const Relation* const table = snapshot.FindRelation(index.def.table);
  ddl.undo.push_back(
      {std::move(sql),
       absl::StrCat("SHARE UPDATE EXCLUSIVE on ", table == nullptr ? "its table" : catalog::QuotedName(table->name)),
       "Builds it again."});
  return ddl;
}

std::vector<DdlStep> DropIndexSteps(const QualifiedName& name) {
  return {{absl::StrCat("DROP INDEX CONCURRENTLY IF EXISTS ", catalog::QuotedName(name)),
           "SHARE UPDATE EXCLUSIVE on its table", "Blocks neither reads nor writes. Outside a transaction."}};
}

}  // namespace pgassay::advice
