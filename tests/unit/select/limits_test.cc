#include "select/limits.h"

#include <gtest/gtest.h>

#include <vector>

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;
using Kind = Limit::Kind;

// Candidates 0 and 1 on table 1, 2 and 3 on table 2.
Problem FourCandidates() {
  Problem problem;
  for (std::uint32_t id = 0; id < 4; ++id) {
    problem.candidates.push_back(
        {.id = {id}, .def = {.table = {1 + id / 2}, .keys = {}, .include = {}}, .origins = {}});
  }
  problem.sizes = {10, 20, 30, 40};
  problem.write_costs = {0, 1, 2, 3};
  return problem;
}

TEST(Limits, NoConstraintsAllowEverything) {
  const Limits none(FourCandidates(), {}, 100);
  EXPECT_TRUE(none.all().empty());
  EXPECT_TRUE(none.Allow(Ids{0, 1, 2, 3}));
  EXPECT_EQ(none.ExceededWith({}, 3), nullptr);
}

TEST(Limits, EachAllowsSoMuchAndNoMore) {
  const Problem problem = FourCandidates();
  const Limits bytes(problem, {.budget_bytes = 60}, 100);
  EXPECT_TRUE(bytes.Allow(Ids{1, 3}));
  EXPECT_FALSE(bytes.Allow(Ids{0, 1, 3}));
  const Limits count(problem, {.max_indexes = 2}, 100);
  EXPECT_TRUE(count.Allow(Ids{2, 3}));
  EXPECT_FALSE(count.Allow(Ids{0, 2, 3}));
  const Limits table(problem, {.max_per_table = 1}, 100);
  EXPECT_TRUE(table.Allow(Ids{0, 3}));
  EXPECT_FALSE(table.Allow(Ids{0, 1}));
  const Limits writes(problem, {.max_write_share = 0.05}, 100);
  EXPECT_TRUE(writes.Allow(Ids{0, 2, 3})) << "exactly that much";
  EXPECT_FALSE(writes.Allow(Ids{1, 2, 3}));
  const Limits no_writes(problem, {.max_write_share = 0}, 100);
  EXPECT_TRUE(no_writes.Allow(Ids{0}));
  EXPECT_FALSE(no_writes.Allow(Ids{1}));
}

TEST(Limits, TablesThatBelongTogetherCountAsOne) {
  Problem problem = FourCandidates();
  problem.tables = {{7}, {7}, {7}, {8}};
  const Limits limits(problem, {.max_per_table = 2}, 100);
  EXPECT_TRUE(limits.Allow(Ids{0, 2, 3}));
  EXPECT_FALSE(limits.Allow(Ids{0, 1, 2}));
}

TEST(Limits, ChangesAreJudgedBySums) {
  const Limits limits(FourCandidates(), {.budget_bytes = 60, .max_indexes = 2, .max_per_table = 1}, 100);
  const Limits::Sums sums = limits.SumsOf(Ids{0, 3});
  EXPECT_TRUE(limits.Fits(sums, Ids{1}, Ids{0}));
  EXPECT_FALSE(limits.Fits(sums, Ids{1}, Ids{3})) << "two on one table";
  EXPECT_FALSE(limits.Fits(sums, Ids{1}, {}));
  EXPECT_EQ(limits.ExceededWith(sums, 1)->kind, Kind::kCount) << "the first of several";
  EXPECT_EQ(limits.Exceeded(sums), nullptr);
  EXPECT_EQ(limits.Exceeded(limits.SumsOf(Ids{0, 1, 3}))->kind, Kind::kBytes) << "the last of several";
}

TEST(Limits, PinnedCandidatesTakeTheirPart) {
  const Limits limits(FourCandidates(),
                      {.budget_bytes = 60, .max_indexes = 2, .pinned = whatif::IndexSet({CandidateId{3}})}, 100);
  EXPECT_TRUE(limits.IsPinned(3));
  EXPECT_FALSE(limits.IsPinned(0));
  EXPECT_FALSE(limits.Allow(Ids{0})) << "the pinned one is missing";
  EXPECT_TRUE(limits.Allow(Ids{0, 3}));
  const std::vector<Limit> rest = limits.Rest();
  ASSERT_EQ(rest.size(), 2u);
  EXPECT_EQ(rest[0].most, 1);
  EXPECT_EQ(rest[0].amounts, (std::vector<std::int64_t>{1, 1, 1, 0}));
  EXPECT_EQ(rest[1].most, 20);
  EXPECT_EQ(rest[1].amounts, (std::vector<std::int64_t>{10, 20, 30, 0}));
}

}  // namespace
}  // namespace pgassay::select
