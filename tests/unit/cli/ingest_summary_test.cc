#include "cli/ingest_summary.h"

#include <gtest/gtest.h>

namespace pgassay::cli {
namespace {

TEST(IngestSummary, ProgressHasABarTheRateAndTheTimeLeft) {
  ProgressMeter meter;
  EXPECT_EQ(meter.Text("a.log", 0, 1'000'000'000, 0), "[--------------------]   0 %  0 bytes of 954 MB  a.log");
  meter.Text("a.log", 100'000'000, 1'000'000'000, 1);
  const std::string text = meter.Text("a.log", 250'000'000, 1'000'000'000, 2);
  EXPECT_TRUE(text.starts_with("[#####---------------]  25 %  ")) << text;
  EXPECT_NE(text.find("/s, 6 s left  a.log"), std::string::npos) << text;
}

TEST(IngestSummary, ARateIsThatOfTheLastSeconds) {
  ProgressMeter meter;
  meter.Text("a.log", 0, 2'000'000'000, 0);
  meter.Text("a.log", 1'000'000'000, 2'000'000'000, 0.2);  // known before: passed, not read
  std::string text;
  for (int second = 1; second <= 10; ++second)
    text = meter.Text("b.log", 1'000'000'000 + second * 10'000'000ULL, 2'000'000'000, second);
  EXPECT_NE(text.find("2 min left"), std::string::npos) << text;
}

TEST(IngestSummary, APipeHasNoEnd) {
  ProgressMeter meter;
  meter.Text("-", 0, std::nullopt, 0);
  const std::string text = meter.Text("-", 50'000'000, std::nullopt, 1);
  EXPECT_EQ(text.find('['), std::string::npos) << text;
  EXPECT_EQ(text.find("left"), std::string::npos) << text;
  EXPECT_NE(text.find("/s"), std::string::npos) << text;
}

TEST(IngestSummary, SaysWhatWasFilteredOut) {
  IngestedLog log{.file = {.name = "a.log", .format = "csvlog; filtered by --database shop", .entries = 10}, .added_bytes = 100};
  log.filtered = {{"database", 3}, {"no-database", 1}};
  std::vector<std::string> lines = SummarizeLog(log);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[1], "a.log: 4 entries filtered out (database 3, no-database 1)");
  log.filtered = {{"no-database", 10}};
  lines = SummarizeLog(log);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_NE(lines[1].find("warning: no entry says"), std::string::npos) << lines[1];
}

TEST(IngestSummary, WarnsOfLogsThatWereFilteredInDifferentWays) {
  LogWorkload logs;
  logs.files = {{.name = "a", .format = "csvlog"}, {.name = "b", .format = "csvlog; filtered by --since 2026-11-25T00:00:00Z"}};
  EXPECT_EQ(SummarizeLogs(logs, "x.assay").size(), 1U) << "times alone are no mixture";
  logs.files.push_back({.name = "c", .format = "csvlog; filtered by --since 2026-11-25T00:00:00Z --database shop"});
  const std::vector<std::string> lines = SummarizeLogs(logs, "x.assay");
  ASSERT_EQ(lines.size(), 2U);
  LogWorkload one;
  one.files = {{.name = "a", .format = "csvlog; filtered by different filters, at last --database shop"}};
  EXPECT_EQ(SummarizeLogs(one, "x.assay").size(), 2U) << "parts of one log";
  EXPECT_NE(lines[1].find("2 logs not filtered; 1 log filtered by --database shop"), std::string::npos) << lines[1];
}

}  // namespace
}  // namespace pgassay::cli
