#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "report/advice_json.h"
#include "report/evidence.h"
#include "report/explained_plans.h"
#include "report/figures.h"
#include "report/json_values.h"
#include "report/plan_tree.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

Json PlanJson(const std::vector<PlanRow>& rows, std::optional<PlanNode> PlanRow::*side) {
  Json nodes = Json::array();
  for (const PlanRow& row : rows) {
    const std::optional<PlanNode>& node = row.*side;
    if (!node) continue;
    nodes.push_back(Json{{"depth", node->depth},
                         {"node", node->title},
                         {"figures", node->figures},
                         {"details", node->details},
                         {"changed", node->changed}});
  }
  return nodes;
}

Json BindingJson(const ExplainedBinding& item, const PlanWords& words, const Statements& statements) {
  const std::vector<PlanRow> rows = ComparePlans(ReadPlan(item.plan_before, words), ReadPlan(item.plan_after, words));
  Json json{{"weight", item.binding.weight},
            {"source", item.binding.source},
            {"note", statements.Sentence(item.binding.note)},
            {"cost_before", CostJson(item.cost_before)},
            {"cost_after", CostJson(item.cost_after)},
            {"penalty_before", CostJson(item.penalty_before)},
            {"penalty_after", CostJson(item.penalty_after)},
            {"plan_before", PlanJson(rows, &PlanRow::before)},
            {"plan_after", PlanJson(rows, &PlanRow::after)}};
  if (words.show_literals) json["sql"] = item.binding.sql;
  return json;
}

Json TemplatesJson(const std::vector<ExplainedTemplate>& templates, const PlanWords& words,
                   const Statements& statements) {
  Json list = Json::array();
  for (const ExplainedTemplate& explained : templates) {
    Json json = TemplateJson(explained.of, statements);
    json["cost_before"] = CostJson(explained.cost.cost_before);
    json["cost_after"] = CostJson(explained.cost.cost_after);
    json["penalty_before"] = CostJson(explained.cost.penalty_before);
    json["penalty_after"] = CostJson(explained.cost.penalty_after);
    json["plans_differ_before"] = explained.plans_differ_before;
    json["plans_differ_after"] = explained.plans_differ_after;
    json["requests"] = SentencesJson(explained.requests, statements);
    json["recommendations"] = explained.recommendations;
    json["bindings"] = Json::array();
    for (const ExplainedBinding& item : explained.bindings)
      json["bindings"].push_back(BindingJson(item, words, statements));
    json["rejected"] = Json::array();
    for (const Rejection& rejection : explained.rejected)
      json["rejected"].push_back(RejectionJson(rejection, statements));
    list.push_back(std::move(json));
  }
  return list;
}

Json IndexJson(const ExplainedIndex& index, const PlanWords& words, const Statements& statements) {
  Json substitutes = Json::array();
  for (const std::string& substitute : index.substitutes) substitutes.push_back(statements.Definition(substitute));
  return Json{{"definition", statements.Definition(index.definition)},
              {"advised", index.advised},
              {"verdict", statements.Sentence(index.verdict)},
              {"gain_alone", RoundCost(index.gain_alone)},
              {"gain_in_set", RoundCost(index.gain_in_set)},
              {"substitutes", std::move(substitutes)},
              {"recommendation", RecommendationJson(index.recommendation, statements)},
              {"templates", TemplatesJson(index.templates, words, statements)}};
}

}  // namespace

std::string ExplainJson(const Explanation& explanation, const Snapshot& snapshot, const Style& style) {
  const Workload workload = WorkloadOf(explanation);
  const Statements statements(workload, style.show_literals);
  const PlanWords words{.index_names = explanation.index_names, .show_literals = style.show_literals};
  return Serialized(
      Json{{"schema_version", kJsonSchemaVersion},
           {"database", DatabaseJson(snapshot)},
           {"subject", SubjectText(explanation, statements)},
           {"kind", explanation.kind},
           {"cost_before", CostJson(explanation.cost_before)},
           {"cost_after", CostJson(explanation.cost_after)},
           {"index", explanation.index ? IndexJson(*explanation.index, words, statements) : Json(nullptr)},
           {"templates", TemplatesJson(explanation.templates, words, statements)},
           {"evidence", EvidenceJson(explanation.evidence, statements)},
           {"warnings", SentencesJson(explanation.warnings, statements)}});
}

}  // namespace pgassay::report
