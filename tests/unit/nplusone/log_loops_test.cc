#include "nplusone/log_loops.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ingest/log_record.h"
#include "pgassay/findings.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"
#include "workload/loop_tally.h"

namespace pgassay::nplusone {
namespace {

constexpr std::int64_t kBegin = 1'700'000'000'000'000;

// Entries of one log, a block at a time.
class Log {
 public:
  Log() : totals_({.watch = loops_.Watch()}) {}

  void Write(std::uint64_t session, std::string_view message, std::string_view detail = "") {
    time_us_ += 1000;
    block_.Add({.time_us = time_us_,
                .severity = ingest::Severity::kLog,
                .session = session,
                .transaction = transaction_,
                .database = "shop",
                .user = "app",
                .message = message,
                .detail = detail});
  }
  void Run(std::uint64_t session, const std::string& sql) { Write(session, "duration: 0.200 ms  statement: " + sql); }
  void EndBlock() {
    totals_.Take(block_);
    block_.Clear();
  }
  void Transaction(std::uint64_t id) { transaction_ = id; }
  LogWorkload Finish() {
    EndBlock();
    LoopTally tally = loops_.Finish(totals_);
    LogWorkload workload = std::move(totals_).Finish();
    workload.loops = std::move(tally);
    return workload;
  }

 private:
  LogLoops loops_;
  workload::LogTotals totals_;
  workload::LogTally block_;
  std::int64_t time_us_ = kBegin;
  std::uint64_t transaction_ = 0;
};

TEST(LogLoops, ALoopOfALogIsFoundWithItsTextsAndTags) {
  Log log;
  for (int page = 1; page <= 3; ++page) {
    log.Transaction(static_cast<std::uint64_t>(page));
    log.Run(7, "SELECT id FROM posts WHERE blog = " + std::to_string(page) + " /*action='list'*/");
    for (int i = 0; i < 8; ++i) {
      if (i == 4) log.EndBlock();  // a loop goes on from block to block
      log.Run(7, "SELECT name FROM authors WHERE id = " + std::to_string(900 + i));
    }
  }
  const LoopReport report = ReportLoops(log.Finish());
  ASSERT_EQ(report.findings.size(), 1U);
  const Finding& finding = report.findings.front();
  EXPECT_EQ(finding.kind, "n-plus-one");
  EXPECT_EQ(finding.parent, "SELECT id FROM posts WHERE blog = $1 /*action='list'*/");
  EXPECT_EQ(finding.child, "SELECT name FROM authors WHERE id = $1");
  EXPECT_EQ(finding.loops, 3);
  EXPECT_EQ(finding.calls, 24);
  EXPECT_EQ(finding.tags, std::vector<std::string>{"action=list"});
  EXPECT_EQ(report.events, 27);
}

// The time of parse and bind is wasted once for each call, whether it is logged in the block of the call or before.
TEST(LogLoops, StepsOfTheExtendedProtocolBelongToTheCallBehindThem) {
  const auto wasted = [](bool cut) {
    Log log;
    for (int page = 1; page <= 3; ++page) {
      log.Transaction(static_cast<std::uint64_t>(page));
      log.Run(7, "SELECT id FROM posts WHERE blog = 1");
      for (int i = 0; i < 8; ++i) {
        const std::string of = "SELECT name FROM authors WHERE id = $1";
        log.Write(7, "duration: 2.000 ms  parse <unnamed>: " + of);
        log.Write(7, "duration: 3.000 ms  bind <unnamed>: " + of);
        log.Run(8, "SELECT now()");
        if (cut) log.EndBlock();
        log.Write(7, "duration: 0.200 ms  execute <unnamed>: " + of, "parameters: $1 = '" + std::to_string(i) + "'");
      }
    }
    const LogWorkload logs = log.Finish();
    for (const auto& [key, stats] : logs.loops.loops) {
      if (key.kind == LoopKind::kNPlusOne) return stats.wasted_us;
    }
    return std::int64_t{-1};
  };
  EXPECT_GE(wasted(false), 3 * 8 * 5000 - 2 * 5000 * 3);
  EXPECT_EQ(wasted(true), wasted(false));
}

TEST(LogLoops, ASelectThatLooksForWhatIsThenInserted) {
  Log log;
  for (int i = 0; i < 6; ++i) {
    log.Transaction(static_cast<std::uint64_t>(i + 1));
    const std::string mail = "'u" + std::to_string(i) + "@example.org'";
    log.Run(7, "SELECT 1 FROM account WHERE mail = " + mail);
    log.Run(7, "INSERT INTO account (mail, age) VALUES (" + mail + ", " + std::to_string(i) + ")");
  }
  const LoopReport report = ReportLoops(log.Finish());
  ASSERT_EQ(report.findings.size(), 1U);
  EXPECT_EQ(report.findings.front().kind, "check-then-insert");
  EXPECT_EQ(report.findings.front().confidence, "high") << "the values agree";
}

// A log without %c and %p does not tell whose statements they are.
TEST(LogLoops, WithoutSessionsNothingIsWatched) {
  Log log;
  for (int i = 0; i < 50; ++i) log.Run(0, "SELECT name FROM authors WHERE id = " + std::to_string(i));
  const LogWorkload logs = log.Finish();
  EXPECT_EQ(logs.loops.events, 0);
  EXPECT_EQ(logs.templates.front().counters.calls, 50);
}

TEST(LogLoops, TimesThatRunBackwards) {
  Log log;
  LogLoops loops;
  workload::LogTotals totals({.watch = loops.Watch()});
  workload::LogTally block;
  for (int i = 0; i < 40; ++i) {
    const std::string sql =
        i % 10 == 0 ? "SELECT id FROM posts" : "SELECT name FROM authors WHERE id = " + std::to_string(i);
    block.Add({.time_us = kBegin - i * 1000,
               .severity = ingest::Severity::kLog,
               .session = 7,
               .transaction = 9,
               .message = "duration: 0.200 ms  statement: " + sql});
  }
  totals.Take(block);
  const LoopTally tally = loops.Finish(totals);
  for (const auto& [key, stats] : tally.loops) {
    EXPECT_LE(stats.first_us, stats.last_us);
    for (const LoopExample& example : stats.examples) EXPECT_LE(example.first_us, example.last_us);
  }
}

// The entries of a loop, as far as one log has them.
class LoopInLogs {
 public:
  // `from` to `to`: which of its calls; the one numbered 0 is the parent.
  LoopTally Read(LogLoops& loops, LogLoops::Log log, int from, int to, std::int64_t begin_us) {
    workload::LogTotals totals({.watch = loops.Watch()});
    workload::LogTally block;
    // So that numbers differ between the logs.
    if (from > 0) Write(block, begin_us, 99, "SELECT count(*) FROM votes");
    for (int i = from; i < to; ++i) {
      const std::string sql = i == 0 ? "SELECT id FROM posts WHERE blog = 1 /*action='list'*/"
                                     : "SELECT name FROM authors WHERE id = " + std::to_string(i);
      Write(block, begin_us + 2000 * (i - from), 7, sql);
    }
    totals.Take(block);
    return loops.Take(totals, log);
  }

 private:
  static void Write(workload::LogTally& block, std::int64_t time_us, std::uint64_t session, const std::string& sql) {
    const std::string message = "duration: 0.200 ms  statement: " + sql;
    block.Add({.time_us = time_us,
               .severity = ingest::Severity::kLog,
               .session = session,
               .transaction = session * 10,
               .database = "shop",
               .user = "app",
               .message = message});
  }
};

std::vector<std::string> LoopsOf(const LoopTally& tally) {
  std::vector<std::string> lines;
  for (const auto& [key, stats] : tally.loops) {
    const std::string parent = key.parent == 0 ? "-" : tally.statements.at({key.owner, key.parent}).text;
    lines.push_back(std::string(Slug(key.kind)) + ": " + parent + " -> " +
                    tally.statements.at({key.owner, key.child}).text + ", " + std::to_string(stats.loops) + " x " +
                    std::to_string(stats.calls));
  }
  return lines;
}

TEST(LogLoops, ALoopGoesOnInTheNextLog) {
  for (const auto log : {LogLoops::Log::kEnds, LogLoops::Log::kGoesOn}) {
    LogLoops loops;
    LoopInLogs of;
    LoopTally tally = of.Read(loops, log, 0, 4, kBegin);
    EXPECT_EQ(tally.events, 4);
    EXPECT_TRUE(tally.loops.empty()) << "it goes on";
    workload::MergeInto(tally, of.Read(loops, log, 4, 7, kBegin + 8000));
    workload::MergeInto(tally, of.Read(loops, log, 7, 10, kBegin + 14000));
    workload::MergeInto(tally, loops.Finish());
    EXPECT_EQ(LoopsOf(tally),
              std::vector<std::string>{"n-plus-one: SELECT id FROM posts WHERE blog = $1 /*action='list'*/ -> "
                                       "SELECT name FROM authors WHERE id = $1, 1 x 9"});
    EXPECT_EQ(tally.events, 12);
    std::int64_t calls = 0;
    for (const auto& [statement, of_statement] : tally.calls) calls += of_statement;
    EXPECT_EQ(calls, 12);
  }
}

TEST(LogLoops, WhatCannotGoOnDoesNot) {
  // Another server's process with the same number, at the same time; and the same one half a minute later.
  for (const std::int64_t begin_us : {kBegin, kBegin + 30'000'000}) {
    LogLoops loops;
    LoopInLogs of;
    LoopTally tally = of.Read(loops, LogLoops::Log::kEnds, 0, 4, kBegin);
    workload::MergeInto(tally, of.Read(loops, LogLoops::Log::kEnds, 4, 8, begin_us));
    workload::MergeInto(tally, loops.Finish());
    // The transaction is the same half a minute later.
    const std::vector<std::string> idle = {
        "chatty-transaction: - -> SELECT id FROM posts WHERE blog = $1 /*action='list'*/, 1 x 8"};
    EXPECT_EQ(LoopsOf(tally), begin_us == kBegin ? std::vector<std::string>() : idle);
    EXPECT_EQ(tally.events, 9);
  }
}

TEST(LogLoops, WhatIsAbandonedIsNotCounted) {
  LogLoops loops;
  LoopInLogs of;
  of.Read(loops, LogLoops::Log::kGoesOn, 0, 9, kBegin);
  loops.Abandon();
  EXPECT_EQ(loops.Finish(), LoopTally());
}

}  // namespace
}  // namespace pgassay::nplusone
