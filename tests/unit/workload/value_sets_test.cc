#include "workload/value_sets.h"

#include <gtest/gtest.h>

#include <map>
#include <vector>

namespace pgassay::workload {
namespace {

std::vector<ValueChoice> Choices(const std::vector<double>& shares) {
  std::vector<ValueChoice> choices;
  for (const double share : shares) choices.push_back({share, {}, {}});
  return choices;
}

std::map<std::size_t, double> Marginal(const std::vector<JointChoice>& sets, std::size_t group) {
  std::map<std::size_t, double> shares;
  for (const JointChoice& set : sets) shares[set.chosen[group]] += set.share;
  return shares;
}

TEST(Combine, NoGroupsIsOneSet) {
  EXPECT_EQ(Combine({}, 8), (std::vector<JointChoice>{{1, {}}}));
  EXPECT_EQ(Combine({Choices({1}), Choices({1})}, 8), (std::vector<JointChoice>{{1, {0, 0}}}));
}

TEST(Combine, OneGroupStaysAsItIs) {
  const std::vector<JointChoice> sets = Combine({Choices({0.7, 0.2, 0.1})}, 8);
  ASSERT_EQ(sets.size(), 3u);
  for (std::size_t i = 0; i < 3; ++i) EXPECT_EQ(sets[i].chosen, std::vector<std::size_t>{i});
  EXPECT_NEAR(sets[1].share, 0.2, 1e-9);
}

TEST(Combine, SharesAreKeptWithoutTheProduct) {
  const std::vector<JointChoice> sets =
      Combine({Choices({0.5, 0.3, 0.2}), Choices({0.6, 0.4}), Choices({0.5, 0.25, 0.25})}, 8);
  EXPECT_LE(sets.size(), 8u);
  EXPECT_NEAR(Marginal(sets, 0)[2], 0.2, 1e-9);
  EXPECT_NEAR(Marginal(sets, 1)[1], 0.4, 1e-9);
  EXPECT_NEAR(Marginal(sets, 2)[0], 0.5, 1e-9);
}

TEST(Combine, TheRarestChoicesGiveWay) {
  const std::vector<JointChoice> sets = Combine({Choices({0.4, 0.3, 0.05, 0.15, 0.1})}, 3);
  ASSERT_EQ(sets.size(), 3u);
  EXPECT_NEAR(Marginal(sets, 0)[1], 0.35, 1e-9);
  EXPECT_NEAR(Marginal(sets, 0)[3], 0.25, 1e-9);
}

TEST(Combine, GroupsBeyondTheLimitVaryToo) {
  const std::vector<JointChoice> sets = Combine(std::vector(6, Choices({0.5, 0.5})), 8);
  EXPECT_LE(sets.size(), 8u);
  for (std::size_t group = 0; group < 6; ++group) EXPECT_EQ(Marginal(sets, group).size(), 2u) << group;
  EXPECT_EQ(Combine(std::vector(6, Choices({0.5, 0.5})), 1).size(), 1u);
}

}  // namespace
}  // namespace pgassay::workload
