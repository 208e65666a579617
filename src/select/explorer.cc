#include "select/explorer.h"

#include <algorithm>
#include <numeric>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "catalog/index_identity.h"

namespace pgassay::select {
namespace {

// Layers of one peeling. Few statements have more than a dozen ways to be served that are worth something; the rest is
// screened.
constexpr int kMaxLayers = 12;
// Up to this many pairs of statement and relevant candidate, candidates below the last layer are planned singly too:
// 20,000 calls of 2 ms take 40 s on one core, and the cache answers most of them.
constexpr std::size_t kMaxScreened = 20'000;
// Questions between two looks at Constraints::stop.
constexpr std::size_t kChunk = 64;
// Costs closer than this are the same plan with another sum.
constexpr double kSameCost = 1 - 1e-9;

// Whether the planner would leave `plain` for `plan`. Beside a penalty of 1e10 a difference of the rest is too small a
// share to be seen in the sum.
bool IsBetter(const whatif::PlanAnswer& plan, const whatif::PlanAnswer& plain) {
  return plan.total < plain.total * kSameCost || (plan.total <= plain.total && plan.net() < plain.net() * kSameCost);
}

}  // namespace

Explorer::Explorer(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle)
    : problem_(problem),
      constraints_(constraints),
      cache_(oracle),
      columns_(problem.statements.size(), problem.candidates.size()),
      explored_(problem.statements.size()) {
  std::size_t pairs = 0;
  for (std::size_t i = 0; i < problem.statements.size(); ++i) {
    statements_.push_back({.statement = problem.statements[i], .position = i});
    pairs += problem.statements[i].relevant.size();
  }
  std::sort(statements_.begin(), statements_.end(),
            [](const Planned& a, const Planned& b) { return a.statement.id < b.statement.id; });
  for (const Planned& planned : statements_) trees_.emplace_back(planned.statement.relevant);
  screen_all_ = pairs <= kMaxScreened;
}

bool Explorer::Stop() {
  if (!stopped_ && constraints_.stop && constraints_.stop()) stopped_ = true;
  return stopped_;
}

void Explorer::Fail(std::size_t number, const absl::Status& status) {
  Planned& planned = statements_[number];
  if (planned.failed) return;
  planned.failed = true;
  columns_.Drop(number);
  failures_.push_back({planned.statement.id, status});
}

absl::StatusOr<Explorer::Answers> Explorer::Plan(const std::vector<Ask>& asks, bool stoppable) {
  Answers answers(asks.size());
  for (std::size_t begin = 0; begin < asks.size(); begin += kChunk) {
    if (stoppable && Stop()) break;
    const std::size_t end = std::min(asks.size(), begin + kChunk);
    std::vector<whatif::PlanQuestion> questions;
    for (std::size_t i = begin; i < end; ++i) {
      questions.push_back(
          {.statement = statements_[asks[i].number].statement.id, .enabled = asks[i].enabled, .hidden = {}});
    }
    PGASSAY_ASSIGN_OR_RETURN(auto planned, cache_.Plan(questions));
    for (std::size_t i = begin; i < end; ++i) {
      absl::StatusOr<whatif::PlanAnswer>& answer = planned[i - begin];
      const std::size_t number = asks[i].number;
      if (!answer.ok()) Fail(number, answer.status());
      if (statements_[number].failed) continue;
      columns_.Add(number, answer->net(), answer->used, answer->penalty);
      answers[i] = *std::move(answer);
    }
  }
  return answers;
}

absl::Status Explorer::PlanBase() {
  std::vector<Ask> asks;
  for (std::size_t i = 0; i < statements_.size(); ++i) asks.push_back({i, {}});
  PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(asks, /*stoppable=*/false));
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (!answers[i]) continue;
    statements_[i].before = answers[i]->net();
    statements_[i].penalty_before = answers[i]->penalty;
  }
  return absl::OkStatus();
}

// Each layer is planned with what the earlier ones left over. A layer that uses nothing new proves, by the
// benefit-graph argument, that nothing left over improves on the base, alone or together.
absl::Status Explorer::Peel(std::vector<Peeling>& peelings) {
  std::vector<Ask> asks;
  for (const Peeling& peeling : peelings) asks.push_back({peeling.number, peeling.base});
  PGASSAY_ASSIGN_OR_RETURN(const Answers base, Plan(asks, /*stoppable=*/true));
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < peelings.size(); ++i) {
    if (base[i]) open.push_back(i);
  }
  for (int layer = 0; layer < kMaxLayers && !open.empty(); ++layer) {
    asks.clear();
    for (const std::size_t i : open) asks.push_back({peelings[i].number, peelings[i].base.Union(peelings[i].rest)});
    PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(asks, /*stoppable=*/true));
    std::vector<std::size_t> still_open;
    for (std::size_t j = 0; j < open.size(); ++j) {
      Peeling& peeling = peelings[open[j]];
      if (!answers[j]) continue;
      const whatif::IndexSet fresh = answers[j]->used.Minus(peeling.base);
      peeling.exhausted = fresh.empty() || !IsBetter(*answers[j], *base[open[j]]);
      if (peeling.exhausted) continue;
      peeling.live.insert(peeling.live.end(), fresh.begin(), fresh.end());
      peeling.rest = peeling.rest.Minus(fresh);
      still_open.push_back(open[j]);
    }
    open = std::move(still_open);
  }
  return absl::OkStatus();
}

absl::Status Explorer::PlanSingles(const std::vector<Peeling>& peelings) {
  std::vector<Ask> asks;
  for (const Peeling& peeling : peelings) {
    for (const CandidateId id : peeling.live) asks.push_back({peeling.number, peeling.base.With(id)});
    if (peeling.exhausted || !screen_all_) continue;
    for (const CandidateId id : peeling.rest) asks.push_back({peeling.number, peeling.base.With(id)});
  }
  return Plan(asks, /*stoppable=*/true).status();
}

absl::Status Explorer::ExploreSingles() {
  std::vector<Peeling> peelings;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    explored_[i].insert(whatif::IndexSet());
    if (!statements_[i].failed) peelings.push_back({.number = i, .rest = statements_[i].statement.relevant});
  }
  PGASSAY_RETURN_IF_ERROR(Peel(peelings));
  PGASSAY_RETURN_IF_ERROR(PlanSingles(peelings));
  std::vector<Cell> roots;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (!statements_[i].failed) roots.push_back({i, 0});
  }
  return PlanCells(roots, {});
}

absl::Status Explorer::PlanCells(const std::vector<Cell>& cells, const whatif::IndexSet& likely) {
  const auto order = [&](std::uint32_t id) {
    constexpr double kLast = 1e18;
    return (likely.Contains({id}) ? kLast : 0) - static_cast<double>(problem_.sizes[id]);
  };
  std::vector<Ask> asks;
  for (const Cell& cell : cells) asks.push_back({cell.number, trees_[cell.number].Enabled(cell.node)});
  PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(asks, /*stoppable=*/true));
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!answers[i]) continue;
    trees_[cells[i].number].Answer(cells[i].node, *answers[i], order);
    ++known_cells_;
  }
  return absl::OkStatus();
}

absl::Status Explorer::Settle(const whatif::IndexSet& chosen, const whatif::IndexSet& likely) {
  while (!stopped_) {
    std::vector<Cell> cells;
    for (std::size_t i = 0; i < statements_.size(); ++i) {
      if (statements_[i].failed) continue;
      if (const auto node = trees_[i].OpenNode(chosen)) cells.push_back({i, *node});
    }
    if (cells.empty()) break;
    PGASSAY_RETURN_IF_ERROR(PlanCells(cells, likely));
  }
  return absl::OkStatus();
}

absl::Status Explorer::ExploreAround(const whatif::IndexSet& chosen) {
  std::vector<Peeling> peelings;
  std::vector<Ask> asks;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    const whatif::IndexSet& relevant = statements_[i].statement.relevant;
    whatif::IndexSet base = chosen.Intersection(relevant);
    if (statements_[i].failed || trees_[i].Closed() || !explored_[i].insert(base).second) continue;
    asks.push_back({i, base});
    peelings.push_back({.number = i, .base = base, .rest = relevant.Minus(base)});
  }
  PGASSAY_ASSIGN_OR_RETURN(const Answers answers, Plan(asks, /*stoppable=*/true));
  std::vector<Ask> neighbours;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (!answers[i]) continue;
    for (const CandidateId used : answers[i]->used) {
      const whatif::IndexSet without = asks[i].enabled.Without(used);
      neighbours.push_back({asks[i].number, without});
      const catalog::Candidate& narrow = problem_.candidates[used.value];
      for (const CandidateId wide : peelings[i].rest) {
        if (!columns_.seen(wide.value) || !catalog::Covers(problem_.candidates[wide.value].def, narrow.def)) continue;
        neighbours.push_back({asks[i].number, without.With(wide)});
      }
    }
  }
  PGASSAY_RETURN_IF_ERROR(Plan(neighbours, /*stoppable=*/true).status());
  PGASSAY_RETURN_IF_ERROR(Peel(peelings));
  return PlanSingles(peelings);
}

absl::StatusOr<Explorer::Answers> Explorer::PlanSome(const std::vector<std::size_t>& numbers,
                                                     const whatif::IndexSet& chosen) {
  std::vector<Ask> asks;
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    if (statements_[numbers[i]].failed) continue;
    asks.push_back({numbers[i], chosen.Intersection(statements_[numbers[i]].statement.relevant)});
    places.push_back(i);
  }
  PGASSAY_ASSIGN_OR_RETURN(Answers planned, Plan(asks, /*stoppable=*/false));
  Answers answers(numbers.size());
  for (std::size_t i = 0; i < places.size(); ++i) answers[places[i]] = std::move(planned[i]);
  return answers;
}

absl::StatusOr<std::vector<whatif::PlanAnswer>> Explorer::PlanAll(const whatif::IndexSet& chosen) {
  std::vector<std::size_t> numbers(statements_.size());
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  PGASSAY_ASSIGN_OR_RETURN(Answers answers, PlanSome(numbers, chosen));
  std::vector<whatif::PlanAnswer> result(statements_.size());
  for (std::size_t i = 0; i < result.size(); ++i) {
    if (answers[i]) result[i] = *std::move(answers[i]);
  }
  return result;
}

Cost Explorer::Total(const std::vector<whatif::PlanAnswer>& answers) const {
  Cost total = 0;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    if (!statements_[i].failed) total += statements_[i].statement.weight * answers[i].net();
  }
  return total;
}

Cost Explorer::total_before() const {
  Cost total = 0;
  for (const Planned& planned : statements_) total += planned.failed ? 0 : planned.statement.weight * planned.before;
  return total;
}

}  // namespace pgassay::select
