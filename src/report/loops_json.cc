#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "report/figures.h"
#include "report/json_values.h"
#include "report/loops.h"
#include "report/redact.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

Json TextOrNull(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(OneLine(text));
}

Json TimeOrNull(std::int64_t time_us) {
  return IsLoggedTime(time_us) ? Json(UtcText(time_us)) : Json(nullptr);
}

Json ExamplesJson(const Finding& finding) {
  Json examples = Json::array();
  for (const FindingExample& example : finding.examples) {
    examples.push_back(Json{{"session", example.session},
                            {"first", TimeOrNull(example.first_us)},
                            {"last", TimeOrNull(example.last_us)},
                            {"calls", example.calls}});
  }
  return examples;
}

Json RewriteJson(const BatchRewrite& rewrite) {
  Json json{{"sql", TextOrNull(rewrite.sql)}, {"note", rewrite.note},  {"calls", nullptr},
            {"cost_before", nullptr},         {"cost_after", nullptr}, {"refused", TextOrNull(rewrite.refused)}};
  if (rewrite.cost) {
    json["calls"] = rewrite.cost->calls;
    json["cost_before"] = CostJson(rewrite.cost->before);
    json["cost_after"] = CostJson(rewrite.cost->after);
  }
  return json;
}

}  // namespace

Json FindingJson(const Finding& finding, const Style& style) {
  return Json{{"id", finding.id},
              {"kind", finding.kind},
              {"severity", finding.severity},
              {"confidence", finding.confidence},
              {"why", finding.why},
              {"database", finding.database},
              {"user", finding.user},
              {"parent", TextOrNull(finding.parent)},
              {"child", TextOrNull(finding.child)},
              {"loops", finding.loops},
              {"calls", finding.calls},
              {"sessions", finding.sessions},
              {"transactions", finding.transactions},
              {"median_calls", finding.median_calls},
              {"p95_calls", finding.p95_calls},
              {"wasted_ms_per_day", MillisecondsJson(finding.wasted_ms_per_day)},
              {"first", TimeOrNull(finding.first_us)},
              {"last", TimeOrNull(finding.last_us)},
              {"tags", PrintedTags(finding.tags, style.show_literals)},
              {"rewrite", RewriteJson(finding.rewrite)},
              {"suppressed", finding.suppressed},
              {"examples", ExamplesJson(finding)}};
}

std::string LoopsJson(const LoopReport& loops, const std::string& source, std::size_t limit, const Style& style) {
  Json findings = Json::array();
  const std::size_t shown = Shown(loops.findings.size(), limit);
  for (std::size_t i = 0; i < shown; ++i) findings.push_back(FindingJson(loops.findings[i], style));
  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"source", source},
                         {"executions", loops.events},
                         {"failed", loops.failed},
                         {"first", loops.events > 0 ? TimeOrNull(loops.first_us) : Json(nullptr)},
                         {"last", loops.events > 0 ? TimeOrNull(loops.last_us) : Json(nullptr)},
                         {"sessions_closed_early", loops.sessions_closed_early},
                         {"not_watched", loops.not_watched},
                         {"found", loops.findings.size()},
                         {"findings", std::move(findings)},
                         {"dropped", loops.dropped}});
}

std::string SuspicionsJson(const std::vector<LoopSuspicion>& loops, const Snapshot& snapshot, std::size_t limit) {
  Json suspicions = Json::array();
  const std::size_t shown = Shown(loops.size(), limit);
  for (std::size_t i = 0; i < shown; ++i) {
    const LoopSuspicion& loop = loops[i];
    suspicions.push_back(Json{{"parent", loop.parent},
                              {"child", loop.child},
                              {"parent_sql", OneLine(loop.parent_sql)},
                              {"child_sql", OneLine(loop.child_sql)},
                              {"user", loop.user},
                              {"why", loop.why},
                              {"parent_calls", loop.parent_calls},
                              {"parent_rows", loop.parent_rows},
                              {"child_calls", loop.child_calls},
                              {"child_ms", MillisecondsJson(loop.child_ms)}});
  }
  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"database", DatabaseJson(snapshot)},
                         {"found", loops.size()},
                         {"findings", Json::array()},
                         {"suspicions", std::move(suspicions)}});
}

}  // namespace pgassay::report
