#include "cli/quantities.h"

#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

TEST(Quantities, SizesAreBinaryAsInPostgres) {
  EXPECT_EQ(*ParseBytes("2GB"), Bytes{2} << 30);
  EXPECT_EQ(*ParseBytes("1.5 MB"), 1572864);
  EXPECT_EQ(*ParseBytes("10kb"), 10240);
  EXPECT_EQ(*ParseBytes("7B"), 7);
  for (const char* const bad :
       {"", "2", "GB", "-1GB", "1e3MB", "infMB", "2GBs", "2 G B", "99999999999999TB", "1.2.3MB"}) {
    EXPECT_FALSE(ParseBytes(bad).ok()) << bad;
  }
}

TEST(Quantities, Shares) {
  EXPECT_DOUBLE_EQ(*ParseShare("0.1%"), 0.001);
  EXPECT_DOUBLE_EQ(*ParseShare("0.25"), 0.25);
  EXPECT_DOUBLE_EQ(*ParseShare("0"), 0);
  EXPECT_DOUBLE_EQ(*ParseShare("100 %"), 1);
  for (const char* const bad : {"", "%", "2", "101%", "-1%", "0x1", "nan"}) EXPECT_FALSE(ParseShare(bad).ok()) << bad;
}

TEST(Quantities, Durations) {
  EXPECT_DOUBLE_EQ(*ParseDuration("60s"), 60);
  EXPECT_DOUBLE_EQ(*ParseDuration("500ms"), 0.5);
  EXPECT_DOUBLE_EQ(*ParseDuration("2min"), 120);
  EXPECT_DOUBLE_EQ(*ParseDuration("1h"), 3600);
  EXPECT_DOUBLE_EQ(*ParseDuration("5"), 5);
  for (const char* const bad : {"", "0s", "-1s", "s", "1d", "1e9", "99999999h"})
    EXPECT_FALSE(ParseDuration(bad).ok()) << bad;
}

TEST(Quantities, Times) {
  constexpr std::int64_t kNow = 1'764'072'000'000'000;  // 2025-11-25T12:00:00Z
  constexpr std::int64_t kHour = 3'600'000'000;
  for (const char* const same : {"2025-11-25 11:00", "2025-11-25T11:00", "2025-11-25 11:00:00", "2025-11-25T11:00:00.000Z",
                                 "2025-11-25 11:00:00 UTC", "2025-11-25 12:00:00 +01", "2025-11-25T09:30-01:30", "1h", "60m", "60min"})
    EXPECT_EQ(ParseTime(same, kNow).value_or(0), kNow - kHour) << same;
  EXPECT_EQ(*ParseTime("2025-11-25", kNow), kNow - 12 * kHour);
  EXPECT_EQ(*ParseTime("7d", kNow), kNow - 7 * 24 * kHour);
  EXPECT_EQ(*ParseTime("2025-11-25 12:00:00.25", kNow), kNow + 250'000);
  for (const char* const bad : {"", "7", "-7d", "7y", "yesterday", "2025-13-01", "2025-11-25 25:00", "11:00", "infinite-past", "1e99d"})
    EXPECT_FALSE(ParseTime(bad, kNow).ok()) << bad;
}

TEST(Quantities, Counts) {
  EXPECT_EQ(*ParseCount("4", 1, 32), 4);
  for (const char* const bad : {"", "0", "33", "-4", "4.0", "four", "99999999999999999999"}) {
    EXPECT_FALSE(ParseCount(bad, 1, 32).ok()) << bad;
  }
}

}  // namespace
}  // namespace pgassay::cli
