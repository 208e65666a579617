#include "report/evidence.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "base/text.h"
#include "report/document_parts.h"
#include "report/figures.h"
#include "report/reason_groups.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kRefusedLines = 15;
constexpr std::size_t kExecutedLines = 20;
constexpr std::size_t kShownTemplates = 4;

// "24x" as many rows as estimated, "1/240" of them; empty: near enough.
std::string MissText(const NodeEvidence& node) {
  const double factor = node.Misestimate();
  if (factor < 2) return "";
  const std::string text = FormatNumber(factor, 2);
  return node.actual_rows < node.estimated_rows ? absl::StrCat("1/", text) : absl::StrCat(text, "x");
}

const NodeEvidence* WorstOf(const PlanEvidence& plan) {
  const auto worst = std::ranges::max_element(plan.nodes, {}, &NodeEvidence::Misestimate);
  return worst == plan.nodes.end() ? nullptr : &*worst;
}

std::string NodeName(const NodeEvidence& node) {
  std::string name = node.type;
  if (!node.index.empty()) absl::StrAppend(&name, " using ", node.index);
  if (!node.relation.empty()) absl::StrAppend(&name, " on ", node.relation);
  return name;
}

std::string CountOrNothing(double value) {
  return value > 0 ? FormatNumber(value, 3) : "";
}

// What a node did beside giving rows.
std::string Remarks(const NodeEvidence& node) {
  std::vector<std::string> remarks;
  if (node.loops <= 0) remarks.emplace_back("never executed");
  if (!node.spill.empty()) remarks.push_back(absl::StrCat("spills: ", node.spill));
  if (node.lossy_blocks > 0) remarks.push_back(absl::StrCat(CountText(node.lossy_blocks), " lossy blocks"));
  if (node.heap_fetches > 0) remarks.push_back(absl::StrCat(CountText(node.heap_fetches), " heap fetches"));
  if (node.cut_short && node.loops > 0) remarks.emplace_back("early");
  std::string text;
  for (const std::string& remark : remarks) absl::StrAppend(&text, text.empty() ? "" : ", ", remark);
  return text;
}

Table NodesTable(const PlanEvidence& plan) {
  Table table{.columns = {{.heading = "node", .flexible = true},
                          {.heading = "est.", .right = true},
                          {.heading = "actual", .right = true},
                          {.heading = "missed", .right = true},
                          {.heading = "loops", .right = true},
                          {.heading = "removed", .right = true},
                          {.heading = "hit", .right = true},
                          {.heading = "read", .right = true},
                          {.heading = "remarks"}},
              .rows = {}};
  for (const NodeEvidence& node : plan.nodes) {
    const bool executed = node.loops > 0;
    table.rows.push_back(
        {absl::StrCat(std::string(static_cast<std::size_t>(std::min(node.depth, 20)), ' '), NodeName(node)),
         FormatNumber(node.estimated_rows, 6), executed ? FormatNumber(node.actual_rows, 6) : "-", MissText(node),
         CountOrNothing(node.loops), CountOrNothing(node.removed_rows), CountText(node.hit_blocks),
         CountText(node.read_blocks), Remarks(node)});
  }
  return table;
}

void AddPlanNodes(Document& document, const PlanEvidence& plan, const Statements& statements) {
  document.push_back(
      Subject{absl::StrCat("Executed: ", statements.ShortId(plan.template_id), " with values ", plan.binding + 1), ""});
  Facts facts{.place = Facts::Place::kSubject, .facts = {}};
  std::string times =
      absl::StrCat(DurationText(plan.execution_ms), " to execute, ", DurationText(plan.planning_ms), " to plan");
  if (plan.jit_ms > 0) absl::StrAppend(&times, ", ", DurationText(plan.jit_ms), " of it to compile (JIT)");
  facts.facts.push_back({.label = "time", .sentences = {std::move(times)}, .sql = ""});
  for (const std::string& setting : plan.settings) {
    facts.facts.push_back({.label = "setting", .sentences = {setting}, .sql = ""});
  }
  document.push_back(std::move(facts));
  document.push_back(NodesTable(plan));
}

std::string TemplatesText(const std::vector<std::string>& ids, const Statements& statements) {
  std::string text;
  for (std::size_t i = 0; i < std::min(ids.size(), kShownTemplates); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : ", ", statements.ShortId(ids[i]));
  }
  if (ids.size() > kShownTemplates) absl::StrAppend(&text, " and ", ids.size() - kShownTemplates, " more");
  return text;
}

Json StepsJson(const std::vector<DdlStep>& steps) {
  Json list = Json::array();
  for (const DdlStep& step : steps) list.push_back(Json{{"sql", step.sql}, {"lock", step.lock}, {"note", step.note}});
  return list;
}

double Significant(double value) {
  return std::isfinite(value) ? std::strtod(absl::StrFormat("%.6g", value).c_str(), nullptr) : 0;
}

Json NodeJson(const NodeEvidence& node, const Statements& statements) {
  return Json{{"depth", node.depth},
              {"node", node.type},
              {"relation", node.relation.empty() ? Json(nullptr) : Json(node.relation)},
              {"index", node.index.empty() ? Json(nullptr) : Json(node.index)},
              {"condition", statements.Definition(node.condition)},
              {"estimated_rows", Significant(node.estimated_rows)},
              {"actual_rows", Significant(node.actual_rows)},
              {"missed", Significant(node.Misestimate())},
              {"loops", Significant(node.loops)},
              {"removed_rows", Significant(node.removed_rows)},
              {"hit_blocks", node.hit_blocks},
              {"read_blocks", node.read_blocks},
              {"temp_blocks", node.temp_blocks},
              {"spill", node.spill.empty() ? Json(nullptr) : Json(node.spill)},
              {"lossy_blocks", node.lossy_blocks},
              {"heap_fetches", node.heap_fetches},
              {"stopped_early", node.cut_short}};
}

Json FindingJson(const EvidenceFinding& finding, const Statements& statements) {
  return Json{{"id", finding.id},
              {"kind", finding.kind},
              {"subject", finding.subject},
              {"summary", statements.Sentence(finding.summary)},
              {"ratio", finding.ratio > 0 ? Json(Significant(finding.ratio)) : Json(nullptr)},
              {"estimated_rows", Significant(finding.estimated_rows)},
              {"actual_rows", Significant(finding.actual_rows)},
              {"ddl", StepsJson(finding.ddl)},
              {"undo", StepsJson(finding.undo)},
              {"replanned_rows", finding.replanned_rows ? Json(Significant(*finding.replanned_rows)) : Json(nullptr)},
              {"checked", statements.Sentence(finding.checked)},
              {"rewrite", finding.rewrite.empty() ? Json(nullptr) : Json(finding.rewrite)},
              {"templates", finding.templates},
              {"recommendations", finding.recommendations}};
}

}  // namespace

void AddFindings(Document& document, const Evidence& evidence, const Statements& statements) {
  if (evidence.findings.empty()) return;
  const bool estimates = evidence.findings.front().ratio > 0;
  document.push_back(Heading{estimates ? "Before any index: estimates that are wrong, and predicates that hide columns"
                                       : "Predicates that keep an index from being used"});
  for (const EvidenceFinding& finding : evidence.findings) {
    document.push_back(Subject{absl::StrCat(finding.kind, " ", finding.subject), finding.id});
    Facts facts{.place = Facts::Place::kSubject, .facts = {}};
    const auto add = [&](const char* label, std::string sentence) {
      facts.facts.push_back({.label = label, .sentences = {std::move(sentence)}, .sql = ""});
    };
    add("seen", statements.Sentence(finding.summary));
    if (!finding.checked.empty()) add(finding.ratio > 0 ? "checked" : "note", statements.Sentence(finding.checked));
    if (!finding.templates.empty()) add("in", TemplatesText(finding.templates, statements));
    if (!finding.rewrite.empty()) facts.facts.push_back({.label = "write", .sentences = {}, .sql = finding.rewrite});
    for (const DdlStep& step : finding.ddl) facts.facts.push_back({.label = "do", .sentences = {}, .sql = step.sql});
    for (const DdlStep& step : finding.undo) facts.facts.push_back({.label = "undo", .sentences = {}, .sql = step.sql});
    document.push_back(std::move(facts));
  }
}

void AddExecuted(Document& document, const Evidence& evidence, const Statements& statements, const Style& style,
                 bool nodes) {
  if (!evidence.analyzed) return;
  document.push_back(Heading{
      absl::StrCat("Executed by --analyze: ", Plural(static_cast<std::int64_t>(evidence.plans.size()), "call", "calls"),
                   evidence.interrupted ? ", then interrupted" : "")});
  if (nodes) {
    for (const PlanEvidence& plan : evidence.plans) AddPlanNodes(document, plan, statements);
  } else if (!evidence.plans.empty()) {
    Table table{.columns = {{.heading = "query"},
                            {.heading = "values", .right = true},
                            {.heading = "time", .right = true},
                            {.heading = "planning", .right = true},
                            {.heading = "hit", .right = true},
                            {.heading = "read", .right = true},
                            {.heading = "missed", .right = true},
                            {.heading = "where", .flexible = true}},
                .rows = {}};
    const std::size_t shown = style.verbose ? evidence.plans.size() : std::min(evidence.plans.size(), kExecutedLines);
    for (std::size_t i = 0; i < shown; ++i) {
      const PlanEvidence& plan = evidence.plans[i];
      const NodeEvidence* const worst = WorstOf(plan);
      const std::string missed = worst == nullptr ? "" : MissText(*worst);
      table.rows.push_back({statements.ShortId(plan.template_id), absl::StrCat(plan.binding + 1),
                            DurationText(plan.execution_ms), DurationText(plan.planning_ms), CountText(plan.hit_blocks),
                            CountText(plan.read_blocks), missed, missed.empty() ? "" : NodeName(*worst)});
    }
    document.push_back(std::move(table));
    if (shown < evidence.plans.size()) {
      document.push_back(Remark{absl::StrCat(
          "and ", CountText(static_cast<std::int64_t>(evidence.plans.size() - shown)), " more with --verbose")});
    }
  }
  for (const std::string& note : evidence.notes) document.push_back(Remark{statements.Sentence(note)});
  if (evidence.refused.empty()) return;
  document.push_back(Heading{
      absl::StrCat("Not executed: ", Plural(static_cast<std::int64_t>(evidence.refused.size()), "call", "calls"))});
  std::vector<std::pair<std::string, ReasonItem>> items;
  for (const NotAnalyzed& refused : evidence.refused) {
    items.emplace_back(refused.code,
                       ReasonItem{statements.ShortId(refused.template_id), statements.ServerMessage(refused.reason)});
  }
  document.push_back(MakeGroups(GroupByReason(items, NotAnalyzedPhrases()), kRefusedLines, style.verbose));
}

Json EvidenceJson(const Evidence& evidence, const Statements& statements) {
  Json plans = Json::array();
  for (const PlanEvidence& plan : evidence.plans) {
    Json nodes = Json::array();
    for (const NodeEvidence& node : plan.nodes) nodes.push_back(NodeJson(node, statements));
    plans.push_back(Json{{"template", plan.template_id},
                         {"binding", plan.binding},
                         {"cost", CostJson(plan.cost)},
                         {"execution_ms", MillisecondsJson(plan.execution_ms)},
                         {"planning_ms", MillisecondsJson(plan.planning_ms)},
                         {"jit_ms", MillisecondsJson(plan.jit_ms)},
                         {"hit_blocks", plan.hit_blocks},
                         {"read_blocks", plan.read_blocks},
                         {"wal_bytes", plan.wal_bytes},
                         {"settings", plan.settings},
                         {"nodes", std::move(nodes)}});
  }
  Json refused = Json::array();
  for (const NotAnalyzed& item : evidence.refused) {
    refused.push_back(
        Json{{"template", item.template_id}, {"code", item.code}, {"reason", statements.ServerMessage(item.reason)}});
  }
  Json findings = Json::array();
  for (const EvidenceFinding& finding : evidence.findings) findings.push_back(FindingJson(finding, statements));
  return Json{{"analyzed", evidence.analyzed}, {"interrupted", evidence.interrupted},
              {"notes", evidence.notes},       {"findings", std::move(findings)},
              {"plans", std::move(plans)},     {"refused", std::move(refused)}};
}

}  // namespace pgassay::report
