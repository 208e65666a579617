// The idea: what the planner answers is kept as columns (cost, candidates used) and, for every statement, as a tree
// whose open cells have bounds. A local search on the columns proposes sets, which the planner checks, until none is
// new. Then the program over columns and cells takes its turn: its value is a bound for every set. Far from the proof
// its linear relaxation suffices, and the cells that its bound rests on are planned, which makes the next bound higher.
// Where statements join many tables and have too many cells, the planner itself is asked for the bound (pricing.h).
// Near it, or where the relaxation has no such cells left, the exact program's choice either is what the planner says
// it is, and then nothing better is left, or its cells are planned.

#include <algorithm>
#include <functional>
#include <iterator>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "base/status_macros.h"
#include "select/prices.h"
#include "select/search.h"
#include "select/select.h"
#include "select/solver.h"
#include "select/turned.h"

namespace pgassay::select {
namespace {

// Searches with newly learnt plans in between. Two or three are the rule; the bound is for costs that do not settle.
constexpr int kMaxRounds = 8;
// Planner calls for cells, for each statement, before pricing has its turn.
constexpr int kCellsFirst = 20;
// All smaller budgets together may take this share of the calls that the whole budget took, or this many for each
// statement: what is known of plans is shared.
constexpr double kFrontierShare = 1;
constexpr std::int64_t kFrontierLeast = 150;
// Shares of the whole set's size that the frontier shows.
constexpr double kFrontier[] = {0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8};

}  // namespace

absl::StatusOr<Checked> Solver::Check(const whatif::IndexSet& chosen) {
  Checked set{.chosen = chosen};
  PGASSAY_ASSIGN_OR_RETURN(set.answers, explorer_.PlanAll(chosen));
  set.total = explorer_.Total(set.answers);
  for (const CandidateId id : chosen) {
    set.bytes += problem_.sizes[id.value];
    set.price += prices_[id.value];
  }
  return set;
}

std::vector<std::vector<std::size_t>> Solver::UsersOf(const Checked& set) const {
  std::vector<std::vector<std::size_t>> users(problem_.candidates.size());
  for (std::size_t i = 0; i < set.answers.size(); ++i) {
    for (const CandidateId id : set.answers[i].used) users[id.value].push_back(i);
  }
  return users;
}

// A statement whose plan does not use the candidate keeps its plan.
absl::StatusOr<Cost> Solver::GainWithin(const Checked& set, const std::vector<std::size_t>& users,
                                        CandidateId candidate) {
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<whatif::PlanAnswer>> without,
                           explorer_.PlanSome(users, set.chosen.Without(candidate)));
  Cost gain = 0;
  for (std::size_t i = 0; i < users.size(); ++i) {
    if (!without[i]) continue;
    gain += weights_[users[i]] * (without[i]->net() - set.answers[users[i]].net());
  }
  return gain;
}

// Takes out what no plan uses, then whatever is worth least and less than its price, one at a time: what is left is
// worth more then. Pinned candidates stay. A search that was stopped leaves the latter out.
absl::StatusOr<Checked> Solver::CheckPruned(whatif::IndexSet chosen) {
  while (true) {
    PGASSAY_ASSIGN_OR_RETURN(Checked set, Check(chosen));
    whatif::IndexSet used = constraints_.pinned;
    for (const whatif::PlanAnswer& answer : set.answers) used = used.Union(answer.used);
    if (!chosen.IsSubsetOf(used)) {
      chosen = chosen.Intersection(used);
      continue;
    }
    const std::vector<std::vector<std::size_t>> users = UsersOf(set);
    const Cost negligible = 1e-9 * explorer_.total_before();
    std::optional<CandidateId> least;
    std::pair<Cost, std::uint32_t> least_value;
    for (const CandidateId id : chosen.Minus(constraints_.pinned)) {
      if (explorer_.Stop()) return set;
      PGASSAY_ASSIGN_OR_RETURN(const Cost gain, GainWithin(set, users[id.value], id));
      if (gain < negligible) gainless_ = gainless_.With(id);
      const std::pair<Cost, std::uint32_t> value(Band(gain - prices_[id.value]), ranks_[id.value]);
      if (least && !(value < least_value)) continue;
      least = id;
      least_value = value;
    }
    if (!least || least_value.first >= negligible) {
      PGASSAY_ASSIGN_OR_RETURN(set, Check(chosen));  // a statement may have failed meanwhile
      return set;
    }
    chosen = chosen.Without(*least);
  }
}

// The same for the result of a search that was stopped, in one go: whoever waits has waited enough. What is worth
// little beside another one that shares statements with it may be worth more without that, and stays.
absl::StatusOr<Checked> Solver::CheckPrunedOnce(const Checked& set) {
  const std::vector<std::vector<std::size_t>> users = UsersOf(set);
  const Cost negligible = 1e-9 * explorer_.total_before();
  std::vector<std::tuple<Cost, std::uint32_t, CandidateId>> worthless;
  for (const CandidateId id : set.chosen.Minus(constraints_.pinned)) {
    PGASSAY_ASSIGN_OR_RETURN(const Cost gain, GainWithin(set, users[id.value], id));
    if (const Cost value = Band(gain - prices_[id.value]); value < negligible)
      worthless.emplace_back(value, ranks_[id.value], id);
  }
  std::ranges::sort(worthless);
  std::set<std::size_t> touched;
  whatif::IndexSet chosen = set.chosen;
  for (const auto& [value, rank, id] : worthless) {
    const std::vector<std::size_t>& of = users[id.value];
    if (std::ranges::any_of(of, [&](std::size_t number) { return touched.contains(number); })) continue;
    touched.insert(of.begin(), of.end());
    chosen = chosen.Without(id);
  }
  return Check(chosen);
}

whatif::IndexSet Solver::Propose(const Limits& limits, const whatif::IndexSet& start, bool thorough) const {
  const SearchProblem problem{.columns = explorer_.columns(),
                              .candidates = problem_.candidates,
                              .weights = weights_,
                              .sizes = problem_.sizes,
                              .prices = prices_,
                              .ranks = ranks_,
                              .limits = limits};
  return SetOf(Search(problem, IdsOf(start), thorough));
}

bool Solver::Better(const Checked& a, const Checked& b) const {
  if (Band(a.objective()) != Band(b.objective())) return a.objective() < b.objective();
  if (a.bytes != b.bytes) return a.bytes < b.bytes;
  const auto ranks = [&](const Checked& set) {
    std::vector<std::uint32_t> result;
    for (const CandidateId id : set.chosen) result.push_back(ranks_[id.value]);
    std::sort(result.begin(), result.end());
    return result;
  };
  return ranks(a) < ranks(b);
}

absl::Status Solver::Try(const whatif::IndexSet& chosen, Point& point) {
  PGASSAY_ASSIGN_OR_RETURN(Checked checked, CheckPruned(chosen));
  PGASSAY_ASSIGN_OR_RETURN(point.best, Check(point.best.chosen));  // a statement may have failed meanwhile
  if (Better(checked, point.best)) point.best = std::move(checked);
  return absl::OkStatus();
}

absl::Status Solver::Improve(Point& point, bool thorough) {
  std::set<whatif::IndexSet> proposed;
  for (int round = 0; round < kMaxRounds; ++round) {
    const whatif::IndexSet chosen = Propose(point.limits, point.best.chosen, thorough);
    if (!proposed.insert(chosen).second) break;  // the planner was asked, and the search still thinks so
    PGASSAY_RETURN_IF_ERROR(Try(chosen, point));
    if (explorer_.Stop()) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<Point> Solver::SolveFor(std::optional<Bytes> budget, std::int64_t proof_calls) {
  Point point{.budget = budget, .limits = LimitsFor(budget)};
  while (true) {
    const std::size_t failures = explorer_.failures().size();
    Forget(point);
    PGASSAY_RETURN_IF_ERROR(EnterScope(point));
    PGASSAY_ASSIGN_OR_RETURN(point.best, Check(constraints_.pinned));
    PGASSAY_RETURN_IF_ERROR(Improve(point, /*thorough=*/true));
    const std::int64_t before = explorer_.planner_calls();
    const auto left = [&] { return proof_calls - (explorer_.planner_calls() - before); };
    if (explorer_.TakesCharges()) {
      const auto cells = static_cast<std::int64_t>(weights_.size()) * kCellsFirst;
      if (!priced_better_) PGASSAY_RETURN_IF_ERROR(Prove(point, std::min(proof_calls / 2, cells)));
      PGASSAY_RETURN_IF_ERROR(PriceOut(point, left()));
      priced_better_ = PricedBound(point) > point.cells_bound;
      if (priced_better_) {
        if (!IsProven(point)) PGASSAY_RETURN_IF_ERROR(ImproveExactly(point));
        PGASSAY_RETURN_IF_ERROR(Branch(point, left()));
        if (!IsProven(point)) PGASSAY_RETURN_IF_ERROR(ImproveExactly(point));
      }
    }
    if (!IsProven(point) && left() > 0 && !priced_better_) PGASSAY_RETURN_IF_ERROR(Prove(point, left()));
    PGASSAY_RETURN_IF_ERROR(Improve(point, /*thorough=*/true));
    if (explorer_.failures().size() == failures) return point;
  }
}

namespace {

// What fits into less fits into more, and a bound for more holds for less.
void Reconcile(std::vector<Point>& points, const std::function<bool(const Checked&, const Checked&)>& better) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (better(points[i - 1].best, points[i].best)) points[i].best = points[i - 1].best;
  }
  for (std::size_t i = points.size(); i-- > 1;) {
    points[i - 1].lower_bound = std::max(points[i - 1].lower_bound, points[i].lower_bound);
  }
}

}  // namespace

// From `whole`, the best set without a budget, down to what the pinned candidates take, or until the search is stopped.
absl::StatusOr<std::vector<Point>> Solver::SolveFrontier(Point whole) {
  std::vector<Point> points;
  const Bytes all = whole.best.bytes;
  whole.budget = all;
  whole.limits = LimitsFor(all);
  points.push_back(std::move(whole));
  std::int64_t calls =
      std::max(static_cast<std::int64_t>(kFrontierShare * static_cast<double>(explorer_.planner_calls())),
               kFrontierLeast * static_cast<std::int64_t>(weights_.size()));
  for (std::size_t i = std::size(kFrontier); i-- > 0 && all > 0 && !explorer_.Stop();) {
    const auto budget = static_cast<Bytes>(kFrontier[i] * static_cast<double>(all));
    if (!LimitsFor(budget).Allow(IdsOf(constraints_.pinned))) break;
    const std::int64_t before = explorer_.planner_calls();
    PGASSAY_ASSIGN_OR_RETURN(Point point, SolveFor(budget, calls / static_cast<std::int64_t>(i + 1)));
    calls = std::max<std::int64_t>(0, calls - (explorer_.planner_calls() - before));
    points.push_back(std::move(point));
  }
  std::ranges::reverse(points);
  double before = -1;
  while (std::exchange(before, Violations()) != Violations()) {
    for (Point& point : points) Refresh(point);
  }
  Reconcile(points, [this](const Checked& a, const Checked& b) { return Better(a, b); });
  return points;
}

// Where the curve of savings over bytes is farthest above the straight line between its ends: before it bytes buy more
// than on average, beyond it less.
const Point& Solver::Knee(const std::vector<Point>& points) const {
  const Point& whole = points.back();
  const Cost before = explorer_.total_before();
  const auto height = [&](const Point& point) {
    const Cost all = before - whole.best.objective();
    if (all <= 0 || whole.best.bytes <= 0) return 0.0;
    return (before - point.best.objective()) / all -
           static_cast<double>(point.best.bytes) / static_cast<double>(whole.best.bytes);
  };
  return *std::ranges::max_element(points, {}, height);
}

absl::Status Solver::CheckPinned() const {
  for (const CandidateId id : constraints_.pinned) {
    if (constraints_.forbidden.Contains(id)) return absl::InvalidArgumentError("a pinned candidate is forbidden");
  }
  if (LimitsFor(constraints_.knee ? std::nullopt : constraints_.budget_bytes).Allow(IdsOf(constraints_.pinned)))
    return absl::OkStatus();
  return absl::InvalidArgumentError("the pinned candidates alone exceed the limits");
}

absl::StatusOr<Selection> Solver::Solve() {
  PGASSAY_RETURN_IF_ERROR(explorer_.PlanBase());
  prices_ = Prices(problem_, constraints_.min_share * explorer_.total_before());
  PGASSAY_RETURN_IF_ERROR(explorer_.Peel());
  const bool frontier = constraints_.frontier || constraints_.knee;
  Point point;
  std::vector<Point> points;
  for (bool settled = false; !settled;) {
    const std::size_t failures = explorer_.failures().size();
    PGASSAY_RETURN_IF_ERROR(CheckPinned());
    PGASSAY_ASSIGN_OR_RETURN(point,
                             SolveFor(constraints_.knee ? std::nullopt : constraints_.budget_bytes, most_proof_calls_));
    if (frontier) {
      Point unlimited = point;
      if (point.budget && !explorer_.Stop()) {
        PGASSAY_ASSIGN_OR_RETURN(unlimited, SolveFor(std::nullopt, most_proof_calls_));
      }
      PGASSAY_ASSIGN_OR_RETURN(points, SolveFrontier(std::move(unlimited)));
      for (const Point& at : points) {
        if (point.limits.Allow(IdsOf(at.best.chosen)) && Better(at.best, point.best)) point.best = at.best;
      }
      if (constraints_.knee) point = Knee(points);
    }
    if (explorer_.stopped()) {
      PGASSAY_ASSIGN_OR_RETURN(point.best, CheckPrunedOnce(point.best));
    }
    Refresh(point);
    settled = explorer_.failures().size() == failures;
  }
  PGASSAY_ASSIGN_OR_RETURN(Selection selection, Describe(point));
  for (const Point& at : points) {
    selection.frontier.push_back({.budget = *at.budget,
                                  .chosen = at.best.chosen,
                                  .bytes = at.best.bytes,
                                  .cost = at.best.total,
                                  .price = at.best.price,
                                  .lower_bound = at.lower_bound});
  }
  return selection;
}

// Failures that came up only now leave every sum.
void Solver::DescribeCosts(const Checked& best, Selection& selection) const {
  const std::vector<Planned>& statements = explorer_.statements();
  selection.cost_before.assign(statements.size(), -1);
  selection.cost_after.assign(statements.size(), -1);
  selection.penalty_before.assign(statements.size(), 0);
  selection.penalty_after.assign(statements.size(), 0);
  selection.used.assign(statements.size(), {});
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const Planned& planned = statements[i];
    for (Selection::Marginal& marginal : selection.marginals) {
      if (planned.failed) marginal.cost_without[planned.position] = -1;
    }
    if (planned.failed) continue;
    selection.cost_before[planned.position] = planned.before;
    selection.cost_after[planned.position] = best.answers[i].net();
    selection.penalty_before[planned.position] = planned.penalty_before;
    selection.penalty_after[planned.position] = best.answers[i].penalty;
    selection.used[planned.position] = best.answers[i].used;
    for (Selection::Marginal& marginal : selection.marginals) {
      marginal.gain += planned.statement.weight * (marginal.cost_without[planned.position] - best.answers[i].net());
    }
  }
}

absl::StatusOr<Selection> Solver::Describe(const Point& point) {
  const Checked& best = point.best;
  const std::vector<Planned>& statements = explorer_.statements();
  Selection selection;
  selection.chosen = best.chosen;
  const std::vector<std::vector<std::size_t>> users = UsersOf(best);
  for (const CandidateId id : best.chosen) {
    PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<whatif::PlanAnswer>> without,
                             explorer_.PlanSome(users[id.value], best.chosen.Without(id)));
    Selection::Marginal& marginal = selection.marginals.emplace_back();
    marginal.candidate = id;
    marginal.cost_without.assign(statements.size(), -1);
    marginal.penalty_without.assign(statements.size(), 0);
    const auto set = [&](std::size_t number, const whatif::PlanAnswer& answer) {
      marginal.cost_without[statements[number].position] = answer.net();
      marginal.penalty_without[statements[number].position] = answer.penalty;
    };
    for (std::size_t i = 0; i < statements.size(); ++i) {
      if (!statements[i].failed) set(i, best.answers[i]);
    }
    for (std::size_t i = 0; i < without.size(); ++i) {
      if (without[i]) set(users[id.value][i], *without[i]);
    }
  }
  DescribeCosts(best, selection);
  selection.used_before.assign(explorer_.used_before().begin(), explorer_.used_before().end());
  selection.price = best.price;
  selection.lower_bound = point.lower_bound;
  selection.turned =
      ExplainTurned(problem_, constraints_, point.limits, explorer_, best.chosen, gainless_, best.answers);
  selection.failures = explorer_.failures();
  std::sort(selection.failures.begin(), selection.failures.end(),
            [](const Failure& a, const Failure& b) { return a.statement < b.statement; });
  selection.planner_calls = explorer_.planner_calls();
  for (std::size_t i = 0; i < statements.size(); ++i) {
    selection.violation = std::max(selection.violation, explorer_.tree(i).violation());
  }
  selection.violation = std::max(selection.violation, pricing_.violation());
  selection.stopped = explorer_.stopped();
  return selection;
}

absl::StatusOr<Selection> Select(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle) {
  PGASSAY_CHECK(problem.sizes.size() == problem.candidates.size());
  return Solver(problem, constraints, oracle).Solve();
}

}  // namespace pgassay::select
