#include "workload/log_tally.h"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "ingest/log_record.h"
#include "workload/log_totals.h"

namespace pgassay::workload {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kStart = 1'764'072'000 * kSecond;

ingest::LogRecord Record(std::string_view message, std::int64_t second = 0, std::uint64_t session = 1) {
  return {.time_us = kStart + second * kSecond,
          .severity = ingest::Severity::kLog,
          .session = session,
          .database = "shop",
          .user = "ann",
          .message = message};
}

LogWorkload Finish(LogTally& tally) {
  LogTotals totals;
  totals.Take(tally);
  return std::move(totals).Finish();
}

TEST(LogTally, StatementsThatDifferInLiteralsAreOne) {
  LogTally tally;
  tally.Add(Record("duration: 1.000 ms  statement: SELECT a FROM t WHERE b = 1", 5));
  tally.Add(Record("duration: 3.000 ms  statement: select a from t where b = 22", 3600));
  tally.Add(Record("duration: 2.500 ms  statement: SELECT a FROM t WHERE b = 'x'", 7));
  const LogWorkload workload = Finish(tally);
  ASSERT_EQ(workload.templates.size(), 1U);
  const LogTemplate& of = workload.templates[0];
  EXPECT_EQ(of.sql, "SELECT a FROM t WHERE b = $1");
  EXPECT_EQ(of.database, "shop");
  EXPECT_EQ(of.user, "ann");
  EXPECT_EQ(of.counters.calls, 3);
  EXPECT_EQ(of.counters.timed_calls, 3);
  EXPECT_EQ(of.counters.total_us, 6500);
  EXPECT_EQ(of.counters.min_us, 1000);
  EXPECT_EQ(of.counters.max_us, 3000);
  EXPECT_EQ(of.counters.first_us, kStart + 5 * kSecond);
  EXPECT_EQ(of.counters.last_us, kStart + 3600 * kSecond);
  EXPECT_EQ(of.samples.size(), 3U);
  ASSERT_EQ(of.slowest.size(), 1U);
  EXPECT_EQ(of.slowest[0].sql, "select a from t where b = 22");
  ASSERT_EQ(of.hours.size(), 2U);
  EXPECT_EQ(of.hours.begin()->second, (LogHour{.calls = 2, .total_us = 3500}));
  EXPECT_EQ(workload.events.at("completed"), 3);
}

// Of two calls, a second apart.
bool SameValues(std::string_view first_detail, std::string_view second_detail) {
  LogTally tally;
  ingest::LogRecord record = Record("duration: 1.000 ms  execute <unnamed>: SELECT a FROM t WHERE b = $1", 1);
  record.detail = first_detail;
  tally.Add(record);
  record.time_us += kSecond;
  record.detail = second_detail;
  tally.Add(record);
  return tally.steps()[0].values == tally.steps()[1].values;
}

TEST(LogTally, ParametersThatAreNotKnownAreNotTheSame) {
  EXPECT_TRUE(SameValues("parameters: $1 = '42'", "parameters: $1 = '42'"));
  EXPECT_FALSE(SameValues("parameters: $1 = '42'", "parameters: $1 = '43'"));
  EXPECT_FALSE(SameValues("parameters: $1 = '42...'", "parameters: $1 = '42...'"));
  EXPECT_FALSE(SameValues("", ""));
}

TEST(LogTally, PreparedStatementsKeepTheirParameters) {
  LogTally tally;
  ingest::LogRecord record = Record("duration: 1.000 ms  execute <unnamed>: SELECT a FROM t WHERE b = $1");
  record.detail = "parameters: $1 = '42'";
  tally.Add(Record("duration: 0.200 ms  parse <unnamed>: SELECT a FROM t WHERE b = $1"));
  tally.Add(Record("duration: 0.100 ms  bind <unnamed>: SELECT a FROM t WHERE b = $1"));
  tally.Add(record);
  const LogWorkload workload = Finish(tally);
  ASSERT_EQ(workload.templates.size(), 1U);
  const LogTemplate& of = workload.templates[0];
  EXPECT_EQ(of.counters.calls, 1);
  EXPECT_EQ(of.counters.parse_us, 200);
  EXPECT_EQ(of.counters.bind_us, 100);
  ASSERT_EQ(of.samples.size(), 1U);
  EXPECT_EQ(of.samples[0].sql, "") << "the template's own";
  EXPECT_EQ(of.samples[0].parameters, "$1 = '42'");
}

TEST(LogTally, DurationsInLinesOfTheirOwn) {
  LogTally first;
  first.Add(Record("statement: SELECT 1 FROM t", 0, 7));
  first.Add(Record("statement: SELECT 2 FROM u", 0, 8));
  first.Add(Record("duration: 5.000 ms", 1, 8));
  LogTally second;  // the block may end between the two
  second.Add(Record("duration: 3.000 ms", 1, 7));
  second.Add(Record("duration: 9.000 ms", 1, 7));  // of nothing
  LogTotals totals;
  totals.Take(first);
  totals.Take(second);
  const LogWorkload workload = std::move(totals).Finish();
  ASSERT_EQ(workload.templates.size(), 2U);
  std::int64_t total = 0;
  for (const LogTemplate& of : workload.templates) {
    EXPECT_EQ(of.counters.calls, 1);
    EXPECT_EQ(of.counters.timed_calls, 1);
    total += of.counters.total_us;
  }
  EXPECT_EQ(total, 8000);
}

TEST(LogTally, TablesThatDifferInANumberAreNotOne) {
  LogTally tally;
  for (const char* table : {"events_2024", "events_2025", "events_2025", "t1", "t2"})
    tally.Add(Record(std::string("duration: 5.000 ms  statement: SELECT a FROM ") + table + " WHERE b = 3"));
  const LogWorkload workload = Finish(tally);
  ASSERT_EQ(workload.templates.size(), 4U);
  for (const LogTemplate& of : workload.templates)
    EXPECT_EQ(of.counters.calls, of.sql.find("2025") != std::string::npos ? 2 : 1) << of.sql;
}

// A log that is read in two parts: what began in the first ends in the second.
TEST(LogTally, WhatIsOpenAtTheEndIsJoinedLater) {
  LogTally first;
  first.Add(Record("statement: SELECT 1 FROM t", 0, 7));
  first.Add(Record("statement: SELECT 1 FROM u", 0, 8));
  first.Add(Record("statement: SELECT 1 FROM v", 0, 9));
  LogTally second;
  second.Add(Record("duration: 3.000 ms", 1, 7));
  ingest::LogRecord failed = Record("division by zero", 1, 8);
  failed.severity = ingest::Severity::kError;
  failed.statement = "SELECT 1 FROM u";
  second.Add(failed);
  LogTotals before;
  before.Take(first);
  const OpenWork open = before.Open();
  EXPECT_EQ(open.statements.size(), 3U);
  LogTotals after;
  after.Reopen(open);
  after.Take(second);
  EXPECT_EQ(after.Open().statements.size(), 1U);
  const LogWorkload parts = Merge(std::move(before).Finish(), std::move(after).Finish());

  LogTally tally;
  tally.Add(Record("statement: SELECT 1 FROM t", 0, 7));
  tally.Add(Record("statement: SELECT 1 FROM u", 0, 8));
  tally.Add(Record("statement: SELECT 1 FROM v", 0, 9));
  tally.Add(Record("duration: 3.000 ms", 1, 7));
  tally.Add(failed);
  const LogWorkload whole = Finish(tally);
  ASSERT_EQ(parts.templates.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(parts.templates[i].counters, whole.templates[i].counters) << i;
    EXPECT_EQ(parts.templates[i].hours, whole.templates[i].hours) << i;
    EXPECT_EQ(parts.templates[i].latency, whole.templates[i].latency) << i;
  }
}

TEST(LogTally, AFailedStatementIsNoCall) {
  LogTally tally;
  tally.Add(Record("statement: SELECT 1/b FROM t"));
  ingest::LogRecord failed = Record("division by zero");
  failed.severity = ingest::Severity::kError;
  failed.statement = "SELECT 1/b FROM t";
  tally.Add(failed);
  const LogWorkload workload = Finish(tally);
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].counters.calls, 0);
  EXPECT_EQ(workload.templates[0].counters.failed, 1);
}

TEST(LogTally, TimesThatAddUpToTooMuchStopAtTheMostThatIsKept) {
  LogTally tally;
  for (int i = 0; i < 4000; ++i) tally.Add(Record("duration: 2592000000.000 ms  statement: SELECT a FROM t"));
  const LogWorkload once = Finish(tally);
  ASSERT_EQ(once.templates.size(), 1U);
  EXPECT_EQ(once.templates[0].counters.total_us, kMostLoggedUs);
  EXPECT_EQ(once.templates[0].hours.begin()->second.total_us, kMostLoggedUs);
  const LogWorkload twice = Merge(once, once);
  EXPECT_EQ(twice.templates[0].counters.total_us, kMostLoggedUs);
  EXPECT_EQ(twice.templates[0].hours.begin()->second.total_us, kMostLoggedUs);
}

TEST(LogTotals, AFailureOfAnEvictedStatementTakesNoCallAway) {
  LogTotals totals({.memory_bytes = 200'000});
  LogTally first;
  first.Add(Record("statement: SELECT 1/b FROM t"));  // has no time yet, so it goes first
  for (int i = 0; i < 1000; ++i) {
    const std::string text = "duration: 5.000 ms  statement: SELECT a FROM u" + std::to_string(i);
    first.Add(Record(text, 0, 2));
  }
  totals.Take(first);
  LogTally second;
  ingest::LogRecord failed = Record("division by zero");
  failed.severity = ingest::Severity::kError;
  failed.statement = "SELECT 1/b FROM t";
  second.Add(failed);
  totals.Take(second);
  const LogWorkload workload = std::move(totals).Finish();
  const auto of = std::ranges::find(workload.templates, "SELECT $1/b FROM t", &LogTemplate::sql);
  ASSERT_NE(of, workload.templates.end());
  EXPECT_EQ(of->counters.failed, 1);
  EXPECT_EQ(of->counters.calls, 0);
}

TEST(LogTally, VeryLongTextsAreCountedWithoutTheirText) {
  LogTally tally;
  const std::string text =
      "duration: 1.000 ms  statement: INSERT INTO t VALUES ('" + std::string(2'000'000, 'x') + "')";
  tally.Add(Record(text));
  const LogWorkload workload = Finish(tally);
  EXPECT_TRUE(workload.templates.empty());
  ASSERT_EQ(workload.not_kept.size(), 1U);
  EXPECT_EQ(workload.not_kept[0].code, "text-lost");
  EXPECT_EQ(workload.not_kept[0].calls, 1);
}

TEST(LogTally, UtilityStatementsAreCountedWithoutTheirText) {
  LogTally tally;
  tally.Add(Record("duration: 1.000 ms  statement: ALTER ROLE ann PASSWORD 'secret'"));
  tally.Add(Record("duration: 1.000 ms  statement: BEGIN"));
  tally.Add(Record("duration: 1.000 ms  statement: SELECT 1 FROM pg_class"));
  tally.Add(Record("duration: 1.000 ms  statement: SELECT /* pgassay */ 1"));
  const LogWorkload workload = Finish(tally);
  EXPECT_TRUE(workload.templates.empty());
  ASSERT_EQ(workload.not_kept.size(), 4U);
  EXPECT_EQ(workload.not_kept[0].code, "own-statement");
  EXPECT_EQ(workload.not_kept[1].code, "system-catalog");
  EXPECT_EQ(workload.not_kept[2].detail, "AlterRoleStmt");
  EXPECT_EQ(workload.not_kept[3].detail, "TransactionStmt");
}

TEST(LogTally, UnreadableStatementsLoseTheirLiterals) {
  LogTally tally;
  tally.Add(Record("duration: 1.000 ms  statement: SELECT JSON_NEWTHING(a, 'secret' WITH 42 THINGS) FROM t"));
  const LogWorkload workload = Finish(tally);
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_TRUE(workload.templates[0].fingerprint.starts_with("shape-"));
  EXPECT_EQ(workload.templates[0].sql.find("secret"), std::string::npos);
}

TEST(LogTotals, HowManyThreadsParseDoesNotShow) {
  const auto finish = [](int jobs) {
    LogTotals totals({.jobs = jobs});
    LogTally tally;
    for (int i = 0; i < 3000; ++i) {
      const std::string number = std::to_string(i % 1500);
      // Some have one fingerprint, some no part of the planner's work, some no syntax.
      const std::string sql =
          i % 7 == 0   ? "SET x.y" + number + " = 1"
          : i % 7 == 1 ? "SELEC " + number + " FROM t"
          : i % 7 == 2 ? "SELECT a FROM t WHERE b IN (1" + std::string(static_cast<std::size_t>(i % 9), ' ') + ")"
                       : "SELECT a" + number + " FROM t WHERE b = 'x'";
      tally.Add(Record("duration: 1.000 ms  statement: " + sql, i));
    }
    totals.Take(tally);
    return std::move(totals).Finish();
  };
  const LogWorkload by_one = finish(1);
  EXPECT_GE(by_one.templates.size(), 1000U);
  EXPECT_GE(by_one.not_kept.size(), 1U);
  EXPECT_EQ(finish(2), by_one);
  EXPECT_EQ(finish(7), by_one);
}

TEST(LogTotals, MemoryIsBoundedAndWhatIsLostIsCounted) {
  LogTotals totals({.memory_bytes = 200'000});
  std::int64_t calls = 0;
  for (int block = 0; block < 20; ++block) {
    LogTally tally;
    for (int i = 0; i < 500; ++i) {
      const std::string text = "duration: 0.010 ms  statement: SELECT a FROM rare_" + std::to_string(block * 500 + i);
      tally.Add(Record(text));
      tally.Add(Record("duration: 5.000 ms  statement: SELECT a FROM often WHERE b = 3"));
      calls += 2;
    }
    totals.Take(tally);
  }
  const LogWorkload workload = std::move(totals).Finish();
  std::int64_t seen = 0;
  bool often = false;
  for (const LogTemplate& of : workload.templates) {
    seen += of.counters.calls;
    if (of.sql == "SELECT a FROM often WHERE b = $1") {
      often = true;
      EXPECT_EQ(of.counters.calls, 10'000);
    }
  }
  EXPECT_TRUE(often);
  ASSERT_EQ(workload.not_kept.size(), 1U);
  EXPECT_EQ(workload.not_kept[0].code, "evicted");
  EXPECT_GT(workload.not_kept[0].statements, 5000);
  EXPECT_EQ(seen + workload.not_kept[0].calls, calls);
}

// Many logs, each with its own statements, added up.
TEST(LogWorkload, TheLightestAreEvicted) {
  LogWorkload workload;
  for (int log = 0; log < 4; ++log) {
    LogTally tally;
    for (int i = 0; i < 300; ++i) {
      const int number = log * 300 + i;
      std::string table;  // of letters: fingerprints leave digits at the end of a name out
      for (int rest = number; rest > 0; rest /= 26) table += static_cast<char>('a' + rest % 26);
      tally.Add(Record("duration: " + std::to_string(number) + ".000 ms  statement: SELECT a FROM t_" + table +
                       " WHERE b = 3"));
    }
    workload = Merge(std::move(workload), Finish(tally));
  }
  EXPECT_EQ(workload.templates.size(), 1200U);
  const LogWorkload all = workload;
  EvictLightest(workload);
  EXPECT_EQ(workload, all) << "there is room";
  EvictLightest(workload, 400'000);
  EXPECT_GT(workload.templates.size(), 200U);
  EXPECT_LT(workload.templates.size(), 600U);
  ASSERT_EQ(workload.not_kept.size(), 1U);
  EXPECT_EQ(workload.not_kept[0].code, "evicted");
  EXPECT_EQ(workload.not_kept[0].statements + static_cast<std::int64_t>(workload.templates.size()), 1200);
  const auto evicted = workload.not_kept[0].calls;  // one call each, of 0, 1, 2, ... milliseconds
  EXPECT_EQ(workload.not_kept[0].total_us, evicted * (evicted - 1) / 2 * 1000);
  EXPECT_TRUE(std::ranges::is_sorted(workload.templates, {}, &LogTemplate::fingerprint));
}

}  // namespace
}  // namespace pgassay::workload
