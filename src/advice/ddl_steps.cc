#include "advice/ddl_steps.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "catalog/index_sql.h"

namespace pgassay::advice {
namespace {

std::string ToRegclass(const QualifiedName& name) {
  return absl::StrCat("to_regclass(", QuoteLiteral(catalog::QuotedName(name)), ")");
}

// "= to_regclass('a')" or "IN (to_regclass('a'), to_regclass('b'))".
std::string OneOf(const std::vector<QualifiedName>& names) {
  if (names.size() == 1) return absl::StrCat("= ", ToRegclass(names.front()));
  std::string list;
  for (const QualifiedName& name : names) absl::StrAppend(&list, list.empty() ? "" : ", ", ToRegclass(name));
  return absl::StrCat("IN (", list, ")");
}

}  // namespace

DdlStep OldTransactions() {
  return {
      "SELECT pid, state, xact_start, left(query, 60) AS query FROM pg_stat_activity WHERE backend_xmin IS NOT NULL "
      "AND "
      "xact_start < now() - interval '1 minute' AND pid <> pg_backend_pid()",
      "none", "Transactions that the build would have to wait for: expect no rows."};
}

DdlStep NamesAreFree(const std::vector<QualifiedName>& names) {
  return {absl::StrCat("SELECT indexrelid::regclass AS name_is_taken_by, indisvalid FROM pg_index WHERE indexrelid ",
                       OneOf(names)),
          "none",
          "Expect no rows. An INVALID index of that name is left from a build that failed: run the undo first."};
}

DdlStep BuildConcurrently(const IndexDef& def, std::string_view name, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  return {catalog::CreateIndexSql(def, name, true, snapshot),
          absl::StrCat("SHARE UPDATE EXCLUSIVE on ", relation == nullptr ? "" : catalog::QuotedName(relation->name)),
          "Blocks neither reads nor writes. Run it with statement_timeout and lock_timeout off: a timeout would leave "
          "an INVALID index."};
}

DdlStep GatherStatistics(const IndexDef& def, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  const std::string table = relation == nullptr ? "" : catalog::QuotedName(relation->name);
  return {absl::StrCat("ANALYZE ", table), absl::StrCat("SHARE UPDATE EXCLUSIVE on ", table),
          "Gathers the statistics of the expression; until then the planner guesses how many rows it finds."};
}

DdlStep IsValid(const QualifiedName& index) {
  return {absl::StrCat("SELECT indisvalid FROM pg_index WHERE indexrelid ", OneOf({index})), "none",
          "Expect one row, true. Otherwise the build failed: run the undo and build again."};
}

DdlStep AreAllValid(const std::vector<QualifiedName>& indexes) {
  if (indexes.size() == 1) return IsValid(indexes.front());
  return {absl::StrCat("SELECT count(*) = ", indexes.size(),
                       " AS all_are_valid FROM pg_index WHERE indisvalid AND indexrelid ", OneOf(indexes)),
          "none", "Expect true. Otherwise a build failed: run the undo and build again."};
}

}  // namespace pgassay::advice
