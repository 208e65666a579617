#include "select/branch_and_bound.h"

#include <gtest/gtest.h>

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

whatif::IndexSet Set(const Ids& ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return whatif::IndexSet(std::move(result));
}

// One statement that needs 0 and 1 together or takes 2; another one that takes 0 or 3.
class BranchAndBoundTest : public ::testing::Test {
 protected:
  BranchAndBoundTest() {
    columns_.Add(0, 100, Set({}));
    columns_.Add(0, 10, Set({0, 1}));
    columns_.Add(0, 30, Set({2}));
    columns_.Add(1, 100, Set({}));
    columns_.Add(1, 50, Set({0}));
    columns_.Add(1, 5, Set({3}));
  }
  ExactResult Solve(Cost incumbent) {
    const SearchProblem problem{.columns = columns_,
                                .candidates = candidates_,
                                .weights = weights_,
                                .sizes = sizes_,
                                .ranks = ranks_,
                                .constraints = constraints_,
                                .floor = 0};
    return BranchAndBound(problem, incumbent);
  }
  PlanColumns columns_{2, 4};
  std::vector<catalog::Candidate> candidates_{4};
  std::vector<double> weights_{1, 1};
  std::vector<Bytes> sizes_{10, 10, 15, 20};
  std::vector<std::uint32_t> ranks_{0, 1, 2, 3};
  Constraints constraints_;
};

TEST_F(BranchAndBoundTest, WithoutLimitsTakesTheCheapestPlans) {
  const ExactResult result = Solve(200);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.better, (Ids{0, 1, 3}));
}

TEST_F(BranchAndBoundTest, KeepsTheBudget) {
  constraints_.budget_bytes = 35;
  EXPECT_EQ(Solve(200).better, (Ids{2, 3}));  // 35 bytes, cost 35; 0 and 1 cost 60 for 20 bytes
  constraints_.budget_bytes = 34;
  EXPECT_EQ(Solve(200).better, (Ids{0, 1}));
  constraints_.budget_bytes = 9;
  EXPECT_EQ(Solve(200).better, std::nullopt);
}

TEST_F(BranchAndBoundTest, KeepsTheCount) {
  constraints_.max_indexes = 1;
  EXPECT_EQ(Solve(200).better, (Ids{3}));
}

TEST_F(BranchAndBoundTest, FindsNothingWhereTheIncumbentIsBest) {
  constraints_.budget_bytes = 35;
  const ExactResult result = Solve(35);
  EXPECT_EQ(result.better, std::nullopt);
  EXPECT_TRUE(result.complete);
}

// With candidate 0 the first statement must leave its cheap plan, which has a penalty; the second one gains from it.
TEST(BranchAndBoundPenalty, CountsWhatThePlannerWouldTake) {
  PlanColumns columns(2, 2);
  columns.Add(0, 10, Set({}), /*penalty=*/1e10);
  columns.Add(0, 500, Set({0}));
  columns.Add(1, 100, Set({}));
  columns.Add(1, 40, Set({0}));
  columns.Add(1, 60, Set({1}));
  const std::vector<catalog::Candidate> candidates(2);
  const std::vector<double> weights{1, 1};
  const std::vector<Bytes> sizes{10, 10};
  const std::vector<std::uint32_t> ranks{0, 1};
  const Constraints constraints;
  const SearchProblem problem{.columns = columns,
                              .candidates = candidates,
                              .weights = weights,
                              .sizes = sizes,
                              .ranks = ranks,
                              .constraints = constraints,
                              .floor = 0};
  const ExactResult result = BranchAndBound(problem, 110);
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.better, (Ids{1}));  // 70; with 0 it would be 540
}

}  // namespace
}  // namespace pgassay::select
