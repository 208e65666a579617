// Explain: the advisor runs as for advice, and the twin is asked for the plans behind it.

#include "pgassay/explain.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "advisor/analysis.h"
#include "advisor/recommend.h"
#include "advisor/request_text.h"
#include "advisor/run.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "sql/statement.h"
#include "twin/plan_shape.h"
#include "whatif/index_size.h"

namespace pgassay {
namespace {

using advisor::PlannedStatement;

// Templates whose plans are shown for an index: the ones that gain most.
constexpr std::size_t kMostTemplates = 5;
constexpr Cost kNothing = 0.005;         // a cost that is printed as zero
constexpr std::size_t kMostMatches = 5;  // ids named when a prefix is ambiguous
constexpr std::size_t kMostNearest = 3;  // ids named when none begins with what was given
// Shorter than this everything is near, longer than that nothing is an id.
constexpr std::size_t kShortestMistyped = 4;
constexpr std::size_t kLongestMistyped = 64;

// An index to explain: one of the run's candidates, or one that was made for the question.
struct Subject {
  catalog::Candidate candidate;
  twin::CandidateParts parts;
  bool advised = false;
};

// What the workload's statements cost under one set.
struct Costs {
  std::vector<Cost> by_statement;  // without penalties; -1: not planned
  std::vector<whatif::PlanAnswer> answers;
  Cost total = 0;
};

// Ids have neither.
bool IsStatement(std::string_view subject) {
  return subject.find_first_of(" \t\n(") != std::string_view::npos;
}

class Explainer {
 public:
  Explainer(const Snapshot& snapshot, advisor::Run run, const AdviseOptions& options)
      : snapshot_(snapshot), run_(std::move(run)) {
    advice_ = advisor::MakeAdvice(run_, snapshot_, options);
    explanation_.warnings = advice_.warnings;
    explanation_.cost_before = advice_.certificate.cost_before;
    explanation_.cost_after = advice_.certificate.cost_after;
    for (const CandidateId id : run_.selection.chosen) {
      NameIndexes(id, run_.parts[id.value].size(), NameOf(run_.generated.candidates[id.value].def));
    }
  }

  // What the plans of the explained statements are when they are executed.
  absl::Status AddEvidence(const AdviseOptions& options, Explanation& explanation) {
    std::vector<std::string> ids;
    for (const ExplainedTemplate& of : explanation.templates) ids.push_back(of.of.id);
    if (explanation.index) {
      for (const ExplainedTemplate& of : explanation.index->templates) ids.push_back(of.of.id);
    }
    if (ids.empty()) return absl::OkStatus();
    std::vector<AnalyzeRequest> requests;
    if (options.analyzer != nullptr) {
      requests = advisor::ChooseRequests(run_, advice_, snapshot_, options.analyzer->options().bindings, ids);
    }
    PGASSAY_RETURN_IF_ERROR(advisor::AddEvidence(run_, snapshot_, options, requests, advice_));
    explanation.evidence = std::move(advice_.evidence);
    std::erase_if(explanation.evidence.findings, [&](const EvidenceFinding& finding) {
      return std::ranges::none_of(finding.templates,
                                  [&](const std::string& id) { return std::ranges::find(ids, id) != ids.end(); });
    });
    if (!explanation.index) return absl::OkStatus();
    for (const Recommendation& recommendation : advice_.recommendations) {
      if (recommendation.id == explanation.index->recommendation.id) explanation.index->recommendation = recommendation;
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Explanation> Answer(std::string_view subject) {
    explanation_.subject = subject;
    if (IsStatement(subject)) {
      explanation_.kind = "index";
      PGASSAY_ASSIGN_OR_RETURN(const Subject index, MakeSubject(std::string(subject)));
      PGASSAY_RETURN_IF_ERROR(ExplainIndex(index));
      return std::move(explanation_);
    }
    PGASSAY_ASSIGN_OR_RETURN(const std::string id, FullId(subject));
    for (const Recommendation& recommendation : advice_.recommendations) {
      if (recommendation.id != id) continue;
      explanation_.kind = "recommendation";
      if (recommendation.kind == "drop-index") {
        PGASSAY_RETURN_IF_ERROR(ExplainDrop(recommendation));
        return std::move(explanation_);
      }
      const CandidateId candidate = CandidateOf(recommendation);
      PGASSAY_RETURN_IF_ERROR(ExplainIndex({.candidate = run_.generated.candidates[candidate.value],
                                            .parts = run_.parts[candidate.value],
                                            .advised = true}));
      return std::move(explanation_);
    }
    explanation_.kind = "template";
    const auto found = std::ranges::find(run_.workload.templates, id, &Template::id);
    PGASSAY_ASSIGN_OR_RETURN(ExplainedTemplate explained,
                             ExplainTemplate(static_cast<std::size_t>(found - run_.workload.templates.begin()),
                                             run_.selection.chosen, run_.drops.hidden()));
    explanation_.templates.push_back(std::move(explained));
    return std::move(explanation_);
  }

 private:
  // The id that `prefix` begins, of a template or a recommendation.
  absl::StatusOr<std::string> FullId(std::string_view prefix) const {
    const std::string lower = absl::AsciiStrToLower(ToAbsl(prefix));
    std::vector<std::string> matches;
    for (const Recommendation& recommendation : advice_.recommendations) {
      if (recommendation.id.starts_with(lower)) matches.push_back(recommendation.id);
    }
    for (const Template& of : run_.workload.templates) {
      if (of.id.starts_with(lower)) matches.push_back(of.id);
    }
    if (matches.size() == 1) return matches.front();
    if (const auto exact = std::ranges::find(matches, lower); exact != matches.end()) return *exact;
    for (const Skipped& skipped : advice_.workload.skipped) {
      if (matches.empty() && skipped.fingerprint.starts_with(lower)) {
        return absl::InvalidArgumentError(absl::StrCat("statement ", skipped.fingerprint, " (",
                                                       Printable(skipped.source),
                                                       ") was skipped: ", Printable(skipped.reason)));
      }
    }
    if (matches.empty()) {
      return absl::InvalidArgumentError(absl::StrCat(
          "no template and no recommendation has an id that begins with '", Printable(prefix), "'", NearestIds(lower),
          "; `pgassay queries SOURCE` lists the ids of templates, `pgassay advise "
          "SOURCE` those of recommendations. An index is asked about as 'CREATE INDEX ON ...'"));
    }
    std::string named;
    for (std::size_t i = 0; i < matches.size() && i < kMostMatches; ++i) {
      absl::StrAppend(&named, i == 0 ? "" : ", ", matches[i]);
    }
    return absl::InvalidArgumentError(absl::StrCat(matches.size(), " ids begin with '", Printable(prefix), "': ", named,
                                                   matches.size() > kMostMatches ? ", ..." : "", "; give more digits"));
  }

  // "; near to it: template 1234..., recommendation 5678..." for a mistyped id, else nothing.
  std::string NearestIds(std::string_view given) const {
    if (given.size() < kShortestMistyped || given.size() > kLongestMistyped) return "";
    std::vector<std::pair<std::size_t, std::string>> near;
    const auto offer = [&](std::string_view kind, const std::string& id) {
      const std::size_t distance = EditDistance(given, std::string_view(id).substr(0, given.size()));
      if (distance <= given.size() / 3) {
        near.emplace_back(distance, absl::StrCat(ToAbsl(kind), " ", id));
      }
    };
    for (const Template& of : run_.workload.templates) offer("template", of.id);
    for (const Recommendation& recommendation : advice_.recommendations) offer("recommendation", recommendation.id);
    std::ranges::sort(near);
    std::string text;
    for (std::size_t i = 0; i < near.size() && i < kMostNearest; ++i) {
      absl::StrAppend(&text, i == 0 ? "; near to it: " : ", ", near[i].second);
    }
    return text;
  }

  CandidateId CandidateOf(const Recommendation& recommendation) const {
    for (const CandidateId id : run_.selection.chosen) {
      if (run_.generated.candidates[id.value].def == recommendation.index) return id;
    }
    PGASSAY_CHECK(false);
    return {};
  }

  std::string NameOf(const IndexDef& def) const {
    for (const Recommendation& recommendation : advice_.recommendations) {
      if (recommendation.index == def) return recommendation.index_name;
    }
    return catalog::Describe(def, snapshot_);
  }

  void NameIndexes(CandidateId id, std::size_t parts, const std::string& name) {
    for (const std::string& twin_name : twin::Twin::IndexNames(id, parts)) explanation_.index_names[twin_name] = name;
  }

  // The index that a CREATE INDEX statement means: an advised one, or a new one on the twin.
  absl::StatusOr<Subject> MakeSubject(const std::string& sql) {
    PGASSAY_ASSIGN_OR_RETURN(const twin::MadeIndex made, run_.twin->AddIndexStatement(sql));
    Subject subject;
    subject.candidate = {.id = made.candidate, .def = made.def, .origins = {}};
    std::vector<whatif::BtreeSize> sizes;
    for (std::size_t i = 0; i < made.parts.size(); ++i) {
      sizes.push_back(whatif::EstimateIndexSize(made.parts[i], snapshot_, made.rows[i]));
      subject.parts.push_back({.def = made.parts[i], .size = sizes.back()});
    }
    // Before anything is planned, even where it is not wanted: without sizes the twin does not know it for a candidate,
    // and it would be in every plan.
    PGASSAY_RETURN_IF_ERROR(run_.twin->SetSizes(made.candidate, sizes));
    for (const CandidateId id : run_.selection.chosen) {
      const catalog::Candidate& candidate = run_.generated.candidates[id.value];
      if (catalog::SameWork(candidate.def, made.def)) {
        return Subject{.candidate = candidate, .parts = run_.parts[id.value], .advised = true};
      }
    }
    NameIndexes(made.candidate, made.parts.size(), catalog::Describe(made.def, snapshot_));
    return subject;
  }

  absl::StatusOr<Costs> CostUnder(const whatif::IndexSet& enabled, const std::vector<Oid>& hidden) {
    std::vector<whatif::PlanQuestion> questions;
    for (const PlannedStatement& statement : run_.statements) questions.push_back({statement.id, enabled, hidden});
    PGASSAY_ASSIGN_OR_RETURN(const auto answers, run_.twin->Plan(questions));
    Costs costs;
    for (std::size_t i = 0; i < answers.size(); ++i) {
      const bool planned = answers[i].ok() && run_.selection.cost_before[i] >= 0;
      costs.by_statement.push_back(planned ? answers[i]->net() : -1);
      costs.answers.push_back(answers[i].ok() ? *answers[i] : whatif::PlanAnswer{});
      if (planned) costs.total += run_.statements[i].weight * answers[i]->net();
    }
    return costs;
  }

  absl::StatusOr<ExplainedTemplate> ExplainTemplate(std::size_t index, const whatif::IndexSet& after,
                                                    const std::vector<Oid>& hidden) {
    ExplainedTemplate explained;
    explained.of = run_.workload.templates[index];
    std::set<std::string> shapes_before, shapes_after, requests;
    std::vector<PlannedStatement> own;
    advisor::StatementCosts before, afterwards;
    for (const PlannedStatement& statement : run_.statements) {
      if (statement.template_index != index) continue;
      ExplainedBinding binding;
      binding.binding = explained.of.bindings[statement.binding_index];
      const std::vector<whatif::PlanQuestion> questions = {{statement.id, {}, {}}, {statement.id, after, hidden}};
      PGASSAY_ASSIGN_OR_RETURN(const auto answers, run_.twin->Plan(questions));
      PGASSAY_RETURN_IF_ERROR(answers[0].status());
      PGASSAY_RETURN_IF_ERROR(answers[1].status());
      binding.cost_before = answers[0]->total;
      binding.cost_after = answers[1]->total;
      binding.penalty_before = answers[0]->penalty;
      binding.penalty_after = answers[1]->penalty;
      PGASSAY_ASSIGN_OR_RETURN(binding.plan_before, run_.twin->ExplainJson(questions[0]));
      PGASSAY_ASSIGN_OR_RETURN(binding.plan_after, run_.twin->ExplainJson(questions[1]));
      shapes_before.insert(twin::PlanShape(binding.plan_before));
      shapes_after.insert(twin::PlanShape(binding.plan_after));
      for (const catalog::IndexRequest& request : statement.requests) {
        if (!request.clauses.empty() || !request.orders.empty()) {
          requests.insert(advisor::DescribeRequest(request, snapshot_));
        }
      }
      own.push_back(statement);
      before.Add(&*answers[0]);
      afterwards.Add(&*answers[1]);
      explained.bindings.push_back(std::move(binding));
    }
    explained.plans_differ_before = shapes_before.size() > 1;
    explained.plans_differ_after = shapes_after.size() > 1;
    explained.requests.assign(requests.begin(), requests.end());
    std::ranges::stable_sort(explained.bindings, [](const ExplainedBinding& a, const ExplainedBinding& b) {
      return a.binding.weight > b.binding.weight;
    });
    for (TemplateCost& cost : advisor::TemplateCosts(run_.workload, own, before, afterwards)) {
      explained.cost = std::move(cost);
    }
    AddAdvice(explained);
    return explained;
  }

  // The recommendations that serve a template, and the candidates that were wanted for it and are not advised.
  void AddAdvice(ExplainedTemplate& explained) const {
    for (const Recommendation& recommendation : advice_.recommendations) {
      if (std::ranges::find(recommendation.templates, explained.of.id, &TemplateGain::id) !=
          recommendation.templates.end()) {
        explained.recommendations.push_back(recommendation.id);
      }
    }
    for (const Rejection& rejection : advice_.rejected) {
      if (std::ranges::find(rejection.templates, explained.of.id) != rejection.templates.end()) {
        explained.rejected.push_back(rejection);
      }
    }
  }

  absl::Status ExplainIndex(const Subject& subject) {
    const CandidateId id = subject.candidate.id;
    ExplainedIndex index;
    index.definition = catalog::Describe(subject.candidate.def, snapshot_);
    index.advised = subject.advised;
    PGASSAY_ASSIGN_OR_RETURN(const Costs nothing, CostUnder({}, {}));
    PGASSAY_ASSIGN_OR_RETURN(const Costs alone, CostUnder(whatif::IndexSet({id}), {}));
    const whatif::IndexSet with = run_.selection.chosen.With(id);
    PGASSAY_ASSIGN_OR_RETURN(const Costs in_set, CostUnder(with, run_.drops.hidden()));
    // Without it, the existing indexes that it replaces would stay.
    std::vector<Oid> hidden;
    for (const advisor::Drop& drop : run_.drops.drops) {
      if (drop.by_candidate != id) hidden.push_back(drop.index->oid);
    }
    PGASSAY_ASSIGN_OR_RETURN(const Costs without, CostUnder(with.Without(id), hidden));
    index.gain_alone = nothing.total - alone.total;
    index.gain_in_set = without.total - in_set.total;
    index.recommendation = Recommended(subject);
    index.verdict = Verdict(subject, index, alone);
    index.substitutes = Substitutes(id, in_set, without);
    PGASSAY_RETURN_IF_ERROR(AddTemplates(id, with, alone, in_set, without, index));
    explanation_.cost_after = in_set.total;
    explanation_.index = std::move(index);
    return absl::OkStatus();
  }

  absl::Status ExplainDrop(const Recommendation& recommendation) {
    ExplainedIndex index;
    index.definition = recommendation.definition;
    index.advised = true;
    index.recommendation = recommendation;
    const auto drop = std::ranges::find_if(run_.drops.drops, [&](const advisor::Drop& of) {
      return of.index->def == recommendation.index && of.index->name.name == recommendation.index_name;
    });
    PGASSAY_CHECK(drop != run_.drops.drops.end());
    PGASSAY_ASSIGN_OR_RETURN(const Costs nothing, CostUnder({}, {}));
    PGASSAY_ASSIGN_OR_RETURN(const Costs alone, CostUnder({}, {drop->index->oid}));
    index.gain_alone = nothing.total - alone.total;
    index.gain_in_set = recommendation.gain;
    index.verdict = -recommendation.gain < kNothing
                        ? "Advised: reads cost no more without it."
                        : absl::StrCat("Advised: without it reads cost ", ShareText(-recommendation.gain), " more.");
    std::set<std::size_t> templates;
    for (const advisor::Drop::Change& change : drop->changes) {
      templates.insert(run_.statements[change.statement].template_index);
    }
    for (const std::size_t of : templates) {
      if (index.templates.size() >= kMostTemplates) break;
      PGASSAY_ASSIGN_OR_RETURN(ExplainedTemplate explained,
                               ExplainTemplate(of, run_.selection.chosen, run_.drops.hidden()));
      index.templates.push_back(std::move(explained));
    }
    explanation_.index = std::move(index);
    return absl::OkStatus();
  }

  Recommendation Recommended(const Subject& subject) const {
    for (const Recommendation& recommendation : advice_.recommendations) {
      if (subject.advised && recommendation.index == subject.candidate.def) return recommendation;
    }
    std::set<std::string> taken;
    return advisor::DescribeIndex(run_, subject.candidate, subject.parts, snapshot_, taken);
  }

  std::string ShareText(Cost gain) const {
    const Cost total = advice_.certificate.cost_before;
    return absl::StrCat(FormatNumber(total > 0 ? 100 * gain / total : 0, 2), " % of the workload's cost");
  }

  std::string Verdict(const Subject& subject, const ExplainedIndex& index, const Costs& alone) const {
    if (subject.advised) {
      return absl::StrCat("Advised: without it, and with all other advised indexes, ", ShareText(index.gain_in_set),
                          " would come back.");
    }
    for (const Index& existing : snapshot_.indexes) {
      if (existing.valid && existing.ready && catalog::SameWork(existing.def, subject.candidate.def)) {
        return absl::StrCat("Not advised: ", catalog::QuotedName(existing.name), " is the same index.");
      }
    }
    const auto rejection = std::ranges::find(advice_.rejected, index.definition, &Rejection::definition);
    const bool used = std::ranges::any_of(
        alone.answers, [&](const whatif::PlanAnswer& a) { return a.used.Contains(subject.candidate.id); });
    if (!used) return "Not advised: no plan of the workload uses it, not even with no other new index.";
    const Cost floor = 0.0005 * advice_.certificate.cost_before;
    std::string text = absl::StrCat("Not advised: alone it would save ", ShareText(index.gain_alone));
    if (index.gain_in_set <= floor) {
      absl::StrAppend(&text, "; beside the advised indexes it saves nothing more.");
    } else {
      absl::StrAppend(&text, ", beside the advised indexes ", ShareText(index.gain_in_set), ".");
    }
    if (rejection != advice_.rejected.end() && rejection->code != reason::kNeverUsed) {
      absl::StrAppend(&text, " ", rejection->detail);
    }
    return text;
  }

  // What plans that use the index would use in its place.
  std::vector<std::string> Substitutes(CandidateId id, const Costs& in_set, const Costs& without) const {
    std::set<std::string> names;
    for (std::size_t i = 0; i < run_.statements.size(); ++i) {
      if (!in_set.answers[i].used.Contains(id)) continue;
      const whatif::PlanAnswer& other = without.answers[i];
      for (const CandidateId used : other.used.Minus(in_set.answers[i].used)) {
        names.insert(catalog::Describe(run_.generated.candidates[used.value].def, snapshot_));
      }
      for (const Oid oid : other.used_existing) {
        const Index* const existing = snapshot_.FindIndex(oid);
        if (existing != nullptr &&
            std::ranges::find(in_set.answers[i].used_existing, oid) == in_set.answers[i].used_existing.end()) {
          names.insert(catalog::QuotedName(existing->name));
        }
      }
      if (other.used.empty() && other.used_existing.empty()) names.insert("a scan of the whole table");
    }
    return {names.begin(), names.end()};
  }

  // Templates that the index serves in the set; where it serves none there, those that it serves alone.
  absl::Status AddTemplates(CandidateId id, const whatif::IndexSet& with, const Costs& alone, const Costs& in_set,
                            const Costs& without, ExplainedIndex& index) {
    std::map<std::size_t, Cost> gains;
    bool serves = false;
    for (std::size_t i = 0; i < run_.statements.size(); ++i) {
      if (in_set.by_statement[i] < 0 || !in_set.answers[i].used.Contains(id)) continue;
      const PlannedStatement& statement = run_.statements[i];
      gains[statement.template_index] += statement.weight * (without.by_statement[i] - in_set.by_statement[i]);
      serves = true;
    }
    for (std::size_t i = 0; i < run_.statements.size() && !serves; ++i) {
      if (alone.by_statement[i] < 0 || !alone.answers[i].used.Contains(id)) continue;
      const PlannedStatement& statement = run_.statements[i];
      gains[statement.template_index] += statement.weight * (run_.selection.cost_before[i] - alone.by_statement[i]);
    }
    std::vector<std::pair<std::size_t, Cost>> order(gains.begin(), gains.end());
    std::ranges::stable_sort(order, [](const auto& a, const auto& b) { return a.second > b.second; });
    if (order.size() > kMostTemplates) order.resize(kMostTemplates);
    for (const auto& [template_index, gain] : order) {
      PGASSAY_ASSIGN_OR_RETURN(ExplainedTemplate explained,
                               ExplainTemplate(template_index, serves ? with : whatif::IndexSet({id}),
                                               serves ? run_.drops.hidden() : std::vector<Oid>()));
      index.templates.push_back(std::move(explained));
    }
    return absl::OkStatus();
  }

  const Snapshot& snapshot_;
  advisor::Run run_;
  Advice advice_;
  Explanation explanation_;
};

}  // namespace

absl::StatusOr<Explanation> Explain(const Snapshot& snapshot, Workload workload, std::string_view subject,
                                    const AdviseOptions& options) {
  if (IsStatement(subject)) {
    // Before the work of a whole run.
    PGASSAY_ASSIGN_OR_RETURN(const sql::IndexStatement statement, sql::ExamineIndexStatement(subject));
    if (!statement.create) return absl::InvalidArgumentError("not a CREATE INDEX statement");
  }
  PGASSAY_ASSIGN_OR_RETURN(advisor::Run run, advisor::RunAdvice(snapshot, std::move(workload), options));
  Explainer explainer(snapshot, std::move(run), options);
  PGASSAY_ASSIGN_OR_RETURN(Explanation explanation, explainer.Answer(subject));
  PGASSAY_RETURN_IF_ERROR(explainer.AddEvidence(options, explanation));
  return explanation;
}

}  // namespace pgassay
