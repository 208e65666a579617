#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "report/advice_parts.h"
#include "report/document_parts.h"
#include "report/documents.h"
#include "report/evidence.h"
#include "report/explained_plans.h"
#include "report/figures.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

constexpr std::size_t kShownPlans = 3;      // pairs of plans of one template
constexpr std::size_t kShownTemplates = 5;  // of those that an index serves
constexpr std::size_t kRejectedLines = 15;
constexpr double kNothing = 0.005;  // a cost that is printed as zero

class ExplainWriter {
 public:
  ExplainWriter(const Explanation& explanation, const Statements& statements, const Style& style)
      : explanation_(explanation), statements_(statements), style_(style) {}

  void AddTemplate(const ExplainedTemplate& explained) {
    const Template& of = explained.of;
    document_.push_back(Subject{absl::StrCat("Template ", statements_.ShortId(of.id)), of.id});
    Facts facts{.place = Facts::Place::kSubject, .facts = {}};
    const auto add = [&](const char* label, std::string sentence) {
      facts.facts.push_back({.label = label, .sentences = {std::move(sentence)}, .sql = ""});
    };
    facts.facts.push_back({.label = "sql", .sentences = {}, .sql = statements_.Text(of)});
    add("cost", absl::StrCat(ChangeText(explained.cost.cost_before, explained.cost.cost_after,
                                        explained.cost.penalty_before, explained.cost.penalty_after),
                             " a call, weight ", WeightText(of.weight), ", from ", Statements::Source(of)));
    if (of.observed) add("time", ObservedText(*of.observed));
    if (!of.user.empty()) add("user", of.user);
    for (const std::string& tag : statements_.Tags(of)) add("tag", tag);
    add("served", explained.recommendations.empty()
                      ? "by no recommendation"
                      : absl::StrCat("by ", absl::StrJoin(explained.recommendations, ", ")));
    for (const std::string& request : explained.requests) add("wants", statements_.Sentence(request));
    document_.push_back(std::move(facts));
    AddBindings(explained);
    AddPlans(explained);
    if (explained.rejected.empty()) return;
    document_.push_back(Heading{absl::StrCat("Wanted for ", statements_.ShortId(of.id), " and not recommended")});
    document_.push_back(RejectedGroups(explained.rejected, statements_, kRejectedLines, style_.verbose));
  }

  void AddIndex(const ExplainedIndex& index) {
    document_.push_back(Subject{statements_.Definition(index.definition), index.recommendation.id});
    Facts facts = RecommendationFacts(index.recommendation, statements_);
    Facts::Place place = facts.place;
    Facts own{.place = place, .facts = {}};
    own.facts.push_back(
        {.label = "verdict",
         .sentences = {index.advised ? "recommended" : "not recommended", statements_.Sentence(index.verdict)},
         .sql = ""});
    own.facts.push_back(
        {.label = "alone", .sentences = {GainText(index.gain_alone, "with no other new index")}, .sql = ""});
    own.facts.push_back(
        {.label = "in set", .sentences = {GainText(index.gain_in_set, "beside the recommended ones")}, .sql = ""});
    for (const std::string& substitute : index.substitutes) {
      own.facts.push_back({.label = "without", .sentences = {statements_.Definition(substitute)}, .sql = ""});
    }
    for (Fact& fact : facts.facts) {
      // The gain is told above, alone and in the set.
      if (fact.label != "gain") own.facts.push_back(std::move(fact));
    }
    AddSteps(own.facts, index.recommendation.ddl, style_.verbose, "--verbose lists them");
    document_.push_back(std::move(own));
    const std::size_t shown =
        style_.verbose ? index.templates.size() : std::min(index.templates.size(), kShownTemplates);
    for (std::size_t i = 0; i < shown; ++i) AddTemplate(index.templates[i]);
    AddHidden(index.templates.size() - shown, "template", "templates");
  }

  void AddHidden(std::size_t hidden, const char* one, const char* many) {
    if (hidden == 0) return;
    document_.push_back(
        Remark{absl::StrCat("and ", Plural(static_cast<std::int64_t>(hidden), one, many), " more with --verbose")});
  }

  Document& document() { return document_; }

 private:
  static std::string ObservedText(const StatementCounters& counters) {
    const double mean = counters.calls > 0 ? counters.total_ms / static_cast<double>(counters.calls) : 0;
    return absl::StrCat(DurationText(counters.total_ms), " in ", Plural(counters.calls, "call", "calls"), ", ",
                        DurationText(mean), " each, from ", DurationText(counters.min_ms), " to ",
                        DurationText(counters.max_ms));
  }

  std::string GainText(Cost gain, const char* circumstance) const {
    const double share = explanation_.cost_before > 0 ? gain / explanation_.cost_before : 0;
    if (std::abs(gain) < kNothing) return absl::StrCat("saves nothing ", circumstance);
    if (gain < 0)
      return absl::StrCat("costs ", PercentText(-share), " of the total cost more (", CostText(-gain), ") ",
                          circumstance);
    return absl::StrCat("saves ", PercentText(share), " of the total cost (", CostText(gain), ") ", circumstance);
  }

  void AddBindings(const ExplainedTemplate& explained) {
    Table table{.columns = {{.heading = "values", .right = true},
                            {.heading = "weight", .right = true},
                            {.heading = "before", .right = true},
                            {.heading = "after", .right = true},
                            {.heading = "factor", .right = true},
                            {.heading = "from"},
                            {.heading = "which", .flexible = true}},
                .rows = {}};
    for (std::size_t i = 0; i < explained.bindings.size(); ++i) {
      const ExplainedBinding& item = explained.bindings[i];
      table.rows.push_back({absl::StrCat(i + 1), WeightText(item.binding.weight), CostText(item.cost_before),
                            CostText(item.cost_after),
                            FactorText(item.cost_before - item.penalty_before, item.cost_after - item.penalty_after),
                            item.binding.source, statements_.Sentence(item.binding.note)});
    }
    if (table.rows.empty()) return;
    document_.push_back(std::move(table));
    if (explained.plans_differ_before || explained.plans_differ_after) {
      const char* const when = !explained.plans_differ_after    ? "before"
                               : !explained.plans_differ_before ? "after"
                                                                : "before and after";
      document_.push_back(Remark{absl::StrCat("The values decide the plan: plans differ between them ", when, ".")});
    }
  }

  void AddPlans(const ExplainedTemplate& explained) {
    std::vector<ShownPlans> plans = DifferentPlans(explained, explanation_.index_names, style_.show_literals);
    const std::size_t shown = style_.verbose ? plans.size() : std::min(plans.size(), kShownPlans);
    for (std::size_t i = 0; i < shown; ++i) {
      ShownPlans& item = plans[i];
      const std::string which = plans.size() > 1 ? absl::StrCat(" with values ", item.binding + 1) : "";
      item.plans.before_title = absl::StrCat("Plan before", which);
      item.plans.after_title = absl::StrCat("Plan after", which);
      document_.push_back(std::move(item.plans));
    }
    AddHidden(plans.size() - shown, "pair of plans", "pairs of plans");
  }

  const Explanation& explanation_;
  const Statements& statements_;
  const Style& style_;
  Document document_;
};

}  // namespace

Document ExplainDocument(const Explanation& explanation, const Snapshot& snapshot, const Style& style) {
  const Workload workload = WorkloadOf(explanation);
  const Statements statements(workload, style.show_literals);
  ExplainWriter writer(explanation, statements, style);
  Document& document = writer.document();
  document.push_back(Title{absl::StrCat("Explanation for database ", snapshot.database)});
  Facts facts;
  facts.facts.push_back(ServerFact(snapshot));
  facts.facts.push_back({.label = "subject",
                         .sentences = {absl::StrCat(explanation.kind, " ", SubjectText(explanation, statements))},
                         .sql = ""});
  facts.facts.push_back({.label = "cost",
                         .sentences = {absl::StrCat(ChangeText(explanation.cost_before, explanation.cost_after),
                                                    " for the whole workload")},
                         .sql = ""});
  document.push_back(std::move(facts));
  AddFindings(document, explanation.evidence, statements);
  if (explanation.index) writer.AddIndex(*explanation.index);
  for (const ExplainedTemplate& explained : explanation.templates) writer.AddTemplate(explained);
  AddExecuted(document, explanation.evidence, statements, style, true);
  AddWarnings(document, explanation.warnings, statements);
  return std::move(document);
}

}  // namespace pgassay::report
