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

// Rounds of pricing for a part, while the plans that are known leave hope for this share of what is left.
constexpr int kRounds = 12;
constexpr double kHopeful = 0.5;
// They end where so many in turn took less than this share of it.
constexpr int kIdle = 2;
constexpr double kWorthwhileRound = 0.1;
// The local search takes longer than a division, and few new plans change what it finds.
constexpr int kImproveEvery = 4;
// Candidates that dividing is tried by, and steps of each try.
constexpr std::size_t kTried = 8;
constexpr int kTrySteps = 200;
// What is taken by no less, or by no more, is not taken in part.
constexpr double kWhole = 1e-6;
// What the relaxation takes less of is in no set that is tried.
constexpr double kTaken = 0.2;
// Of the exact program of plans alone.
constexpr int kPlanNodes = 50;
// Dividing ends when so many divisions together took less than this share of what is left.
constexpr std::size_t kLook = 16;
constexpr double kWorthwhile = 0.1;

// Candidates that are taken in part, those first where that moves most money. None where there is no solution.
std::vector<std::uint32_t> TakenInPart(const std::vector<double>& taken, const Leaf& leaf) {
  if (taken.empty()) return {};
  std::vector<double> paid(taken.size(), 0);
  for (const std::vector<Multiplier>& of : leaf.charges.paid.statements) {
    for (const Multiplier& multiplier : of) paid[multiplier.candidate] += multiplier.present;
  }
  std::vector<std::pair<double, std::uint32_t>> in_part;
  for (std::uint32_t c = 0; c < taken.size(); ++c) {
    if (leaf.limits.IsPinned(c) || leaf.excluded.Contains({c})) continue;
    const double least = std::min(taken[c], 1 - taken[c]);
    if (least > kWhole) in_part.emplace_back(-paid[c] * least, c);
  }
  std::ranges::sort(in_part);
  std::vector<std::uint32_t> result;
  for (const auto& [score, candidate] : in_part) result.push_back(candidate);
  return result;
}

MasterProblem Without(MasterProblem plans, std::uint32_t candidate) {
  for (std::vector<Option>& options : plans.statements) {
    std::erase_if(options, [&](const Option& option) { return std::ranges::binary_search(option.present, candidate); });
  }
  return plans;
}

Multipliers Without(Multipliers paid, std::uint32_t candidate) {
  for (std::vector<Multiplier>& of : paid.statements) {
    std::erase_if(of, [&](const Multiplier& one) { return one.candidate == candidate; });
  }
  return paid;
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
  pricing_.Combine(part.limits, part.charges);
  part.bound = std::max(part.bound, pricing_.Bound(part.limits, part.charges) + FixedPrice(part.limits));
  int idle = 0;
  for (int round = 0; round < kRounds && !IsGoodEnough(part.bound, point) && !explorer_.stopped(); ++round) {
    const Cost before = part.bound;
    PGASSAY_ASSIGN_OR_RETURN(const bool found, PriceLeaf(point, part));
    if (explorer_.failures().size() != failures || !found) break;
    const Cost left = point.best.objective() - part.bound;
    if (part.charges.hope + FixedPrice(part.limits) - part.bound < kHopeful * left) break;
    idle = part.bound - before < kWorthwhileRound * (point.best.objective() - before) ? idle + 1 : 0;
    if (idle == kIdle) break;
  }
  explorer_.Enter(point.excluded, /*leave_for_good=*/part.excluded != point.excluded);
  return absl::OkStatus();
}

// Strong branching (Applegate, Bixby, Chvatal, Cook 1995): of some candidates that the relaxation takes in part, the
// one whose two parts bound best by the plans that are known. Averages (relaxation.h) are near the relaxation's
// solution, not it: which candidates are in part is seen only in that.
std::optional<std::uint32_t> Solver::ToDivide(const Point& point, const Leaf& leaf) {
  explorer_.Enter(leaf.excluded);
  const MasterProblem plans = PlansOf(explorer_, prices_, leaf.limits);
  std::vector<std::uint32_t> held = TakenInPart(leaf.charges.taken, leaf);
  if (!IsLarge(plans)) {
    const MasterResult exact = SolveMaster(plans, {}, {.nodes = 0, .stop = constraints_.stop});
    if (const std::vector<std::uint32_t> of = TakenInPart(exact.taken, leaf); !of.empty()) held = of;
  }
  const auto hope = [&](const MasterProblem& of, const Limits& limits, std::uint32_t candidate) {
    const Cost fixed = FixedPrice(limits);
    Multipliers paid = Without(leaf.charges.newest, candidate);
    return Relax(of, point.best.objective() - fixed, paid, {.steps = kTrySteps, .stop = constraints_.stop}).bound +
           fixed;
  };
  const Cost base = leaf.charges.hope + FixedPrice(leaf.limits);
  const Cost least = 1e-3 * std::max(0.0, point.best.objective() - base);
  std::optional<std::uint32_t> best;
  double most = -1;
  for (std::size_t i = 0; i < std::min(held.size(), kTried); ++i) {
    const std::uint32_t c = held[i];
    const Cost without = hope(Without(plans, c), leaf.limits, c);
    const Limits limits = LimitsFor(point.budget, SetOf(leaf.limits.pinned()).With({c}));
    const Cost with =
        limits.Allow(limits.pinned()) ? hope(PlansOf(explorer_, prices_, limits), limits, c) : point.best.objective();
    const auto rise = [&](Cost to) { return std::max(least, std::min(to, point.best.objective()) - base); };
    const double score = rise(without) * rise(with);
    if (score <= most) continue;
    most = score;
    best = c;
  }
  explorer_.Enter(point.excluded, /*leave_for_good=*/leaf.excluded != point.excluded);
  return best;
}

absl::Status Solver::Branch(Point& point, std::int64_t proof_calls) {
  const std::int64_t most_calls = explorer_.planner_calls() + proof_calls;
  std::vector<Cost> bounds;
  while (!IsProven(point) && !explorer_.stopped() && explorer_.planner_calls() < most_calls) {
    const auto worst = std::ranges::min_element(point.leaves, {}, &Leaf::bound);
    const std::optional<std::uint32_t> candidate = ToDivide(point, *worst);
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
