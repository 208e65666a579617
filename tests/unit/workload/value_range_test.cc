#include "workload/value_range.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace pgassay::workload {
namespace {

TEST(RangeBound, BothBounds) {
  EXPECT_EQ(RangeBound("[1,5)", RangeEnd::kLower), "1");
  EXPECT_EQ(RangeBound("[1,5)", RangeEnd::kUpper), "5");
  const std::string times = R"(["2024-01-01 00:00:00+00","2024-01-02 00:00:00+00"])";
  EXPECT_EQ(RangeBound(times, RangeEnd::kLower), "2024-01-01 00:00:00+00");
  EXPECT_EQ(RangeBound(times, RangeEnd::kUpper), "2024-01-02 00:00:00+00");
}

TEST(RangeBound, QuotesAndBackslashes) {
  EXPECT_EQ(RangeBound(R"(["a,b","c""d"])", RangeEnd::kLower), "a,b");
  EXPECT_EQ(RangeBound(R"(["a,b","c""d"])", RangeEnd::kUpper), "c\"d");
  EXPECT_EQ(RangeBound(R"((a\,b,c))", RangeEnd::kLower), "a,b");
}

TEST(RangeBound, NoneWhereThereIsNone) {
  EXPECT_EQ(RangeBound("empty", RangeEnd::kLower), std::nullopt);
  EXPECT_EQ(RangeBound("[,5)", RangeEnd::kLower), std::nullopt);
  EXPECT_EQ(RangeBound("[5,)", RangeEnd::kUpper), std::nullopt);
  EXPECT_EQ(RangeBound("[5", RangeEnd::kLower), std::nullopt);
  EXPECT_EQ(RangeBound("", RangeEnd::kUpper), std::nullopt);
}

TEST(RangeSubtype, OfBuiltInTypes) {
  EXPECT_EQ(RangeSubtype("tstzrange"), "timestamp with time zone");
  EXPECT_EQ(RangeSubtype("shop.span"), "");
}

}  // namespace
}  // namespace pgassay::workload
