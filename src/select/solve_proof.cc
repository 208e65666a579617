// Bounds for all sets, and the plans that they need.

#include <algorithm>
#include <limits>
#include <utility>

#include "base/status_macros.h"
#include "select/program.h"
#include "select/solver.h"

namespace pgassay::select {
namespace {

// Programs with newly planned cells in between, for one budget.
constexpr int kMaxProofRounds = 200;
// The exact program's turn comes this close to the proof, in gaps, or when the bound moves by less than this share of
// what is left.
constexpr double kNearProof = 2;
constexpr double kStalled = 0.1;
constexpr int kFewNodes = 20;
// The local search takes longer than the relaxation, and few new plans change what it finds.
constexpr int kImproveEvery = 4;
// Pricing ends when so many rounds together took less than this share of what is left, or when the plans that are known
// leave no more than kHopeless of it to be found: dividing takes more then. Problems with many candidates for each of
// many statements take more rounds.
constexpr std::size_t kPricingLook = 5;
constexpr std::size_t kWidePricingLook = 8;
constexpr double kPricingWorthwhile = 0.05;
constexpr double kHopeless = 0.2;
constexpr std::size_t kWide = 8'000;  // pairs of statement and candidate

}  // namespace

absl::Status Solver::TakeUp(const whatif::IndexSet& chosen, Point& point) {
  PGASSAY_ASSIGN_OR_RETURN(const Checked proposed, Check(chosen));
  PGASSAY_RETURN_IF_ERROR(explorer_.Settle(chosen, proposed.answers, Negligible(point)));
  return Try(chosen, point);
}

// The program has no pinned candidates in it: here they and their prices come back.
MasterResult Solver::Bound(const MasterProblem& master, const Point& point, bool exact, MasterLimits limits) {
  const Cost fixed = FixedPrice(point.limits);
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
  bool exact = false;
  bool thorough = false;  // few nodes of the exact program's search were not enough
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
    const MasterResult result = Bound(master, point, solved, limits);
    Allow(violations, point);
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

Cost Solver::FixedPrice(const Limits& limits) const {
  Cost fixed = 0;
  for (const std::uint32_t id : limits.pinned()) fixed += prices_[id];
  return fixed;
}

absl::Status Solver::PriceOut(Point& point, std::int64_t proof_calls) {
  const std::int64_t most_calls = explorer_.planner_calls() + proof_calls;
  std::vector<Cost> bounds;
  while (explorer_.TakesCharges() && !IsProven(point) && !explorer_.stopped() &&
         explorer_.planner_calls() < most_calls) {
    if (point.leaves.empty())
      point.leaves.push_back({.limits = point.limits, .excluded = point.excluded, .charges = {}});
    const std::size_t failures = explorer_.failures().size();
    PGASSAY_ASSIGN_OR_RETURN(const bool found, PriceLeaf(point, point.leaves.front()));
    if (explorer_.failures().size() != failures) {
      Forget(point);
      continue;
    }
    Rebound(point);
    const Cost priced = PricedBound(point);
    bounds.push_back(priced);
    if (bounds.size() % kImproveEvery == 0) PGASSAY_RETURN_IF_ERROR(ImproveFrom(point.leaves.front(), point));
    if (!found) break;
    const Cost left = point.best.objective() - priced;
    if (point.leaves.front().charges.hope + FixedPrice(point.limits) - priced < kHopeless * left) break;
    const std::size_t look = IsWide() ? kWidePricingLook : kPricingLook;
    if (bounds.size() <= look) continue;
    const Cost before = bounds[bounds.size() - 1 - look];
    if (priced - before < kPricingWorthwhile * (point.best.objective() - before)) break;
  }
  return absl::OkStatus();
}

// By what is known of the cells by now.
void Solver::BoundByCells(Point& point) {
  const MasterProblem master = ProgramOf(explorer_, prices_, point.limits);
  const MasterLimits limits{.gap = constraints_.gap / 4,
                            .enough = point.best.objective() - constraints_.gap * point.best.total,
                            .nodes = kFewNodes,
                            .stop = constraints_.stop};
  const MasterResult result = Bound(master, point, !IsLarge(master), limits);
  point.cells_bound = std::max(point.cells_bound, result.bound);
}

// Bounds that were taken when plans with fewer candidates were not known to be cheaper are taken again.
void Solver::Allow(double violations, Point& point) {
  if (std::exchange(point.violations, violations) == violations) return;
  point.cells_bound = 0;
  PriceAgain(point);
}

void Solver::Refresh(Point& point) {
  explorer_.Enter(point.excluded);
  if (point.violations == Violations()) return;
  const bool priced = PricedBound(point) > point.cells_bound;
  Allow(Violations(), point);
  if (!priced) BoundByCells(point);
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

bool Solver::IsWide() const {
  std::size_t pairs = 0;
  for (const Planned& planned : explorer_.statements()) pairs += planned.statement.relevant.size();
  return pairs > kWide;
}

}  // namespace pgassay::select
