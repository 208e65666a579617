#include "reference.h"

#include <algorithm>
#include <limits>
#include <optional>
#include <set>
#include <tuple>

#include "base/status_macros.h"
#include "catalog/index_identity.h"
#include "select/prices.h"

namespace pgassay::bench {
namespace {

using whatif::IndexSet;

constexpr std::size_t kBatch = 4096;  // questions at once
constexpr std::size_t kMostForBruteForce = 14;
constexpr double kNegligible = 1e-9;

}  // namespace

Reference::Reference(const select::Problem& problem, const select::Constraints& constraints, whatif::CostOracle& oracle,
                     std::int64_t most_calls)
    : problem_(problem), cache_(oracle), min_share_(constraints.min_share), most_calls_(most_calls) {}

absl::Status Reference::Start() {
  std::vector<whatif::PlanQuestion> questions;
  for (const select::Statement& statement : problem_.statements) {
    questions.push_back({.statement = statement.id, .enabled = {}, .hidden = {}});
  }
  PGASSAY_ASSIGN_OR_RETURN(const auto answers, cache_.Plan(questions));
  Cost total = 0;
  for (std::size_t i = 0; i < answers.size(); ++i) {
    if (!answers[i].ok()) continue;
    statements_.push_back(problem_.statements[i]);
    total += problem_.statements[i].weight * answers[i]->net();
  }
  prices_ = select::Prices(problem_, min_share_ * total);
  return absl::OkStatus();
}

Bytes Reference::BytesOf(const IndexSet& set) const {
  Bytes bytes = 0;
  for (const CandidateId id : set) bytes += problem_.sizes[id.value];
  return bytes;
}

absl::StatusOr<std::vector<Cost>> Reference::Objectives(const std::vector<IndexSet>& sets) {
  std::vector<Cost> objectives(sets.size(), 0);
  std::vector<whatif::PlanQuestion> questions;
  std::vector<std::pair<std::size_t, double>> places;  // set, weight
  const auto ask = [&]() -> absl::Status {
    PGASSAY_ASSIGN_OR_RETURN(const auto answers, cache_.Plan(questions));
    for (std::size_t i = 0; i < answers.size(); ++i) {
      PGASSAY_RETURN_IF_ERROR(answers[i].status());
      objectives[places[i].first] += places[i].second * answers[i]->net();
    }
    questions.clear();
    places.clear();
    return absl::OkStatus();
  };
  for (std::size_t i = 0; i < sets.size(); ++i) {
    for (const CandidateId id : sets[i]) objectives[i] += prices_[id.value];
    for (const select::Statement& statement : statements_) {
      questions.push_back(
          {.statement = statement.id, .enabled = sets[i].Intersection(statement.relevant), .hidden = {}});
      places.emplace_back(i, statement.weight);
    }
    if (questions.size() >= kBatch) PGASSAY_RETURN_IF_ERROR(ask());
  }
  PGASSAY_RETURN_IF_ERROR(ask());
  return objectives;
}

absl::StatusOr<ReferenceResult> Reference::Result(const IndexSet& chosen) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objective, Objectives({chosen}));
  return ReferenceResult{.chosen = chosen,
                         .objective = objective[0],
                         .bytes = BytesOf(chosen),
                         .planner_calls = cache_.planner_calls() - calls_before_,
                         .ended = !Exhausted()};
}

absl::StatusOr<ReferenceResult> Reference::Single(Bytes budget) {
  Begin();
  std::vector<IndexSet> sets{IndexSet()};
  for (const catalog::Candidate& candidate : problem_.candidates) sets.push_back(IndexSet({candidate.id}));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objectives, Objectives(sets));
  std::vector<std::pair<double, CandidateId>> order;
  for (std::size_t i = 1; i < sets.size(); ++i) {
    const Cost gain = objectives[0] - objectives[i];
    const Bytes bytes = std::max<Bytes>(1, BytesOf(sets[i]));
    if (gain > 0) order.emplace_back(-gain / static_cast<double>(bytes), problem_.candidates[i - 1].id);
  }
  std::sort(order.begin(), order.end());
  IndexSet chosen;
  Cost best = objectives[0];
  for (const auto& [value, id] : order) {
    if (Exhausted()) break;
    const IndexSet with = chosen.With(id);
    if (BytesOf(with) > budget) continue;
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objective, Objectives({with}));
    if (objective[0] >= best) continue;
    chosen = with;
    best = objective[0];
  }
  return Result(chosen);
}

absl::StatusOr<IndexSet> Reference::Greedy(IndexSet start, const std::vector<CandidateId>& from, Bytes budget,
                                           std::size_t most) {
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Cost> best, Objectives({start}));
  while (start.size() < most && !Exhausted()) {
    std::vector<IndexSet> sets;
    for (const CandidateId id : from) {
      if (!start.Contains(id) && BytesOf(start.With(id)) <= budget) sets.push_back(start.With(id));
    }
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objectives, Objectives(sets));
    const auto least = std::ranges::min_element(objectives);
    if (least == objectives.end() || *least >= best[0] * (1 - kNegligible)) break;
    start = sets[static_cast<std::size_t>(least - objectives.begin())];
    best[0] = *least;
  }
  return start;
}

absl::StatusOr<ReferenceResult> Reference::AutoAdmin(Bytes budget) {
  Begin();
  std::set<CandidateId> own;
  const std::vector<select::Statement> all = statements_;
  for (const select::Statement& statement : all) {
    statements_ = {statement};
    std::vector<CandidateId> relevant(statement.relevant.begin(), statement.relevant.end());
    const absl::StatusOr<IndexSet> chosen = Greedy({}, relevant, budget, 2);
    if (!chosen.ok()) statements_ = all;
    PGASSAY_RETURN_IF_ERROR(chosen.status());
    own.insert(chosen->begin(), chosen->end());
  }
  statements_ = all;
  const std::vector<CandidateId> from(own.begin(), own.end());
  std::vector<IndexSet> pairs;
  for (std::size_t i = 0; i < from.size(); ++i) {
    for (std::size_t j = i; j < from.size(); ++j) {
      const IndexSet pair = IndexSet({from[i]}).With(from[j]);
      if (BytesOf(pair) <= budget) pairs.push_back(pair);
    }
  }
  IndexSet seed;
  if (!pairs.empty()) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objectives, Objectives(pairs));
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> none, Objectives({IndexSet()}));
    const auto least = std::ranges::min_element(objectives);
    if (*least < none[0]) seed = pairs[static_cast<std::size_t>(least - objectives.begin())];
  }
  PGASSAY_ASSIGN_OR_RETURN(const IndexSet chosen, Greedy(seed, from, budget, from.size()));
  return Result(chosen);
}

absl::StatusOr<ReferenceResult> Reference::Extend(Bytes budget) {
  Begin();
  IndexSet chosen;
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Cost> now, Objectives({chosen}));
  while (!Exhausted()) {
    std::vector<IndexSet> steps;
    for (const catalog::Candidate& candidate : problem_.candidates) {
      if (chosen.Contains(candidate.id)) continue;
      steps.push_back(chosen.With(candidate.id));
      for (const CandidateId narrow : chosen) {
        if (!catalog::Covers(candidate.def, problem_.candidates[narrow.value].def)) continue;
        steps.push_back(chosen.Without(narrow).With(candidate.id));
      }
    }
    std::erase_if(steps, [&](const IndexSet& step) { return BytesOf(step) > budget; });
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objectives, Objectives(steps));
    std::optional<std::size_t> best;
    double best_ratio = 0;
    for (std::size_t i = 0; i < steps.size(); ++i) {
      const Cost gain = now[0] - objectives[i];
      if (gain <= kNegligible * now[0]) continue;
      const Bytes bytes = std::max<Bytes>(1, BytesOf(steps[i]) - BytesOf(chosen));
      const double ratio = gain / static_cast<double>(bytes);
      if (ratio <= best_ratio) continue;
      best = i;
      best_ratio = ratio;
    }
    if (!best) break;
    chosen = steps[*best];
    now[0] = objectives[*best];
  }
  return Result(chosen);
}

absl::StatusOr<ReferenceResult> Reference::BruteForce(Bytes budget) {
  Begin();
  const std::size_t candidates = problem_.candidates.size();
  if (candidates > kMostForBruteForce) return absl::OutOfRangeError("too many candidates for brute force");
  std::vector<IndexSet> sets;
  for (std::uint32_t bits = 0; bits < (1U << candidates); ++bits) {
    std::vector<CandidateId> ids;
    for (std::uint32_t id = 0; id < candidates; ++id) {
      if ((bits >> id & 1U) != 0) ids.push_back({id});
    }
    if (IndexSet set(std::move(ids)); BytesOf(set) <= budget) sets.push_back(std::move(set));
  }
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Cost> objectives, Objectives(sets));
  return Result(sets[static_cast<std::size_t>(std::ranges::min_element(objectives) - objectives.begin())]);
}

}  // namespace pgassay::bench
