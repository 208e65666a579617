#pragma once

// The search behind Select: solve.cc has its order and what it looks for, solve_proof.cc how far it is from the best.

#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "select/explorer.h"
#include "select/limits.h"
#include "select/master.h"
#include "select/pricing.h"
#include "select/ranking.h"
#include "select/relaxation.h"
#include "select/select.h"

namespace pgassay::select {

// A set as the planner sees it.
struct Checked {
  whatif::IndexSet chosen;
  std::vector<whatif::PlanAnswer> answers;  // by statement number
  Cost total = 0;
  Cost price = 0;
  Bytes bytes = 0;
  Cost objective() const { return total + price; }
};

// A part of the sets that a budget allows, with what pricing knows of it.
struct Leaf {
  Limits limits;              // with what all its sets hold as pinned
  whatif::IndexSet excluded;  // what none of its sets holds
  Charges charges;
  Cost bound = 0;  // no set of it has a lower objective, as far as pricing knows
};

// The best set for one budget, and what is known about all others.
struct Point {
  std::optional<Bytes> budget;
  Limits limits;
  Checked best;
  whatif::IndexSet excluded;  // what is in no set within the limits
  Cost cells_bound = 0;
  double violations = 0;     // Solver::Violations that it allows for
  std::vector<Leaf> leaves;  // divide all sets among them; empty: nothing was priced
  Cost lower_bound = 0;      // the better one of the bounds by cells and by charges
};

inline whatif::IndexSet SetOf(const std::vector<std::uint32_t>& ids) {
  std::vector<CandidateId> set;
  for (const std::uint32_t id : ids) set.push_back({id});
  return whatif::IndexSet(std::move(set));
}

inline std::vector<std::uint32_t> IdsOf(const whatif::IndexSet& set) {
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
  absl::StatusOr<Checked> CheckPrunedOnce(const Checked& set);
  // Statements by number whose plan under the set uses a candidate, by CandidateId.
  std::vector<std::vector<std::size_t>> UsersOf(const Checked& set) const;
  absl::StatusOr<Cost> GainWithin(const Checked& set, const std::vector<std::size_t>& users, CandidateId candidate);
  // Takes a set, pruned, if it is better.
  absl::Status Try(const whatif::IndexSet& chosen, Point& point);
  whatif::IndexSet Propose(const Limits& limits, const whatif::IndexSet& start, bool thorough) const;
  // Local search (`thorough` as there) with planner calls in between.
  absl::Status Improve(Point& point, bool thorough);
  // By the exact program of the known plans, in few nodes.
  absl::Status ImproveExactly(Point& point);
  // As Improve, and before that from what the relaxation of the part takes most of.
  absl::Status ImproveFrom(const Leaf& leaf, Point& point);
  // The program with up to so many planner calls in between.
  absl::Status Prove(Point& point, std::int64_t proof_calls);
  // Pricing with about so many.
  absl::Status PriceOut(Point& point, std::int64_t proof_calls);
  std::optional<std::uint32_t> ToDivide(const Point& point, const Leaf& leaf);
  // Divides what is priced until each part is bounded well enough.
  absl::Status Branch(Point& point, std::int64_t proof_calls);
  void PriceAgain(Point& point);
  void Allow(double violations, Point& point);
  absl::StatusOr<bool> PriceLeaf(const Point& point, Leaf& leaf);
  absl::Status PricePart(const Point& point, Leaf& part);
  Leaf Part(const Point& point, const Leaf& leaf, std::uint32_t candidate, bool held) const;
  Cost FixedPrice(const Limits& limits) const;
  // By pricing, as far as it went.
  static Cost PricedBound(const Point& point);
  double Violations() const { return explorer_.violations() + pricing_.violations(); }
  void Rebound(Point& point) { point.lower_bound = std::max(point.cells_bound, PricedBound(point)); }
  void Forget(Point& point) {  // of another problem
    point.cells_bound = point.lower_bound = 0;
    point.leaves.clear();
  }
  Limits LimitsFor(std::optional<Bytes> budget, const whatif::IndexSet& held = {}) const {
    Constraints constraints = constraints_;
    constraints.budget_bytes = budget;
    constraints.pinned = constraints.pinned.Union(held);
    return Limits(problem_, constraints, explorer_.total_before());
  }
  // What the planner says of the exact program's choice, with the cells that it lies in.
  absl::Status TakeUp(const whatif::IndexSet& chosen, Point& point);
  // What may be left open of one statement.
  Cost Negligible(const Point& point) const {
    return constraints_.gap * point.best.objective() / static_cast<double>(2 * weights_.size() + 1);
  }
  bool IsGoodEnough(Cost bound, const Point& point) const {
    return point.best.objective() - bound <= constraints_.gap * point.best.total;
  }
  bool IsProven(const Point& point) const { return IsGoodEnough(point.lower_bound, point); }
  bool IsWide() const;
  whatif::IndexSet ExcludedBy(const Limits& limits) const;
  absl::Status EnterScope(Point& point);
  void BoundByCells(Point& point);
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

}  // namespace pgassay::select
