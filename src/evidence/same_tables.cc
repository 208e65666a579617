#include "evidence/same_tables.h"

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::evidence {
namespace {

constexpr std::size_t kShown = 3;

constexpr std::string_view kColumns = R"(/* pgassay */
SELECT n.nspname, c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)
FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped AND n.nspname <> 'pg_catalog'
ORDER BY 1, 2, 3
)";

using Columns = std::map<std::string, std::string>;

}  // namespace

absl::Status CheckSameTables(const Snapshot& snapshot, pg::Session& session) {
  PGASSAY_RETURN_IF_ERROR(session.Execute("BEGIN READ ONLY; SET LOCAL search_path = pg_catalog"));
  PGASSAY_ASSIGN_OR_RETURN(const pg::Result rows, session.Query(kColumns));
  PGASSAY_RETURN_IF_ERROR(session.Execute("ROLLBACK"));
  std::map<QualifiedName, Columns> tables;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    tables[{rows.Text(i, 0), rows.Text(i, 1)}][rows.Text(i, 2)] = rows.Text(i, 3);
  }
  std::vector<std::string> differences;
  for (const Relation& relation : snapshot.relations) {
    if (relation.parent.value != 0 || relation.persistence == 't') continue;
    const std::string name = Printable(catalog::QuotedName(relation.name));
    const auto table = tables.find(relation.name);
    if (table == tables.end()) {
      differences.push_back(absl::StrCat("it has no table ", name));
      continue;
    }
    for (const Column& column : relation.columns) {
      const auto found = table->second.find(column.name);
      if (found == table->second.end()) {
        differences.push_back(absl::StrCat(name, " has no column ", Printable(column.name)));
      } else if (found->second != column.type) {
        differences.push_back(absl::StrCat(name, ".", Printable(column.name), " is of type ", Printable(found->second),
                                           ", not ", Printable(column.type)));
      }
    }
  }
  if (differences.empty()) return absl::OkStatus();
  const std::size_t all = differences.size();
  if (all > kShown) differences.resize(kShown);
  return absl::FailedPreconditionError(absl::StrCat(
      "the database of --analyze is not like the captured one: ", absl::StrJoin(differences, "; "),
      all > kShown ? absl::StrCat("; and ", all - kShown, " more differences") : "", "; capture it again"));
}

}  // namespace pgassay::evidence
