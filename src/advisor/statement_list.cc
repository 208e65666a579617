#include "advisor/statement_list.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::advisor {
namespace {

std::string ReasonCode(const absl::Status& status) {
  if (absl::IsDeadlineExceeded(status)) return std::string(reason::kPlanningTimeout);
  const std::string state = twin::ServerErrorCode(status);
  // 42P01 undefined table, 3F000 undefined schema.
  if (state == "42P01" || state == "3F000") return std::string(reason::kUnknownRelation);
  return std::string(reason::kCannotBePlanned);
}

}  // namespace

void SkipBinding(Workload& workload, const PlannedStatement& statement, const absl::Status& status) {
  const Template& of = workload.templates[statement.template_index];
  const Binding& binding = of.bindings[statement.binding_index];
  workload.skipped.push_back({.fingerprint = of.fingerprint,
                              .source = binding.source,
                              .code = ReasonCode(status),
                              .reason = Printable(FromAbsl(status.message())),
                              .weight = binding.weight});
}

absl::StatusOr<std::vector<PlannedStatement>> PrepareWorkload(Workload& workload, twin::Twin& twin) {
  std::vector<PlannedStatement> statements;
  std::vector<twin::PlannedText> texts;
  for (std::size_t t = 0; t < workload.templates.size(); ++t) {
    for (std::size_t b = 0; b < workload.templates[t].bindings.size(); ++b) {
      const Binding& binding = workload.templates[t].bindings[b];
      PlannedStatement statement;
      statement.template_index = t;
      statement.binding_index = b;
      statement.id = StatementId{static_cast<std::uint32_t>(texts.size())};
      statement.weight = binding.weight;
      statements.push_back(std::move(statement));
      const Template& of = workload.templates[t];
      texts.push_back({.sql = binding.sql, .user = of.user, .search_path = of.search_path});
    }
  }
  PGASSAY_ASSIGN_OR_RETURN(auto answers, twin.Prepare(texts));
  std::vector<PlannedStatement> planned;
  std::string first_reason;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (!answers[i].ok()) {
      SkipBinding(workload, statements[i], answers[i].status());
      if (first_reason.empty()) first_reason = workload.skipped.back().source + ": " + workload.skipped.back().reason;
      continue;
    }
    statements[i].requests = std::move(answers[i]->requests);
    statements[i].targets = std::move(answers[i]->targets);
    planned.push_back(std::move(statements[i]));
  }
  if (planned.empty()) {
    if (first_reason.empty() && !workload.skipped.empty()) {
      first_reason = workload.skipped.front().source + ": " + workload.skipped.front().reason;
    }
    return absl::InvalidArgumentError(
        absl::StrCat("none of the ", statements.size() + workload.skipped.size() - answers.size(),
                     " statements of the workload can be planned; the first: ", first_reason));
  }
  return planned;
}

std::vector<TemplateCost> TemplateCosts(const Workload& workload, const std::vector<PlannedStatement>& statements,
                                        const std::vector<Cost>& before, const std::vector<Cost>& after) {
  std::vector<TemplateCost> costs;
  for (std::size_t t = 0; t < workload.templates.size(); ++t) {
    TemplateCost cost;
    cost.id = workload.templates[t].id;
    const std::size_t bindings = workload.templates[t].bindings.size();
    cost.binding_costs_before.assign(bindings, -1);
    cost.binding_costs_after.assign(bindings, -1);
    double weight = 0;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (statements[i].template_index != t || before[i] < 0 || after[i] < 0) continue;
      cost.binding_costs_before[statements[i].binding_index] = before[i];
      cost.binding_costs_after[statements[i].binding_index] = after[i];
      cost.cost_before += statements[i].weight * before[i];
      cost.cost_after += statements[i].weight * after[i];
      weight += statements[i].weight;
    }
    if (weight <= 0) continue;
    // One binding's cost must come out to the last digit, so no detour through its weight.
    if (const auto planned = std::ranges::count_if(cost.binding_costs_before, [](Cost c) { return c >= 0; });
        planned == 1) {
      for (std::size_t b = 0; b < bindings; ++b) {
        if (cost.binding_costs_before[b] < 0) continue;
        cost.cost_before = cost.binding_costs_before[b];
        cost.cost_after = cost.binding_costs_after[b];
      }
    } else {
      cost.cost_before /= weight;
      cost.cost_after /= weight;
    }
    costs.push_back(std::move(cost));
  }
  return costs;
}

}  // namespace pgassay::advisor
