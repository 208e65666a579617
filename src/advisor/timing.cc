#include "advisor/timing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "advisor/counted_plans.h"
#include "advisor/measured_times.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "whatif/time_model.h"

namespace pgassay::advisor {
namespace {

using whatif::TimedPlan;
using whatif::TimeModel;

// The mean of fewer calls is an accident.
constexpr std::int64_t kLeastCalls = 5;

struct TimedAnswer {
  whatif::PlanAnswer plan;
  std::optional<evidence::CountedWork> counted;
};

// A template's plans under one set of indexes, as means over its bindings.
struct Mean {
  double weight = 0;
  Cost planned = 0;  // what the planner says
  Cost cost = 0;     // the same, or with the rows that there really are
  Cost page_cost = 0;
  double pages = 0;

  void Add(double of_weight, const TimedAnswer& answer) {
    weight += of_weight;
    planned += of_weight * answer.plan.net();
    cost += of_weight * (answer.counted ? answer.counted->total() : answer.plan.net());
    pages += of_weight * (answer.counted ? answer.counted->blocks : answer.plan.pages.pages);
    page_cost += of_weight * (answer.counted ? answer.counted->page_cost : answer.plan.pages.cost);
  }
  Cost Planned() const { return weight > 0 ? planned / weight : 0; }
  TimedPlan Plan() const {
    TimedPlan plan;
    if (weight <= 0) return plan;
    plan.cost = cost / weight;
    plan.page_cost = page_cost / weight;
    plan.pages = pages / weight;
    return plan;
  }
};

struct TimedTemplate {
  Mean before, after;
  TimedPlan plan;                // before, with what is known of its calls
  bool reads = true;             // it writes nothing
  bool analyzed = false;         // its time comes from --analyze
  bool measured = false;         // its time comes from a bench
  std::vector<TimedPlan> known;  // plans that a bench measured, with times of the source; the newest first
  std::set<Oid> tables;
};

// What the server counted of a template's calls, else what logs say, else what --analyze saw.
void TakeTimes(const Template& of, const Evidence& evidence, TimedTemplate& timed) {
  TimedPlan& plan = timed.plan;
  if (of.observed && of.observed->calls >= kLeastCalls && of.observed->total_ms > 0) {
    const StatementCounters& counters = *of.observed;
    const auto calls = static_cast<double>(counters.calls);
    plan.ms = counters.total_ms / calls;
    plan.read_blocks = static_cast<double>(counters.shared_blocks_read + counters.local_blocks_read) / calls;
    const auto hit = static_cast<double>(counters.shared_blocks_hit + counters.local_blocks_hit);
    // Logs count no blocks.
    if (hit / calls + plan.read_blocks > 0) plan.blocks = plan.read_blocks + hit / calls;
    plan.read_ms = std::min(counters.block_read_ms / calls, 0.99 * plan.ms);
    return;
  }
  if (of.logged) {
    std::int64_t calls = 0;
    std::int64_t us = 0;
    for (const auto& [hour, sum] : of.logged->hours) {
      calls += sum.calls;
      us += sum.total_us;
    }
    if (calls >= kLeastCalls && us > 0) {
      plan.ms = static_cast<double>(us) / 1000 / static_cast<double>(calls);
      return;
    }
  }
  double weight = 0;
  double blocks = 0;
  for (const PlanEvidence& seen : evidence.plans) {
    if (seen.template_id != of.id || seen.binding >= of.bindings.size()) continue;
    const double share = of.bindings[seen.binding].weight;
    weight += share;
    plan.ms += share * seen.execution_ms;
    plan.read_blocks += share * static_cast<double>(seen.read_blocks);
    blocks += share * static_cast<double>(seen.hit_blocks + seen.read_blocks);
  }
  if (weight <= 0) return;
  timed.analyzed = true;
  plan.ms /= weight;
  plan.read_blocks /= weight;
  plan.blocks = blocks / weight;
}

class Timing {
 public:
  Timing(const Run& run, const Snapshot& snapshot, const std::vector<MeasuredBench>& benches, Advice& advice)
      : run_(run),
        snapshot_(snapshot),
        benches_(benches),
        advice_(advice),
        counted_(run, snapshot),
        templates_(run.workload.templates.size()) {
    counted_.Learn(advice.evidence);
  }

  absl::Status Run() {
    if (AnyTimes()) PGASSAY_RETURN_IF_ERROR(PlanAll());  // else it would be in vain
    CollectTimes();
    for (auto bench = benches_.rbegin(); bench != benches_.rend(); ++bench) PGASSAY_RETURN_IF_ERROR(TakeBench(*bench));
    for (TimedTemplate& timed : templates_) TakeMeasured(timed);
    Fit();
    if (!model_ || !model_->good()) return absl::OkStatus();
    TimeTemplates();
    for (Recommendation& recommendation : advice_.recommendations) {
      PGASSAY_RETURN_IF_ERROR(TimeRecommendation(recommendation));
    }
    return absl::OkStatus();
  }

 private:
  bool Planned(std::size_t statement) const { return run_.selection.cost_before[statement] >= 0; }

  // Plans of the statements at `positions` with what they charge for pages; none for one that cannot be planned.
  absl::StatusOr<std::vector<std::optional<TimedAnswer>>> Ask(const std::vector<std::size_t>& positions,
                                                              const whatif::IndexSet& enabled,
                                                              const std::vector<Oid>& hidden) const {
    std::vector<whatif::PlanQuestion> questions;
    for (const std::size_t i : positions) {
      questions.push_back(
          {.statement = run_.statements[i].id, .enabled = enabled, .hidden = hidden, .charges = {}, .pages = true});
    }
    PGASSAY_ASSIGN_OR_RETURN(const auto planned, run_.twin->Plan(questions));
    std::vector<std::optional<TimedAnswer>> answers;
    for (std::size_t k = 0; k < positions.size(); ++k) {
      answers.emplace_back();
      if (planned[k].ok()) answers.back() = {*planned[k], counted_.Work(positions[k], questions[k])};
    }
    return answers;
  }

  bool AnyTimes() const {
    return !benches_.empty() || std::ranges::any_of(run_.workload.templates, [&](const Template& of) {
      TimedTemplate timed;
      TakeTimes(of, advice_.evidence, timed);
      return timed.plan.ms > 0;
    });
  }

  absl::Status PlanAll() {
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < run_.statements.size(); ++i) {
      if (Planned(i)) positions.push_back(i);
    }
    PGASSAY_ASSIGN_OR_RETURN(const auto before, Ask(positions, {}, {}));
    PGASSAY_ASSIGN_OR_RETURN(const auto after, Ask(positions, run_.selection.chosen, run_.drops.hidden()));
    for (std::size_t k = 0; k < positions.size(); ++k) {
      const PlannedStatement& statement = run_.statements[positions[k]];
      TimedTemplate& timed = templates_[statement.template_index];
      timed.reads = timed.reads && statement.targets.empty() && !statement.referential;
      for (const catalog::IndexRequest& request : statement.requests) timed.tables.insert(request.table);
      if (!before[k] || !after[k]) continue;
      timed.before.Add(statement.weight, *before[k]);
      timed.after.Add(statement.weight, *after[k]);
    }
    return absl::OkStatus();
  }

  void CollectTimes() {
    for (std::size_t i = 0; i < templates_.size(); ++i) {
      TimedTemplate& timed = templates_[i];
      if (timed.before.weight <= 0) continue;
      timed.plan = timed.before.Plan();
      timed.plan.tables.assign(timed.tables.begin(), timed.tables.end());
      TakeTimes(run_.workload.templates[i], advice_.evidence, timed);
    }
  }

  // Times of all sets of a bench whose plans are the same today.
  absl::Status TakeBench(const MeasuredBench& bench) {
    if (bench.sets.empty()) return absl::OkStatus();
    std::map<std::string, double> observed;
    for (std::size_t i = 0; i < templates_.size(); ++i) {
      if (templates_[i].plan.ms > 0) observed.emplace(run_.workload.templates[i].id, templates_[i].plan.ms);
    }
    const MeasuredSet& as_it_was = bench.sets.front();
    const double speed = SpeedOfSource(as_it_was, observed);
    for (const MeasuredSet& set : bench.sets) {
      const std::optional<SetIndexes> indexes = FindIndexes(set, run_, snapshot_);
      if (!indexes) continue;
      std::set<std::string> ids;
      for (const MeasuredQuery& query : set.queries) ids.insert(query.template_id);
      PGASSAY_ASSIGN_OR_RETURN(const auto means, PlansOf(ids, indexes->enabled, indexes->hidden));
      for (const MeasuredQuery& query : set.queries) {
        const auto mean = means.find(query.template_id);
        if (mean == means.end() || query.ms <= 0 || !IsMeasuredPlan(query, mean->second.Planned())) continue;
        TimedTemplate& timed = Find(query.template_id);
        if (!timed.reads || timed.before.weight <= 0) continue;
        TimedPlan plan = mean->second.Plan();
        plan.tables = timed.plan.tables;
        if (KnownMs(timed, plan.cost)) continue;
        plan.ms = speed * query.ms;
        // What the source itself says of the statement is nearer than the speed of all.
        const auto without = std::ranges::find(as_it_was.queries, query.template_id, &MeasuredQuery::template_id);
        if (timed.plan.ms > 0 && without != as_it_was.queries.end() && without->ms > 0 &&
            IsMeasuredPlan(*without, timed.before.Planned())) {
          plan.ms = timed.plan.ms * query.ms / without->ms;
        }
        plan.read_blocks = query.blocks_read.value_or(0);
        if (query.blocks_hit) plan.blocks = *query.blocks_hit + plan.read_blocks;
        timed.known.push_back(std::move(plan));
      }
    }
    return absl::OkStatus();
  }

  // A statement whose time nobody else knows has that of the bench. What is left in `known` are other plans.
  static void TakeMeasured(TimedTemplate& timed) {
    const auto present =
        std::ranges::find_if(timed.known, [&](const TimedPlan& of) { return SamePlan(of.cost, timed.plan.cost); });
    if (present == timed.known.end()) return;
    if (timed.plan.ms <= 0) {
      timed.plan = *present;
      timed.measured = true;
    }
    timed.known.erase(present);
  }

  // Plans are told apart by their costs, which are sums of many terms.
  static bool SamePlan(Cost a, Cost b) { return std::abs(a - b) <= 1e-9 * std::max(a, b); }

  static std::optional<double> KnownMs(const TimedTemplate& timed, Cost cost) {
    const auto found = std::ranges::find_if(timed.known, [&](const TimedPlan& of) { return SamePlan(of.cost, cost); });
    return found == timed.known.end() ? std::nullopt : std::optional<double>(found->ms);
  }

  // The heaviest first: of very many statements, the model takes those that matter.
  void Fit() {
    std::vector<const TimedTemplate*> known;
    for (const TimedTemplate& timed : templates_) {
      if (timed.reads && timed.plan.ms > 0) known.push_back(&timed);
    }
    std::ranges::stable_sort(known, std::ranges::greater(),
                             [](const TimedTemplate* of) { return of->before.weight * of->plan.ms; });
    std::vector<TimedPlan> plans;
    TimeReport& report = advice_.times;
    double blocks = 0;
    double read_blocks = 0;
    for (const TimedTemplate* const timed : known) {
      plans.push_back(timed->plan);
      plans.insert(plans.end(), timed->known.begin(), timed->known.end());
      report.measured += timed->known.size() + (timed->measured ? 1 : 0);
      report.analyzed += timed->analyzed ? 1 : 0;
      blocks += timed->before.weight * timed->plan.blocks.value_or(0);
      read_blocks += timed->before.weight * timed->plan.read_blocks;
    }
    report.days = run_.writes->statement_days();
    if (blocks > 0) report.cached_share = 1 - read_blocks / blocks;
    model_ = TimeModel::Fit(plans);
    report.plans = model_ ? model_->error().plans : plans.size();
    if (!model_) {
      report.why_not = absl::StrCat("the times of ", plans.size(), " statements that only read are known, and ",
                                    TimeModel::kLeastPlans, " are needed to turn costs into times");
      return;
    }
    report.median_error = model_->error().median;
    report.upper_error = model_->error().upper;
    report.low_factor = model_->error().low_factor;
    report.high_factor = model_->error().high_factor;
    report.good = model_->good();
    if (!report.good) {
      report.why_not = absl::StrCat("costs tell times badly here: half of the statements are missed by more than ",
                                    FormatNumber(100 * model_->error().median, 2), " %");
    }
  }

  // Time of a plan in the place of the template's present one.
  double MsOf(const TimedTemplate& timed, const Mean& mean) const {
    const TimedPlan plan = mean.Plan();
    if (timed.plan.ms > 0 && SamePlan(plan.cost, timed.plan.cost)) return timed.plan.ms;
    if (const std::optional<double> known = KnownMs(timed, plan.cost)) return *known;
    const double predicted = model_->Milliseconds(whatif::InPlaceOf(timed.plan, plan.cost, plan.page_cost, plan.pages));
    if (timed.plan.ms <= 0) return predicted;
    return timed.plan.ms * predicted / model_->Milliseconds(timed.plan);
  }

  // Whether the time of a plan was seen, so that none has to be predicted.
  static bool IsKnown(const TimedTemplate& timed, Cost cost) {
    return (timed.plan.ms > 0 && SamePlan(cost, timed.plan.cost)) || KnownMs(timed, cost).has_value();
  }

  double MsBefore(const TimedTemplate& timed) const {
    return timed.plan.ms > 0 ? timed.plan.ms : model_->Milliseconds(timed.plan);
  }

  void TimeTemplates() {
    for (TemplateCost& cost : advice_.costs) {
      const TimedTemplate& timed = Find(cost.id);
      if (timed.before.weight <= 0) continue;
      cost.ms_before = MsBefore(timed);
      cost.ms_after = MsOf(timed, timed.after);
    }
  }

  TimedTemplate& Find(const std::string& id) {
    const auto found = std::ranges::find(run_.workload.templates, id, &Template::id);
    return templates_[static_cast<std::size_t>(found - run_.workload.templates.begin())];
  }

  // Plans of the templates that the recommendation serves, without it.
  absl::StatusOr<std::map<std::string, Mean>> PlansWithout(CandidateId candidate, const Recommendation& of) {
    std::set<std::string> served;
    for (const TemplateGain& gain : of.templates) served.insert(gain.id);
    std::vector<Oid> hidden;
    for (const Drop& drop : run_.drops.drops) {
      if (drop.by_candidate != candidate) hidden.push_back(drop.index->oid);
    }
    return PlansOf(served, run_.selection.chosen.Without(candidate), hidden);
  }

  // Plans of the templates `ids` with these indexes, as means, by id.
  absl::StatusOr<std::map<std::string, Mean>> PlansOf(const std::set<std::string>& ids, const whatif::IndexSet& enabled,
                                                      const std::vector<Oid>& hidden) const {
    std::vector<std::size_t> positions;
    for (std::size_t i = 0; i < run_.statements.size(); ++i) {
      if (Planned(i) && ids.contains(run_.workload.templates[run_.statements[i].template_index].id))
        positions.push_back(i);
    }
    std::map<std::string, Mean> means;
    PGASSAY_ASSIGN_OR_RETURN(const auto answers, Ask(positions, enabled, hidden));
    for (std::size_t k = 0; k < positions.size(); ++k) {
      const PlannedStatement& statement = run_.statements[positions[k]];
      if (!answers[k]) continue;
      means[run_.workload.templates[statement.template_index].id].Add(statement.weight, *answers[k]);
    }
    return means;
  }

  absl::Status TimeRecommendation(Recommendation& of) {
    const auto candidate = std::ranges::find(run_.generated.candidates, of.index, &catalog::Candidate::def);
    if (of.kind != "create-index" || candidate == run_.generated.candidates.end()) return absl::OkStatus();
    PGASSAY_ASSIGN_OR_RETURN(const auto without, PlansWithout(candidate->id, of));
    double calls = 0, saved = 0, low = 0, high = 0;
    for (TemplateGain& gain : of.templates) {
      const TimedTemplate& timed = Find(gain.id);
      const auto plan = without.find(gain.id);
      if (timed.before.weight <= 0 || plan == without.end()) continue;
      gain.ms_before = MsBefore(timed);
      gain.ms_without = MsOf(timed, plan->second);
      gain.ms_after = MsOf(timed, timed.after);
      gain.more_work = timed.after.Plan().cost > plan->second.Plan().cost;
      const double ms = *gain.ms_without - *gain.ms_after;
      const bool known = IsKnown(timed, plan->second.Plan().cost);
      const bool after_known = IsKnown(timed, timed.after.Plan().cost);
      // Where the time without it was seen, only the time with it is uncertain.
      const TimeReport& report = advice_.times;
      const auto bound = [&](double factor, double of_known) {
        if (known && after_known) return ms;
        if (after_known) return factor * *gain.ms_without - *gain.ms_after;
        return known ? *gain.ms_without - of_known * *gain.ms_after : factor * ms;
      };
      const double one = bound(report.low_factor, report.high_factor);
      const double other = bound(report.high_factor, report.low_factor);
      calls += gain.weight;
      saved += gain.weight * ms;
      low += gain.weight * std::min({one, other, ms});
      high += gain.weight * std::max({one, other, ms});
    }
    if (calls <= 0) return absl::OkStatus();
    TimeGain time{.ms_per_call = saved / calls,
                  .low_ms = low / calls,
                  .high_ms = high / calls,
                  .s_per_day = {},
                  .time_share = {}};
    if (advice_.times.days) time.s_per_day = saved / 1000 / *advice_.times.days;
    if (const double all = ObservedMs(); all > 0) time.time_share = saved / all;
    of.time_gain = time;
    return absl::OkStatus();
  }

  // All that the database was seen to do, statements that are not planned included; 0: not known.
  double ObservedMs() const {
    double sum = 0;
    for (const Template& of : run_.workload.templates) {
      if (!of.observed && !of.logged) return 0;
      if (of.observed) sum += of.observed->total_ms;
    }
    for (const Skipped& skipped : advice_.workload.skipped) sum += skipped.total_ms;
    for (const StatementGroup& group : run_.workload.not_kept) {
      if (group.code != "other-database") sum += group.total_ms;
    }
    return sum;
  }

  const advisor::Run& run_;
  const Snapshot& snapshot_;
  const std::vector<MeasuredBench>& benches_;
  Advice& advice_;
  CountedPlans counted_;
  std::vector<TimedTemplate> templates_;  // by template
  std::optional<TimeModel> model_;
};

}  // namespace

absl::Status AddTimes(const Run& run, const Snapshot& snapshot, const std::vector<MeasuredBench>& benches,
                      Advice& advice) {
  return Timing(run, snapshot, benches, advice).Run();
}

}  // namespace pgassay::advisor
