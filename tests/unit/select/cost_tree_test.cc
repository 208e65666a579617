#include "select/cost_tree.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <vector>

namespace pgassay::select {
namespace {

using Ids = CostTree::Ids;

whatif::IndexSet Set(const Ids& ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return whatif::IndexSet(std::move(result));
}

struct KnownPlan {
  Cost cost;
  Ids used;
};

// The cheapest plan whose candidates are enabled.
whatif::PlanAnswer Cheapest(const std::vector<KnownPlan>& plans, const whatif::IndexSet& enabled) {
  whatif::PlanAnswer best{.total = std::numeric_limits<double>::max()};
  for (const KnownPlan& plan : plans) {
    if (plan.cost < best.total && Set(plan.used).IsSubsetOf(enabled))
      best = {.total = plan.cost, .used = Set(plan.used)};
  }
  return best;
}

const std::vector<KnownPlan> kPlans = {{100, {}}, {80, {2}}, {60, {0}}, {50, {1}}, {10, {0, 1}}, {9, {1, 2, 3}}};

// Good sets are likely to hold the candidates whose bit is set in `likely`.
CostTree::Division Likely(std::uint32_t likely) {
  return {.likely = [likely](std::uint32_t id) { return (likely >> id & 1) != 0; },
          .order = [](std::uint32_t id) { return static_cast<double>(id); }};
}

const CostTree::Division kAllLikely = Likely(15);

// Plans what `chosen` asks for and says how many plans that took.
int Settle(CostTree& tree, const whatif::IndexSet& chosen) {
  int planned = 0;
  while (const auto node = tree.OpenNode(chosen)) {
    tree.Answer(*node, Cheapest(kPlans, tree.Enabled(*node)), kAllLikely);
    ++planned;
  }
  return planned;
}

TEST(CostTree, BeginsWithAnOpenCellOfAllSets) {
  const CostTree tree(Set({0, 1}));
  EXPECT_FALSE(tree.Closed());
  EXPECT_EQ(tree.OpenNode(Set({1})), 0u);
  ASSERT_EQ(tree.OpenCells().size(), 1u);
  EXPECT_EQ(tree.OpenCells()[0].bound, 0);
  EXPECT_EQ(tree.RootCost(), -1);
}

TEST(CostTree, DistinguishesTheFirstCandidateThatIsLacking) {
  CostTree tree(Set({0, 1, 2, 3}));
  tree.Answer(0, Cheapest(kPlans, tree.Enabled(0)), kAllLikely);
  EXPECT_EQ(tree.RootCost(), 9);
  const std::vector<CostTree::OpenCell> cells = tree.OpenCells();
  ASSERT_EQ(cells.size(), 3u);
  EXPECT_EQ(cells[0].present, Ids{});
  EXPECT_EQ(cells[0].absent, Ids{1});
  EXPECT_EQ(cells[2].present, (Ids{1, 2}));
  EXPECT_EQ(cells[2].absent, Ids{3});
  EXPECT_EQ(cells[1].bound, 9);
  EXPECT_EQ(tree.OpenNode(Set({1, 2, 3})), std::nullopt) << "has the root's plan";
  EXPECT_EQ(tree.OpenNode(Set({0, 3})), cells[0].node);
}

TEST(CostTree, LeavesOutAtOnceWhatIsUnlikely) {
  CostTree tree(Set({0, 1, 2, 3}));
  tree.Answer(0, Cheapest(kPlans, tree.Enabled(0)), Likely(1U << 3));
  const std::vector<CostTree::OpenCell> cells = tree.OpenCells();
  ASSERT_EQ(cells.size(), 4u);
  EXPECT_EQ(cells[0].present, Ids{});
  EXPECT_EQ(cells[0].absent, (Ids{1, 2}));
  EXPECT_EQ(tree.Enabled(cells[0].node), Set({0, 3}));
  EXPECT_EQ(cells[1].present, Ids{2});
  EXPECT_EQ(cells[1].absent, Ids{1});
  EXPECT_EQ(cells[2].present, Ids{1});
  EXPECT_EQ(cells[2].absent, Ids{2});
  EXPECT_EQ(cells[3].present, (Ids{1, 2}));
  EXPECT_EQ(cells[3].absent, Ids{3});
}

class CostTreeCells : public testing::TestWithParam<std::uint32_t> {};

TEST_P(CostTreeCells, DivideAllSetsAndNeverPromiseTooLittle) {
  CostTree tree(Set({0, 1, 2, 3}));
  for (int planned = 0;; ++planned) {
    const std::vector<CostTree::OpenCell> cells = tree.OpenCells();
    for (std::uint32_t mask = 0; mask < 16; ++mask) {
      Ids ids;
      for (std::uint32_t id = 0; id < 4; ++id) {
        if ((mask >> id & 1) != 0) ids.push_back(id);
      }
      const whatif::IndexSet chosen = Set(ids);
      const auto node = tree.OpenNode(chosen);
      int holding = 0;
      for (const CostTree::OpenCell& cell : cells) {
        if (!Set(cell.present).IsSubsetOf(chosen) || !chosen.Intersection(Set(cell.absent)).empty()) continue;
        ++holding;
        EXPECT_EQ(node, cell.node);
        EXPECT_LE(cell.bound, Cheapest(kPlans, chosen).total);
      }
      EXPECT_EQ(holding, node ? 1 : 0);
    }
    if (cells.empty()) {
      EXPECT_TRUE(tree.Closed());
      EXPECT_LE(planned, GetParam() == 15 ? 12 : 16) << "no more than there are sets";
      break;
    }
    tree.Answer(cells.back().node, Cheapest(kPlans, tree.Enabled(cells.back().node)), Likely(GetParam()));
  }
}

INSTANTIATE_TEST_SUITE_P(WhateverIsLikely, CostTreeCells, testing::Range(0U, 16U));

TEST(CostTree, SettlesASetWithoutTheRest) {
  CostTree tree(Set({0, 1, 2, 3}));
  EXPECT_EQ(Settle(tree, Set({0})), 2) << "with everything, and without 1";
  EXPECT_EQ(Settle(tree, Set({0, 3})), 0) << "the same plan";
  EXPECT_FALSE(tree.Closed());
}

TEST(CostTree, AllowsForPlansThatGetCheaperWithLess) {
  CostTree tree(Set({0, 1}));
  tree.Answer(0, {.total = 50, .used = Set({0, 1})}, kAllLikely);
  EXPECT_EQ(tree.violation(), 0);
  tree.Answer(*tree.OpenNode(Set({1})), {.total = 40, .used = Set({1})}, kAllLikely);
  EXPECT_NEAR(tree.violation(), 0.2, 1e-12);
  for (const CostTree::OpenCell& cell : tree.OpenCells()) EXPECT_NEAR(cell.bound, 40, 1e-9);
}

TEST(CostTree, ASetThatHoldsAllOfACellBoundsIt) {
  CostTree tree(Set({0, 1}));
  tree.Answer(0, {.total = 10, .used = Set({0, 1})}, kAllLikely);
  const auto bound_of = [&](const Ids& chosen) { return tree.Bound(*tree.OpenNode(Set(chosen))); };
  EXPECT_EQ(bound_of({1}), 10);
  tree.Observe(Set({1}), 50);
  EXPECT_EQ(bound_of({1}), 50);
  EXPECT_EQ(bound_of({0}), 10);
  EXPECT_EQ(tree.violation(), 0);
}

TEST(CostTree, WithinFewerCandidatesCellsCostMore) {
  CostTree wide(Set({0, 1, 2, 3}));
  Settle(wide, Set({0, 2}));
  CostTree tree = wide.Within(Set({0, 2, 3}));
  EXPECT_EQ(tree.Enabled(0), Set({0, 2, 3}));
  tree.Observe(tree.Enabled(0), Cheapest(kPlans, tree.Enabled(0)).total);
  EXPECT_EQ(tree.violation(), 0);
  for (std::uint32_t mask = 0; mask < 16; ++mask) {
    if ((mask & 2) != 0) continue;
    Ids ids;
    for (std::uint32_t id = 0; id < 4; ++id) {
      if ((mask >> id & 1) != 0) ids.push_back(id);
    }
    const Cost cost = Cheapest(kPlans, Set(ids)).total;
    const auto node = tree.OpenNode(Set(ids));
    if (!node) continue;
    EXPECT_LE(tree.Bound(*node), cost);
    EXPECT_GE(tree.Bound(*node), 60) << "what all three do together";
  }
  EXPECT_EQ(Settle(tree, Set({0, 3})), 0) << "it has the plan of all three";
  EXPECT_EQ(Cheapest(kPlans, Set({0, 3})).total, 60);
}

TEST(CostTree, SetsWithMoreThanItsOwnBoundCellsButAreNoViolation) {
  CostTree tree = CostTree(Set({0, 1})).Within(Set({0}));
  tree.Answer(0, {.total = 60, .used = Set({0})}, kAllLikely);
  tree.Observe(Set({0, 1}), 10);
  EXPECT_EQ(tree.violation(), 0);
}

TEST(CostTree, TakesTheOrderGiven) {
  CostTree tree(Set({0, 1, 2, 3}));
  tree.Answer(
      0, Cheapest(kPlans, tree.Enabled(0)),
      {.likely = [](std::uint32_t) { return true; }, .order = [](std::uint32_t id) { return id == 3 ? 0.0 : 1.0; }});
  EXPECT_EQ(tree.OpenCells()[0].absent, Ids{3});
}

}  // namespace
}  // namespace pgassay::select
