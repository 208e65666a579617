#include "workload/value_solve.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace pgassay::workload {
namespace {

std::optional<std::string> Solve(std::string_view expression, std::string_view target, std::string_view type) {
  return SolveFor(expression, target, TypeNamed(type), absl::FromUnixSeconds(1'717'200'000));  // 2024-06-01
}

TEST(SolveFor, TheParameterItself) {
  EXPECT_EQ(Solve("$0", "x", "text"), "x");
  EXPECT_EQ(Solve("(($0))::text", "x", "text"), "x");
  EXPECT_EQ(Solve("lower(($0)::text)", "x", "text"), "x");
  EXPECT_EQ(Solve("date_trunc('day, (odd)'::text, $0)", "2024-05-01", "date"), "2024-05-01");
  EXPECT_EQ(Solve("md5($0)", "x", "text"), std::nullopt);
  EXPECT_EQ(Solve("", "x", "text"), std::nullopt);
  EXPECT_EQ(Solve("now()", "x", "text"), std::nullopt);
}

TEST(SolveFor, LengthsOfTime) {
  EXPECT_EQ(Solve("(now() - $0)", "2024-05-25 00:00:00+00", "interval"), "7 days");
  EXPECT_EQ(Solve("now() - $0", "2024-05-31 23:00:00+00", "interval"), "3600 seconds");
  EXPECT_EQ(Solve("(CURRENT_TIMESTAMP + $0)", "2024-06-02 00:00:00+00", "interval"), "1 days");
  EXPECT_EQ(Solve("(CURRENT_DATE - $0)", "2024-05-25", "integer"), "7");
  EXPECT_EQ(Solve("(now() - (($0)::double precision * '1 day'::interval))", "2024-05-25", "integer"), "7");
  EXPECT_EQ(Solve("(now() - ('01:00:00'::interval * $0))", "2024-05-31", "numeric"), "24.000");
  EXPECT_EQ(Solve("(now() - (($0 || ' days'::text))::interval)", "2024-05-25", "text"), "7");
  EXPECT_EQ(Solve("(now() - ($0)::interval)", "2024-05-25", "interval"), "7 days");
  EXPECT_EQ(Solve("(now() - make_interval(days => $0))", "2024-05-25", "integer"), "7");
  EXPECT_EQ(Solve("(now() - make_interval(0, 0, 0, 0, $0, 0, '0'::double precision))", "2024-05-31", "integer"), "24");
}

TEST(SolveFor, NothingWhereThereIsNoSuchLength) {
  EXPECT_EQ(Solve("(now() - $0)", "2024-07-01", "interval"), std::nullopt);  // later than now
  EXPECT_EQ(Solve("(now() + $0)", "2024-05-01", "interval"), std::nullopt);
  EXPECT_EQ(Solve("(now() - $0)", "infinity", "interval"), std::nullopt);
  EXPECT_EQ(Solve("(now() - ($0 * $0))", "2024-05-01", "integer"), std::nullopt);
  EXPECT_EQ(Solve("(now() - make_interval(", "2024-05-01", "integer"), std::nullopt);
  EXPECT_EQ(Solve("(now() - make_interval($0, parsecs))", "2024-05-01", "integer"), "0");
  EXPECT_EQ(Solve("((((", "2024-05-01", "integer"), std::nullopt);
  EXPECT_EQ(Solve("'$0", "2024-05-01", "integer"), std::nullopt);
}

TEST(SolveFor, OffsetsOfNumbers) {
  EXPECT_EQ(Solve("($0 - 10)", "100", "integer"), "110");
  EXPECT_EQ(Solve("($0 + 10)", "100", "integer"), "90");
  EXPECT_EQ(Solve("(10 - $0)", "4", "integer"), "6");
  EXPECT_EQ(Solve("($0 + '1 day'::interval)", "2024-05-02", "date"), "2024-05-01 00:00:00+00");
  EXPECT_EQ(Solve("($0 - ('2'::integer * '1 day'::interval))", "2024-05-02", "date"), "2024-05-04 00:00:00+00");
  EXPECT_EQ(Solve("($0 + 7)", "2024-05-08", "date"), "2024-05-01 00:00:00+00");
}

TEST(PutIn, OneHoleAndNothingElse) {
  EXPECT_EQ(PutIn("lower($0)", "'x'::text"), "(lower('x'::text))");
  EXPECT_EQ(PutIn("concat($0, $0)", "1"), std::nullopt);
  EXPECT_EQ(PutIn("concat($0, $12)", "1"), std::nullopt);
  EXPECT_EQ(PutIn("now()", "1"), std::nullopt);
}

}  // namespace
}  // namespace pgassay::workload
