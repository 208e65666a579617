#include "select/master.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "unit/select/random_program.h"

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

Limit Bytes10(std::size_t candidates, std::int64_t most) {
  return {.kind = Limit::Kind::kBytes, .most = most, .amounts = std::vector<std::int64_t>(candidates, 10)};
}

const MasterLimits kExact{.gap = 1e-7, .nodes = 100'000, .stop = nullptr};

TEST(RemoveDominated, KeepsWhatCanBeBestSomewhere) {
  std::vector<Option> options{{100, {}, {}},  {50, {0, 1}, {}}, {40, {0}, {}}, {40, {0}, {2}},
                              {30, {0}, {1}}, {20, {1}, {}},    {120, {3}, {}}};
  RemoveDominated(options);
  ASSERT_EQ(options.size(), 4u);
  EXPECT_EQ(options[0].cost, 20);
  EXPECT_EQ(options[1].cost, 30);
  EXPECT_EQ(options[2].cost, 40);
  EXPECT_EQ(options[2].absent, Ids{});
  EXPECT_EQ(options[3].cost, 100);
}

TEST(SolveMaster, PaysPricesAndKeepsTheBudget) {
  MasterProblem problem{.statements = {{{10, {0}, {}}, {100, {}, {}}}, {{10, {1}, {}}, {100, {}, {}}}, {}},
                        .weights = {1, 2, 1},
                        .prices = {5, 200},
                        .limits = {}};
  MasterResult result = SolveMaster(problem, {}, kExact);
  EXPECT_EQ(result.chosen, Ids{0});
  EXPECT_EQ(result.value, 10 + 5 + 200);
  EXPECT_NEAR(result.bound, result.value, 0.01);
  problem.prices = {5, 5};
  EXPECT_EQ(SolveMaster(problem, {}, kExact).chosen, (Ids{0, 1}));
  problem.limits = {Bytes10(2, 19)};
  EXPECT_EQ(SolveMaster(problem, {}, kExact).chosen, Ids{1});
  problem.limits = {Bytes10(2, 9)};
  EXPECT_EQ(SolveMaster(problem, {}, kExact).chosen, Ids{});
  problem.limits = {{.kind = Limit::Kind::kCount, .most = 1, .amounts = {1, 1}}};
  EXPECT_EQ(SolveMaster(problem, {0}, kExact).chosen, Ids{1});
  problem.limits = {{.kind = Limit::Kind::kTable, .most = 0, .amounts = {0, 1}}, Bytes10(2, 20)};
  EXPECT_EQ(SolveMaster(problem, {}, kExact).chosen, Ids{0});
}

TEST(SolveMaster, CellsMayExcludeCandidates) {
  // Below 20 only without 0, which the other statement wants.
  const MasterProblem problem{.statements = {{{5, {}, {0}}, {50, {}, {}}}, {{10, {0}, {}}, {40, {}, {}}}},
                              .weights = {1, 1},
                              .prices = {0},
                              .limits = {}};
  const MasterResult result = SolveMaster(problem, {0}, kExact);
  EXPECT_EQ(result.chosen, Ids{});
  EXPECT_EQ(result.value, 45);
}

TEST(SolveMaster, NothingToChoose) {
  EXPECT_EQ(SolveMaster({}, {}, kExact).value, 0);
  const MasterProblem problem{.statements = {{{7, {}, {}}}}, .weights = {2}, .prices = {1}, .limits = {}};
  const MasterResult result = SolveMaster(problem, {}, kExact);
  EXPECT_EQ(result.value, 14);
  EXPECT_EQ(result.bound, 14);
}

TEST(SolveMaster, StopsWithABoundAndNoWorseThanTheStart) {
  MasterProblem problem{.statements = {{{10, {0}, {}}, {100, {}, {}}}}, .weights = {1}, .prices = {5}, .limits = {}};
  const MasterResult result = SolveMaster(problem, {0}, {.gap = 0, .nodes = 1, .stop = [] { return true; }});
  EXPECT_LE(result.value, 15);
  EXPECT_LE(result.bound, result.value);
}

TEST(SolveMaster, TheRelaxationTakesHalvesOverTheBudget) {
  const MasterProblem problem{.statements = {{{0, {0}, {}}, {100, {}, {}}}, {{50, {1}, {}}, {100, {}, {}}}},
                              .weights = {1, 1},
                              .prices = {0, 0},
                              .limits = {Bytes10(2, 15)}};
  const MasterResult result = SolveMaster(problem, {}, {.nodes = 0, .stop = nullptr});
  EXPECT_EQ(result.chosen, (Ids{0, 1}));
  EXPECT_NEAR(result.bound, 75, 1e-3);
  ASSERT_EQ(result.taken.size(), 2U);
  EXPECT_NEAR(result.taken[0], 1, 1e-6);
  EXPECT_NEAR(result.taken[1], 0.5, 1e-6);
  EXPECT_EQ(SolveMaster(problem, {}, kExact).chosen, Ids{0});
}

// Against all sets. The seeds are fixed.
TEST(SolveMaster, EqualsTryingEverySet) {
  Cost reduced = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const std::uint32_t candidates = 3 + seed % 6;
    const MasterProblem problem = RandomProgram(seed, candidates, 6, 6);
    Cost best = std::numeric_limits<double>::max();
    std::vector<std::vector<Cost>> forced;  // the best with a statement's option, whatever else that could take
    for (const std::vector<Option>& options : problem.statements) forced.emplace_back(options.size(), 1e300);
    for (std::uint32_t mask = 0; mask < 1u << candidates; ++mask) {
      Cost value = 0;
      const auto has = [mask](std::uint32_t id) { return (mask >> id & 1) != 0; };
      for (std::uint32_t id = 0; id < candidates; ++id) {
        if (has(id)) value += problem.prices[id];
      }
      if (!Allows(problem, mask)) continue;
      const auto allowed = [&](const Option& option) {
        return std::ranges::all_of(option.present, has) && std::ranges::none_of(option.absent, has);
      };
      std::vector<Cost> least;
      for (std::size_t i = 0; i < problem.statements.size(); ++i) {
        least.push_back(std::numeric_limits<double>::max());
        for (const Option& option : problem.statements[i]) {
          if (allowed(option)) least[i] = std::min(least[i], option.cost);
        }
        value += problem.weights[i] * least[i];
      }
      best = std::min(best, value);
      for (std::size_t i = 0; i < problem.statements.size(); ++i) {
        for (std::size_t at = 0; at < problem.statements[i].size(); ++at) {
          const Option& option = problem.statements[i][at];
          if (!allowed(option)) continue;
          forced[i][at] = std::min(forced[i][at], value + problem.weights[i] * (option.cost - least[i]));
        }
      }
    }
    const MasterResult result = SolveMaster(problem, {}, kExact);
    EXPECT_NEAR(result.value, best, 1e-5 * best);
    EXPECT_LE(result.bound, best * (1 + 1e-9));
    EXPECT_GE(result.bound, best * (1 - 1e-4));

    const MasterResult relaxed = SolveMaster(problem, {}, {.nodes = 0, .stop = nullptr});
    EXPECT_LE(relaxed.bound, best * (1 + 1e-9)) << "of the relaxation alone";
    for (std::size_t i = 0; i < problem.statements.size(); ++i) {
      for (std::size_t at = 0; at < problem.statements[i].size(); ++at) {
        EXPECT_LE(relaxed.bound + relaxed.reduced[i][at], forced[i][at] * (1 + 1e-9) + 1e-3);
        reduced += relaxed.reduced[i][at];
      }
    }
    // A bound that suffices ends the search, and is no higher than it may be.
    const Cost enough = 0.9 * best;
    const MasterResult sufficient = SolveMaster(problem, {}, {.gap = 0, .enough = enough, .stop = nullptr});
    EXPECT_GE(sufficient.bound, enough);
    EXPECT_LE(sufficient.bound, best * (1 + 1e-9));
  }
  EXPECT_GT(reduced, 0);
}

}  // namespace
}  // namespace pgassay::select
