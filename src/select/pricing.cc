#include "select/pricing.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>

#include "base/status_macros.h"
#include "select/master.h"
#include "select/program.h"

namespace pgassay::select {
namespace {

// The part of the best payments so far in those that the planner is asked about: the newest alone jump (Wentges 1997).
// Less by kSharper each time that nothing is found, until it is too little to matter.
constexpr double kSmoothing = 0.8;
constexpr double kSharper = 0.4;
constexpr double kSharp = 0.05;
constexpr int kSteps = 500;
// Answers of one statement that are kept for exact programs.
constexpr std::size_t kRemembered = 12;
// Smaller charges, as shares of what the statement costs at least, cost more time to plan with than they raise a bound.
constexpr double kLeastCharge = 5e-4;
// Sums closer than this are equal.
constexpr double kSame = 1e-9;

const Multiplier* Find(const std::vector<Multiplier>& of, std::uint32_t candidate) {
  const auto found = std::ranges::lower_bound(of, candidate, {}, &Multiplier::candidate);
  return found != of.end() && found->candidate == candidate ? &*found : nullptr;
}

// What each statement's cheapest option costs with what it pays for what that needs, weighted.
std::vector<Cost> LeastOf(const MasterProblem& program, const Multipliers& paid) {
  std::vector<Cost> least;
  for (std::size_t i = 0; i < program.statements.size(); ++i) {
    Cost of_all = std::numeric_limits<Cost>::max();
    for (const Option& option : program.statements[i]) {
      Cost value = program.weights[i] * option.cost;
      for (const std::uint32_t id : option.present) {
        if (const Multiplier* const multiplier = Find(paid.statements[i], id)) value += multiplier->present;
      }
      of_all = std::min(of_all, value);
    }
    least.push_back(of_all);
  }
  return least;
}

// `part` of the first, the rest of the second.
double Mixed(double a, double b, double part) {
  return part * a + (1 - part) * b;
}

// Candidates of either, ascending.
std::vector<Multiplier> Mixed(const std::vector<Multiplier>& a, const std::vector<Multiplier>& b, double part) {
  std::vector<Multiplier> result;
  auto of_a = a.begin();
  auto of_b = b.begin();
  while (of_a != a.end() || of_b != b.end()) {
    const bool take_a = of_b == b.end() || (of_a != a.end() && of_a->candidate <= of_b->candidate);
    const bool take_b = of_a == a.end() || (of_b != b.end() && of_b->candidate <= of_a->candidate);
    const std::uint32_t candidate = take_a ? of_a->candidate : of_b->candidate;
    const double present_a = take_a ? (of_a++)->present : 0;
    const double present_b = take_b ? (of_b++)->present : 0;
    result.push_back({.candidate = candidate, .present = Mixed(present_a, present_b, part), .absent = 0});
  }
  return result;
}

Multipliers Mixed(const Multipliers& a, const Multipliers& b, double part) {
  Multipliers result;
  for (std::size_t i = 0; i < a.statements.size(); ++i) {
    result.statements.push_back(Mixed(a.statements[i], b.statements[i], part));
  }
  // The last limit may be there or not.
  for (std::size_t i = 0; i < b.limits.size(); ++i) {
    result.limits.push_back(i < a.limits.size() ? Mixed(a.limits[i], b.limits[i], part) : b.limits[i]);
  }
  return result;
}

}  // namespace

double Pricing::violations() const {
  return std::accumulate(violations_.begin(), violations_.end(), 0.0);
}

double Pricing::violation() const {
  return violations_.empty() ? 0 : std::ranges::max(violations_);
}

// What nobody pays for a candidate, and what could be paid at no loss, is divided among the statements that might use
// it, in proportion to what candidates can save them at all.
void Pricing::Spread(const Limits& limits, const std::vector<Cost>& slack, Multipliers& paid) const {
  const std::vector<Planned>& statements = explorer_.statements();
  std::vector<double> interest(slack.size(), 0);
  const auto interest_of = [&](std::size_t i) {
    const Planned& planned = statements[i];
    return planned.statement.weight * std::max(kSame * planned.before, planned.before - explorer_.tree(i).RootCost());
  };
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (statements[i].failed) continue;
    for (const CandidateId id : explorer_.tree(i).Enabled(0)) interest[id.value] += interest_of(i);
  }
  for (std::size_t i = 0; i < statements.size(); ++i) {
    if (statements[i].failed) continue;
    std::vector<Multiplier> of;
    for (const CandidateId id : explorer_.tree(i).Enabled(0)) {
      if (limits.IsPinned(id.value)) continue;
      const Multiplier* const known = Find(paid.statements[i], id.value);
      const double share = interest[id.value] > 0 ? slack[id.value] * interest_of(i) / interest[id.value] : 0;
      of.push_back({.candidate = id.value, .present = (known != nullptr ? known->present : 0) + share, .absent = 0});
    }
    paid.statements[i] = std::move(of);
  }
}

// Of statements that may have a plan that is cheaper, with what they pay, than all that are known. No plan that saves
// anything is worth more than the statement costs without any.
std::vector<Explorer::Charged> Pricing::AsksFor(const Limits& limits, const Multipliers& paid,
                                                const std::vector<Cost>& least, const std::vector<Cost>& known) const {
  std::vector<Explorer::Charged> asks;
  for (std::size_t i = 0; i < least.size(); ++i) {
    const Planned& planned = explorer_.statements()[i];
    if (planned.failed || known[i] >= least[i] * (1 - kSame)) continue;
    Explorer::Charged& ask = asks.emplace_back(Explorer::Charged{.number = i, .charges = {}});
    for (const CandidateId id : explorer_.tree(i).Enabled(0)) {
      const Multiplier* const multiplier = limits.IsPinned(id.value) ? nullptr : Find(paid.statements[i], id.value);
      const Cost charge = multiplier != nullptr ? multiplier->present / planned.statement.weight : 0;
      const bool matters = charge >= kLeastCharge * explorer_.tree(i).RootCost();
      ask.charges.push_back(matters ? std::min(charge, planned.before) : 0);
    }
  }
  return asks;
}

absl::StatusOr<bool> Pricing::Step(const Limits& limits, Cost value, Charges& best, const std::function<bool()>& stop) {
  const MasterProblem plans = PlansOf(explorer_, prices_, limits);
  for (std::size_t i = 0; i < newest_.statements.size(); ++i) {
    std::erase_if(newest_.statements[i],
                  [&](const Multiplier& of) { return !explorer_.tree(i).Enabled(0).Contains({of.candidate}); });
  }
  Relax(plans, value, newest_, {.steps = kSteps, .stop = stop});
  Charges next{.paid = newest_, .sums = std::vector<Cost>(plans.statements.size(), -1), .smoothing = kSmoothing};
  Spread(limits, BoundOf(plans, next.paid).slack, next.paid);
  if (!best.sums.empty()) next.paid = Mixed(best.paid, next.paid, best.smoothing);
  const std::vector<Cost> least = LeastOf(plans, next.paid);
  const std::vector<Explorer::Charged> asks =
      AsksFor(limits, next.paid, least, LeastOf(ProgramOf(explorer_, prices_, limits), next.paid));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<Cost>> sums, explorer_.Price(asks));
  bool found = false;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    const std::size_t number = asks[i].number;
    if (!sums[i]) continue;
    next.sums[number] = plans.weights[number] * *sums[i];
    Remember(number, next.sums[number], next.paid.statements[number]);
    found = found || next.sums[number] < least[number] * (1 - kSame);
  }
  next.smoothing = found ? kSmoothing : best.smoothing * kSharper;
  const bool sharp = !found && best.smoothing < kSharp;
  if (best.sums.empty() || Bound(limits, next) > Bound(limits, best)) {
    best = std::move(next);
  } else {
    best.smoothing = next.smoothing;
  }
  return !sharp;
}

void Pricing::Remember(std::size_t number, Cost sum, const std::vector<Multiplier>& paid) {
  said_.resize(explorer_.statements().size());
  violations_.resize(explorer_.statements().size(), 0);
  Said& said = said_[number].emplace_back(Said{.enabled = explorer_.tree(number).Enabled(0), .cut = {}});
  said.cut = {.statement = number, .sum = sum, .charges = {}};
  for (const Multiplier& multiplier : paid) {
    if (multiplier.present > 0) said.cut.charges.emplace_back(multiplier.candidate, multiplier.present);
  }
  if (said_[number].size() > kRemembered) said_[number].erase(said_[number].begin());
}

std::vector<Cut> Pricing::Cuts() const {
  std::vector<Cut> cuts;
  for (std::size_t i = 0; i < said_.size(); ++i) {
    if (explorer_.statements()[i].failed || explorer_.tree(i).Closed()) continue;
    for (const Said& said : said_[i]) {
      if (!explorer_.tree(i).Enabled(0).IsSubsetOf(said.enabled)) continue;
      Cut& cut = cuts.emplace_back(said.cut);
      cut.sum *= 1 - violations_[i];
      std::erase_if(cut.charges, [&](const auto& of) { return !explorer_.tree(i).Enabled(0).Contains({of.first}); });
    }
  }
  return cuts;
}

Cost Pricing::Bound(const Limits& limits, const Charges& charges) {
  if (charges.sums.empty()) return 0;
  const MasterProblem plans = PlansOf(explorer_, prices_, limits);
  const DualBound dual = BoundOf(plans, charges.paid);
  const std::vector<Cost> known = LeastOf(ProgramOf(explorer_, prices_, limits), charges.paid);
  violations_.resize(plans.statements.size(), 0);
  Cost bound = dual.bound;
  for (std::size_t i = 0; i < plans.statements.size(); ++i) {
    if (plans.statements[i].empty()) continue;
    Cost least = known[i];
    if (const Cost sum = charges.sums[i]; sum >= 0) {
      if (dual.least[i] < sum * (1 - kSame)) violations_[i] = std::max(violations_[i], 1 - dual.least[i] / sum);
      least = std::max(least, std::min(dual.least[i], sum * (1 - violations_[i])));
    }
    bound += least - dual.least[i];
  }
  return bound;
}

}  // namespace pgassay::select
