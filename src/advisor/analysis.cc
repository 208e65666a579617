#include "advisor/analysis.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "advice/reason_codes.h"
#include "advisor/recheck.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "evidence/estimates.h"
#include "evidence/predicates.h"
#include "workload/name_resolver.h"

namespace pgassay::advisor {
namespace {

// A statement without a recommendation is executed from this share of the total on.
constexpr double kCostly = 0.005;
// A predicate is worth a finding from this share of its statement on.
constexpr double kWorthSaying = 0.001;
constexpr double kUnknownTimeoutMs = 10000;
constexpr double kTimesUsual = 3;
constexpr std::string_view kSlowest = "slowest";

double Importance(const Template& of, Cost cost) {
  return of.observed && of.observed->total_ms > 0 ? of.observed->total_ms : of.weight * cost;
}

// Three times what the slowest twentieth takes; where that is not known, the mean and three standard deviations.
double TimeoutMs(const Template& of) {
  if (of.logged && of.logged->p95_us > 0) return kTimesUsual * static_cast<double>(of.logged->p95_us) / 1000;
  if (!of.observed || of.observed->calls == 0) return kUnknownTimeoutMs;
  const double mean = of.observed->total_ms / static_cast<double>(of.observed->calls);
  return mean + 3 * of.observed->stddev_ms;
}

// Positions in Template::bindings.
std::vector<std::size_t> ChooseBindings(const Template& of, std::size_t most) {
  std::vector<std::size_t> order(of.bindings.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::size_t i) { return of.bindings[i].weight; });
  if (order.size() <= most) return order;
  std::vector<std::size_t> chosen = {order.front()};
  const auto add = [&](std::size_t i) {
    if (chosen.size() < most && std::ranges::find(chosen, i) == chosen.end()) chosen.push_back(i);
  };
  for (const std::size_t i : order) {
    if (of.bindings[i].note.find(kSlowest) != std::string::npos) add(i);
  }
  add(order.back());
  for (const std::size_t i : order) add(i);
  return chosen;
}

std::set<std::string> Served(const Advice& advice) {
  std::set<std::string> served;
  for (const Recommendation& recommendation : advice.recommendations) {
    for (const TemplateGain& gain : recommendation.templates) served.insert(gain.id);
  }
  return served;
}

bool HasExpression(const std::string& expression, Oid table, const Run& run, const Snapshot& snapshot) {
  if (expression.empty()) return false;
  const auto has = [&](const IndexDef& def) {
    return def.table == table && std::ranges::find(def.keys, expression, &IndexKey::expression) != def.keys.end();
  };
  return std::ranges::any_of(snapshot.indexes, [&](const Index& of) { return of.valid && has(of.def); }) ||
         std::ranges::any_of(run.selection.chosen,
                             [&](CandidateId id) { return has(run.generated.candidates[id.value].def); });
}

void FindHiddenColumns(const Run& run, const Snapshot& snapshot, const Advice& advice, Evidence& evidence) {
  std::map<std::string, const TemplateCost*> costs;
  for (const TemplateCost& cost : advice.costs) costs[cost.id] = &cost;
  std::set<std::pair<std::string, std::string>> seen;
  for (const PlannedStatement& statement : run.statements) {
    const Template& of = run.workload.templates[statement.template_index];
    const auto cost = costs.find(of.id);
    if (cost == costs.end() || statement.referential) continue;
    if (of.weight * cost->second->cost_before < kWorthSaying * advice.certificate.cost_before) continue;
    for (const catalog::IndexRequest& request : statement.requests) {
      const Relation* const table = snapshot.FindRelation(request.table);
      if (table == nullptr) continue;
      for (const catalog::RequestClause& clause : request.clauses) {
        if (clause.text.empty() || HasExpression(clause.expression, request.table, run, snapshot)) continue;
        std::optional<EvidenceFinding> finding = evidence::HiddenColumn(clause.text, *table);
        if (!finding || !seen.emplace(of.id, finding->id).second) continue;
        finding->templates = {of.id};
        evidence.findings.push_back(*std::move(finding));
      }
    }
  }
}

constexpr char kRoleSql[] = "SELECT /* pgassay */ current_user::pg_catalog.text";

// Tables with row level security as EXPLAIN names them, and whether it applies to the connecting role.
constexpr char kPoliciesSql[] = R"(
  SELECT /* pgassay */ pg_catalog.quote_ident(n.nspname::pg_catalog.text) || '.' || pg_catalog.quote_ident(c.relname::pg_catalog.text),
         pg_catalog.row_security_active(c.oid)::pg_catalog.text
  FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
  WHERE c.relrowsecurity ORDER BY 1
)";

// Statements are executed with the rights, policies and settings of whoever connects. Says where those of their users
// may give other rows or plans. What cannot be asked is not said.
void AddRoleNotes(const Workload& workload, Analyzer& analyzer, Evidence& evidence) {
  const auto role = analyzer.Read(kRoleSql);
  if (!role.ok() || role->empty()) return;
  const std::string connected = role->front().front().value_or("");
  std::set<std::string> others;
  std::set<std::string> scanned;
  for (const PlanEvidence& plan : evidence.plans) {
    const auto of = std::ranges::find(workload.templates, plan.template_id, &Template::id);
    if (of == workload.templates.end() || of->user.empty() || of->user == connected) continue;
    others.insert(of->user);
    for (const NodeEvidence& node : plan.nodes) scanned.insert(node.relation);
  }
  if (others.empty()) return;
  evidence.notes.push_back(absl::StrCat("Executed as ", Printable(connected),
                                        " with the settings of that role; in the ", "workload these are statements of ",
                                        Printable(absl::StrJoin(others, ", ")), "."));
  const auto policies = analyzer.Read(kPoliciesSql);
  if (!policies.ok()) return;
  for (const std::vector<std::optional<std::string>>& row : *policies) {
    const std::string table = row[0].value_or("");
    if (!scanned.contains(table)) continue;
    evidence.notes.push_back(absl::StrCat(
        "Row level security of ", Printable(table), row[1] == "true" ? " applies to " : " does not apply to ",
        Printable(connected), ", so that its users may get other rows than were counted here."));
  }
}

void LowerConfidence(Advice& advice) {
  for (Recommendation& recommendation : advice.recommendations) {
    for (EvidenceFinding& finding : advice.evidence.findings) {
      const bool rests = std::ranges::any_of(recommendation.templates, [&](const TemplateGain& gain) {
        return std::ranges::find(finding.templates, gain.id) != finding.templates.end();
      });
      if (!rests) continue;
      finding.recommendations.push_back(recommendation.id);
      if (finding.ratio <= 0) continue;
      recommendation.confidence = "low";
      recommendation.why.push_back(absl::StrCat("Its gain rests on an estimate that is missed by a factor of ",
                                                FormatNumber(finding.ratio, 2), ": see finding ", finding.id,
                                                " first."));
    }
  }
}

}  // namespace

std::vector<AnalyzeRequest> ChooseRequests(const Run& run, const Advice& advice, const Snapshot& snapshot, int bindings,
                                           const std::vector<std::string>& only) {
  const std::set<std::string> served = Served(advice);
  std::map<std::string, Cost> costs;
  for (const TemplateCost& cost : advice.costs) costs[cost.id] = cost.cost_before - cost.penalty_before;
  std::vector<const Template*> chosen;
  std::set<std::size_t> referential;
  for (const PlannedStatement& statement : run.statements) {
    if (statement.referential) referential.insert(statement.template_index);
  }
  for (std::size_t i = 0; i < run.workload.templates.size(); ++i) {
    const Template& of = run.workload.templates[i];
    const auto cost = costs.find(of.id);
    if (cost == costs.end() || referential.contains(i)) continue;
    const bool wanted =
        only.empty() ? served.contains(of.id) || of.weight * cost->second >= kCostly * advice.certificate.cost_before
                     : std::ranges::find(only, of.id) != only.end();
    if (wanted) chosen.push_back(&of);
  }
  std::ranges::stable_sort(chosen, std::ranges::greater(),
                           [&](const Template* of) { return Importance(*of, costs[of->id]); });
  std::vector<AnalyzeRequest> requests;
  for (const Template* const of : chosen) {
    const std::string path =
        of->search_path.empty() ? workload::SearchPathSetting(snapshot, of->user, snapshot.database) : of->search_path;
    std::string schemas;
    for (const std::string& schema : workload::SearchPath(path, of->user)) {
      absl::StrAppend(&schemas, schemas.empty() ? "" : ", ", QuoteIdentifier(schema));
    }
    for (const std::size_t binding : ChooseBindings(*of, static_cast<std::size_t>(std::max(bindings, 1)))) {
      requests.push_back({.template_id = of->id,
                          .binding = binding,
                          .sql = of->bindings[binding].sql,
                          .search_path = schemas,
                          .timeout_ms = TimeoutMs(*of)});
    }
  }
  return requests;
}

absl::Status ExecuteMissing(std::vector<AnalyzeRequest> requests, Analyzer& analyzer, Evidence& seen) {
  // What one run had no time for, the next has none for either.
  const bool stopped = std::ranges::any_of(seen.refused, [](const NotAnalyzed& of) {
    return of.code == reason::kOutOfTime || of.code == reason::kOverLoad;
  });
  std::erase_if(requests, [&](const AnalyzeRequest& request) {
    return std::ranges::any_of(seen.plans,
                               [&](const PlanEvidence& of) { return of.template_id == request.template_id; }) ||
           std::ranges::any_of(seen.refused,
                               [&](const NotAnalyzed& of) { return of.template_id == request.template_id; });
  });
  if (seen.analyzed && (requests.empty() || stopped || seen.interrupted)) return absl::OkStatus();
  PGASSAY_ASSIGN_OR_RETURN(Evidence executed, analyzer.Run(requests));
  seen.analyzed = true;
  seen.interrupted = seen.interrupted || executed.interrupted;
  std::ranges::move(executed.plans, std::back_inserter(seen.plans));
  std::ranges::move(executed.refused, std::back_inserter(seen.refused));
  return absl::OkStatus();
}

absl::Status Conclude(const Run& run, const Snapshot& snapshot, const AdviseOptions& options, Advice& advice) {
  advice.partial = advice.partial || advice.evidence.interrupted;
  Analyzer* const sampler = advice.evidence.interrupted ? nullptr : options.analyzer;
  if (sampler != nullptr) AddRoleNotes(run.workload, *sampler, advice.evidence);
  const std::vector<evidence::Correction> corrections =
      evidence::FindMisestimates(run.workload, snapshot, sampler, advice.evidence);
  PGASSAY_RETURN_IF_ERROR(TryCorrections(snapshot, corrections, options.twin, advice.evidence));
  FindHiddenColumns(run, snapshot, advice, advice.evidence);
  evidence::MergeFindings(advice.evidence);
  LowerConfidence(advice);
  return absl::OkStatus();
}

absl::Status AddEvidence(const Run& run, const Snapshot& snapshot, const AdviseOptions& options,
                         const std::vector<AnalyzeRequest>& requests, Advice& advice) {
  if (options.analyzer != nullptr)
    PGASSAY_RETURN_IF_ERROR(ExecuteMissing(requests, *options.analyzer, advice.evidence));
  return Conclude(run, snapshot, options, advice);
}

}  // namespace pgassay::advisor
