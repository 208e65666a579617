#include "workload/log_filter.h"

#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace pgassay::workload {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'764'072'000 * kSecond;  // 2025-11-25T12:00:00Z

ingest::LogRecord Record(std::string_view message, std::int64_t second = 0, std::uint64_t session = 1) {
  return {.time_us = kStart + second * kSecond,
          .severity = ingest::Severity::kLog,
          .session = session,
          .database = "shop",
          .user = "ann",
          .application = "web",
          .message = message};
}

ingest::LogRecord Failed(std::int64_t second) {
  ingest::LogRecord failed = Record("canceling statement due to statement timeout", second);
  failed.severity = ingest::Severity::kError;
  failed.statement = "SELECT 1 FROM t";
  return failed;
}

std::int64_t Kept(const LogTotals& totals, FilterVerdict verdict) {
  return totals.filtered()[static_cast<std::size_t>(verdict)];
}

LogCounters OnlyCounters(LogTotals&& totals) {
  const LogWorkload workload = std::move(totals).Finish();
  EXPECT_EQ(workload.templates.size(), 1U);
  return workload.templates.empty() ? LogCounters() : workload.templates[0].counters;
}

TEST(LogFilter, JudgesByTheFirstThatKeepsAnEntryOut) {
  const LogFilter filter{.since_us = kStart, .until_us = kStart + 10 * kSecond, .databases = {"other", "shop"},
                         .users = {"ann"}, .applications = {"web"}};
  const auto judge = [&](auto change) {
    ingest::LogRecord record = Record("hello");
    change(record);
    return Judge(filter, record);
  };
  using Record = ingest::LogRecord;
  EXPECT_EQ(judge([](Record&) {}), FilterVerdict::kPasses);
  EXPECT_EQ(judge([](Record& r) { r.time_us -= 1; }), FilterVerdict::kSince);
  EXPECT_EQ(judge([](Record& r) { r.time_us += 10 * kSecond; }), FilterVerdict::kUntil);
  EXPECT_EQ(judge([](Record& r) { r.time_us = ingest::kNoTime; }), FilterVerdict::kNoTime);
  EXPECT_EQ(judge([](Record& r) { r.database = "Shop"; }), FilterVerdict::kDatabase) << "names are exact";
  EXPECT_EQ(judge([](Record& r) { r.database = ""; }), FilterVerdict::kNoDatabase);
  EXPECT_EQ(judge([](Record& r) { r.user = "bob"; }), FilterVerdict::kUser);
  EXPECT_EQ(judge([](Record& r) { r.user = ""; }), FilterVerdict::kNoUser);
  EXPECT_EQ(judge([](Record& r) { r.application = "psql"; }), FilterVerdict::kApplication);
  EXPECT_EQ(judge([](Record& r) { r.application = ""; }), FilterVerdict::kNoApplication);
  EXPECT_EQ(Judge(LogFilter{.users = {"ann"}}, {.user = "ann"}), FilterVerdict::kPasses) << "no times were asked for";
}

TEST(LogFilter, KeepsOutAndCounts) {
  const LogFilter filter{.users = {"ann"}};
  LogTally tally(&filter);
  tally.Add(Record("duration: 1.000 ms  statement: SELECT 1 FROM t"));
  ingest::LogRecord other = Record("duration: 1.000 ms  statement: SELECT 2 FROM t");
  other.user = "bob";
  tally.Add(other);
  LogTotals totals;
  totals.Take(tally);
  EXPECT_EQ(Kept(totals, FilterVerdict::kUser), 1);
  EXPECT_EQ(OnlyCounters(std::move(totals)).calls, 1);
}

// The statement begins within the times, its duration is logged behind them.
TEST(LogFilter, ADurationBelongsToWhatBeganWithinTheTimes) {
  const LogFilter filter{.until_us = kStart + 5 * kSecond};
  LogTally first(&filter);
  first.Add(Record("statement: SELECT 1 FROM t", 4));
  LogTally second(&filter);
  second.Add(Record("duration: 3000.000 ms", 7));
  second.Add(Record("duration: 9.000 ms", 8));  // of nothing that is known
  LogTotals totals;
  totals.Take(first);
  totals.Take(second);
  EXPECT_EQ(Kept(totals, FilterVerdict::kUntil), 1);
  const LogWorkload workload = std::move(totals).Finish();
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].counters.timed_calls, 1);
  EXPECT_EQ(workload.templates[0].counters.total_us, 3 * kSecond);
  EXPECT_EQ(workload.events.at("duration"), 1);
}

// An application may change its name by the very statement: the duration is then logged with the new one.
TEST(LogFilter, ADurationOfWhatIsKeptOutIsKeptOut) {
  const LogFilter filter{.applications = {"web"}};
  LogTally tally(&filter);
  tally.Add(Record("statement: SELECT 1 FROM t", 0));
  tally.Add(Record("duration: 1.000 ms", 0));
  ingest::LogRecord other = Record("statement: SELECT 2 FROM t", 1);
  other.application = "psql";
  tally.Add(other);
  tally.Add(Record("duration: 7.000 ms", 2));
  LogTotals totals;
  totals.Take(tally);
  EXPECT_EQ(Kept(totals, FilterVerdict::kApplication), 2);
  const LogWorkload workload = std::move(totals).Finish();
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].counters.total_us, 1000);
  EXPECT_EQ(workload.events.at("duration"), 1);
}

TEST(LogFilter, AFailureBehindTheTimesStillTakesTheCallBack) {
  const LogFilter filter{.until_us = kStart + 5 * kSecond};
  LogTally tally(&filter);
  tally.Add(Record("statement: SELECT 1 FROM t", 4));
  tally.Add(Failed(7));
  LogTotals totals;
  totals.Take(tally);
  EXPECT_EQ(Kept(totals, FilterVerdict::kUntil), 1);
  const LogCounters counters = OnlyCounters(std::move(totals));
  EXPECT_EQ(counters.calls, 0);
  EXPECT_EQ(counters.failed, 0);
}

TEST(LogFilter, IsKeptWithTheFile) {
  const LogFilter filter{.since_us = kStart, .until_us = kStart + kSecond / 2, .databases = {"shop", "a b", "shop"}, .users = {"ann"}};
  const std::string text = "--since 2025-11-25T12:00:00Z --until 2025-11-25T12:00:00.5Z --database a b --database shop --user ann";
  EXPECT_EQ(FilterText(filter), text);
  const LogFile file{.format = "csvlog" + FilterSuffix(filter)};
  EXPECT_EQ(FilterTextOf(file), text);
  EXPECT_EQ(NamesOfFilter(text), "--database a b --database shop --user ann");
  EXPECT_EQ(FilterTextOf({.format = "csvlog" + FilterSuffix({})}), "");
}

TEST(LogFilter, ALogThatWasReadThroughSeveralSaysSo) {
  const auto text = [](const LogFilter& now, std::string_view before) {
    return std::string(FilterTextOf({.format = "csvlog" + FilterSuffix(now, &before)}));
  };
  const LogFilter shop{.databases = {"shop"}};
  EXPECT_EQ(text(shop, "--database shop"), "--database shop");
  EXPECT_EQ(text(shop, ""), "different filters, at last --database shop");
  EXPECT_EQ(text({}, "--database shop"), "different filters, at last none");
  EXPECT_EQ(text(shop, "different filters, at last --database shop"), "different filters, at last --database shop");
  EXPECT_EQ(text({}, "different filters, at last none"), "different filters, at last none");
  EXPECT_EQ(text({.since_us = kStart}, "--since 2025-11-25T11:00:00Z"), "--since 2025-11-25T12:00:00Z") << "time goes on";
  EXPECT_EQ(text({}, "--until 2025-11-25T11:00:00Z"), "--until 2025-11-25T11:00:00Z") << "what was left out is missing";
}

TEST(LogFilter, KnowsWhatALogLacks) {
  const LogFilter now{.since_us = kStart, .databases = {"shop"}};
  EXPECT_FALSE(LacksEntries("", now)) << "all of it was read";
  EXPECT_FALSE(LacksEntries(FilterText(now), now));
  EXPECT_FALSE(LacksEntries("--since 2025-11-25T11:00:00Z --database shop", now)) << "more was read";
  EXPECT_TRUE(LacksEntries("--since 2025-11-25T13:00:00Z --database shop", now));
  EXPECT_TRUE(LacksEntries("--until 2025-11-25T13:00:00Z --database shop", now));
  EXPECT_TRUE(LacksEntries("--database other", now));
  EXPECT_TRUE(LacksEntries("--database shop", LogFilter()));
}

}  // namespace
}  // namespace pgassay::workload
