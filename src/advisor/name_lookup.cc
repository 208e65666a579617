#include "advisor/name_lookup.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "sql/object_name.h"
#include "workload/name_resolver.h"

namespace pgassay::advisor {
namespace {

constexpr std::size_t kMostNamed = 3;      // names that are near to a mistyped one
constexpr std::size_t kLongestName = 256;  // PostgreSQL keeps 63 bytes; comparing takes the product of the lengths

// "; near to it: a, b", or nothing. `known` holds each name beside what is shown for it.
std::string NearNames(std::string_view mistyped, const std::vector<std::pair<std::string, std::string>>& known) {
  if (mistyped.size() > kLongestName) return "";
  std::vector<std::pair<std::size_t, std::string>> near;
  for (const auto& [name, shown] : known) {
    const std::size_t distance = EditDistance(mistyped, name);
    if (distance <= std::max<std::size_t>(1, std::min(mistyped.size(), name.size()) / 3))
      near.emplace_back(distance, Printable(shown));
  }
  std::ranges::sort(near);
  near.erase(std::ranges::unique(near).begin(), near.end());
  if (near.size() > kMostNamed) near.resize(kMostNamed);
  std::string text;
  for (const auto& [distance, shown] : near) absl::StrAppend(&text, text.empty() ? "; near to it: " : ", ", shown);
  return text;
}

std::string Shown(const sql::RelationName& name) {
  return Printable(name.schema.empty() ? QuoteIdentifier(name.name) : catalog::QuotedName({name.schema, name.name}));
}

// The one of `all` that `name` means; `kind` is what they are.
template <typename Named>
absl::StatusOr<const Named*> Find(const sql::RelationName& name, const std::vector<Named>& all, std::string_view kind,
                                  const Snapshot& snapshot) {
  std::vector<const Named*> found;
  for (const Named& of : all) {
    if (of.name.name == name.name && (name.schema.empty() || name.schema == of.name.schema)) found.push_back(&of);
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    std::vector<std::pair<std::string, std::string>> known;
    for (const Named& of : all) known.emplace_back(of.name.name, catalog::QuotedName(of.name));
    return absl::InvalidArgumentError(
        absl::StrCat("there is no ", ToAbsl(kind), " ", Shown(name), " in the capture", NearNames(name.name, known)));
  }
  for (const std::string& schema :
       workload::SearchPath(workload::SearchPathSetting(snapshot, snapshot.user, snapshot.database), snapshot.user)) {
    const auto first = std::ranges::find(found, schema, [](const Named* of) { return of->name.schema; });
    if (first != found.end()) return *first;
  }
  std::vector<std::string> names;
  for (const Named* const of : found) names.push_back(Printable(catalog::QuotedName(of->name)));
  std::ranges::sort(names);
  return absl::InvalidArgumentError(absl::StrCat("several schemas have a ", ToAbsl(kind), " ", Shown(name),
                                                 ": write one of ", absl::StrJoin(names, ", ")));
}

}  // namespace

absl::StatusOr<const Relation*> FindTable(const sql::RelationName& name, const Snapshot& snapshot) {
  return Find(name, snapshot.relations, "table", snapshot);
}

absl::StatusOr<const Column*> FindColumn(std::string_view name, const Relation& table) {
  const auto found = std::ranges::find(table.columns, name, &Column::name);
  if (found != table.columns.end()) return &*found;
  std::vector<std::pair<std::string, std::string>> known;
  for (const Column& column : table.columns) known.emplace_back(column.name, QuoteIdentifier(column.name));
  return absl::InvalidArgumentError(absl::StrCat(Printable(catalog::QuotedName(table.name)), " has no column ",
                                                 Printable(QuoteIdentifier(name)), NearNames(name, known)));
}

absl::StatusOr<const Index*> FindIndex(std::string_view text, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const sql::ObjectName name, sql::ParseObjectName(text));
  if (!name.columns.empty())
    return absl::InvalidArgumentError(absl::StrCat("'", Printable(text), "' is not the name of an index"));
  return Find(name.name, snapshot.indexes, "index", snapshot);
}

}  // namespace pgassay::advisor
