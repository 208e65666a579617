// Properties of the solver on random problems small enough to try every index set. Seeds are fixed and printed on
// failure.
//

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <map>
#include <optional>
#include <vector>

#include "select/select.h"
#include "support/random_problem.h"
#include "whatif/plan_cache.h"

namespace pgassay {
namespace {

constexpr std::uint32_t kProblems = 20;

test::ProblemShape ShapeFor(std::uint32_t seed) {
  test::ProblemShape shape;
  shape.statements = 3 + static_cast<int>(seed % 8);
  shape.tables = 1 + static_cast<int>(seed % 4);
  shape.max_joined = 1 + static_cast<int>(seed % 3);
  shape.candidates = 12;
  return shape;
}

whatif::IndexSet SetOf(std::size_t mask) {
  std::vector<CandidateId> ids;
  for (std::uint32_t id = 0; mask >> id != 0; ++id) {
    if ((mask >> id & 1) != 0) ids.push_back({id});
  }
  return whatif::IndexSet(std::move(ids));
}

// What every index set costs and weighs, by its bits.
struct AllSets {
  std::vector<Cost> cost;
  std::vector<Bytes> bytes;
};

AllSets TryAll(const test::RandomProblem& problem, const test::FakeOracle& oracle) {
  const std::size_t sets = std::size_t{1} << problem.problem.candidates.size();
  AllSets all{std::vector<Cost>(sets, 0), std::vector<Bytes>(sets, 0)};
  for (const select::Statement& statement : problem.problem.statements) {
    std::size_t relevant = 0;
    for (const CandidateId id : statement.relevant) relevant |= std::size_t{1} << id.value;
    std::map<std::size_t, Cost> known;
    for (std::size_t set = 0; set < sets; ++set) {
      const auto [cost, added] = known.try_emplace(set & relevant, 0);
      if (added)
        cost->second = oracle.Answer({.statement = statement.id, .enabled = SetOf(set & relevant), .hidden = {}}).total;
      all.cost[set] += statement.weight * cost->second;
    }
  }
  for (std::size_t set = 0; set < sets; ++set) {
    for (const CandidateId id : SetOf(set)) all.bytes[set] += problem.problem.sizes[id.value];
  }
  return all;
}

std::vector<select::Constraints> Limits(Bytes all_bytes) {
  std::vector<select::Constraints> limits(7);
  for (select::Constraints& limit : limits) limit.min_share = 0;
  limits[0].budget_bytes = all_bytes / 20;
  limits[1].budget_bytes = all_bytes / 7;
  limits[2].budget_bytes = all_bytes / 3;
  limits[3].budget_bytes = all_bytes / 2;
  limits[4].max_indexes = 2;
  limits[5].max_indexes = 3;
  return limits;  // the last one has none
}

bool Fits(const select::Constraints& limit, const whatif::IndexSet& set, Bytes bytes) {
  return (!limit.budget_bytes || bytes <= *limit.budget_bytes) &&
         (!limit.max_indexes || static_cast<int>(set.size()) <= *limit.max_indexes);
}

TEST(SelectionProperty, StaysWithinLimitsAndNearTheOptimum) {
  int cases = 0;
  int equal = 0;
  std::int64_t calls = 0;
  for (std::uint32_t seed = 1; seed <= kProblems; ++seed) {
    SCOPED_TRACE(seed);
    const test::RandomProblem problem = test::MakeRandomProblem(seed, ShapeFor(seed));
    const test::FakeOracle honest = problem.MakeOracle();
    const AllSets all = TryAll(problem, honest);
    for (const select::Constraints& limit : Limits(all.bytes.back())) {
      test::FakeOracle oracle = problem.MakeOracle();
      const auto selection = select::Select(problem.problem, limit, oracle);
      ASSERT_TRUE(selection.ok()) << selection.status();
      Bytes bytes = 0;
      for (const CandidateId id : selection->chosen) bytes += problem.problem.sizes[id.value];
      EXPECT_TRUE(Fits(limit, selection->chosen, bytes));
      const Cost cost = test::TotalCost(problem, honest, selection->chosen);
      EXPECT_LE(cost, all.cost[0] * (1 + 1e-12));
      Cost best = all.cost[0];
      for (std::size_t set = 0; set < all.cost.size(); ++set) {
        if (all.cost[set] < best && Fits(limit, SetOf(set), all.bytes[set])) best = all.cost[set];
      }
      EXPECT_LE(cost, best * (1 + limit.gap));
      EXPECT_LE(selection->lower_bound, best * (1 + 1e-9));
      EXPECT_GE(selection->lower_bound, cost * (1 - limit.gap));
      EXPECT_EQ(selection->violation, 0);
      ++cases;
      calls += selection->planner_calls;
      test::FakeOracle again = problem.MakeOracle();
      select::Constraints exact = limit;
      exact.gap = 1e-7;
      const auto optimum = select::Select(problem.problem, exact, again);
      ASSERT_TRUE(optimum.ok()) << optimum.status();
      const Cost least = test::TotalCost(problem, honest, optimum->chosen);
      EXPECT_LE(least, best * (1 + 1e-6));
      equal += least <= best * (1 + 1e-6) ? 1 : 0;
    }
  }
  EXPECT_EQ(equal, cases);
  std::cout << cases << " cases, " << calls << " planner calls with the usual gap\n";
}

TEST(SelectionProperty, ReportsWhatThePlannerSays) {
  for (std::uint32_t seed = 1; seed <= kProblems; ++seed) {
    SCOPED_TRACE(seed);
    const test::RandomProblem problem = test::MakeRandomProblem(seed, ShapeFor(seed));
    const test::FakeOracle honest = problem.MakeOracle();
    test::FakeOracle oracle = problem.MakeOracle();
    const auto selection = select::Select(problem.problem, {.max_indexes = 4}, oracle);
    ASSERT_TRUE(selection.ok());
    EXPECT_EQ(selection->planner_calls, oracle.calls());
    EXPECT_EQ(selection->chosen.size() + selection->turned.size(), problem.problem.candidates.size());
    for (std::size_t i = 0; i < problem.problem.statements.size(); ++i) {
      const select::Statement& statement = problem.problem.statements[i];
      const auto answer = [&](const whatif::IndexSet& set) {
        return honest.Answer(
            {.statement = statement.id, .enabled = set.Intersection(statement.relevant), .hidden = {}});
      };
      EXPECT_EQ(selection->cost_before[i], answer({}).total);
      EXPECT_EQ(selection->cost_after[i], answer(selection->chosen).total);
      EXPECT_EQ(selection->used[i], answer(selection->chosen).used);
      for (const auto& marginal : selection->marginals) {
        EXPECT_EQ(marginal.cost_without[i], answer(selection->chosen.Without(marginal.candidate)).total);
        EXPECT_GT(marginal.gain, 0);
      }
    }
  }
}

TEST(SelectionProperty, OrderOfStatementsDoesNotMatter) {
  for (std::uint32_t seed = 1; seed <= kProblems; ++seed) {
    SCOPED_TRACE(seed);
    test::RandomProblem problem = test::MakeRandomProblem(seed, ShapeFor(seed));
    const select::Constraints limit{.budget_bytes = problem.problem.sizes.empty() ? 0 : 2 * problem.problem.sizes[0]};
    test::FakeOracle oracle = problem.MakeOracle();
    const auto expected = select::Select(problem.problem, limit, oracle);
    ASSERT_TRUE(expected.ok());
    std::rotate(problem.problem.statements.begin(), problem.problem.statements.begin() + 1,
                problem.problem.statements.end());
    std::swap(problem.problem.statements.front(), problem.problem.statements.back());
    test::FakeOracle other = problem.MakeOracle();
    const auto shuffled = select::Select(problem.problem, limit, other);
    ASSERT_TRUE(shuffled.ok());
    EXPECT_EQ(shuffled->chosen, expected->chosen);
    EXPECT_EQ(shuffled->planner_calls, expected->planner_calls);
    for (std::size_t i = 0; i < expected->turned.size(); ++i) {
      EXPECT_EQ(shuffled->turned[i].code, expected->turned[i].code);
      EXPECT_EQ(shuffled->turned[i].by, expected->turned[i].by);
    }
  }
}

TEST(PlanCacheProperty, DerivedAnswersEqualThePlanners) {
  std::int64_t derived = 0;
  for (std::uint32_t seed = 1; seed <= kProblems; ++seed) {
    SCOPED_TRACE(seed);
    const test::RandomProblem problem = test::MakeRandomProblem(seed, ShapeFor(seed));
    const test::FakeOracle honest = problem.MakeOracle();
    test::FakeOracle oracle = problem.MakeOracle();
    whatif::PlanCache cache(oracle);
    std::uint32_t state = seed;
    for (int i = 0; i < 300; ++i) {
      state = state * 1664525u + 1013904223u;
      const select::Statement& statement = problem.problem.statements[(state >> 8) % problem.problem.statements.size()];
      const whatif::IndexSet enabled = SetOf(state >> 20).Intersection(statement.relevant);
      const whatif::PlanQuestion question{.statement = statement.id, .enabled = enabled, .hidden = {}};
      const auto answers = cache.Plan(std::vector{question});
      ASSERT_TRUE(answers.ok());
      EXPECT_EQ(*answers->front(), honest.Answer(question));
    }
    EXPECT_EQ(cache.planner_calls() + cache.exact_hits() + cache.derived_hits(), 300);
    derived += cache.derived_hits();
  }
  EXPECT_GT(derived, 0);
}

}  // namespace
}  // namespace pgassay
