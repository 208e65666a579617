#include "workload/weight_comment.h"

#include <gtest/gtest.h>

#include <string>

namespace pgassay::workload {
namespace {

TEST(WeightText, FindsTheWord) {
  EXPECT_EQ(WeightText("-- weight: 9000"), "9000");
  EXPECT_EQ(WeightText("--Weight :\t3 "), "3");
  EXPECT_EQ(WeightText("-- weight:"), "");
  EXPECT_EQ(WeightText("-- weight: many calls"), "many calls");
  EXPECT_EQ(WeightText("-- the weight: 3"), std::nullopt);
  EXPECT_EQ(WeightText("-- weight 3"), std::nullopt);
  EXPECT_EQ(WeightText("-- weights: 3"), std::nullopt);
  EXPECT_EQ(WeightText("/* weight: 3 */"), std::nullopt);
}

TEST(ParseWeight, PositiveDecimals) {
  EXPECT_EQ(ParseWeight("9000"), 9000);
  EXPECT_EQ(ParseWeight("0.25"), 0.25);
  EXPECT_EQ(ParseWeight("3."), 3);
  for (const char* text : {"", "0", "0.0", "-1", "+1", "1e3", "nan", "inf", "1,000", "1 2", ".", "1.2.3", "x"}) {
    EXPECT_EQ(ParseWeight(text), std::nullopt) << text;
  }
  EXPECT_EQ(ParseWeight(std::string(400, '9')), std::nullopt);
}

}  // namespace
}  // namespace pgassay::workload
