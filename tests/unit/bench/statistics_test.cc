#include "bench/statistics.h"

#include <cmath>

#include "gtest/gtest.h"

namespace pgassay::bench {
namespace {

TEST(Statistics, MedianOfOddAndEvenNumbers) {
  EXPECT_EQ(Median({3, 1, 2}), 2);
  EXPECT_EQ(Median({4, 1, 3, 2}), 2.5);
  EXPECT_EQ(Median({7}), 7);
}

TEST(Statistics, OneSlowRunDoesNotMoveTheMedianButTheInterval) {
  const BenchFigure figure = Bootstrap(std::vector<WeightedSamples>{{.weight = 1, .rounds = {{10, 11, 12, 13, 1000}}}});
  EXPECT_EQ(figure.median, 12);
  EXPECT_LE(figure.low, 11);
  EXPECT_GE(figure.high, 13);
}

TEST(Statistics, MediansOfBindingsAreAveragedByWeight) {
  const BenchFigure figure = Bootstrap(
      std::vector<WeightedSamples>{{.weight = 3, .rounds = {{1, 1, 1}}}, {.weight = 1, .rounds = {{5, 5, 5}}}});
  EXPECT_EQ(figure, (BenchFigure{.median = 2, .low = 2, .high = 2}));
}

TEST(Statistics, TheSameSamplesGiveTheSameInterval) {
  const std::vector<WeightedSamples> samples = {{.weight = 2, .rounds = {{1, 5, 2, 9, 4}}},
                                                {.weight = 1, .rounds = {{3, 8, 1, 1}}}};
  EXPECT_EQ(Bootstrap(samples), Bootstrap(samples));
  EXPECT_EQ(BootstrapRatio(samples, samples), BootstrapRatio(samples, samples));
}

// Of intervals for samples of a known distribution most hold its median. The draws are the same each time.
TEST(Statistics, IntervalsHoldTheTrueMedian) {
  Draws draws(1);
  int held = 0;
  for (int i = 0; i < 200; ++i) {
    std::vector<double> values;
    for (int n = 0; n < 15; ++n) values.push_back(draws.Share());
    const BenchFigure figure = Bootstrap(std::vector<WeightedSamples>{{.weight = 1, .rounds = {values}}});
    if (figure.low <= 0.5 && 0.5 <= figure.high) ++held;
  }
  EXPECT_GE(held, 180);
  EXPECT_LT(held, 200);
}

TEST(Statistics, RatioComparesTwoSetsOfSamples) {
  const std::vector<WeightedSamples> fast = {{.weight = 1, .rounds = {{1, 1.1, 0.9}}}};
  const std::vector<WeightedSamples> slow = {{.weight = 1, .rounds = {{10, 11, 9}}}};
  const BenchFigure ratio = BootstrapRatio(fast, slow);
  EXPECT_DOUBLE_EQ(ratio.median, 0.1);
  EXPECT_LT(ratio.low, 0.1);
  EXPECT_GT(ratio.high, 0.1);
  EXPECT_LT(ratio.high, 0.2);
}

// Three rounds of a machine that gets slower and slower: the times drift apart, their quotient does not.
TEST(Statistics, ADriftThatBothHaveDoesNotWidenTheRatio) {
  const std::vector<WeightedSamples> set = {{.weight = 1, .rounds = {{2, 2, 2}, {4, 4, 4}, {8, 8, 8}}}};
  const std::vector<WeightedSamples> current = {{.weight = 1, .rounds = {{1, 1, 1}, {2, 2, 2}, {4, 4, 4}}}};
  EXPECT_EQ(BootstrapRatio(set, current), (BenchFigure{.median = 2, .low = 2, .high = 2}));
  EXPECT_EQ(Bootstrap(set).low, 2);
  EXPECT_EQ(Bootstrap(set).high, 8);
}

// Whatever happened in one round only says little.
TEST(Statistics, OneRoundThatDiffersWidensTheRatio) {
  const std::vector<WeightedSamples> set = {{.weight = 1, .rounds = {{1, 1, 1, 1}, {9, 9, 9, 9, 9}, {1, 1, 1, 1}}}};
  const std::vector<WeightedSamples> current = {{.weight = 1, .rounds = {{1, 1, 1}, {1, 1, 1}, {1, 1, 1}}}};
  const BenchFigure ratio = BootstrapRatio(set, current);
  EXPECT_EQ(ratio.low, 1);
  EXPECT_EQ(ratio.high, 9);
}

TEST(Statistics, RanksAgreeWhateverTheScale) {
  const std::vector<double> a = {1, 2, 3, 4, 5};
  const std::vector<double> same = {1, 10, 100, 1000, 10000};
  const std::vector<double> reversed = {5, 4, 3, 2, 1};
  EXPECT_DOUBLE_EQ(*RankCorrelation(a, same), 1);
  EXPECT_DOUBLE_EQ(*RankCorrelation(a, reversed), -1);
}

// Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4: covariance 4.5, variances 4.5 and 5.
TEST(Statistics, EqualValuesShareTheMeanOfTheirRanks) {
  const std::vector<double> a = {1, 2, 2, 3};
  const std::vector<double> b = {1, 2, 3, 4};
  EXPECT_NEAR(*RankCorrelation(a, b), 4.5 / std::sqrt(4.5 * 5), 1e-12);
}

TEST(Statistics, NothingToRankIsNoCorrelation) {
  EXPECT_EQ(RankCorrelation(std::vector<double>{1, 2}, std::vector<double>{1, 2}), std::nullopt);
  EXPECT_EQ(RankCorrelation(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}), std::nullopt);
}

TEST(Statistics, DrawsStayBelowTheirLimit) {
  Draws draws(42);
  Draws again(42);
  for (int i = 0; i < 1000; ++i) {
    const double share = draws.Share();
    EXPECT_EQ(share, again.Share());
    EXPECT_GE(share, 0);
    EXPECT_LT(share, 1);
    EXPECT_LT(draws.Below(7), 7U);
    EXPECT_LT(again.Below(7), 7U);
  }
}

}  // namespace
}  // namespace pgassay::bench
