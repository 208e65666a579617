#include "select/pricing.h"

#include <algorithm>
#include <cmath>
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
constexpr double kSmoothing = 0.5;
constexpr double kSharper = 0.4;
constexpr double kSharp = 0.05;
constexpr int kSteps = 1000;
// Answers of one statement that are kept.
constexpr std::size_t kRemembered = 40;
// Smaller charges, as shares of what the statement costs at least, cost more time to plan with than they raise a bound.
constexpr double kLeastCharge = 5e-4;
// What may stay unknown, as a share of what is left to prove, of all statements together; less by kSharper after each
// round: exact answers are worth more to later combinations than the calls that they take.
constexpr double kEnough = 0.1;
// Payments are rounded down to multiples of this share of what may stay unknown of one statement.
constexpr double kStep = 0.5;
// Each relation more makes planning a statement so many times longer, up to the genetic search (geqo_threshold).
constexpr double kLonger = 2;
constexpr int kMostRelations = 12;
// Sums closer than this are equal.
constexpr double kSame = 1e-9;

const Multiplier* Find(const std::vector<Multiplier>& of, std::uint32_t candidate) {
  const auto found = std::ranges::lower_bound(of, candidate, {}, &Multiplier::candidate);
  return found != of.end() && found->candidate == candidate ? &*found : nullptr;
}

// What the statement's cheapest option costs with what it pays for what that needs, weighted.
Cost LeastOf(const MasterProblem& program, std::size_t number, const std::vector<Multiplier>& paid) {
  Cost least = std::numeric_limits<Cost>::max();
  for (const Option& option : program.statements[number]) {
    Cost value = program.weights[number] * option.cost;
    for (const std::uint32_t id : option.present) {
      if (const Multiplier* const multiplier = Find(paid, id)) value += multiplier->present;
    }
    least = std::min(least, value);
  }
  return least;
}

// By statement.
std::vector<Cost> LeastOf(const MasterProblem& program, const Multipliers& paid) {
  std::vector<Cost> least;
  for (std::size_t i = 0; i < program.statements.size(); ++i) least.push_back(LeastOf(program, i, paid.statements[i]));
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

void Narrow(const whatif::IndexSet& excluded, const whatif::IndexSet& pinned, Charges& charges) {
  const auto narrow = [&](std::vector<Multiplier>& paid) {
    Cost fixed = 0;
    std::erase_if(paid, [&](const Multiplier& of) {
      const bool is_pinned = pinned.Contains({of.candidate});
      fixed += is_pinned ? of.present : 0;
      return is_pinned || excluded.Contains({of.candidate});
    });
    return fixed;
  };
  for (std::vector<Multiplier>& paid : charges.newest.statements) narrow(paid);
  for (std::size_t i = 0; i < charges.paid.statements.size(); ++i) {
    const Cost fixed = narrow(charges.paid.statements[i]);
    if (charges.sums[i] >= 0) charges.sums[i] = std::max(0.0, charges.sums[i] - fixed);
  }
}

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

// A sum rests on what everything together costs, where candidates were left out of the question (AsksFor).
Cost Pricing::Valid(std::size_t number, Cost sum, double allowed) const {
  const CostTree& tree = explorer_.tree(number);
  if (tree.violation() <= allowed) return sum;
  if (tree.violation() >= 1) return 0;
  const Cost root = explorer_.statements()[number].statement.weight * tree.RootBound() / (1 - tree.violation());
  return std::max(0.0, sum - (tree.violation() - allowed) * root);
}

// What the planner said of other payments says something of these: what was paid more for may be paid back.
Cost Pricing::Implied(std::size_t number, const Said& said, const std::vector<Multiplier>& paid) const {
  const whatif::IndexSet& enabled = explorer_.tree(number).Enabled(0);
  Cost sum = Valid(number, said.sum, said.allowed);
  for (const Multiplier& then : said.paid) {
    if (then.present <= 0 || !enabled.Contains({then.candidate})) continue;
    const Multiplier* const now = Find(paid, then.candidate);
    sum -= std::max(0.0, then.present - (now != nullptr ? now->present : 0));
  }
  return sum;
}

// -1: nothing.
Cost Pricing::AllImplied(std::size_t number, const std::vector<Multiplier>& paid, const Charges& best) const {
  const whatif::IndexSet& enabled = explorer_.tree(number).Enabled(0);
  Cost least = -1;
  if (!best.sums.empty() && best.sums[number] >= 0) {
    const Said said{.enabled = enabled,
                    .sum = best.sums[number],
                    .allowed = best.allowed[number],
                    .paid = best.paid.statements[number]};
    least = std::max(least, Implied(number, said, paid));
  }
  if (number >= said_.size()) return least;
  for (const Said& said : said_[number]) {
    if (enabled.IsSubsetOf(said.enabled)) least = std::max(least, Implied(number, said, paid));
  }
  return least;
}

// What is excluded by now is not paid for.
Multipliers Pricing::Start(const Charges& best) const {
  Multipliers start = best.newest.statements.empty() ? newest_ : best.newest;
  for (std::size_t i = 0; i < start.statements.size(); ++i) {
    std::erase_if(start.statements[i],
                  [&](const Multiplier& of) { return !explorer_.tree(i).Enabled(0).Contains({of.candidate}); });
  }
  return start;
}

// Statements whose cheapest known plan, with what it pays, may cost more than the cheapest of all. Those are left out
// that leave the least unknown for the time that they take: together no more than `enough`.
std::vector<std::size_t> Pricing::Doubtful(const MasterProblem& plans, const Multipliers& paid,
                                           const std::vector<Cost>& known, Cost enough) const {
  struct Doubt {
    double worth = 0;
    Cost doubt = 0;
    std::size_t number = 0;
  };
  std::vector<Doubt> doubts;
  for (std::size_t i = 0; i < plans.statements.size(); ++i) {
    const Planned& planned = explorer_.statements()[i];
    if (planned.failed || !planned.takes_charges) continue;
    const Cost doubt = LeastOf(plans, i, paid.statements[i]) * (1 - kSame) - known[i];
    const int relations = std::min(planned.statement.relations, kMostRelations);
    if (doubt > 0) doubts.push_back({doubt / std::pow(kLonger, relations), doubt, i});
  }
  std::ranges::sort(doubts, {}, [](const Doubt& of) { return std::pair(of.worth, of.number); });
  std::vector<std::size_t> doubtful;
  for (const Doubt& of : doubts) {
    if (of.doubt > enough) {
      doubtful.push_back(of.number);
    } else {
      enough -= of.doubt;
    }
  }
  std::ranges::sort(doubtful);
  return doubtful;
}

// Of statements that may have a plan that is cheaper, with what they pay, than all that are known. They are asked with
// payments that are rounded down: plans that pay alike and cost more need not be kept by the planner then. A candidate
// whose charge is no less than what all together can save is in no such plan.
std::vector<Pricing::Question> Pricing::Questions(const MasterProblem& plans, const Limits& limits,
                                                  const Multipliers& paid, const std::vector<Cost>& known,
                                                  Cost enough) const {
  std::vector<Question> questions;
  const Cost each = enough / static_cast<double>(plans.statements.size());
  for (const std::size_t i : Doubtful(plans, paid, known, enough)) {
    const Planned& planned = explorer_.statements()[i];
    Question& question = questions.emplace_back();
    const double weight = planned.statement.weight;
    const Cost root = explorer_.tree(i).RootBound();
    const Cost step = std::max(kStep * each, kLeastCharge * weight * root);
    for (const Multiplier& of : paid.statements[i]) {
      const Cost rounded = step > 0 ? std::floor(of.present / step) * step : of.present;
      question.paid.push_back({.candidate = of.candidate, .present = rounded, .absent = 0});
    }
    question.least = LeastOf(plans, i, question.paid);
    question.ask = {.number = i,
                    .enabled = {},
                    .charges = {},
                    .enough = question.least / weight,
                    .most_charges = question.least / weight - root};
    std::vector<CandidateId> enabled;
    for (const CandidateId id : explorer_.tree(i).Enabled(0)) {
      const Multiplier* const multiplier = limits.IsPinned(id.value) ? nullptr : Find(question.paid, id.value);
      const Cost charge = multiplier != nullptr ? multiplier->present / weight : 0;
      if (charge >= question.ask.most_charges) continue;
      enabled.push_back(id);
      question.ask.charges.push_back(charge);
    }
    question.ask.enabled = whatif::IndexSet(std::move(enabled));
  }
  return questions;
}

absl::StatusOr<bool> Pricing::Step(const Limits& limits, Cost value, Charges& best, const std::function<bool()>& stop) {
  Combine(limits, best);
  const MasterProblem plans = PlansOf(explorer_, prices_, limits);
  violations_.resize(plans.statements.size(), 0);
  said_.resize(plans.statements.size());
  Charges next{.paid = Start(best), .sums = {}, .smoothing = kSmoothing, .unknown = kEnough, .newest = {}, .taken = {}};
  MasterResult relaxed = Relax(plans, value, next.paid, {.steps = kSteps, .stop = stop});
  next.taken = std::move(relaxed.taken);
  next.hope = relaxed.bound;
  next.newest = next.paid;
  Spread(limits, BoundOf(plans, next.paid).slack, next.paid);
  if (!best.sums.empty()) next.paid = Mixed(best.paid, next.paid, best.smoothing);
  std::vector<Cost> known = LeastOf(ProgramOf(explorer_, prices_, limits), next.paid);
  for (std::size_t i = 0; i < known.size(); ++i) {
    next.allowed.push_back(explorer_.tree(i).violation());
    next.sums.push_back(explorer_.statements()[i].failed ? -1 : AllImplied(i, next.paid.statements[i], best));
    known[i] = std::max(known[i], next.sums[i] * (1 - violations_[i]));
  }
  const bool first = best.sums.empty();
  const double unknown = first ? kEnough : best.unknown;
  const Cost before = Bound(limits, best);
  const Cost left = value - std::max(before, Bound(limits, next));
  const std::vector<Question> questions = Questions(plans, limits, next.paid, known, unknown * left);
  std::vector<Explorer::Charged> asks;
  for (const Question& question : questions) asks.push_back(question.ask);
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<std::optional<Cost>> sums, explorer_.Price(asks));
  bool found = false;
  for (std::size_t i = 0; i < asks.size(); ++i) {
    if (!sums[i]) continue;
    const std::size_t number = asks[i].number;
    const Cost sum = std::min(questions[i].least, plans.weights[number] * *sums[i]);
    next.sums[number] = std::max(next.sums[number], sum);
    Remember(number, sum, next.allowed[number], questions[i].paid);
    found = found || sum < questions[i].least * (1 - kSame);
  }
  const bool sharp = !first && !found && best.smoothing < kSharp;
  const double smoothing = first ? kSmoothing : best.smoothing;
  newest_ = next.newest;
  if (first || Bound(limits, next) > before) {
    best = std::move(next);
  } else {
    best.newest = std::move(next.newest);
    best.taken = std::move(next.taken);
    best.hope = next.hope;
  }
  Combine(limits, best);
  best.smoothing = found ? kSmoothing : smoothing * kSharper;
  best.unknown = unknown * kSharper;
  return !sharp;
}

// As far as it is about candidates that are still a choice. A plan that is known by now may cost less than the planner
// said that any does.
Cut Pricing::CutOf(std::size_t number, const MasterProblem& plans, const Limits& limits, Cost sum,
                   const std::vector<Multiplier>& paid) {
  const whatif::IndexSet& enabled = explorer_.tree(number).Enabled(0);
  Cut cut{.sum = sum, .paid = {}};
  for (const Multiplier& one : paid) {
    if (one.present <= 0 || !enabled.Contains({one.candidate})) continue;
    if (limits.IsPinned(one.candidate)) {
      cut.sum -= one.present;
    } else {
      cut.paid.push_back(one);
    }
  }
  if (const Cost least = LeastOf(plans, number, cut.paid); least < cut.sum * (1 - kSame)) {
    violations_[number] = std::max(violations_[number], 1 - least / cut.sum);
    cut.sum = least;
  }
  return cut;
}

void Pricing::Combine(const Limits& limits, Charges& best) {
  if (said_.empty()) return;
  const MasterProblem plans = PlansOf(explorer_, prices_, limits);
  const std::size_t statements = plans.statements.size();
  violations_.resize(statements, 0);
  Charges combined{.paid = {}, .sums = {}, .smoothing = kSmoothing, .unknown = kEnough, .newest = newest_, .taken = {}};
  std::vector<std::vector<Cut>> cuts(statements);
  std::vector<std::vector<Said*>> of_cuts(statements);  // nullptr: not of an answer
  for (std::size_t i = 0; i < statements; ++i) {
    const CostTree& tree = explorer_.tree(i);
    combined.allowed.push_back(tree.violation());
    if (plans.statements[i].empty()) continue;
    cuts[i].push_back(CutOf(i, plans, limits, plans.weights[i] * tree.RootBound(), {}));
    if (!best.sums.empty() && best.sums[i] >= 0) {
      const Cost sum = Valid(i, best.sums[i], best.allowed[i]);
      cuts[i].push_back(CutOf(i, plans, limits, sum, best.paid.statements[i]));
    }
    of_cuts[i].resize(cuts[i].size(), nullptr);
    for (Said& said : said_[i]) {
      if (!tree.Enabled(0).IsSubsetOf(said.enabled)) continue;
      cuts[i].push_back(CutOf(i, plans, limits, Valid(i, said.sum, said.allowed), said.paid));
      of_cuts[i].push_back(&said);
    }
  }
  Combination combination = CombineCuts(plans, cuts);
  if (combination.sums.empty()) return;
  ++combinations_;
  for (std::size_t i = 0; i < statements; ++i) {
    for (std::size_t k = 0; k < cuts[i].size(); ++k) {
      if (of_cuts[i][k] != nullptr && combination.parts[i][k] > 0) of_cuts[i][k]->needed = combinations_;
    }
  }
  combined.paid = std::move(combination.paid);
  combined.sums = std::move(combination.sums);
  if (best.sums.empty()) {
    best = std::move(combined);
  } else if (Bound(limits, combined) > Bound(limits, best)) {
    best.paid = std::move(combined.paid);
    best.sums = std::move(combined.sums);
    best.allowed = std::move(combined.allowed);
  }
}

void Pricing::Remember(std::size_t number, Cost sum, double allowed, const std::vector<Multiplier>& paid) {
  std::vector<Said>& said = said_[number];
  // What was needed least lately gives way.
  if (said.size() == kRemembered) said.erase(std::ranges::min_element(said, {}, &Said::needed));
  said.push_back({.enabled = explorer_.tree(number).Enabled(0),
                  .sum = sum,
                  .allowed = allowed,
                  .paid = paid,
                  .needed = combinations_ + 1});
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
      const Cost valid = Valid(i, sum, charges.allowed[i]);
      least = std::max(least, std::min(dual.least[i], valid * (1 - violations_[i])));
    }
    bound += least - dual.least[i];
  }
  return bound;
}

}  // namespace pgassay::select
