#include "select/payments.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>
#include <limits>
#include <numeric>
#include <random>

#include "gtest/gtest.h"
#include "unit/select/random_program.h"

namespace pgassay::select {
namespace {

Cost LeastOf(const MasterProblem& program, std::size_t statement, const std::vector<Multiplier>& paid) {
  Cost least = std::numeric_limits<Cost>::max();
  for (const Option& option : program.statements[statement]) {
    Cost value = program.weights[statement] * option.cost;
    for (const Multiplier& one : paid)
      value += std::ranges::binary_search(option.present, one.candidate) ? one.present : 0;
    least = std::min(least, value);
  }
  return least;
}

// Of payments with which each statement costs no less than its sum.
Cost BoundOfSums(const MasterProblem& program, const Multipliers& paid, const std::vector<Cost>& sums) {
  const DualBound dual = BoundOf(program, paid);
  return std::inner_product(sums.begin(), sums.end(), dual.least.begin(), dual.bound, std::plus<>(), std::minus<>());
}

TEST(CombineCuts, BoundsAsWellAsAnyOfThem) {
  constexpr std::size_t kCuts = 6;
  int better = 0;
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const std::uint32_t candidates = 4 + seed % 6;
    const MasterProblem program = RandomProgram(seed, candidates, 8, 8);
    std::mt19937 engine(seed);
    std::vector<std::vector<Cut>> cuts(program.statements.size());
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      for (std::size_t k = 0; k < kCuts; ++k) {
        Cut& cut = cuts[i].emplace_back();
        for (std::uint32_t id = 0; id < candidates; ++id) {
          const auto present = static_cast<double>(engine() % 400);
          if (engine() % 2 == 0) cut.paid.push_back({.candidate = id, .present = present, .absent = 0});
        }
        cut.sum = LeastOf(program, i, cut.paid);
      }
    }
    const Combination combination = CombineCuts(program, cuts);
    ASSERT_EQ(combination.sums.size(), cuts.size());
    for (std::size_t i = 0; i < cuts.size(); ++i) {
      EXPECT_NEAR(std::accumulate(combination.parts[i].begin(), combination.parts[i].end(), 0.0), 1, 1e-9);
      EXPECT_LE(combination.sums[i], LeastOf(program, i, combination.paid.statements[i]) * (1 + 1e-9));
    }
    const Cost bound = BoundOfSums(program, combination.paid, combination.sums);
    EXPECT_LE(bound, BestOf(program) * (1 + 1e-9));
    Cost best_alone = std::numeric_limits<Cost>::lowest();
    for (std::size_t k = 0; k < kCuts; ++k) {
      Multipliers paid{.statements = {}, .limits = combination.paid.limits};
      std::vector<Cost> sums;
      for (const std::vector<Cut>& of : cuts) {
        paid.statements.push_back(of[k].paid);
        sums.push_back(of[k].sum);
      }
      best_alone = std::max(best_alone, BoundOfSums(program, paid, sums));
    }
    EXPECT_GE(bound, best_alone - 1e-6 * std::abs(best_alone));
    better += bound > best_alone + 0.05 * std::abs(best_alone) ? 1 : 0;
  }
  EXPECT_GT(better, 50);
}

TEST(CombineCuts, NeedsNoCutsOfEveryStatement) {
  const MasterProblem program = RandomProgram(1, 4, 3, 4);
  EXPECT_TRUE(CombineCuts(program, std::vector<std::vector<Cut>>(3)).sums.empty());
  const Combination one =
      CombineCuts(program, {{}, {{.sum = 0, .paid = {}}}, {{.sum = 7, .paid = {}}, {.sum = 5, .paid = {}}}});
  EXPECT_EQ(one.sums, std::vector<Cost>({-1, 0, 7}));
}

}  // namespace
}  // namespace pgassay::select
