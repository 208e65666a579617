#include "ingest/line_time.h"

#include <string_view>

#include <gtest/gtest.h>

namespace pgassay::ingest {
namespace {

constexpr std::int64_t kNoon = 1'764'072'000'000'000;  // date -u -d '2025-11-25 12:00:00' +%s

struct Read {
  std::optional<std::int64_t> time;
  std::string rest;
};

Read Take(std::string_view text, std::int32_t default_offset_s = 0) {
  LineTime times(default_offset_s);
  const auto time = times.Take(text);
  return {time, std::string(text)};
}

TEST(LineTime, EveryWayOfWritingIt) {
  for (const std::string_view text :
       {"2025-11-25 12:00:00 UTC", "2025-11-25 12:00:00.000 UTC", "2025-11-25 13:00:00 CET", "2025-11-25 07:00:00 EST",
        "2025-11-25 17:30:00 +0530", "2025-11-25 09:00:00.000 -03", "2025-11-25T12:00:00Z",
        "2025-11-25T12:00:00.000000Z", "2025-11-25T14:00:00.000+02:00", "2025-11-25 12:00:00"}) {
    const Read read = Take(text);
    ASSERT_TRUE(read.time.has_value()) << text;
    EXPECT_EQ(*read.time, kNoon) << text;
    EXPECT_EQ(read.rest, "") << text;
  }
}

TEST(LineTime, FractionsOfASecond) {
  EXPECT_EQ(Take("2025-11-25 12:00:00.123 UTC").time, kNoon + 123'000);
  EXPECT_EQ(Take("2025-11-25 12:00:00.123456 UTC").time, kNoon + 123'456);
  EXPECT_EQ(Take("2025-11-25T12:00:00.123456789Z").time, kNoon + 123'456);
}

TEST(LineTime, LeavesWhatFollows) {
  EXPECT_EQ(Take("2025-11-25 12:00:00.123 UTC [12] LOG").rest, " [12] LOG");
  EXPECT_EQ(Take("2025-11-25 12:00:00 UTC:10.0.0.1(5432)").rest, ":10.0.0.1(5432)");
  // The colon belongs to the prefix where the offset has none of its own.
  EXPECT_EQ(Take("2025-11-25 12:00:00 +03:10.0.0.1").rest, ":10.0.0.1");
  EXPECT_EQ(Take("2025-11-25 12:00:00 [12]").rest, " [12]");
}

TEST(LineTime, UnknownZonesUseTheDefault) {
  EXPECT_EQ(Take("2025-11-25 12:00:00 XYZ", 3600).time, kNoon - 3'600'000'000);
  EXPECT_EQ(Take("2025-11-25 12:00:00 XYZ", 3600).rest, "");
  EXPECT_EQ(Take("2025-11-25 12:00:00", 3600).time, kNoon - 3'600'000'000);
}

TEST(LineTime, NoTimes) {
  for (const std::string_view text : {"", "2025", "2025-13-25 12:00:00", "2025-11-25_12:00:00", "LOG:  2025-11-25 12:00:00",
                                      "2025-11-25 25:00:00 UTC"}) {
    std::string_view rest = text;
    EXPECT_FALSE(LineTime().Take(rest).has_value()) << text;
    EXPECT_EQ(rest, text);
  }
}

TEST(LineTime, RemembersSecondAndZoneRightly) {
  LineTime times;
  for (const auto& [text, expected] : {std::pair<std::string_view, std::int64_t>{"2025-11-25 12:00:00.001 UTC", kNoon + 1'000},
                                       {"2025-11-25 12:00:00.002 UTC", kNoon + 2'000},
                                       {"2025-11-25 12:00:00.002 CET", kNoon + 2'000 - 3'600'000'000},
                                       {"2025-11-25 12:00:01.002 UTC", kNoon + 1'002'000},
                                       {"2025-11-25 12:00:01.002", kNoon + 1'002'000}}) {
    std::string_view rest = text;
    EXPECT_EQ(times.Take(rest), expected) << text;
  }
}

TEST(LineTime, DaysOfTheCalendar) {
  EXPECT_EQ(DaysFromCivil(1970, 1, 1), 0);
  EXPECT_EQ(DaysFromCivil(2000, 2, 29), 11016);
  EXPECT_EQ(DaysFromCivil(2026, 11, 25), 20782);
  EXPECT_EQ(DaysFromCivil(1969, 12, 31), -1);
}

}  // namespace
}  // namespace pgassay::ingest
