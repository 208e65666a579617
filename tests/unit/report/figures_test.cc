#include "report/figures.h"

#include <limits>

#include "gtest/gtest.h"

namespace pgassay::report {
namespace {

TEST(Figures, CostsHaveTheTwoDecimalsOfExplain) {
  EXPECT_EQ(CostText(1234567.891), "1,234,567.89");
  EXPECT_EQ(CostText(0), "0.00");
  EXPECT_EQ(CostText(999.999), "1,000.00");
  EXPECT_EQ(CostText(std::numeric_limits<double>::infinity()), "infinite");
  EXPECT_EQ(RoundCost(10000000000.126), 10000000000.13);
}

TEST(Figures, FactorsAreCoarse) {
  EXPECT_EQ(FactorText(1000, 8), "125x");
  EXPECT_EQ(FactorText(340, 100), "3.4x");
  EXPECT_EQ(FactorText(105, 100), "1.05x");
  EXPECT_EQ(FactorText(100.5, 100), "~1x");
  EXPECT_EQ(FactorText(100.001, 100.002), "same");
  EXPECT_EQ(FactorText(100, 150), "1.5x worse");
  EXPECT_EQ(FactorText(100, 0), "to 0");
  EXPECT_EQ(FactorText(0, 100), "worse");
  EXPECT_EQ(FactorText(5e9, 1), "5,000,000,000x");
}

TEST(Figures, SharesCountsAndWeights) {
  EXPECT_EQ(PercentText(0.8), "80.0 %");
  EXPECT_EQ(PercentText(0.0004), "0.04 %");
  EXPECT_EQ(PercentText(0), "0.0 %");
  EXPECT_EQ(PercentText(-0.5), "-50.0 %");
  EXPECT_EQ(CountText(1234567), "1,234,567");
  EXPECT_EQ(CountText(-1000), "-1,000");
  EXPECT_EQ(WeightText(12345678), "12,345,678");
  EXPECT_EQ(WeightText(2.5), "2.5");
  EXPECT_EQ(Plural(1, "index", "indexes"), "1 index");
  EXPECT_EQ(Plural(2000, "index", "indexes"), "2,000 indexes");
}

TEST(Figures, TimesInTheUnitThatFits) {
  EXPECT_EQ(DurationText(0), "0 ms");
  EXPECT_EQ(DurationText(0.0123), "0.0123 ms");
  EXPECT_EQ(DurationText(12.34), "12.3 ms");
  EXPECT_EQ(DurationText(999.4), "999 ms");
  EXPECT_EQ(DurationText(999.6), "1 s");
  EXPECT_EQ(DurationText(4560), "4.56 s");
  EXPECT_EQ(DurationText(59999), "1 min");
  EXPECT_EQ(DurationText(200000), "3 min 20 s");
  EXPECT_EQ(DurationText(3599999), "1 h");
  EXPECT_EQ(DurationText(7500000), "2 h 5 min");
  EXPECT_EQ(DurationText(86400000.0 * 3 + 3600000.0 * 4), "3 d 4 h");
  EXPECT_EQ(DurationText(-5), "-5 ms");
  EXPECT_EQ(DurationText(std::numeric_limits<double>::infinity()), "?");
  EXPECT_EQ(PagesText(128), "1.0 MB");
  EXPECT_EQ(PagesText(-1), "0 bytes");
}

}  // namespace
}  // namespace pgassay::report
