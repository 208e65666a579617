#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "advice/reason_codes.h"
#include "select/explorer.h"
#include "select/program.h"
#include "select/select.h"

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

whatif::IndexSet Set(const Ids& ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return whatif::IndexSet(std::move(result));
}

struct KnownPlan {
  Cost cost;
  Ids used;
  Cost penalty = 0;
  Cost printed() const { return cost + penalty; }
};

// Takes the cheapest of the plans that the enabled candidates allow. A statement without plans fails.
class ListedPlans : public whatif::CostOracle {
 public:
  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> PlanUntil(
      std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) override {
    if (broken) return absl::UnavailableError("the server is gone");
    std::vector<absl::StatusOr<whatif::PlanAnswer>> answers;
    for (const whatif::PlanQuestion& question : questions) {
      if (stop && stop()) {
        answers.emplace_back(absl::CancelledError("not asked"));
        continue;
      }
      ++calls;
      const KnownPlan* best = nullptr;
      for (const KnownPlan& plan : plans[question.statement.value]) {
        if (Set(plan.used).IsSubsetOf(question.enabled) && (best == nullptr || plan.printed() < best->printed()))
          best = &plan;
      }
      if (best == nullptr) {
        answers.emplace_back(absl::InvalidArgumentError("cannot be planned"));
      } else {
        answers.emplace_back(whatif::PlanAnswer{.total = best->printed(),
                                                .startup = 0,
                                                .penalty = best->penalty,
                                                .used = Set(best->used),
                                                .used_existing = {}});
      }
    }
    return answers;
  }
  std::map<std::uint32_t, std::vector<KnownPlan>> plans;
  int calls = 0;
  bool broken = false;
};

class GreedyTest : public ::testing::Test {
 protected:
  // A candidate on (columns) of table 1.
  void Candidate(Bytes size, std::vector<int> columns, std::uint32_t table = 1) {
    catalog::Candidate candidate{.id = {static_cast<std::uint32_t>(problem_.candidates.size())}};
    candidate.def.table = {table};
    for (const int column : columns) candidate.def.keys.push_back({.column = column});
    problem_.candidates.push_back(candidate);
    problem_.sizes.push_back(size);
  }

  // A statement for which all candidates so far are relevant.
  void Statement(std::uint32_t id, double weight, std::vector<KnownPlan> plans) {
    Ids all;
    for (const catalog::Candidate& candidate : problem_.candidates) all.push_back(candidate.id.value);
    problem_.statements.push_back({.id = {id}, .weight = weight, .relevant = Set(all)});
    oracle_.plans[id] = std::move(plans);
  }

  Selection Select() {
    auto selection = select::Select(problem_, constraints_, oracle_);
    EXPECT_TRUE(selection.ok()) << selection.status();
    return selection.ok() ? *std::move(selection) : Selection();
  }

  static Turned TurnedOf(const Selection& selection, std::uint32_t candidate) {
    const auto found = std::find_if(selection.turned.begin(), selection.turned.end(),
                                    [&](const Turned& turned) { return turned.candidate.value == candidate; });
    return found == selection.turned.end() ? Turned() : *found;
  }

  Problem problem_;
  Constraints constraints_;
  ListedPlans oracle_;
};

TEST_F(GreedyTest, NothingToDo) {
  EXPECT_TRUE(Select().chosen.empty());
  Candidate(10, {1});
  Statement(0, 1, {{100, {}}});
  const Selection selection = Select();
  EXPECT_TRUE(selection.chosen.empty());
  EXPECT_EQ(selection.cost_before, std::vector<Cost>{100});
  EXPECT_EQ(selection.cost_after, std::vector<Cost>{100});
  EXPECT_EQ(TurnedOf(selection, 0).code, reason::kNeverUsed);
}

TEST_F(GreedyTest, TakesWhatHelpsAndSaysHowMuch) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 2, {{100, {}}, {40, {0}}});
  Statement(1, 1, {{50, {}}, {30, {1}}, {20, {0, 1}}});
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0, 1}));
  EXPECT_EQ(selection.cost_after, (std::vector<Cost>{40, 20}));
  EXPECT_EQ(selection.used[1], Set({0, 1}));
  ASSERT_EQ(selection.marginals.size(), 2u);
  EXPECT_EQ(selection.marginals[0].gain, 2 * 60 + 10);
  EXPECT_EQ(selection.marginals[0].cost_without, (std::vector<Cost>{100, 30}));
  EXPECT_EQ(selection.marginals[1].gain, 30);
  EXPECT_TRUE(selection.turned.empty());
  EXPECT_EQ(selection.planner_calls, oracle_.calls);
}

// enable_seqscan = off of one role: 1e10 on its plans must neither drown the others nor hide what helps itself.
TEST_F(GreedyTest, PenaltiesDecidePlansButCountNowhere) {
  Candidate(10, {1});
  Candidate(10, {2});
  Candidate(10, {3});
  Statement(0, 1, {{1000, {}, 1e10}, {20, {0}}});
  Statement(1, 1, {{1000, {}}, {20, {1}}});
  Statement(2, 1, {{30, {}, 2e10}, {500, {2}, 1e10}});  // forced into a worse plan
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0, 1}));
  EXPECT_EQ(selection.cost_before, (std::vector<Cost>{1000, 1000, 30}));
  EXPECT_EQ(selection.penalty_before, (std::vector<Cost>{1e10, 0, 2e10}));
  EXPECT_EQ(selection.cost_after, (std::vector<Cost>{20, 20, 30}));
  EXPECT_EQ(selection.penalty_after, (std::vector<Cost>{0, 0, 2e10}));
  ASSERT_EQ(selection.marginals.size(), 2u);
  EXPECT_EQ(selection.marginals[0].gain, 980);
  EXPECT_EQ(selection.marginals[0].penalty_without, (std::vector<Cost>{1e10, 0, 2e10}));
  EXPECT_EQ(selection.marginals[1].gain, 980);
  EXPECT_EQ(TurnedOf(selection, 2).code, reason::kNoGain);
}

// Beside a penalty that stays, a gain is less than the rounding of the sum.
TEST_F(GreedyTest, SeesGainsBesideAPenaltyThatStays) {
  Candidate(10, {1});
  Statement(0, 1, {{9, {}, 1e10}, {1, {0}, 1e10}});
  EXPECT_EQ(Select().chosen, Set({0}));
}

TEST_F(GreedyTest, FindsPairsThatHelpOnlyTogether) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 1, {{100, {}}, {1, {0, 1}}});
  constraints_.budget_bytes = 20;
  EXPECT_EQ(Select().chosen, Set({0, 1}));
  constraints_.budget_bytes = 19;
  const Selection selection = Select();
  EXPECT_TRUE(selection.chosen.empty());
  EXPECT_GT(TurnedOf(selection, 0).share, 0.9);
}

TEST_F(GreedyTest, WidensInsteadOfKeepingBoth) {
  Candidate(10, {1});
  Candidate(14, {1, 2});
  Statement(0, 1, {{100, {}}, {10, {0}}, {11, {1}}});
  Statement(1, 1, {{100, {}}, {50, {0}}, {5, {1}}});
  constraints_.budget_bytes = 20;
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({1}));
  EXPECT_EQ(TurnedOf(selection, 0).code, reason::kCoveredByWider);
  EXPECT_EQ(TurnedOf(selection, 0).by, CandidateId{1});
}

TEST_F(GreedyTest, TotalCostBeatsGainPerByte) {
  Candidate(1, {1});
  Candidate(100, {2});
  Statement(0, 1, {{1000, {}}, {900, {0}}, {1, {1}}});
  constraints_.budget_bytes = 100;
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({1}));
  EXPECT_EQ(TurnedOf(selection, 0).code, reason::kBeaten);
  EXPECT_EQ(TurnedOf(selection, 0).by, CandidateId{1});
}

TEST_F(GreedyTest, SaysThatTheBudgetIsSpent) {
  Candidate(60, {1});
  Candidate(60, {2});
  Statement(0, 1, {{1000, {}}, {1, {0}}});
  Statement(1, 1, {{900, {}}, {1, {1}}});
  constraints_.budget_bytes = 100;
  Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kOverBudget);
  constraints_ = {.max_indexes = 1};
  selection = Select();
  EXPECT_EQ(selection.chosen, Set({0}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kOverCount);
  EXPECT_NEAR(TurnedOf(selection, 1).share, 899.0 / 1900, 1e-12);
}

TEST_F(GreedyTest, PinnedIndexesStayWhateverTheySave) {
  Candidate(10, {1});
  Candidate(10, {2});
  Candidate(10, {3});
  Statement(0, 1, {{1000, {}}, {10, {0}}});
  Statement(1, 1, {{500, {}}, {10, {1}}});
  constraints_ = {.budget_bytes = 20, .pinned = Set({2})};
  problem_.write_costs = {0, 0, 5000};
  Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0, 2})) << "the pinned one takes half of the budget";
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kOverBudget);
  ASSERT_EQ(selection.marginals.size(), 2u);
  EXPECT_EQ(selection.marginals[1].gain, 0);
  EXPECT_GE(selection.price, 5000);
  EXPECT_GE(selection.lower_bound, 0.98 * (510 + selection.price));
  EXPECT_LE(selection.lower_bound, 510 + selection.price);
  constraints_.pinned = Set({1, 2});
  selection = Select();
  EXPECT_EQ(selection.chosen, Set({1, 2}));
  EXPECT_EQ(selection.marginals[0].gain, 490);
}

// A plan that a pinned index makes cheaper needs no other one.
TEST_F(GreedyTest, PinnedIndexesCountForOthers) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 1, {{1000, {}}, {10, {0}}, {11, {1}}});
  EXPECT_EQ(Select().chosen, Set({0}));
  constraints_.pinned = Set({1});
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({1}));
  EXPECT_EQ(TurnedOf(selection, 0).code, reason::kBeaten);
  EXPECT_EQ(TurnedOf(selection, 0).by, CandidateId{1});
}

TEST_F(GreedyTest, ThePinnedAreNoChoiceOfTheProgram) {
  Candidate(20, {1});  // the largest divides the root first
  Candidate(10, {2});
  Candidate(10, {3});
  Statement(0, 1, {{1000, {}}, {200, {0}}, {100, {1}}, {10, {0, 1}}, {5, {0, 2}}});
  constraints_ = {.budget_bytes = 30, .pinned = Set({0})};
  Explorer explorer(problem_, constraints_, oracle_);
  ASSERT_TRUE(explorer.PlanBase().ok());
  ASSERT_TRUE(explorer.PlanCells({{0, 0}}, Set({0, 2})).ok());
  const auto excludes = [](std::uint32_t id) {
    return [id](const auto& option) { return std::ranges::find(option.absent, id) != option.absent.end(); };
  };
  const auto cells = explorer.tree(0).OpenCells();
  ASSERT_TRUE(std::ranges::any_of(cells, excludes(0))) << "there is something to leave out";
  const MasterProblem program = ProgramOf(explorer, {7, 7, 7}, Limits(problem_, constraints_, 1000));
  EXPECT_EQ(program.prices, (std::vector<Cost>{0, 7, 7}));
  ASSERT_EQ(program.limits.size(), 1u);
  EXPECT_EQ(program.limits[0].most, 10);
  ASSERT_FALSE(program.statements[0].empty());
  EXPECT_TRUE(std::ranges::none_of(program.statements[0], excludes(0)));
  for (const Option& option : program.statements[0]) {
    EXPECT_EQ(std::ranges::find(option.present, 0u), option.present.end());
    EXPECT_LE(option.present.size(), 1u) << "no room for two beside it";
  }
}

TEST_F(GreedyTest, RefusesPinnedIndexesThatDoNotFit) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 1, {{1000, {}}, {10, {0}}});
  problem_.write_costs = {0, 101};
  const auto refused = [this](Constraints constraints) {
    return absl::IsInvalidArgument(select::Select(problem_, constraints, oracle_).status());
  };
  EXPECT_FALSE(refused({.pinned = Set({0, 1})}));
  EXPECT_TRUE(refused({.budget_bytes = 19, .pinned = Set({0, 1})}));
  EXPECT_FALSE(refused({.budget_bytes = 20, .pinned = Set({0, 1})}));
  EXPECT_TRUE(refused({.max_indexes = 1, .pinned = Set({0, 1})}));
  EXPECT_TRUE(refused({.max_per_table = 1, .pinned = Set({0, 1})}));
  EXPECT_TRUE(refused({.max_write_share = 0.1, .pinned = Set({1})}));
  EXPECT_FALSE(refused({.max_write_share = 0.102, .pinned = Set({1})}));
  EXPECT_TRUE(refused({.pinned = Set({0}), .forbidden = Set({0})}));
}

TEST_F(GreedyTest, ForbiddenIndexesAreNeverPlannedWith) {
  Candidate(10, {1});
  Candidate(10, {1, 2});
  Candidate(10, {2});
  Statement(0, 1, {{1000, {}}, {10, {0}}, {20, {1}}, {1, {0, 2}}});
  constraints_.forbidden = Set({0});
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({1}));
  EXPECT_EQ(TurnedOf(selection, 0).code, reason::kForbidden);
  EXPECT_EQ(TurnedOf(selection, 2).code, reason::kNeverUsed);
  EXPECT_GE(selection.lower_bound, 20);
}

TEST_F(GreedyTest, SaysThatATableOrItsWritesHaveEnough) {
  Candidate(10, {1});
  Candidate(10, {2});
  Candidate(10, {1}, 2);
  Statement(0, 1, {{1000, {}}, {1, {0}}});
  Statement(1, 1, {{900, {}}, {1, {1}}});
  Statement(2, 1, {{100, {}}, {1, {2}}});
  constraints_.max_per_table = 1;
  Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0, 2}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kOverTable);
  problem_.tables = {{1}, {1}, {1}};
  EXPECT_EQ(Select().chosen, Set({0}));
  problem_.tables = {};
  problem_.write_costs = {150, 60, 10};
  constraints_ = {.max_write_share = 0.08};  // of 2000
  selection = Select();
  EXPECT_EQ(selection.chosen, Set({0, 2}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kOverMaintenance);
  EXPECT_NEAR(TurnedOf(selection, 1).share, 899.0 / 2000, 1e-12);
  constraints_.max_write_share = 0.079;
  EXPECT_EQ(Select().chosen, Set({1, 2}));
  constraints_.max_write_share = 0.034;
  EXPECT_EQ(Select().chosen, Set({1}));
}

TEST_F(GreedyTest, LeavesOutWhatSavesLessThanTheFloor) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 1, {{1000, {}}, {10, {0}}});
  Statement(1, 1, {{10, {}}, {9.5, {1}}});
  Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kBelowFloor);
  constraints_.min_share = 0.0001;
  EXPECT_EQ(Select().chosen, Set({0, 1}));
}

TEST_F(GreedyTest, LeavesOutWhatCostsMoreInWritesThanItSavesInReads) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 1, {{1000, {}}, {400, {0}}});
  Statement(1, 1, {{1000, {}}, {400, {1}}});
  problem_.write_costs = {500, 700};
  constraints_.gap = 1e-6;
  Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kWritesCostMore);
  EXPECT_LE(selection.lower_bound, 2000 - 600 + selection.price);
  EXPECT_GE(selection.lower_bound, (2000 - 600 + 500) * (1 - 1e-4));
  problem_.write_costs = {};
  EXPECT_EQ(Select().chosen, Set({0, 1}));
}

// Alone each costs more than it saves; together they save far more.
TEST_F(GreedyTest, WritesArePaidTogether) {
  Candidate(10, {1});
  Candidate(10, {2}, 2);
  Statement(0, 1, {{1000, {}}, {990, {0}}, {990, {1}}, {100, {0, 1}}});
  problem_.write_costs = {300, 300};
  EXPECT_EQ(Select().chosen, Set({0, 1}));
  problem_.write_costs = {460, 460};
  EXPECT_EQ(Select().chosen, Set({}));
}

TEST_F(GreedyTest, TurnsDownWhatIsUsedWithoutSaving) {
  Candidate(10, {1});
  Candidate(10, {2});
  Statement(0, 1, {{1000, {}}, {1000, {1}}, {10, {0}}});
  // The tie is taken with the index, as the planner may.
  std::swap(oracle_.plans[0][0], oracle_.plans[0][1]);
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0}));
  EXPECT_EQ(TurnedOf(selection, 1).code, reason::kNoGain);
}

TEST_F(GreedyTest, EqualChoicesFollowBytesThenDefinition) {
  Candidate(20, {1});
  Candidate(10, {3});
  Candidate(10, {2});
  Statement(0, 1, {{100, {}}, {10, {0}}, {10, {1}}, {10, {2}}});
  constraints_.max_indexes = 1;
  EXPECT_EQ(Select().chosen, Set({2}));
}

TEST_F(GreedyTest, FailedStatementsLeaveEverySum) {
  Candidate(10, {1});
  Statement(0, 1, {{100, {}}, {10, {0}}});
  Statement(5, 1000, {});
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({0}));
  ASSERT_EQ(selection.failures.size(), 1u);
  EXPECT_EQ(selection.failures[0].statement, StatementId{5});
  EXPECT_EQ(selection.cost_before, (std::vector<Cost>{100, -1}));
  EXPECT_EQ(selection.cost_after, (std::vector<Cost>{10, -1}));
  EXPECT_EQ(selection.marginals[0].cost_without, (std::vector<Cost>{100, -1}));
  EXPECT_EQ(selection.marginals[0].gain, 90);
}

TEST_F(GreedyTest, PassesOnThatThePlannerIsGone) {
  Candidate(10, {1});
  Statement(0, 1, {{100, {}}});
  oracle_.broken = true;
  EXPECT_EQ(select::Select(problem_, constraints_, oracle_).status().code(), absl::StatusCode::kUnavailable);
}

TEST_F(GreedyTest, StopsWithTheBestSetSoFar) {
  Candidate(10, {1});
  Candidate(10, {2});
  for (std::uint32_t i = 0; i < 200; ++i) Statement(i, 1, {{100, {}}, {20, {0}}, {10, {1}}});
  int asked = 0;
  constraints_.stop = [&] { return ++asked > 6; };  // 64 questions each time
  const Selection selection = Select();
  EXPECT_TRUE(selection.stopped);
  EXPECT_EQ(selection.chosen, Set({1})) << "one layer was planned, which is enough for this one";
  EXPECT_EQ(selection.cost_after, std::vector<Cost>(200, 10));
  constraints_.stop = [] { return true; };
  EXPECT_TRUE(Select().chosen.empty());
  EXPECT_EQ(Select().cost_before, std::vector<Cost>(200, 100));
}

TEST_F(GreedyTest, AStoppedSearchPlansForItsResultOnly) {
  for (int i = 0; i < 8; ++i) Candidate(100, {i + 1});
  std::vector<KnownPlan> plans = {{100, {}}};
  for (std::uint32_t first = 0; first < 8; ++first) {
    Ids from;
    for (std::uint32_t i = first; i < 8; ++i) from.push_back(i);
    plans.push_back({20 + 5.0 * first, from});
    if (first < 7) plans.push_back({90 - 5.0 * first, {first}});
  }
  for (std::uint32_t i = 0; i < 30; ++i) Statement(i, 1, plans);
  constraints_.frontier = true;
  std::optional<int> stopped_at;
  constraints_.stop = [&] {
    if (oracle_.calls > 70 && !stopped_at) stopped_at = oracle_.calls;
    return stopped_at.has_value();
  };
  const Selection selection = Select();
  EXPECT_TRUE(selection.stopped);
  EXPECT_EQ(selection.chosen.size(), 8U);
  ASSERT_TRUE(stopped_at);
  EXPECT_LE(oracle_.calls - *stopped_at, 30 * (1 + 8)) << "the set, and it without each index";
  EXPECT_EQ(selection.frontier.size(), 1U);
}

TEST_F(GreedyTest, ScreensNothingThatPeelingSettles) {
  for (int i = 0; i < 40; ++i) Candidate(10, {i + 1});
  Statement(0, 1, {{100, {}}, {10, {7}}, {12, {9}}});
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({7}));
  EXPECT_LE(selection.planner_calls, 8) << "two layers with candidates, one without, and the set";
}

// The planner chooses by what it prints, so less penalty may mean more cost: a plan that is cheaper with fewer
// candidates and comes up only when the budget is small. Neither bound nor choice of the larger budgets may ignore it.
TEST_F(GreedyTest, BoundsAllowForPlansThatWereSeenLater) {
  for (const Bytes size : {100, 100, 10, 100}) Candidate(size, {static_cast<int>(problem_.candidates.size()) + 1});
  Statement(0, 1, {{100, {}, 20}, {70, {0}}, {58, {0, 1}}, {60, {2, 3}, 20}, {30, {2}, 60}});
  constraints_ = {.min_share = 0, .frontier = true};
  const Selection selection = Select();
  EXPECT_EQ(selection.chosen, Set({2}));
  EXPECT_GT(selection.violation, 0.4);
  EXPECT_LE(selection.lower_bound, 30 * (1 + 1e-9));
  ASSERT_FALSE(selection.frontier.empty());
  for (const Selection::Point& point : selection.frontier) {
    EXPECT_LE(point.lower_bound, point.cost * (1 + 1e-9)) << point.budget;
  }
}

}  // namespace
}  // namespace pgassay::select
