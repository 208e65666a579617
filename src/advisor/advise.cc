// Advise: a run as advice. With --analyze the plans of the advised set are judged by the rows that were counted, and
// what makes statements slower by them is taken out of the question; then the choice is made anew.

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "advisor/analysis.h"
#include "advisor/recommend.h"
#include "advisor/run.h"
#include "advisor/timing.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "pgassay/advisor.h"

namespace pgassay {
namespace {

// Each choice takes as long as the first one.
constexpr int kMostChoices = 4;

// Less than this share of the time before is no harm, but the model's error.
constexpr double kHarm = 0.001;
// From this factor on a statement is said to get slower.
constexpr double kSlower = 1.1;

// Of all statements, with the advised set; the same for each set as far as times are known.
double TotalMs(const Advice& advice, bool after) {
  double total = 0;
  for (std::size_t i = 0; i < advice.costs.size(); ++i) {
    const TemplateCost& cost = advice.costs[i];
    const auto of = std::ranges::find(advice.workload.templates, cost.id, &Template::id);
    if (of == advice.workload.templates.end()) continue;
    total += of->weight * (after ? cost.ms_after : cost.ms_before).value_or(0);
  }
  return total;
}

// What a call gains from the recommendation that the template is of; none: it is not known, or a loss by the time model
// alone, which tells plans of about the same cost apart less well than the planner does.
std::optional<double> SavedMs(const TemplateGain& gain) {
  if (!gain.ms_without || !gain.ms_after) return std::nullopt;
  const double saved = *gain.ms_without - *gain.ms_after;
  return saved < 0 && !gain.more_work ? std::nullopt : std::optional(saved);
}

// What all calls of the statements that it serves gain from the recommendation.
double SavedMs(const Recommendation& recommendation) {
  double saved = 0;
  for (const TemplateGain& gain : recommendation.templates) saved += gain.weight * SavedMs(gain).value_or(0);
  return saved;
}

// The index that does most harm; none: all are worth having.
const Recommendation* MostHarmful(const Advice& advice) {
  const Recommendation* worst = nullptr;
  double harm = kHarm * TotalMs(advice, false);
  for (const Recommendation& recommendation : advice.recommendations) {
    if (recommendation.kind != "create-index" || recommendation.pinned || -SavedMs(recommendation) <= harm) continue;
    harm = -SavedMs(recommendation);
    worst = &recommendation;
  }
  return worst;
}

// A set may be worth having although some statement gets slower with it; whoever builds it should know.
void SaySlower(Recommendation& recommendation) {
  for (const TemplateGain& gain : recommendation.templates) {
    if (SavedMs(gain).value_or(0) >= 0 || *gain.ms_after <= kSlower * *gain.ms_without) continue;
    recommendation.why.push_back(
        absl::StrCat("Statement ", gain.id, " gets slower with it, by the rows that came: from ",
                     FormatNumber(*gain.ms_without, 3), " to ", FormatNumber(*gain.ms_after, 3), " ms."));
  }
}

// What makes up a choice.
struct Choice {
  Advice advice;
  select::Selection selection;
  advisor::Drops drops;
  std::vector<whatif::PlanAnswer> chosen;
};

absl::StatusOr<Advice> Judged(const advisor::Run& run, const Snapshot& snapshot, const AdviseOptions& options,
                              Evidence& seen) {
  Advice advice = advisor::MakeAdvice(run, snapshot, options);
  if (options.analyzer != nullptr) {
    if (options.twin.progress) options.twin.progress("executing statements");
    PGASSAY_RETURN_IF_ERROR(advisor::ExecuteMissing(
        advisor::ChooseRequests(run, advice, snapshot, options.analyzer->options().bindings), *options.analyzer, seen));
  }
  advice.evidence = seen;
  PGASSAY_RETURN_IF_ERROR(advisor::AddTimes(run, snapshot, options.benches, advice));
  return advice;
}

// Makes other choices without what does harm, as long as that helps, and leaves the best one in `run` and `advice`.
absl::Status Reconsider(advisor::Run& run, const Snapshot& snapshot, const AdviseOptions& options, Evidence& seen,
                        Advice& advice) {
  Choice best{.advice = advice, .selection = run.selection, .drops = run.drops, .chosen = run.chosen};
  for (int choice = 1; choice < kMostChoices && !seen.interrupted; ++choice) {
    const Recommendation* const harmful = MostHarmful(advice);
    if (harmful == nullptr || (options.twin.cancelled && options.twin.cancelled())) break;
    const auto candidate = std::ranges::find(run.generated.candidates, harmful->index, &catalog::Candidate::def);
    if (candidate == run.generated.candidates.end()) break;
    run.harmful = run.harmful.With(candidate->id);
    PGASSAY_RETURN_IF_ERROR(advisor::SelectIndexes(run, snapshot, options));
    PGASSAY_ASSIGN_OR_RETURN(advice, Judged(run, snapshot, options, seen));
    if (TotalMs(advice, true) >= TotalMs(best.advice, true)) continue;
    best = {.advice = advice, .selection = run.selection, .drops = run.drops, .chosen = run.chosen};
  }
  advice = std::move(best.advice);
  run.selection = std::move(best.selection);
  run.drops = std::move(best.drops);
  run.chosen = std::move(best.chosen);
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Advice> Advise(const Snapshot& snapshot, Workload workload, const AdviseOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(advisor::Run run, advisor::RunAdvice(snapshot, std::move(workload), options));
  Evidence seen;
  PGASSAY_ASSIGN_OR_RETURN(Advice advice, Judged(run, snapshot, options, seen));
  if (options.analyzer != nullptr && advice.times.good) {
    PGASSAY_RETURN_IF_ERROR(Reconsider(run, snapshot, options, seen, advice));
  }
  // Statements that another choice rests on were executed later.
  advice.evidence = std::move(seen);
  PGASSAY_RETURN_IF_ERROR(advisor::Conclude(run, snapshot, options, advice));
  if (advice.evidence.analyzed) {
    for (Recommendation& recommendation : advice.recommendations) SaySlower(recommendation);
  }
  return advice;
}

}  // namespace pgassay
