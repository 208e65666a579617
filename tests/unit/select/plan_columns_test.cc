#include "select/plan_columns.h"

#include <gtest/gtest.h>

namespace pgassay::select {
namespace {

whatif::IndexSet Set(std::initializer_list<std::uint32_t> ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return whatif::IndexSet(std::move(result));
}

TEST(PlanColumns, KeepsUndominatedPlansCheapestFirst) {
  PlanColumns columns(1, 5);
  columns.Add(0, 100, Set({}));
  columns.Add(0, 40, Set({1}));
  columns.Add(0, 10, Set({1, 2}));
  columns.Add(0, 50, Set({1, 3}));  // dearer than {1}
  columns.Add(0, 40, Set({1}));
  EXPECT_EQ(columns.of(0), (std::vector<PlanColumn>{{10, {1, 2}}, {40, {1}}, {100, {}}}));
  columns.Add(0, 10, Set({2}));  // as cheap as {1, 2} with less
  EXPECT_EQ(columns.of(0), (std::vector<PlanColumn>{{10, {2}}, {40, {1}}, {100, {}}}));
}

TEST(PlanColumns, RemembersWhatWasEverUsed) {
  PlanColumns columns(2, 4);
  columns.Add(0, 100, Set({}));
  columns.Add(0, 120, Set({3}));
  EXPECT_TRUE(columns.seen(3));
  EXPECT_FALSE(columns.seen(2));
  EXPECT_EQ(columns.of(0).size(), 1u);
  columns.Drop(0);
  EXPECT_TRUE(columns.of(0).empty());
}

TEST(PlanColumns, ThePlannerTakesTheLeastPrintedCost) {
  PlanColumns columns(1, 2);
  columns.Add(0, 100, Set({}), /*penalty=*/1e10);
  columns.Add(0, 700, Set({1}));  // dearer than a plan that the planner shuns
  EXPECT_EQ(columns.of(0), (std::vector<PlanColumn>{{700, {1}, 0}, {100, {}, 1e10}}));
}

}  // namespace
}  // namespace pgassay::select
