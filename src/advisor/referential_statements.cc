// Searches of foreign keys as statements of the workload.

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advice/reason_codes.h"
#include "advice/template_source.h"
#include "advisor/referential.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "candidates/rules.h"
#include "catalog/index_identity.h"
#include "sql/plannable.h"
#include "sql/statement.h"
#include "workload/bindings.h"
#include "workload/template_builder.h"

namespace pgassay::advisor {
namespace {

// Keys are unique, so their values differ in nothing that a plan could depend on, but for the order in which they lie.
constexpr std::size_t kSets = 2;

// The columns that a statement searches its only table by, if it does so as PostgreSQL's own searches do: run by a
// trigger, an operator named with its schema, every column compared with one value.
std::optional<ReferentialSearch> SearchOf(const PlannedStatement& statement, const Template& of) {
  if (of.top_level || statement.requests.size() != 1 || !absl::StrContains(of.sql, "OPERATOR(")) return std::nullopt;
  const catalog::IndexRequest& request = statement.requests.front();
  ReferentialSearch search{.child = request.table, .columns = {}, .command = 's'};
  for (const catalog::RequestClause& clause : request.clauses) {
    if (clause.kind != catalog::ClauseKind::kEquality || clause.column <= 0) return std::nullopt;
    search.columns.insert(clause.column);
  }
  if (statement.targets.empty()) return request.row_mark ? std::optional(search) : std::nullopt;
  const catalog::WriteTarget& target = statement.targets.front();
  if (statement.targets.size() != 1 || target.table != search.child) return std::nullopt;
  search.command = target.command;
  return search.command == 'd' || search.command == 'u' ? std::optional(search) : std::nullopt;
}

// Of the foreign keys of the snapshot.
std::set<std::pair<Oid, std::set<int>>> KeyColumns(const Snapshot& snapshot) {
  std::set<std::pair<Oid, std::set<int>>> columns;
  for (const Constraint& constraint : snapshot.constraints) {
    if (constraint.kind == 'f') {
      columns.insert({constraint.table, {constraint.columns.begin(), constraint.columns.end()}});
    }
  }
  return columns;
}

std::set<ReferentialSearch> MarkKnown(std::vector<PlannedStatement>& statements, const Workload& workload,
                                      const Snapshot& snapshot) {
  const std::set<std::pair<Oid, std::set<int>>> keys = KeyColumns(snapshot);
  std::set<ReferentialSearch> known;
  for (PlannedStatement& statement : statements) {
    const auto search = SearchOf(statement, workload.templates[statement.template_index]);
    if (!search || !keys.contains({search->child, search->columns})) continue;
    statement.referential = true;
    known.insert(*search);
  }
  return known;
}

std::vector<TableWrites> WritesOf(const std::vector<PlannedStatement>& statements, const Workload& workload) {
  std::vector<TableWrites> writes;
  for (const PlannedStatement& statement : statements) {
    const Template& of = workload.templates[statement.template_index];
    for (const catalog::WriteTarget& target : statement.targets) {
      if (target.command == 'i') continue;
      const double rows = WrittenRows(statement, of, target);
      const auto same = std::ranges::find_if(writes, [&target](const TableWrites& known) {
        return known.table == target.table && known.command == target.command && known.columns == target.columns;
      });
      if (same != writes.end()) {
        same->rows += rows;
      } else {
        writes.push_back({target.table, target.command, target.columns, rows});
      }
    }
  }
  return writes;
}

absl::StatusOr<Template> TemplateOf(const ReferentialQuery& query, const Snapshot& snapshot) {
  PGASSAY_ASSIGN_OR_RETURN(const sql::StatementFacts facts, sql::Examine(query.sql));
  std::vector<std::string> names;
  for (const std::string& name : query.foreign_keys) names.push_back(QuoteIdentifier(name));
  Template made{.fingerprint = facts.fingerprint,
                .fingerprint_version = sql::GrammarVersion(),
                .sql = facts.normalized,
                .database = snapshot.database,
                .top_level = false,
                .search_path = query.search_path,
                .source = absl::StrCat(ToAbsl(advice::kForeignKeySource), Printable(absl::StrJoin(names, ", "))),
                .relations = {catalog::QuotedName(snapshot.FindRelation(query.child)->name)},
                .weight = query.weight};
  made.id = workload::TemplateId(made);
  return made;
}

// Gives the template values of the parent's key.
absl::Status Bind(const ReferentialQuery& query, absl::StatusOr<catalog::Parameters> parameters,
                  const Snapshot& snapshot, Template& of) {
  PGASSAY_RETURN_IF_ERROR(parameters.status());
  for (catalog::Parameter& parameter : *parameters) {
    const auto n = static_cast<std::size_t>(parameter.number);
    if (n == 0 || n > query.parents.size()) continue;
    const auto& [table, column] = query.parents[n - 1];
    parameter.uses.insert(parameter.uses.begin(),
                          {.kind = catalog::ParameterUseKind::kEquality, .table = table, .column = column, .op = "="});
  }
  const workload::ValueOptions options{.sets = kSets};
  for (const workload::ValueSet& values : workload::ChooseValues(*parameters, {}, snapshot, options)) {
    PGASSAY_ASSIGN_OR_RETURN(std::string text, sql::Substitute(query.sql, values.literals));
    of.bindings.push_back(
        {.sql = std::move(text), .weight = query.weight * values.share, .source = "statistics", .note = values.note});
  }
  return absl::OkStatus();
}

void Skip(const Template& of, const absl::Status& status, const twin::MissingObjects& missing, Workload& workload) {
  workload.skipped.push_back({.fingerprint = of.fingerprint,
                              .source = of.source,
                              .code = ReasonCode(status, of, missing, reason::kCannotBePlanned),
                              .reason = ReasonText(status, of, missing),
                              .weight = of.weight});
}

}  // namespace

absl::Status AddReferential(Workload& workload, std::vector<PlannedStatement>& statements, const Snapshot& snapshot,
                            twin::Twin& twin) {
  const std::set<ReferentialSearch> known = MarkKnown(statements, workload, snapshot);
  const std::vector<ReferentialQuery> queries = ReferentialQueries(WritesOf(statements, workload), known, snapshot);
  if (queries.empty()) return absl::OkStatus();
  std::vector<Template> templates;
  std::vector<twin::PlannedText> texts;
  for (const ReferentialQuery& query : queries) {
    PGASSAY_ASSIGN_OR_RETURN(Template made, TemplateOf(query, snapshot));  // our own text
    texts.push_back({.sql = query.sql, .user = made.user, .search_path = made.search_path});
    templates.push_back(std::move(made));
  }
  PGASSAY_ASSIGN_OR_RETURN(auto parameters, twin.Parameters(texts));
  const std::size_t first = workload.templates.size();
  for (std::size_t i = 0; i < queries.size(); ++i) {
    const absl::Status bound = Bind(queries[i], std::move(parameters[i]), snapshot, templates[i]);
    if (bound.ok()) {
      workload.templates.push_back(std::move(templates[i]));
    } else {
      Skip(templates[i], bound, twin.missing(), workload);
    }
  }
  const std::size_t planned = statements.size();
  PGASSAY_RETURN_IF_ERROR(PrepareTemplates(workload, first, twin, statements));
  for (std::size_t i = planned; i < statements.size(); ++i) statements[i].referential = true;
  return absl::OkStatus();
}

std::string DescribeReferential(const catalog::Candidate& candidate, const Workload& workload,
                                const std::vector<PlannedStatement>& statements) {
  std::set<std::string> names;
  bool any = false;
  for (const PlannedStatement& statement : statements) {
    if (!std::ranges::binary_search(candidate.origins, catalog::Origin{candidates::kForeignKeyRule, statement.id}))
      continue;
    any = true;
    const std::string& source = workload.templates[statement.template_index].source;
    if (source.starts_with(advice::kForeignKeySource)) names.insert(source.substr(advice::kForeignKeySource.size()));
  }
  if (!any) return "";
  return absl::StrCat("PostgreSQL searches by it for each row that is deleted from the parent of ",
                      names.empty() ? "a foreign key" : absl::StrCat("foreign key ", absl::StrJoin(names, ", ")),
                      ", or changes its key there.");
}

}  // namespace pgassay::advisor
