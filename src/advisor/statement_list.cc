#include "advisor/statement_list.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::advisor {
namespace {

// A template's cost while its statements are added up.
struct Sums {
  double weight = 0;
  Cost before = 0;
  Cost after = 0;
  Cost penalty_before = 0;
  Cost penalty_after = 0;
  int planned = 0;
};

}  // namespace

std::string ReasonCode(const absl::Status& status, const Template& of, const twin::MissingObjects& missing,
                       std::string_view otherwise) {
  if (absl::IsDeadlineExceeded(status)) return std::string(reason::kPlanningTimeout);
  if (!missing.Explain(of.relations, status).empty()) return std::string(reason::kNotRestored);
  const std::string state = twin::ServerErrorCode(status);
  // 42P01 undefined table, 3F000 undefined schema.
  if (state == "42P01" || state == "3F000") return std::string(reason::kUnknownRelation);
  return std::string(otherwise);
}

std::string ReasonText(const absl::Status& status, const Template& of, const twin::MissingObjects& missing) {
  std::string text = Printable(FromAbsl(status.message()));
  if (const std::string why = missing.Explain(of.relations, status); !why.empty()) return text + why;
  const std::string state = twin::ServerErrorCode(status);
  if (state == "42P01") {
    absl::StrAppend(&text,
                    "; it may be a temporary table, which no capture has, or lie in a schema that the search "
                    "path of the statement's user does not name");
  } else if (state == "42703" && !of.top_level) {
    absl::StrAppend(&text,
                    "; the statement was run by a function (pg_stat_statements.track = all), so this may be a "
                    "variable of it, whose values are not known");
  } else if (state == "22P02" || state == "22007" || state == "22008") {
    absl::StrAppend(&text,
                    "; the value was made up by pgassay: write the statement with a real one into a file and "
                    "give that with --workload");
  }
  return text;
}

void MergeSkipped(Workload& workload) {
  std::map<std::tuple<std::string, std::string, std::string, std::string>, std::size_t> seen;
  std::vector<Skipped> merged;
  for (Skipped& skipped : workload.skipped) {
    const auto [found, added] =
        seen.try_emplace({skipped.fingerprint, skipped.source, skipped.code, skipped.reason}, merged.size());
    if (added) {
      merged.push_back(std::move(skipped));
    } else {
      merged[found->second].weight += skipped.weight;
      merged[found->second].total_ms += skipped.total_ms;
    }
  }
  workload.skipped = std::move(merged);
}

void SkipBinding(Workload& workload, const PlannedStatement& statement, const absl::Status& status,
                 const twin::MissingObjects& missing) {
  const Template& of = workload.templates[statement.template_index];
  const Binding& binding = of.bindings[statement.binding_index];
  workload.skipped.push_back(
      {.fingerprint = of.fingerprint,
       .source = binding.source == "statistics" ? of.source : binding.source,
       .code = ReasonCode(status, of, missing, reason::kCannotBePlanned),
       .reason = ReasonText(status, of, missing),
       .weight = binding.weight,
       .total_ms = of.observed && of.weight > 0 ? of.observed->total_ms * binding.weight / of.weight : 0});
}

absl::Status PrepareTemplates(Workload& workload, std::size_t first, twin::Twin& twin,
                              std::vector<PlannedStatement>& planned) {
  std::size_t prepared = 0;
  for (std::size_t t = 0; t < first; ++t) prepared += workload.templates[t].bindings.size();
  std::vector<PlannedStatement> statements;
  std::vector<twin::PlannedText> texts;
  for (std::size_t t = first; t < workload.templates.size(); ++t) {
    for (std::size_t b = 0; b < workload.templates[t].bindings.size(); ++b) {
      const Binding& binding = workload.templates[t].bindings[b];
      PlannedStatement statement;
      statement.template_index = t;
      statement.binding_index = b;
      statement.id = StatementId{static_cast<std::uint32_t>(prepared + texts.size())};
      statement.weight = binding.weight;
      statements.push_back(std::move(statement));
      const Template& of = workload.templates[t];
      texts.push_back({.sql = binding.sql, .user = of.user, .search_path = of.search_path});
    }
  }
  PGASSAY_ASSIGN_OR_RETURN(auto answers, twin.Prepare(texts));
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!answers[i].ok()) {
      SkipBinding(workload, statements[i], answers[i].status(), twin.missing());
      continue;
    }
    statements[i].requests = std::move(answers[i]->requests);
    statements[i].targets = std::move(answers[i]->targets);
    planned.push_back(std::move(statements[i]));
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<PlannedStatement>> PrepareWorkload(Workload& workload, twin::Twin& twin) {
  const std::size_t skipped_before = workload.skipped.size();
  std::vector<PlannedStatement> planned;
  PGASSAY_RETURN_IF_ERROR(PrepareTemplates(workload, 0, twin, planned));
  if (!planned.empty()) return planned;
  const std::size_t first = skipped_before < workload.skipped.size() ? skipped_before : 0;
  std::string first_reason;
  if (!workload.skipped.empty()) {
    first_reason = workload.skipped[first].source + ": " + workload.skipped[first].reason;
  }
  return absl::InvalidArgumentError(
      absl::StrCat("none of the ", workload.skipped.size(),
                   " statements of the workload can be planned; the first: ", first_reason));
}

double WrittenRows(const PlannedStatement& statement, const Template& of, const catalog::WriteTarget& target) {
  if (of.observed && of.weight > 0 && of.observed->calls > 0) {
    return static_cast<double>(of.observed->rows) * target.share * statement.weight / of.weight;
  }
  return statement.weight * std::max(target.rows, target.share);
}

void StatementCosts::Add(const whatif::PlanAnswer* answer) {
  net.push_back(answer != nullptr ? answer->net() : -1);
  penalty.push_back(answer != nullptr ? answer->penalty : 0);
}

std::vector<TemplateCost> TemplateCosts(const Workload& workload, const std::vector<PlannedStatement>& statements,
                                        const StatementCosts& before, const StatementCosts& after) {
  std::vector<TemplateCost> all(workload.templates.size());
  std::vector<Sums> sums(workload.templates.size());
  for (std::size_t t = 0; t < all.size(); ++t) {
    all[t].id = workload.templates[t].id;
    all[t].binding_costs_before.assign(workload.templates[t].bindings.size(), -1);
    all[t].binding_costs_after.assign(workload.templates[t].bindings.size(), -1);
  }
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (before.net[i] < 0 || after.net[i] < 0) continue;
    const PlannedStatement& statement = statements[i];
    TemplateCost& cost = all[statement.template_index];
    Sums& sum = sums[statement.template_index];
    cost.binding_costs_before[statement.binding_index] = before.Printed(i);
    cost.binding_costs_after[statement.binding_index] = after.Printed(i);
    sum.before += statement.weight * before.Printed(i);
    sum.after += statement.weight * after.Printed(i);
    sum.penalty_before += statement.weight * before.penalty[i];
    sum.penalty_after += statement.weight * after.penalty[i];
    sum.weight += statement.weight;
    // One binding's cost must come out to the last digit, so no detour through its weight.
    const bool first = sum.planned == 0;
    cost.cost_before = first ? before.Printed(i) : sum.before / sum.weight;
    cost.cost_after = first ? after.Printed(i) : sum.after / sum.weight;
    cost.penalty_before = first ? before.penalty[i] : sum.penalty_before / sum.weight;
    cost.penalty_after = first ? after.penalty[i] : sum.penalty_after / sum.weight;
    ++sum.planned;
  }
  std::vector<TemplateCost> costs;
  for (std::size_t t = 0; t < all.size(); ++t) {
    if (sums[t].planned > 0) costs.push_back(std::move(all[t]));
  }
  return costs;
}

}  // namespace pgassay::advisor
