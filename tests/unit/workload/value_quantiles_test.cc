#include "workload/value_quantiles.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace pgassay::workload {
namespace {

using Avoid = Quantiles::Avoid;

ColumnValues Values(std::string type, std::vector<CommonValue> common, std::vector<std::string> bounds) {
  ColumnValues values;
  values.availability = Availability::kUsable;
  values.type = std::move(type);
  values.rest = 1;
  for (const CommonValue& value : common) values.rest -= value.share;
  values.common = std::move(common);
  values.bounds = std::move(bounds);
  return values;
}

TEST(Quantiles, LieBetweenKnownNumbers) {
  const Quantiles quantiles(Values("numeric(10,2)", {}, {"0", "10.00", "30"}));
  EXPECT_EQ(quantiles.At(0.25, Avoid::kLeast), "5.00");
  EXPECT_EQ(quantiles.At(0.75, Avoid::kLeast), "20.00");
  EXPECT_EQ(quantiles.At(0, Avoid::kLeast), "10.00");
  EXPECT_EQ(quantiles.At(1, Avoid::kGreatest), "10.00");
}

TEST(Quantiles, CommonValuesTakeTheirPlace) {
  const Quantiles quantiles(Values("integer", {{"50", 0.5}}, {"0", "100"}));
  EXPECT_EQ(quantiles.At(0.2, Avoid::kLeast), "40");
  EXPECT_EQ(quantiles.At(0.26, Avoid::kLeast), "50");
  EXPECT_EQ(quantiles.At(0.74, Avoid::kLeast), "50");
  EXPECT_EQ(quantiles.At(0.8, Avoid::kLeast), "60");
}

TEST(Quantiles, SayWhatLiesBelowAValue) {
  const Quantiles quantiles(Values("integer", {{"50", 0.5}}, {"0", "100"}));
  EXPECT_DOUBLE_EQ(quantiles.Below("40").value(), 0.2);
  EXPECT_DOUBLE_EQ(quantiles.Below("50").value(), 0.25);
  EXPECT_DOUBLE_EQ(quantiles.Below("60").value(), 0.8);
  EXPECT_DOUBLE_EQ(quantiles.Below("-1").value(), 0);
  EXPECT_DOUBLE_EQ(quantiles.Below("101").value(), 1);
  EXPECT_FALSE(quantiles.Below("text").has_value());
  EXPECT_FALSE(Quantiles(Values("text", {}, {"a", "b"})).Below("a").has_value());
}

TEST(Quantiles, CommonValuesAlone) {
  const Quantiles quantiles(Values("integer", {{"2", 0.6}, {"10", 0.3}, {"1", 0.1}}, {}));
  EXPECT_EQ(quantiles.At(0.99, Avoid::kGreatest), "2");
  EXPECT_EQ(quantiles.At(0.01, Avoid::kLeast), "2");
  EXPECT_EQ(quantiles.Between(0.49, 0.51), (std::pair<std::string, std::string>("2", "10")));
}

TEST(Quantiles, SmallFloats) {
  const Quantiles quantiles(Values("double precision", {}, {"1e-07", "2e-07"}));
  EXPECT_EQ(quantiles.At(0.5, Avoid::kLeast), "1.5e-07");
}

TEST(Quantiles, OtherTypesKeepToKnownValues) {
  const Quantiles quantiles(Values("text", {{"zz", 0.2}}, {"b", "A", "c"}));
  EXPECT_EQ(quantiles.At(0.3, Avoid::kLeast), "A");
  EXPECT_EQ(quantiles.Between(0.9, 0.91), (std::pair<std::string, std::string>("A", "c")));
  const Quantiles infinite(Values("date", {}, {"2024-01-01", "2024-01-02", "infinity"}));
  EXPECT_EQ(infinite.At(0.6, Avoid::kGreatest), "2024-01-02");
}

TEST(Quantiles, OneValueAndNone) {
  const Quantiles one(Values("date", {}, {"2024-01-01"}));
  EXPECT_EQ(one.At(0.5, Avoid::kGreatest), "2024-01-01");
  EXPECT_EQ(one.Between(0.1, 0.9), (std::pair<std::string, std::string>("2024-01-01", "2024-01-01")));
  EXPECT_TRUE(Quantiles(Values("date", {}, {})).empty());
}

}  // namespace
}  // namespace pgassay::workload
