#include "select/pricing.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "base/status_macros.h"
#include "select/prices.h"
#include "support/random_problem.h"

namespace pgassay::select {
namespace {

whatif::IndexSet SetOf(std::size_t mask) {
  std::vector<CandidateId> ids;
  for (std::uint32_t id = 0; mask >> id != 0; ++id) {
    if ((mask >> id & 1) != 0) ids.push_back({id});
  }
  return whatif::IndexSet(std::move(ids));
}

// Joins of several tables, small enough to try every set.
test::RandomProblem JoinsFor(std::uint32_t seed) {
  return test::MakeRandomProblem(seed, {.tables = 3, .statements = 8, .max_joined = 3, .candidates = 10});
}

struct Priced {
  Cost optimum = 0;  // of all sets within the limits, prices included
  Cost before = 0;
  std::vector<Cost> bounds;  // after each step
  double violations = 0;
  bool ended = false;  // there is nothing to find any more
};

// Steps of pricing with a budget as a share of what all candidates take, and with a candidate pinned.
Priced Price(std::uint32_t seed, double share, std::optional<std::uint32_t> pinned, int steps) {
  const test::RandomProblem random = JoinsFor(seed);
  const Problem& problem = random.problem;
  Bytes all = 0;
  for (const Bytes size : problem.sizes) all += size;
  Constraints constraints{.budget_bytes = static_cast<Bytes>(share * static_cast<double>(all))};
  if (pinned) constraints.pinned = whatif::IndexSet(std::vector<CandidateId>{{*pinned}});
  test::FakeOracle oracle = random.MakeOracle();
  const test::FakeOracle honest = random.MakeOracle();
  Explorer explorer(problem, constraints, oracle);
  EXPECT_TRUE(explorer.PlanBase().ok());
  EXPECT_TRUE(explorer.Peel().ok());
  const std::vector<Cost> prices = Prices(problem, 0.001 * explorer.total_before());
  const Limits limits(problem, constraints, explorer.total_before());
  Priced result{.optimum = explorer.total_before() * 100, .before = explorer.total_before(), .bounds = {}};
  Cost fixed = 0;
  for (const std::uint32_t id : limits.pinned()) fixed += prices[id];
  for (std::size_t mask = 0; mask < std::size_t{1} << problem.candidates.size(); ++mask) {
    const whatif::IndexSet set = SetOf(mask);
    std::vector<std::uint32_t> ids;
    Cost value = 0;
    for (const CandidateId id : set) {
      ids.push_back(id.value);
      value += prices[id.value];
    }
    if (!limits.Allow(ids)) continue;
    value += test::TotalCost(random, honest, set);
    result.optimum = std::min(result.optimum, value);
  }
  Pricing pricing(explorer, prices);
  Charges charges;
  EXPECT_EQ(pricing.Bound(limits, charges), 0);
  for (int step = 0; step < steps && !result.ended; ++step) {
    const auto found = pricing.Step(limits, result.optimum - fixed, charges, nullptr);
    EXPECT_TRUE(found.ok()) << found.status();
    result.ended = !found.ok() || !*found;
    result.bounds.push_back(pricing.Bound(limits, charges) + fixed);
  }
  result.violations = pricing.violations();
  return result;
}

TEST(Pricing, NeverPromisesTooLittle) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    for (const double share : {0.1, 0.3, 1.0}) {
      const Priced priced = Price(seed, share, std::nullopt, 20);
      for (const Cost bound : priced.bounds) EXPECT_LE(bound, priced.optimum * (1 + 1e-9));
      EXPECT_EQ(priced.violations, 0);
    }
  }
}

TEST(Pricing, PinnedCandidatesAreFree) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    const Priced priced = Price(seed, 0.5, 3, 20);
    for (const Cost bound : priced.bounds) EXPECT_LE(bound, priced.optimum * (1 + 1e-9));
  }
}

// Without a budget that bites nothing but the prices' parts keeps the relaxation from the optimum.
TEST(Pricing, ComesNearTheOptimum) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const Priced priced = Price(seed, 1.0, std::nullopt, 60);
    ASSERT_FALSE(priced.bounds.empty());
    EXPECT_GE(priced.bounds.back(), 0.97 * priced.optimum);
  }
}

TEST(Pricing, TheBestPaymentsAreKept) {
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    SCOPED_TRACE(seed);
    const Priced priced = Price(seed, 0.3, std::nullopt, 20);
    // A plan that is found may lower what earlier payments bound by, but no step takes worse ones.
    for (std::size_t i = 1; i < priced.bounds.size(); ++i) {
      EXPECT_GE(priced.bounds[i], priced.bounds[i - 1] * (1 - 1e-6)) << i;
    }
  }
}

// What was said with one budget bounds what sets cost with another one, and nothing is asked for that.
TEST(Pricing, AnswersServeOtherBudgets) {
  for (std::uint32_t seed = 1; seed <= 30; ++seed) {
    SCOPED_TRACE(seed);
    const test::RandomProblem random = JoinsFor(seed);
    const Problem& problem = random.problem;
    Bytes all = 0;
    for (const Bytes size : problem.sizes) all += size;
    const Constraints whole{.budget_bytes = all};
    test::FakeOracle oracle = random.MakeOracle();
    Explorer explorer(problem, whole, oracle);
    ASSERT_TRUE(explorer.PlanBase().ok());
    ASSERT_TRUE(explorer.Peel().ok());
    const Cost before = explorer.total_before();
    const std::vector<Cost> prices = Prices(problem, 0.001 * before);
    Pricing pricing(explorer, prices);
    Charges of_whole;
    for (int step = 0; step < 20; ++step) {
      ASSERT_TRUE(pricing.Step(Limits(problem, whole, before), before, of_whole, nullptr).ok());
    }
    const Limits limits(problem, {.budget_bytes = all / 3}, before);
    const std::int64_t calls = explorer.planner_calls();
    Charges combined;
    pricing.Combine(limits, combined);
    EXPECT_GT(pricing.Bound(limits, combined), 0.75 * pricing.Bound(limits, of_whole));
    EXPECT_LE(pricing.Bound(limits, combined), Price(seed, 1.0 / 3, std::nullopt, 0).optimum * (1 + 1e-9));
    pricing.Combine(limits, of_whole);
    EXPECT_GE(pricing.Bound(limits, of_whole), pricing.Bound(limits, combined) * (1 - 1e-6));
    EXPECT_EQ(explorer.planner_calls(), calls);
  }
}

// As the oracle behind it, but any statement is too much for it with charges.
class TimesOut : public whatif::CostOracle {
 public:
  explicit TimesOut(test::FakeOracle& oracle) : oracle_(oracle) {}

  bool TakesCharges() const override { return true; }
  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> PlanUntil(
      std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) override {
    PGASSAY_ASSIGN_OR_RETURN(auto answers, oracle_.PlanUntil(questions, stop));
    for (std::size_t i = 0; i < questions.size(); ++i) {
      if (questions[i].charges.empty()) continue;
      answers[i] = absl::DeadlineExceededError("statement timeout");
      ++timeouts_[questions[i].statement];
    }
    return answers;
  }
  const std::map<StatementId, int>& timeouts() const { return timeouts_; }

 private:
  test::FakeOracle& oracle_;
  std::map<StatementId, int> timeouts_;
};

// Such a statement is planned, and bounded, without charges; it is not given up.
TEST(Pricing, AQuestionThatFailsIsNotAskedAgain) {
  std::size_t failed = 0;
  for (std::uint32_t seed = 1; seed <= 10; ++seed) {
    const test::RandomProblem random = JoinsFor(seed);
    Bytes all = 0;
    for (const Bytes size : random.problem.sizes) all += size;
    const Constraints constraints{.budget_bytes = all * 3 / 10};
    test::FakeOracle oracle = random.MakeOracle();
    TimesOut slow(oracle);
    Explorer explorer(random.problem, constraints, slow);
    ASSERT_TRUE(explorer.PlanBase().ok());
    ASSERT_TRUE(explorer.Peel().ok());
    const std::vector<Cost> prices = Prices(random.problem, 0.001 * explorer.total_before());
    const Limits limits(random.problem, constraints, explorer.total_before());
    Pricing pricing(explorer, prices);
    Charges charges;
    for (int step = 0; step < 10; ++step) {
      ASSERT_TRUE(pricing.Step(limits, explorer.total_before(), charges, nullptr).ok());
    }
    failed += slow.timeouts().size();
    for (const auto& [statement, times] : slow.timeouts()) EXPECT_EQ(times, 1) << statement.value;
    EXPECT_TRUE(explorer.failures().empty());
    EXPECT_LE(pricing.Bound(limits, charges), explorer.total_before());
  }
  EXPECT_GT(failed, 10);
}

// Sets with a candidate and sets without it, in a scope of their own: what is taken over bounds them, and what is asked
// in their scope does.
TEST(Pricing, PartsBoundTheirOwnSets) {
  int raised = 0;
  for (std::uint32_t seed = 1; seed <= 12; ++seed) {
    const test::RandomProblem random = JoinsFor(seed);
    const Problem& problem = random.problem;
    Bytes all = 0;
    for (const Bytes size : problem.sizes) all += size;
    Constraints constraints{.budget_bytes = all * 3 / 10};
    test::FakeOracle oracle = random.MakeOracle();
    const test::FakeOracle honest = random.MakeOracle();
    Explorer explorer(problem, constraints, oracle);
    ASSERT_TRUE(explorer.PlanBase().ok());
    ASSERT_TRUE(explorer.Peel().ok());
    const std::vector<Cost> prices = Prices(problem, 0.001 * explorer.total_before());
    const Limits limits(problem, constraints, explorer.total_before());
    Pricing pricing(explorer, prices);
    Charges charges;
    for (int step = 0; step < 4; ++step) {
      ASSERT_TRUE(pricing.Step(limits, explorer.total_before(), charges, nullptr).ok());
    }
    for (std::uint32_t id = 0; id < problem.candidates.size(); ++id) {
      for (const bool held : {false, true}) {
        SCOPED_TRACE(testing::Message() << "seed " << seed << " candidate " << id << " held " << held);
        const whatif::IndexSet one(std::vector<CandidateId>{{id}});
        Constraints of_part = constraints;
        if (held) of_part.pinned = one;
        const Limits limits_of_part(problem, of_part, explorer.total_before());
        Cost optimum = std::numeric_limits<Cost>::max();
        for (std::size_t mask = 0; mask < std::size_t{1} << problem.candidates.size(); ++mask) {
          if ((mask >> id & 1) != (held ? 1 : 0)) continue;
          std::vector<std::uint32_t> ids;
          Cost value = 0;
          for (const CandidateId of : SetOf(mask)) {
            ids.push_back(of.value);
            value += prices[of.value];
          }
          if (limits.Allow(ids)) optimum = std::min(optimum, value + test::TotalCost(random, honest, SetOf(mask)));
        }
        const whatif::IndexSet excluded = held ? whatif::IndexSet() : one;
        Charges of = charges;
        Narrow(excluded, of_part.pinned, of);
        explorer.Enter(excluded);
        const Cost fixed = held ? prices[id] : 0;
        const Cost before = pricing.Bound(limits, charges);
        const Cost taken_over = pricing.Bound(limits_of_part, of) + fixed;
        EXPECT_LE(taken_over, optimum * (1 + 1e-9));
        pricing.Combine(limits_of_part, of);
        const Cost combined = pricing.Bound(limits_of_part, of) + fixed;
        EXPECT_LE(combined, optimum * (1 + 1e-9));
        EXPECT_GE(combined, taken_over * (1 - 1e-9));
        for (int step = 0; step < 3; ++step) {
          ASSERT_TRUE(pricing.Step(limits_of_part, explorer.total_before(), of, nullptr).ok());
        }
        const Cost asked = pricing.Bound(limits_of_part, of) + fixed;
        EXPECT_LE(asked, optimum * (1 + 1e-9));
        EXPECT_GE(asked, combined * (1 - 1e-9));
        raised += asked > before * 1.001 ? 1 : 0;
        explorer.Enter({}, /*leave_for_good=*/true);
      }
    }
    EXPECT_EQ(pricing.violations(), 0);
  }
  EXPECT_GT(raised, 100);
}

}  // namespace
}  // namespace pgassay::select
