#include "pg/statement_sorter.h"

#include <algorithm>
#include <tuple>

#include "pg/catalog_queries.h"
#include "workload/statement_class.h"

namespace pgassay::pg {
namespace {

using workload::StatementClass;
using workload::StatementUse;

// What contrib/pg_stat_statements shows for statements of others to a role without pg_read_all_stats.
constexpr std::string_view kHiddenText = "<insufficient privilege>";

// Codes of src/advice/reason_codes.h.
constexpr std::string_view kOtherDatabase = "other-database";
constexpr std::string_view kTextLost = "text-lost";
constexpr std::string_view kNoPrivilege = "no-privilege";
constexpr std::string_view kOwnStatement = "own-statement";
constexpr std::string_view kUtilityStatement = "utility-statement";
constexpr std::string_view kSystemCatalog = "system-catalog";

// pg_dump and psql call functions of the system without any relation: SELECT pg_catalog.set_config(...).
bool CallsSystemFunctionFirst(std::string_view text) {
  constexpr std::string_view kCall = "SELECT pg_catalog.";
  return text.starts_with(kCall);
}

}  // namespace

bool StatementSorter::IsSystemRelation(const QualifiedName& name) const {
  if (name.schema == "pg_catalog" || name.schema == "information_schema") return true;
  return name.name.starts_with("pg_") && !user_relations_.contains(name.name);
}

std::pair<std::string_view, std::string> StatementSorter::ReasonAgainst(StatementRow& row) const {
  if (!row.in_database) return {kOtherDatabase, ""};
  if (row.text_bytes > kMaxStatementBytes) return {kTextLost, "longer than 1 MB"};
  std::string& text = row.statement.text;
  if (!row.has_text) return {kTextLost, ""};
  if (text == kHiddenText) return {kNoPrivilege, ""};
  if (text.find(kOwnMarker) != std::string::npos) return {kOwnStatement, ""};
  StatementClass found = workload::ClassifyStatement(text);
  if (found.use == StatementUse::kUtility) {
    return {kUtilityStatement, found.node.empty() ? "unparsable" : std::move(found.node)};
  }
  const bool system =
      found.relations.empty()
          ? CallsSystemFunctionFirst(text)
          : std::ranges::all_of(found.relations, [&](const QualifiedName& name) { return IsSystemRelation(name); });
  if (system) return {kSystemCatalog, ""};
  if (found.use == StatementUse::kWrapper && !with_values_) {
    text = std::move(found.normalized);
    if (text.size() > static_cast<std::size_t>(kMaxStatementBytes)) return {kTextLost, "longer than 1 MB"};
  }
  return {};
}

void StatementSorter::Add(StatementRow row) {
  auto [code, detail] = ReasonAgainst(row);
  if (code.empty()) {
    kept_.push_back(std::move(row.statement));
    return;
  }
  StatementGroup& group = groups_[{std::string(code), detail}];
  group.code = code;
  group.detail = std::move(detail);
  ++group.statements;
  group.calls += row.statement.counters.calls;
  group.total_ms += row.statement.counters.total_ms;
}

void StatementSorter::Finish(Snapshot& snapshot) && {
  std::ranges::sort(kept_, {}, [](const Statement& statement) {
    return std::tuple(-statement.counters.total_ms, std::string_view(statement.user), statement.query_id,
                      statement.top_level, std::string_view(statement.text));
  });
  snapshot.statements = std::move(kept_);
  snapshot.statement_groups.clear();
  for (auto& [key, group] : groups_) snapshot.statement_groups.push_back(std::move(group));
}

}  // namespace pgassay::pg
