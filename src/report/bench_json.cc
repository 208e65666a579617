#include <cmath>
#include <cstddef>
#include <optional>
#include <string>

#include "report/bench_parts.h"
#include "report/json_values.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

// Six decimals: nanoseconds of milliseconds.
Json NumberJson(double value) {
  constexpr double kScale = 1e6;
  return std::isfinite(value) ? Json(std::round(value * kScale) / kScale) : Json(nullptr);
}

Json OptionalJson(const std::optional<double>& value) {
  return value ? NumberJson(*value) : Json(nullptr);
}

// A median with its interval as three members of `json`.
void AddFigure(Json& json, const std::string& name, const std::string& unit, const std::optional<BenchFigure>& figure) {
  json[name + unit] = figure ? NumberJson(figure->median) : Json(nullptr);
  json[name + "_low" + unit] = figure ? NumberJson(figure->low) : Json(nullptr);
  json[name + "_high" + unit] = figure ? NumberJson(figure->high) : Json(nullptr);
}

Json ProblemJson(const std::string& code, const std::string& message, const Statements& statements) {
  if (code.empty()) return nullptr;
  return Json{{"code", code}, {"message", statements.ServerMessage(message)}};
}

Json QueryJson(const BenchPlan& plan, const BenchResult& result, std::size_t s, std::size_t q,
               const Statements& statements) {
  const BenchQuery& query = plan.queries[q];
  const BenchMeasure& measure = result.sets[s].queries[q];
  Json json{{"id", query.id}};
  AddFigure(json, "median", "_ms", measure.ms);
  json["samples"] = measure.samples;
  json["weight"] = NumberJson(query.weight);
  json["writes"] = query.writes;
  json["blocks_hit"] = OptionalJson(measure.blocks_hit);
  json["blocks_read"] = OptionalJson(measure.blocks_read);
  json["wal_bytes"] = OptionalJson(measure.wal_bytes);
  json["problem"] = ProblemJson(measure.problem_code, measure.problem, statements);
  if (s == 0) return json;
  AddFigure(json, "ratio", "", measure.ratio);
  const PredictedCost& cost = plan.sets[s].predicted[q];
  json["predicted_ratio"] = OptionalJson(PredictedRatio(cost));
  json["cost_before"] = CostJson(cost.before);
  json["cost_after"] = CostJson(cost.after);
  json["predicted_ms_before"] = OptionalJson(cost.ms_before);
  json["predicted_ms_after"] = OptionalJson(cost.ms_after);
  json["used"] = Json::array();
  for (const std::string& definition : cost.used) json["used"].push_back(statements.Definition(definition));
  json["regression"] = measure.regression;
  json["same_work"] = measure.same_work;
  json["answer"] = measure.answer;
  json["answer_note"] = statements.Sentence(AnswerText(measure));
  return json;
}

Json IndexJson(const BenchIndex& index, const Statements& statements) {
  return Json{{"definition", statements.Definition(index.definition)},
              {"name", index.name},
              {"change", index.dropped ? "drop" : "create"},
              {"recommendation", index.recommendation.empty() ? Json(nullptr) : Json(index.recommendation)},
              {"size_bytes", index.size_bytes},
              {"predicted_bytes", index.predicted_bytes},
              {"build_ms", NumberJson(index.build_ms)},
              {"scans", index.scans},
              {"label", index.label}};
}

Json AgreementJson(const BenchAgreement& agreement) {
  const auto optional = [](const std::optional<Cost>& cost) { return cost ? CostJson(*cost) : Json(nullptr); };
  return Json{{"cost_before", optional(agreement.cost_before)},
              {"cost_after", optional(agreement.cost_after)},
              {"in_time", agreement.in_time},
              {"large_gains", agreement.gains},
              {"same_sign", agreement.same_sign},
              {"spearman", OptionalJson(agreement.rank)},
              {"ranked", agreement.ranked}};
}

Json SetJson(const BenchPlan& plan, const BenchResult& result, std::size_t s, const Statements& statements) {
  const BenchSetResult& set = result.sets[s];
  Json json{{"name", set.name}};
  AddFigure(json, "median", "_ms", set.mean_ms);
  json["total_ms"] = OptionalJson(set.total_ms);
  json["size_bytes"] = set.size_bytes;
  json["build_ms"] = NumberJson(set.build_ms);
  json["rounds"] = set.rounds;
  json["problem"] = ProblemJson(set.problem_code, set.problem, statements);
  AddFigure(json, "per_second", "", set.per_second);
  json["mix"] = Json{{"statements", set.mix_statements},
                     {"errors", set.mix_errors},
                     {"wal_bytes_per_statement", OptionalJson(set.mix_wal_bytes)}};
  if (s > 0) {
    AddFigure(json, "ratio", "", set.ratio);
    json["write_amplification"] = OptionalJson(set.write_amplification);
    json["agreement"] = set.agreement ? AgreementJson(*set.agreement) : Json(nullptr);
    json["indexes"] = Json::array();
    for (const BenchIndex& index : set.indexes) json["indexes"].push_back(IndexJson(index, statements));
  }
  json["queries"] = Json::array();
  for (std::size_t q = 0; q < set.queries.size(); ++q) {
    json["queries"].push_back(QueryJson(plan, result, s, q, statements));
  }
  return json;
}

}  // namespace

std::string BenchJson(const BenchPlan& plan, const BenchResult& result, const Style& style) {
  const Statements statements(plan.workload, style.show_literals);
  Json regressions = Json::array();
  for (const BenchRegression& found : BenchRegressions(plan, result)) {
    const BenchMeasure& measure = result.sets[found.set].queries[found.query];
    Json regression{{"set", result.sets[found.set].name}, {"id", plan.queries[found.query].id}};
    AddFigure(regression, "ratio", "", measure.ratio);
    regression["predicted_ratio"] = OptionalJson(PredictedRatio(plan.sets[found.set].predicted[found.query]));
    regressions.push_back(std::move(regression));
  }
  Json templates = Json::array();
  for (const BenchQuery& query : plan.queries) {
    if (const Template* const statement = statements.Find(query.id)) {
      templates.push_back(TemplateJson(*statement, statements));
    }
  }
  Json sets = Json::array();
  for (std::size_t s = 0; s < result.sets.size(); ++s) sets.push_back(SetJson(plan, result, s, statements));
  Json notes = Json::array();
  for (const std::string& note : result.notes) notes.push_back(statements.ServerMessage(note));
  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"run", result.run},
                         {"database", result.database},
                         {"server_version", result.server_version},
                         {"partial", result.partial},
                         {"answers_differ", result.answers_differ},
                         {"regressions", std::move(regressions)},
                         {"sets", std::move(sets)},
                         {"templates", std::move(templates)},
                         {"skipped", SkippedJson(plan.workload, statements)},
                         {"notes", std::move(notes)},
                         {"warnings", SentencesJson(plan.warnings, statements)}});
}

}  // namespace pgassay::report
