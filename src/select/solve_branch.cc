// Branch and price (Barnhart, Johnson, Nemhauser, Savelsbergh, Vance 1998): payments bound what sets in parts cost, so
// a budget that cuts a plan's indexes in two is bounded badly. Where that is so, the sets are divided by whether they
// hold a candidate: with it less of the budget is left, without it its plans are gone. Each part takes over the
// payments.

#include <algorithm>
#include <functional>
#include <limits>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "select/program.h"
#include "select/solver.h"

namespace pgassay::select {
namespace {

// Rounds of pricing for a part, which end when one took less than this share of what is left.
constexpr int kRounds = 3;
constexpr double kWorthwhileRound = 0.1;
// The local search takes longer than a division, and few new plans change what it finds.
constexpr int kImproveEvery = 4;
// What the relaxation takes less of is in no set that is tried.
constexpr double kTaken = 0.2;
// Of the exact program of plans alone.
constexpr int kPlanNodes = 50;
// Dividing ends when so many divisions together took less than this share of what is left.
constexpr std::size_t kLook = 8;
constexpr double kWorthwhile = 0.1;

// The candidate whose being held in part moves most money.
std::optional<std::uint32_t> ToDivide(const Leaf& leaf, std::size_t candidates) {
  std::vector<double> paid(candidates, 0);
  for (const std::vector<Multiplier>& of : leaf.charges.paid.statements) {
    for (const Multiplier& multiplier : of) paid[multiplier.candidate] += multiplier.present;
  }
  std::optional<std::uint32_t> best;
  double most = 0;
  for (std::uint32_t c = 0; c < leaf.charges.taken.size(); ++c) {
    if (leaf.limits.IsPinned(c) || leaf.excluded.Contains({c})) continue;
    const double taken = std::clamp(leaf.charges.taken[c], 0.0, 1.0);
    const double score = paid[c] * std::min(taken, 1 - taken);
    if (score <= most) continue;
    most = score;
    best = c;
  }
  return best;
}

}  // namespace

Cost Solver::PricedBound(const Point& point) {
  Cost least = point.leaves.empty() ? 0 : std::numeric_limits<Cost>::max();
  for (const Leaf& leaf : point.leaves) least = std::min(least, leaf.bound);
  return least;
}

absl::Status Solver::ImproveFrom(const Leaf& leaf, Point& point) {
  std::vector<std::uint32_t> order;
  for (std::uint32_t c = 0; c < leaf.charges.taken.size(); ++c) {
    if (leaf.charges.taken[c] >= kTaken && !leaf.limits.IsPinned(c)) order.push_back(c);
  }
  std::ranges::stable_sort(order, std::ranges::greater(), [&](std::uint32_t c) { return leaf.charges.taken[c]; });
  std::vector<std::uint32_t> rounded = leaf.limits.pinned();
  Limits::Sums sums = leaf.limits.SumsOf(rounded);
  for (const std::uint32_t c : order) {
    if (!leaf.limits.Fits(sums, {&c, 1}, {})) continue;
    leaf.limits.Add(c, sums);
    rounded.push_back(c);
  }
  std::ranges::sort(rounded);
  PGASSAY_RETURN_IF_ERROR(Try(Propose(point.limits, SetOf(rounded), /*thorough=*/false), point));
  return Improve(point, /*thorough=*/false);
}

absl::Status Solver::ImproveExactly(Point& point) {
  const MasterProblem plans = PlansOf(explorer_, prices_, point.limits);
  const MasterResult result = SolveMaster(plans, IdsOf(point.best.chosen.Minus(constraints_.pinned)),
                                          {.gap = constraints_.gap, .nodes = kPlanNodes, .stop = constraints_.stop});
  return Try(SetOf(result.chosen).Union(constraints_.pinned), point);
}

absl::StatusOr<bool> Solver::PriceLeaf(const Point& point, Leaf& leaf) {
  const Cost fixed = FixedPrice(leaf.limits);
  PGASSAY_ASSIGN_OR_RETURN(const bool found,
                           pricing_.Step(leaf.limits, point.best.objective() - fixed, leaf.charges, constraints_.stop));
  leaf.bound = std::max(leaf.bound, pricing_.Bound(leaf.limits, leaf.charges) + fixed);
  return found;
}

Leaf Solver::Part(const Point& point, const Leaf& leaf, std::uint32_t candidate, bool held) const {
  const whatif::IndexSet one(std::vector<CandidateId>{{candidate}});
  Leaf part{.limits = leaf.limits, .excluded = leaf.excluded, .charges = leaf.charges, .bound = leaf.bound};
  if (held) {
    part.limits = LimitsFor(point.budget, SetOf(leaf.limits.pinned()).Union(one));
    part.excluded = part.excluded.Union(ExcludedBy(part.limits));
  } else {
    part.excluded = part.excluded.With({candidate});
  }
  Narrow(part.excluded, SetOf(part.limits.pinned()), part.charges);
  return part;
}

// Bounds a part in its own scope. Statements that fail leave it as it is.
absl::Status Solver::PricePart(const Point& point, Leaf& part) {
  const std::size_t failures = explorer_.failures().size();
  explorer_.Enter(part.excluded);
  part.bound = std::max(part.bound, pricing_.Bound(part.limits, part.charges) + FixedPrice(part.limits));
  for (int round = 0; round < kRounds && !IsGoodEnough(part.bound, point) && !explorer_.stopped(); ++round) {
    const Cost before = part.bound;
    PGASSAY_ASSIGN_OR_RETURN(const bool found, PriceLeaf(point, part));
    if (explorer_.failures().size() != failures) break;
    if (!found || part.bound - before < kWorthwhileRound * (point.best.objective() - before)) break;
  }
  explorer_.Enter(point.excluded, /*leave_for_good=*/part.excluded != point.excluded);
  return absl::OkStatus();
}

absl::Status Solver::Branch(Point& point, std::int64_t proof_calls) {
  const std::int64_t most_calls = explorer_.planner_calls() + proof_calls;
  std::vector<Cost> bounds;
  while (!IsProven(point) && !explorer_.stopped() && explorer_.planner_calls() < most_calls) {
    const auto worst = std::ranges::min_element(point.leaves, {}, &Leaf::bound);
    const std::optional<std::uint32_t> candidate = ToDivide(*worst, problem_.candidates.size());
    if (!candidate) break;
    const std::size_t failures = explorer_.failures().size();
    Leaf held = Part(point, *worst, *candidate, /*held=*/true);
    *worst = Part(point, *worst, *candidate, /*held=*/false);
    PGASSAY_RETURN_IF_ERROR(PricePart(point, *worst));
    if (held.limits.Allow(held.limits.pinned())) {
      PGASSAY_RETURN_IF_ERROR(PricePart(point, held));
      point.leaves.push_back(std::move(held));
    }
    if (explorer_.failures().size() != failures) {
      Forget(point);
      break;
    }
    Allow(Violations(), point);
    Rebound(point);
    bounds.push_back(PricedBound(point));
    if (bounds.size() % kImproveEvery == 0) {
      PGASSAY_RETURN_IF_ERROR(ImproveFrom(*std::ranges::min_element(point.leaves, {}, &Leaf::bound), point));
    }
    if (bounds.size() <= kLook) continue;
    const Cost before = bounds[bounds.size() - 1 - kLook];
    if (bounds.back() - before < kWorthwhile * (point.best.objective() - before)) break;
  }
  return absl::OkStatus();
}

// Plans that were seen since then may be cheaper with fewer candidates.
void Solver::PriceAgain(Point& point) {
  for (Leaf& leaf : point.leaves) {
    explorer_.Enter(leaf.excluded);
    leaf.bound = pricing_.Bound(leaf.limits, leaf.charges) + FixedPrice(leaf.limits);
    explorer_.Enter(point.excluded, /*leave_for_good=*/leaf.excluded != point.excluded);
  }
}

}  // namespace pgassay::select
