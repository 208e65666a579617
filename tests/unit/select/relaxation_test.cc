#include "select/relaxation.h"

#include <algorithm>
#include <limits>
#include <optional>

#include "gtest/gtest.h"
#include "unit/select/random_program.h"

namespace pgassay::select {
namespace {

// The dual of the linear program has its value; the steps come near to that and never above.
TEST(Relax, ComesNearTheLinearProgram) {
  // With one limit at most, and with several.
  double worst[] = {0, 0}, sum[] = {0, 0};
  int count[] = {0, 0};
  for (std::uint32_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    const MasterProblem made = RandomProgram(seed, 4 + seed % 6, 8, 8);
    const Cost best = BestOf(made);
    Multipliers multipliers;
    const MasterResult relaxed = Relax(made, best, multipliers, {.steps = 2000, .stop = nullptr});
    EXPECT_LE(relaxed.bound, best * (1 + 1e-9));
    const MasterResult program = SolveMaster(made, {}, {.nodes = 0, .stop = nullptr});
    EXPECT_LE(relaxed.bound, program.bound * (1 + 1e-4));
    const std::size_t several = made.limits.size() > 1 ? 1 : 0;
    worst[several] = std::max(worst[several], 1 - relaxed.bound / program.bound);
    sum[several] += 1 - relaxed.bound / program.bound;
    ++count[several];
    // What was found serves the next time.
    const MasterResult again = Relax(made, best, multipliers, {.steps = 0, .stop = nullptr});
    EXPECT_NEAR(again.bound, relaxed.bound, 1e-6 * relaxed.bound);
  }
  EXPECT_GT(std::min(count[0], count[1]), 20);
  EXPECT_LT(worst[0], 0.02);
  EXPECT_LT(sum[0] / count[0], 0.002);
  EXPECT_LT(worst[1], 0.03);
  EXPECT_LT(sum[1] / count[1], 0.003);
}

// Taking an option makes the bound higher by its reduced cost, and no set with it beats that.
TEST(Relax, ReducedCostsHold) {
  Cost reduced = 0;
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE(seed);
    const MasterProblem made = RandomProgram(seed, 4 + seed % 6, 8, 8);
    Multipliers multipliers;
    const MasterResult relaxed = Relax(made, BestOf(made), multipliers, {.stop = nullptr});
    for (std::size_t i = 0; i < made.statements.size(); ++i) {
      for (std::size_t at = 0; at < made.statements[i].size(); ++at) {
        MasterProblem forced = made;
        Option only = forced.statements[i][at];
        std::uint32_t with = 0, without = 0;
        for (const std::uint32_t id : only.present) with |= 1U << id;
        for (const std::uint32_t id : only.absent) without |= 1U << id;
        forced.statements[i] = {only};
        Cost best = std::numeric_limits<Cost>::max();
        for (std::uint32_t mask = 0; mask < 1U << made.prices.size(); ++mask) {
          if ((mask & with) != with || (mask & without) != 0) continue;
          if (const std::optional<Cost> value = ValueOf(forced, mask)) best = std::min(best, *value);
        }
        EXPECT_LE(relaxed.bound + relaxed.reduced[i][at], best * (1 + 1e-9) + 1e-6);
        reduced += relaxed.reduced[i][at];
      }
    }
  }
  EXPECT_GT(reduced, 0);
}

TEST(Relax, EndsWhereTheBoundSufficesOrSomebodyAsks) {
  const MasterProblem made = RandomProgram(5, 9, 8, 8);
  const Cost best = BestOf(made);
  Multipliers multipliers;
  int asked = 0;
  const MasterResult none = Relax(made, best, multipliers, {.stop = [&] { return ++asked > 3; }});
  EXPECT_EQ(asked, 4);
  Multipliers fresh;
  const MasterResult enough =
      Relax(made, best, fresh, {.steps = 100'000, .enough = none.bound * 1.01, .stop = nullptr});
  EXPECT_GE(enough.bound, none.bound);
  EXPECT_LE(enough.bound, best * (1 + 1e-9));
}

}  // namespace
}  // namespace pgassay::select
