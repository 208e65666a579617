#include "report/advice_json.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "base/text.h"
#include "report/evidence.h"
#include "report/figures.h"
#include "report/loops.h"
#include "report/maintenance.h"
#include "report/render.h"
#include "report/statements.h"
#include "report/times.h"

namespace pgassay::report {
namespace {

Json StepsJson(const std::vector<DdlStep>& steps) {
  Json list = Json::array();
  for (const DdlStep& step : steps) list.push_back(Json{{"sql", step.sql}, {"lock", step.lock}, {"note", step.note}});
  return list;
}

}  // namespace

Json RecommendationJson(const Recommendation& recommendation, const Statements& statements) {
  Json templates = Json::array();
  for (const TemplateGain& gain : recommendation.templates) {
    templates.push_back(Json{{"id", gain.id},
                             {"fingerprint", gain.fingerprint},
                             {"weight", gain.weight},
                             {"cost_before", CostJson(gain.cost_before)},
                             {"cost_without", CostJson(gain.cost_without)},
                             {"cost_after", CostJson(gain.cost_after)},
                             {"penalty_before", CostJson(gain.penalty_before)},
                             {"penalty_without", CostJson(gain.penalty_without)},
                             {"penalty_after", CostJson(gain.penalty_after)},
                             {"ms_before", OptionalMs(gain.ms_before)},
                             {"ms_without", OptionalMs(gain.ms_without)},
                             {"ms_after", OptionalMs(gain.ms_after)}});
  }
  Json gain{{"cost", RoundCost(recommendation.gain)}, {"share", RoundShare(recommendation.share)}};
  AddTimeGain(recommendation.time_gain, gain);
  return Json{
      {"id", recommendation.id},
      {"kind", recommendation.kind},
      {"definition", statements.Definition(recommendation.definition)},
      {"table", QuoteIdentifier(recommendation.table.schema) + "." + QuoteIdentifier(recommendation.table.name)},
      {"index_name", recommendation.index_name},
      {"ddl", StepsJson(recommendation.ddl)},
      {"undo", StepsJson(recommendation.undo)},
      {"size_bytes", recommendation.size_bytes},
      {"size_rests_on_estimate", recommendation.size_rests_on_estimate},
      {"index_count", recommendation.index_count},
      {"pinned", recommendation.pinned},
      {"gain", std::move(gain)},
      {"maintenance", MaintenanceJson(recommendation.maintenance)},
      {"templates", std::move(templates)},
      {"label", recommendation.label},
      {"confidence", recommendation.confidence},
      {"why", SentencesJson(recommendation.why, statements)},
      {"rules", recommendation.rules}};
}

Json RejectionJson(const Rejection& rejection, const Statements& statements) {
  return Json{{"definition", statements.Definition(rejection.definition)},
              {"reason", rejection.code},
              {"by", rejection.by.empty() ? Json(nullptr) : Json(statements.Definition(rejection.by))},
              {"detail", QuotesServer(rejection.code) ? statements.ServerMessage(rejection.detail)
                                                      : statements.Sentence(rejection.detail)},
              {"templates", rejection.templates}};
}

namespace {

Json PlannedTemplateJson(const Template& statement, const TemplateCost& cost, const Statements& statements,
                         bool show_literals) {
  Json json = TemplateJson(statement, statements);
  json["cost_before"] = CostJson(cost.cost_before);
  json["cost_after"] = CostJson(cost.cost_after);
  json["penalty_before"] = CostJson(cost.penalty_before);
  json["penalty_after"] = CostJson(cost.penalty_after);
  json["ms_before"] = OptionalMs(cost.ms_before);
  json["ms_after"] = OptionalMs(cost.ms_after);
  Json bindings = Json::array();
  for (std::size_t b = 0; b < statement.bindings.size(); ++b) {
    const Binding& binding = statement.bindings[b];
    const auto cost_of = [&](const std::vector<Cost>& costs) {
      return b < costs.size() ? CostJson(costs[b]) : Json(nullptr);
    };
    Json item{{"weight", binding.weight},
              {"source", binding.source},
              {"note", binding.note},
              {"cost_before", cost_of(cost.binding_costs_before)},
              {"cost_after", cost_of(cost.binding_costs_after)}};
    if (show_literals) item["sql"] = binding.sql;
    bindings.push_back(std::move(item));
  }
  json["bindings"] = std::move(bindings);
  return json;
}

Json DemandedJson(const Demanded& demanded, const Statements& statements) {
  const auto optional = [](const auto& value) { return value ? Json(*value) : Json(nullptr); };
  const auto names = [&](const std::vector<std::string>& texts) {
    Json list = Json::array();
    for (const std::string& text : texts) list.push_back(statements.Definition(text));
    return list;
  };
  return Json{{"budget_bytes", optional(demanded.budget_bytes)},
              {"max_indexes", optional(demanded.max_indexes)},
              {"max_per_table", optional(demanded.max_per_table)},
              {"max_maintenance", optional(demanded.max_maintenance)},
              {"pinned", names(demanded.pinned)},
              {"forbidden", names(demanded.forbidden)},
              {"keep_existing", demanded.keep_existing},
              {"kept", names(demanded.kept)}};
}

Json CertificateJson(const Certificate& certificate, const Statements& statements) {
  const auto optional = [](const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); };
  return Json{{"cost_before", CostJson(certificate.cost_before)},
              {"cost_after", CostJson(certificate.cost_after)},
              {"lower_bound", certificate.lower_bound ? CostJson(*certificate.lower_bound) : Json(nullptr)},
              {"gap", optional(certificate.gap)},
              {"candidates", certificate.candidates},
              {"planner_calls", certificate.planner_calls},
              {"monotonicity_violation", optional(certificate.monotonicity_violation)},
              {"demanded", DemandedJson(certificate.demanded, statements)}};
}

Json FrontierJson(const std::vector<FrontierPoint>& frontier) {
  if (frontier.empty()) return nullptr;
  Json points = Json::array();
  for (const FrontierPoint& point : frontier) {
    points.push_back({{"budget_bytes", point.budget_bytes},
                      {"size_bytes", point.size_bytes},
                      {"indexes", point.indexes},
                      {"cost", CostJson(point.cost)},
                      {"lower_bound", CostJson(point.lower_bound)},
                      {"advised", point.advised}});
  }
  return points;
}

// null: the source has no logs, so nobody looked.
Json FindingsJson(const Advice& advice, const Style& style) {
  if (!advice.findings) return nullptr;
  Json findings = Json::array();
  for (const Finding& finding : *advice.findings) findings.push_back(FindingJson(finding, style));
  return findings;
}

}  // namespace

std::string AdviceJson(const Advice& advice, const Snapshot& snapshot, const Style& style) {
  const Statements statements(advice.workload, style.show_literals);
  Json recommendations = Json::array();
  for (const Recommendation& item : advice.recommendations)
    recommendations.push_back(RecommendationJson(item, statements));
  Json templates = Json::array();
  std::set<std::string> planned;
  for (const TemplateCost& cost : advice.costs) {
    planned.insert(cost.id);
    const Template* const statement = statements.Find(cost.id);
    if (statement != nullptr)
      templates.push_back(PlannedTemplateJson(*statement, cost, statements, style.show_literals));
  }
  Json rejected = Json::array();
  for (const Rejection& item : advice.rejected) rejected.push_back(RejectionJson(item, statements));

  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"database", DatabaseJson(snapshot)},
                         {"partial", advice.partial},
                         {"workload", WorkloadJson(advice.workload, planned, statements)},
                         {"recommendations", std::move(recommendations)},
                         {"templates", std::move(templates)},
                         {"rejected", std::move(rejected)},
                         {"certificate", CertificateJson(advice.certificate, statements)},
                         {"times", TimesJson(advice.times)},
                         {"evidence", EvidenceJson(advice.evidence, statements)},
                         {"frontier", FrontierJson(advice.frontier)},
                         {"findings", FindingsJson(advice, style)},
                         {"warnings", SentencesJson(advice.warnings, statements)}});
}

}  // namespace pgassay::report
