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
#include <limits>
#include <optional>
#include <set>
#include <utility>

#include "base/status_macros.h"
#include "select/explorer.h"
#include "select/limits.h"
#include "select/master.h"
#include "select/prices.h"
#include "select/pricing.h"
#include "select/program.h"
#include "select/ranking.h"
#include "select/relaxation.h"
#include "select/search.h"
#include "select/select.h"
#include "select/turned.h"

namespace pgassay::select {
namespace {

// Searches with newly learnt plans in between. Two or three are the rule; the bound is for costs that do not settle.
constexpr int kMaxRounds = 8;
// Programs with newly planned cells in between, for one budget.
constexpr int kMaxProofRounds = 200;
// The exact program's turn comes this close to the proof, in gaps, or when the bound moves by less than this share of
// what is left.
constexpr double kNearProof = 2;
constexpr double kStalled = 0.1;
constexpr int kFewNodes = 20;
constexpr int kSomeNodes = 200;
// The local search takes longer than the relaxation, and few new plans change what it finds.
constexpr int kImproveEvery = 4;
// Planner calls for cells, for each statement, before pricing has its turn.
constexpr int kCellsFirst = 20;
// Pricing ends when so many rounds together took less than this share of what is left.
constexpr int kPricingLook = 3;
constexpr double kPricingWorthwhile = 0.05;
// All smaller budgets together may take this share of the calls that the whole budget took, or this many for each
// statement: what is known of plans is shared.
constexpr double kFrontierShare = 0.6;
constexpr std::int64_t kFrontierLeast = 60;
// Shares of the whole set's size that the frontier shows.
constexpr double kFrontier[] = {0.02, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8};

// A set as the planner sees it.
struct Checked {
  whatif::IndexSet chosen;
  std::vector<whatif::PlanAnswer> answers;  // by statement number
  Cost total = 0;
  Cost price = 0;
  Bytes bytes = 0;
  Cost objective() const { return total + price; }
};

// The best set for one budget, and what is known about all others.
struct Point {
  std::optional<Bytes> budget;
  Limits limits;
  Checked best;
  whatif::IndexSet excluded;  // what is in no set within the limits
  Cost cells_bound = 0;
  double violations = 0;  // Solver::Violations that it allows for
  Charges charges;
  Cost lower_bound = 0;  // the better one of the bounds by cells and by charges
};

whatif::IndexSet SetOf(const std::vector<std::uint32_t>& ids) {
  std::vector<CandidateId> set;
  for (const std::uint32_t id : ids) set.push_back({id});
  return whatif::IndexSet(std::move(set));
}

std::vector<std::uint32_t> IdsOf(const whatif::IndexSet& set) {
  std::vector<std::uint32_t> ids;
  for (const CandidateId id : set) ids.push_back(id.value);
  return ids;
}

class Solver {
 public:
  Solver(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle)
      : problem_(problem),
        constraints_(constraints),
        explorer_(problem, constraints, oracle),
        ranks_(DefinitionRanks(problem.candidates)),
        pricing_(explorer_, prices_) {
    for (const Planned& planned : explorer_.statements()) weights_.push_back(planned.statement.weight);
    most_proof_calls_ = static_cast<std::int64_t>(weights_.size()) * constraints.proof_calls;
  }

  absl::StatusOr<Selection> Solve();

 private:
  absl::StatusOr<Checked> Check(const whatif::IndexSet& chosen);
  absl::StatusOr<Checked> CheckPruned(whatif::IndexSet chosen);
  // Statements by number whose plan under the set uses a candidate, by CandidateId.
  std::vector<std::vector<std::size_t>> UsersOf(const Checked& set) const;
  absl::StatusOr<Cost> GainWithin(const Checked& set, const std::vector<std::size_t>& users, CandidateId candidate);
  whatif::IndexSet Propose(const Limits& limits, const whatif::IndexSet& start, bool thorough) const;
  // Local search (`thorough` as there) with planner calls in between.
  absl::Status Improve(Point& point, bool thorough);
  // The program with up to so many planner calls in between.
  absl::Status Prove(Point& point, std::int64_t proof_calls);
  // Pricing with about so many.
  absl::Status PriceOut(Point& point, std::int64_t proof_calls);
  Cost FixedPrice(const Point& point) const;
  // By pricing, as far as it went.
  Cost PricedBound(const Point& point) {
    return point.charges.sums.empty() ? 0 : pricing_.Bound(point.limits, point.charges) + FixedPrice(point);
  }
  double Violations() const { return explorer_.violations() + pricing_.violations(); }
  void Rebound(Point& point) { point.lower_bound = std::max(point.cells_bound, PricedBound(point)); }
  void Forget(Point& point) {  // of another problem
    point.cells_bound = point.lower_bound = 0;
    point.charges = {};
  }
  Limits LimitsFor(std::optional<Bytes> budget) const {
    Constraints constraints = constraints_;
    constraints.budget_bytes = budget;
    return Limits(problem_, constraints, explorer_.total_before());
  }
  // What the planner says of the exact program's choice, with the cells that it lies in.
  absl::Status TakeUp(const whatif::IndexSet& chosen, Point& point);
  // What may be left open of one statement.
  Cost Negligible(const Point& point) const {
    return constraints_.gap * point.best.objective() / static_cast<double>(2 * weights_.size() + 1);
  }
  bool IsProven(const Point& point) const {
    return point.best.objective() - point.lower_bound <= constraints_.gap * point.best.total;
  }
  whatif::IndexSet ExcludedBy(const Limits& limits) const;
  absl::Status EnterScope(Point& point);
  void BoundWithCuts(Point& point);
  // Bounds `point` again if plans that were seen since then are cheaper with fewer candidates.
  void Refresh(Point& point);
  // By the exact program or by its relaxation.
  MasterResult Bound(const MasterProblem& master, const Point& point, bool exact, MasterLimits limits);
  absl::StatusOr<Point> SolveFor(std::optional<Bytes> budget, std::int64_t proof_calls);
  absl::StatusOr<std::vector<Point>> SolveFrontier(Point whole);
  absl::Status CheckPinned() const;
  const Point& Knee(const std::vector<Point>& points) const;
  bool Better(const Checked& a, const Checked& b) const;
  absl::StatusOr<Selection> Describe(const Point& point);
  void DescribeCosts(const Checked& best, Selection& selection) const;
  const Problem& problem_;
  const Constraints& constraints_;
  Explorer explorer_;
  std::vector<std::uint32_t> ranks_;
  std::vector<double> weights_;
  std::vector<Cost> prices_;  // by candidate
  std::int64_t most_proof_calls_ = 0;
  Multipliers multipliers_;
  Pricing pricing_;
  bool priced_better_ = false;  // than by cells the last problem was bounded
  whatif::IndexSet gainless_;
};

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
// worth more then. Pinned candidates stay.
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

absl::Status Solver::Improve(Point& point, bool thorough) {
  std::set<whatif::IndexSet> proposed;
  for (int round = 0; round < kMaxRounds; ++round) {
    const whatif::IndexSet chosen = Propose(point.limits, point.best.chosen, thorough);
    if (!proposed.insert(chosen).second) break;  // the planner was asked, and the search still thinks so
    PGASSAY_ASSIGN_OR_RETURN(Checked checked, CheckPruned(chosen));
    PGASSAY_ASSIGN_OR_RETURN(point.best, Check(point.best.chosen));
    if (Better(checked, point.best)) point.best = std::move(checked);
    if (explorer_.stopped()) break;
  }
  return absl::OkStatus();
}

absl::Status Solver::TakeUp(const whatif::IndexSet& chosen, Point& point) {
  PGASSAY_ASSIGN_OR_RETURN(const Checked proposed, Check(chosen));
  PGASSAY_RETURN_IF_ERROR(explorer_.Settle(chosen, proposed.answers, Negligible(point)));
  PGASSAY_ASSIGN_OR_RETURN(Checked checked, CheckPruned(chosen));
  PGASSAY_ASSIGN_OR_RETURN(point.best, Check(point.best.chosen));
  if (Better(checked, point.best)) point.best = std::move(checked);
  return absl::OkStatus();
}

// The program has no pinned candidates in it: here they and their prices come back.
MasterResult Solver::Bound(const MasterProblem& master, const Point& point, bool exact, MasterLimits limits) {
  const Cost fixed = FixedPrice(point);
  if (limits.enough > 0) limits.enough = std::max(std::numeric_limits<Cost>::min(), limits.enough - fixed);
  if (!exact) limits.nodes = 0;
  MasterResult result =
      exact || IsSparse(master)
          ? SolveMaster(master, IdsOf(point.best.chosen.Minus(constraints_.pinned)), limits)
          : Relax(master, point.best.objective() - fixed, multipliers_, {.enough = limits.enough, .stop = limits.stop});
  result.value += fixed;
  result.bound += fixed;
  result.chosen = IdsOf(SetOf(result.chosen).Union(constraints_.pinned));
  return result;
}

absl::Status Solver::Prove(Point& point, std::int64_t proof_calls) {
  const std::int64_t most_calls = explorer_.planner_calls() + proof_calls;
  bool exact = !point.charges.sums.empty();  // the relaxation has no cuts
  bool thorough = false;                     // few nodes of the exact program's search were not enough
  for (int round = 0; round < kMaxProofRounds; ++round) {
    MasterProblem master = ProgramOf(explorer_, prices_, point.limits);
    const double violations = Violations();
    MasterLimits limits{.gap = constraints_.gap / 4,
                        .enough = point.best.objective() - constraints_.gap * point.best.total,
                        .stop = constraints_.stop};
    // Far from the proof a set that is good enough to look at will do.
    const bool near = point.best.objective() - point.lower_bound <= kNearProof * constraints_.gap * point.best.total;
    if (!near && !thorough) limits.nodes = kFewNodes;
    const bool solved = exact && (near || !IsLarge(master));
    if (solved) master.cuts = pricing_.Cuts();
    const MasterResult result = Bound(master, point, solved, limits);
    if (std::exchange(point.violations, violations) != violations) point.cells_bound = 0;
    const Cost bound_before = point.lower_bound;
    point.cells_bound = std::max(point.cells_bound, result.bound);
    Rebound(point);
    if (IsProven(point) || explorer_.stopped() || explorer_.planner_calls() >= most_calls) break;
    const std::int64_t known = explorer_.known_cells();
    const std::size_t failures = explorer_.failures().size();
    const whatif::IndexSet chosen = SetOf(result.chosen);
    if (exact) PGASSAY_RETURN_IF_ERROR(TakeUp(solved ? chosen : point.best.chosen, point));
    PGASSAY_RETURN_IF_ERROR(
        explorer_.PlanCells(CellsToPlan(explorer_, master, result, point.best.answers, Negligible(point)), chosen));
    if (exact || round % kImproveEvery == 0) PGASSAY_RETURN_IF_ERROR(Improve(point, /*thorough=*/exact));
    if (explorer_.failures().size() != failures) Forget(point);
    const bool nothing_new = explorer_.known_cells() == known;
    if (exact && nothing_new && (near || thorough || !solved)) break;
    thorough = exact && nothing_new;
    const Cost left = point.best.objective() - point.lower_bound;
    exact = nothing_new || left <= kNearProof * constraints_.gap * point.best.total ||
            point.lower_bound - bound_before < kStalled * left;
  }
  return absl::OkStatus();
}

Cost Solver::FixedPrice(const Point& point) const {
  Cost fixed = 0;
  for (const std::uint32_t id : point.limits.pinned()) fixed += prices_[id];
  return fixed;
}

absl::Status Solver::PriceOut(Point& point, std::int64_t proof_calls) {
  const std::int64_t most_calls = explorer_.planner_calls() + proof_calls;
  std::vector<Cost> bounds;
  while (explorer_.TakesCharges() && !IsProven(point) && !explorer_.stopped() &&
         explorer_.planner_calls() < most_calls) {
    const std::size_t failures = explorer_.failures().size();
    PGASSAY_ASSIGN_OR_RETURN(const bool found, pricing_.Step(point.limits, point.best.objective() - FixedPrice(point),
                                                             point.charges, constraints_.stop));
    if (explorer_.failures().size() != failures) Forget(point);
    Rebound(point);
    const Cost priced = PricedBound(point);
    bounds.push_back(priced);
    if (bounds.size() % kImproveEvery == 0) PGASSAY_RETURN_IF_ERROR(Improve(point, /*thorough=*/false));
    if (!found) break;
    if (bounds.size() > kPricingLook) {
      const Cost before = bounds[bounds.size() - 1 - kPricingLook];
      if (priced - before < kPricingWorthwhile * (point.best.objective() - before)) break;
    }
  }
  return absl::OkStatus();
}

// By the exact program with what pricing knows, in a few nodes; of a large one without its cells.
void Solver::BoundWithCuts(Point& point) {
  MasterProblem master = ProgramOf(explorer_, prices_, point.limits);
  std::vector<Cut> cuts = pricing_.Cuts();
  const bool exact = !cuts.empty() || !IsLarge(master);
  if (exact && IsLarge(master)) master = RootsOf(explorer_, prices_, point.limits);
  master.cuts = std::move(cuts);
  const MasterLimits limits{.gap = constraints_.gap / 4,
                            .enough = point.best.objective() - constraints_.gap * point.best.total,
                            .nodes = exact && !IsLarge(master) ? kSomeNodes : kFewNodes,
                            .stop = constraints_.stop};
  if (std::exchange(point.violations, Violations()) != point.violations) point.cells_bound = 0;
  const MasterResult result = Bound(master, point, exact, limits);
  point.cells_bound = std::max(point.cells_bound, result.bound);
  Rebound(point);
}

void Solver::Refresh(Point& point) {
  explorer_.Enter(point.excluded);
  if (point.violations != Violations()) BoundWithCuts(point);
  Rebound(point);
}

// Candidates that are in no set within the limits, since they do not fit beside the pinned ones.
whatif::IndexSet Solver::ExcludedBy(const Limits& limits) const {
  const Limits::Sums pinned = limits.SumsOf(limits.pinned());
  std::vector<CandidateId> excluded;
  for (const catalog::Candidate& candidate : problem_.candidates) {
    const std::uint32_t id = candidate.id.value;
    if (!limits.IsPinned(id) && !limits.Fits(pinned, {&id, 1}, {})) excluded.push_back(candidate.id);
  }
  return whatif::IndexSet(std::move(excluded));
}

// What everything that is left together does bounds all cells.
absl::Status Solver::EnterScope(Point& point) {
  point.excluded = ExcludedBy(point.limits);
  explorer_.Enter(point.excluded);
  if (point.excluded.empty()) return absl::OkStatus();
  std::vector<CandidateId> left;
  for (const catalog::Candidate& candidate : problem_.candidates) {
    if (!point.excluded.Contains(candidate.id)) left.push_back(candidate.id);
  }
  return explorer_.PlanAll(whatif::IndexSet(std::move(left))).status();
}

absl::StatusOr<Point> Solver::SolveFor(std::optional<Bytes> budget, std::int64_t proof_calls) {
  Point point{.budget = budget, .limits = LimitsFor(budget)};
  while (true) {
    const std::size_t failures = explorer_.failures().size();
    PGASSAY_RETURN_IF_ERROR(EnterScope(point));
    PGASSAY_ASSIGN_OR_RETURN(point.best, Check(constraints_.pinned));
    PGASSAY_RETURN_IF_ERROR(Improve(point, /*thorough=*/true));
    const std::int64_t before = explorer_.planner_calls();
    const auto left = [&] { return proof_calls - (explorer_.planner_calls() - before); };
    if (explorer_.TakesCharges()) {
      const auto cells = static_cast<std::int64_t>(weights_.size()) * kCellsFirst;
      if (!priced_better_) PGASSAY_RETURN_IF_ERROR(Prove(point, std::min(proof_calls / 2, cells)));
      PGASSAY_RETURN_IF_ERROR(PriceOut(point, left()));
      if (!IsProven(point)) BoundWithCuts(point);
    }
    if (!IsProven(point) && left() > 0) PGASSAY_RETURN_IF_ERROR(Prove(point, left()));
    priced_better_ = PricedBound(point) > point.cells_bound;
    PGASSAY_RETURN_IF_ERROR(Improve(point, /*thorough=*/true));
    if (explorer_.failures().size() == failures) return point;
  }
}

// What fits into less fits into more, and a bound for more holds for less.
void Reconcile(std::vector<Point>& points, const std::function<bool(const Checked&, const Checked&)>& better) {
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (better(points[i - 1].best, points[i].best)) points[i].best = points[i - 1].best;
  }
  for (std::size_t i = points.size(); i-- > 1;) {
    points[i - 1].lower_bound = std::max(points[i - 1].lower_bound, points[i].lower_bound);
  }
}

// From `whole`, the best set without a budget, down to what the pinned candidates take.
absl::StatusOr<std::vector<Point>> Solver::SolveFrontier(Point whole) {
  std::vector<Point> points;
  const Bytes all = whole.best.bytes;
  whole.budget = all;
  whole.limits = LimitsFor(all);
  points.push_back(std::move(whole));
  std::int64_t calls =
      std::max(static_cast<std::int64_t>(kFrontierShare * static_cast<double>(explorer_.planner_calls())),
               kFrontierLeast * static_cast<std::int64_t>(weights_.size()));
  for (std::size_t i = std::size(kFrontier); i-- > 0 && all > 0;) {
    const auto budget = static_cast<Bytes>(kFrontier[i] * static_cast<double>(all));
    if (!LimitsFor(budget).Allow(IdsOf(constraints_.pinned))) break;
    const std::int64_t before = explorer_.planner_calls();
    PGASSAY_ASSIGN_OR_RETURN(Point point, SolveFor(budget, calls / static_cast<std::int64_t>(i + 1)));
    calls = std::max<std::int64_t>(0, calls - (explorer_.planner_calls() - before));
    points.push_back(std::move(point));
  }
  std::ranges::reverse(points);
  for (Point& point : points) Refresh(point);
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
      if (point.budget) {
        PGASSAY_ASSIGN_OR_RETURN(unlimited, SolveFor(std::nullopt, most_proof_calls_));
      }
      PGASSAY_ASSIGN_OR_RETURN(points, SolveFrontier(std::move(unlimited)));
      for (const Point& at : points) {
        if (point.limits.Allow(IdsOf(at.best.chosen)) && Better(at.best, point.best)) point.best = at.best;
      }
      if (constraints_.knee) point = Knee(points);
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

}  // namespace

absl::StatusOr<Selection> Select(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle) {
  PGASSAY_CHECK(problem.sizes.size() == problem.candidates.size());
  return Solver(problem, constraints, oracle).Solve();
}

}  // namespace pgassay::select
