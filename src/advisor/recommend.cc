#include "advisor/recommend.h"

#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "advice/ddl.h"
#include "advice/reason_codes.h"
#include "advisor/referential.h"
#include "advisor/statement_list.h"
#include "advisor/warnings.h"
#include "advisor/why.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"

namespace pgassay::advisor {
namespace {

Cost WeightedSum(const std::vector<PlannedStatement>& statements, const std::vector<Cost>& costs,
                 const std::vector<Cost>& counted) {
  Cost sum = 0;
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (counted[i] >= 0) sum += statements[i].weight * costs[i];
  }
  return sum;
}

const select::Selection::Marginal* FindMarginal(const select::Selection& selection, CandidateId candidate) {
  const auto found = std::ranges::find(selection.marginals, candidate, &select::Selection::Marginal::candidate);
  return found == selection.marginals.end() ? nullptr : &*found;
}

// Gains of one recommendation by template: the weighted mean over the bindings whose plan uses it or that would cost
// more without it.
std::vector<TemplateGain> Gains(const Run& run, const select::Selection::Marginal& marginal) {
  struct Sums {
    double weight = 0, before = 0, without = 0, after = 0;
    Cost penalty_before = 0, penalty_without = 0, penalty_after = 0;
    bool served = false;
  };
  std::vector<Sums> by_template(run.workload.templates.size());
  const select::Selection& selection = run.selection;
  for (std::size_t i = 0; i < run.statements.size(); ++i) {
    if (selection.cost_before[i] < 0) continue;
    const PlannedStatement& statement = run.statements[i];
    Sums& sums = by_template[statement.template_index];
    sums.weight += statement.weight;
    sums.before += statement.weight * selection.cost_before[i];
    sums.without += statement.weight * marginal.cost_without[i];
    sums.after += statement.weight * selection.cost_after[i];
    sums.penalty_before += statement.weight * selection.penalty_before[i];
    sums.penalty_without += statement.weight * marginal.penalty_without[i];
    sums.penalty_after += statement.weight * selection.penalty_after[i];
    sums.served |= selection.used[i].Contains(marginal.candidate);
  }
  std::vector<TemplateGain> gains;
  for (std::size_t index = 0; index < by_template.size(); ++index) {
    const Sums& sums = by_template[index];
    if (!sums.served || sums.weight <= 0) continue;
    const Template& of = run.workload.templates[index];
    gains.push_back({.id = of.id,
                     .fingerprint = of.fingerprint,
                     .weight = sums.weight,
                     .cost_before = (sums.before + sums.penalty_before) / sums.weight,
                     .cost_without = (sums.without + sums.penalty_without) / sums.weight,
                     .cost_after = (sums.after + sums.penalty_after) / sums.weight,
                     .penalty_before = sums.penalty_before / sums.weight,
                     .penalty_without = sums.penalty_without / sums.weight,
                     .penalty_after = sums.penalty_after / sums.weight});
  }
  std::ranges::stable_sort(gains, [](const TemplateGain& a, const TemplateGain& b) {
    const auto saved = [](const TemplateGain& gain) {
      return gain.weight * (gain.cost_before - gain.penalty_before - (gain.cost_after - gain.penalty_after));
    };
    return saved(a) > saved(b);
  });
  return gains;
}

std::vector<const catalog::IndexRequest*> ServedRequests(const Run& run, CandidateId candidate, Oid table) {
  std::vector<const catalog::IndexRequest*> requests;
  for (std::size_t i = 0; i < run.statements.size(); ++i) {
    if (!run.selection.used[i].Contains(candidate)) continue;
    for (const catalog::IndexRequest& request : run.statements[i].requests) {
      if (request.table == table) requests.push_back(&request);
    }
  }
  return requests;
}

Recommendation Recommend(const Run& run, const select::Selection::Marginal& marginal, Cost total_before,
                         const Snapshot& snapshot, std::set<std::string>& taken) {
  const catalog::Candidate& candidate = run.generated.candidates[marginal.candidate.value];
  Recommendation r = DescribeIndex(run, candidate, run.parts[marginal.candidate.value], snapshot, taken);
  r.pinned = run.pinned.Contains(marginal.candidate);
  r.gain = marginal.gain;
  r.share = total_before > 0 ? marginal.gain / total_before : 0;
  r.templates = Gains(run, marginal);
  return r;
}

std::string DetailOf(const select::Turned& turned) {
  const std::string share = absl::StrCat(FormatNumber(100 * turned.share, 2), " % of the total cost");
  if (turned.code == reason::kNeverUsed) return "No plan uses it, alone or together with the others.";
  if (turned.code == reason::kNoGain) return "It saves nothing beside the chosen indexes.";
  if (turned.code == reason::kBelowFloor) return absl::StrCat("It would save ", share, ", less than --min-share.");
  if (turned.code == reason::kWritesCostMore)
    return absl::StrCat("It would save ", share, " in reads, and cost more in writes.");
  if (turned.code == reason::kCoveredByWider) return "A chosen index starts with its columns and does its work.";
  if (turned.code == reason::kBeaten)
    return absl::StrCat("Alone it would save ", share, "; a chosen index serves the same statements better.");
  if (turned.code == reason::kOverBudget)
    return absl::StrCat("It would save ", share, ", but does not fit into --budget beside the chosen ones.");
  if (turned.code == reason::kOverCount)
    return absl::StrCat("It would save ", share, ", but --max-indexes is reached.");
  if (turned.code == reason::kOverTable)
    return absl::StrCat("It would save ", share, ", but --max-per-table is reached.");
  if (turned.code == reason::kOverMaintenance)
    return absl::StrCat("It would save ", share, ", but writes would cost more than --max-maintenance allows.");
  return "";
}

std::string ForbiddenBy(const Run& run, const IndexDef& def, const Snapshot& snapshot) {
  const auto ban = std::ranges::find_if(run.demands.bans, [&](const Ban& of) { return Bans(of, def, snapshot); });
  PGASSAY_CHECK(ban != run.demands.bans.end());
  return absl::StrCat("By --forbid ", ban->text, ".");
}

Demanded DemandedOf(const Run& run, const AdviseOptions& options, const Snapshot& snapshot) {
  Demanded demanded{.budget_bytes = options.budget_bytes,
                    .max_indexes = options.max_indexes,
                    .max_per_table = options.max_per_table,
                    .max_maintenance = options.max_maintenance,
                    .pinned = {},
                    .forbidden = {},
                    .keep_existing = options.keep_existing,
                    .kept = {}};
  for (const CandidateId id : run.pinned)
    demanded.pinned.push_back(catalog::Describe(run.generated.candidates[id.value].def, snapshot));
  for (const Ban& ban : run.demands.bans) demanded.forbidden.push_back(ban.text);
  for (const Oid oid : run.demands.kept) {
    const Index* const index = snapshot.FindIndex(oid);
    PGASSAY_CHECK(index != nullptr);
    demanded.kept.push_back(catalog::QuotedName(index->name));
  }
  return demanded;
}

std::vector<Rejection> Turned(const Run& run, const Snapshot& snapshot) {
  std::map<StatementId, std::size_t> template_of;
  for (const PlannedStatement& statement : run.statements) template_of[statement.id] = statement.template_index;
  std::vector<Rejection> rejected;
  for (const select::Turned& turned : run.selection.turned) {
    if (!run.usable[turned.candidate.value]) continue;
    const catalog::Candidate& candidate = run.generated.candidates[turned.candidate.value];
    Rejection rejection;
    rejection.definition = catalog::Describe(candidate.def, snapshot);
    rejection.code = turned.code;
    if (turned.by) rejection.by = catalog::Describe(run.generated.candidates[turned.by->value].def, snapshot);
    if (turned.code == reason::kForbidden && run.harmful.Contains(turned.candidate)) {
      rejection.code = reason::kSlowerByRows;
      rejection.detail = "With the rows that --analyze counted, the statements that would use it take longer with it.";
    } else {
      rejection.detail =
          turned.code == reason::kForbidden ? ForbiddenBy(run, candidate.def, snapshot) : DetailOf(turned);
    }
    std::set<std::string> templates;
    for (const catalog::Origin& origin : candidate.origins) {
      const auto statement = template_of.find(origin.statement);
      if (statement != template_of.end()) templates.insert(run.workload.templates[statement->second].id);
    }
    rejection.templates.assign(templates.begin(), templates.end());
    rejected.push_back(std::move(rejection));
  }
  return rejected;
}

// Finds the templates whose bindings use different indexes.
void MarkSkew(const Run& run, std::vector<TemplateCost>& costs) {
  std::map<std::string, std::set<std::pair<whatif::IndexSet, std::vector<Oid>>>> used;
  for (std::size_t i = 0; i < run.statements.size(); ++i) {
    if (run.selection.cost_before[i] < 0) continue;
    const std::string& id = run.workload.templates[run.statements[i].template_index].id;
    used[id].insert({run.chosen[i].used, run.chosen[i].used_existing});
  }
  for (TemplateCost& cost : costs) cost.plans_differ = used[cost.id].size() > 1;
}

// HOT ends once: it is told, and counted, with the first index that ends it.
void ChargeOnce(const Run& run, std::vector<Recommendation>& recommendations) {
  std::vector<IndexDef> before;
  for (Recommendation& recommendation : recommendations) {
    const auto candidate = std::ranges::find(run.generated.candidates, recommendation.index, &catalog::Candidate::def);
    if (candidate != run.generated.candidates.end() && !before.empty()) {
      recommendation.maintenance =
          run.writes->Of(candidate->def, run.parts[candidate->id.value], candidate->fraction, before);
    }
    before.push_back(recommendation.index);
  }
}

// The selection's bound is for cost and prices together; what is shown is without the prices of the chosen set. A
// statement may have gained from an index that it did not ask for, so that the set is better than was proven.
void AddProof(const select::Selection& selection, Advice& advice) {
  Certificate& certificate = advice.certificate;
  const auto bound = [](Cost lower_bound, Cost price, Cost cost) { return std::clamp(lower_bound - price, 0.0, cost); };
  certificate.lower_bound = bound(selection.lower_bound, selection.price, certificate.cost_after);
  certificate.gap =
      certificate.cost_after > 0 ? (certificate.cost_after - *certificate.lower_bound) / certificate.cost_after : 0;
  certificate.monotonicity_violation = selection.violation;
  for (const select::Selection::Point& point : selection.frontier) {
    advice.frontier.push_back({.budget_bytes = point.budget,
                               .size_bytes = point.bytes,
                               .indexes = static_cast<int>(point.chosen.size()),
                               .cost = point.cost,
                               .lower_bound = bound(point.lower_bound, point.price, point.cost),
                               .advised = point.chosen == selection.chosen});
  }
}

}  // namespace

Bytes TotalBytes(const twin::CandidateParts& parts) {
  Bytes bytes = 0;
  for (const twin::SizedIndex& part : parts) bytes += part.size.bytes();
  return bytes;
}

std::string RecommendationId(const std::string& kind, const std::string& definition) {
  return HexDigits(StableHash(absl::StrCat(kind, " ", definition)), 12);
}

Recommendation DescribeIndex(const Run& run, const catalog::Candidate& candidate, const twin::CandidateParts& parts,
                             const Snapshot& snapshot, std::set<std::string>& taken) {
  Recommendation r;
  r.kind = "create-index";
  r.index = candidate.def;
  if (const Relation* relation = snapshot.FindRelation(candidate.def.table)) r.table = relation->name;
  r.definition = catalog::Describe(candidate.def, snapshot);
  r.id = RecommendationId(r.kind, r.definition);
  r.index_name = advice::IndexName(candidate.def, snapshot, taken);
  advice::IndexDdl ddl = advice::MakeIndexDdl(candidate.def, r.index_name, snapshot, taken);
  r.ddl = std::move(ddl.create);
  r.undo = std::move(ddl.undo);
  r.size_bytes = TotalBytes(parts);
  r.size_rests_on_estimate =
      std::ranges::any_of(parts, [](const twin::SizedIndex& part) { return part.size.rests_on_estimate; });
  r.index_count = static_cast<int>(parts.size());
  r.maintenance = run.writes->Of(candidate.def, parts, candidate.fraction);
  r.label = "estimated";
  std::set<int> rules;
  for (const catalog::Origin& origin : candidate.origins) rules.insert(origin.rule);
  r.rules.assign(rules.begin(), rules.end());
  const std::vector<const catalog::IndexRequest*> requests = ServedRequests(run, candidate.id, candidate.def.table);
  r.why = ExplainShape(candidate.def, requests, snapshot);
  if (std::string text = DescribeReferential(candidate, run.workload, run.statements); !text.empty()) {
    r.why.push_back(std::move(text));
  }
  if (std::string hint = UniquenessHint(candidate.def, snapshot); !hint.empty()) r.why.push_back(std::move(hint));
  if (!candidate.caution.empty()) r.why.push_back(candidate.caution);
  const std::vector<std::string> doubts = StatisticsDoubts(candidate.def.table, snapshot);
  std::vector<std::string> end_doubts = EndPointDoubts(candidate.def, requests, snapshot);
  std::vector<std::string> cover_doubts = CoverDoubts(candidate.def, snapshot);
  std::ranges::move(cover_doubts, std::back_inserter(end_doubts));
  std::vector<std::string> expression_doubts = ExpressionDoubts(candidate.def.table, snapshot);
  std::ranges::move(NewExpressionDoubts(candidate.def, snapshot), std::back_inserter(expression_doubts));
  r.why.insert(r.why.end(), doubts.begin(), doubts.end());
  r.why.insert(r.why.end(), end_doubts.begin(), end_doubts.end());
  r.why.insert(r.why.end(), expression_doubts.begin(), expression_doubts.end());
  const bool doubtful = !end_doubts.empty() || !expression_doubts.empty() || !candidate.caution.empty();
  r.confidence = !doubts.empty() ? "low" : doubtful ? "medium" : "high";
  return r;
}

Advice MakeAdvice(const Run& run, const Snapshot& snapshot, const AdviseOptions& options) {
  const select::Selection& selection = run.selection;
  Advice advice;
  const Cost before = WeightedSum(run.statements, selection.cost_before, selection.cost_before);
  advice.certificate.cost_before = before;
  advice.certificate.cost_after = WeightedSum(run.statements, selection.cost_after, selection.cost_before);
  advice.certificate.candidates = static_cast<int>(run.generated.candidates.size());
  advice.certificate.planner_calls = selection.planner_calls;
  AddProof(selection, advice);
  advice.certificate.demanded = DemandedOf(run, options, snapshot);
  advice.partial = selection.stopped;

  std::set<std::string> taken;
  for (const CandidateId candidate : selection.chosen) {
    const select::Selection::Marginal* const marginal = FindMarginal(selection, candidate);
    PGASSAY_CHECK(marginal != nullptr);
    advice.recommendations.push_back(Recommend(run, *marginal, before, snapshot, taken));
  }
  std::ranges::stable_sort(advice.recommendations, [](const Recommendation& a, const Recommendation& b) {
    return a.gain != b.gain ? a.gain > b.gain : a.definition < b.definition;
  });
  ChargeOnce(run, advice.recommendations);

  for (const Drop& drop : run.drops.drops) {
    advice.recommendations.push_back(RecommendDrop(run, drop, snapshot, before));
  }

  advice.rejected = run.generated.rejected;
  // What a rule has turned down may be pinned.
  std::erase_if(advice.rejected, [&](const Rejection& rejection) {
    return std::ranges::find(advice.certificate.demanded.pinned, rejection.definition) !=
           advice.certificate.demanded.pinned.end();
  });
  advice.rejected.insert(advice.rejected.end(), run.drops.kept.begin(), run.drops.kept.end());
  std::vector<Rejection> turned = Turned(run, snapshot);
  advice.rejected.insert(advice.rejected.end(), std::make_move_iterator(turned.begin()),
                         std::make_move_iterator(turned.end()));
  std::ranges::stable_sort(advice.rejected, [](const Rejection& a, const Rejection& b) {
    return std::tie(a.definition, a.code) < std::tie(b.definition, b.code);
  });

  advice.costs = TemplateCosts(run.workload, run.statements, {selection.cost_before, selection.penalty_before},
                               {selection.cost_after, selection.penalty_after});
  MarkSkew(run, advice.costs);
  advice.workload = run.workload;
  for (const select::Failure& failure : selection.failures) {
    const auto statement = std::ranges::find(run.statements, failure.statement, &PlannedStatement::id);
    if (statement != run.statements.end()) {
      SkipBinding(advice.workload, *statement, failure.status, run.twin->missing());
    }
  }
  MergeSkipped(advice.workload);
  advice.warnings = AdviceWarnings(run, snapshot);
  return advice;
}

}  // namespace pgassay::advisor
