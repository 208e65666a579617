// Loops in the assay file: what was written is read, also after a file of an earlier version was opened for appending.

#include <cstdint>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

using namespace std::string_literals;

constexpr const char* kDropLoops =
    "DROP TABLE log_plan; DROP TABLE log_loop_statement_tag; DROP TABLE log_loop_statement; DROP TABLE "
    "log_loop_example;"
    "DROP TABLE log_loop; DROP TABLE log_loop_calls; DROP TABLE log_loop_suppressed; DROP TABLE log_loop_total;";
constexpr const char* kDropLogs =
    "DROP TABLE log_unknown_lines; DROP TABLE log_file; DROP TABLE log_hour; DROP TABLE log_sample;"
    "DROP TABLE log_query_id; DROP TABLE log_tag; DROP TABLE log_template; DROP TABLE log_group; DROP TABLE log_event;";

class LoopsTest : public StoreTest {
 protected:
  void Keep(const std::string& path, const LogWorkload& logs) {
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
    ASSERT_TRUE(file.ok()) << file.status();
    const absl::Status kept = file->ReplaceLogs(logs);
    ASSERT_TRUE(kept.ok()) << kept;
  }
  void KeepLoops(const std::string& path, const LoopTally& loops) { Keep(path, {.loops = loops}); }

  LogWorkload Kept(const std::string& path) {
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    EXPECT_TRUE(file.ok()) << file.status();
    absl::StatusOr<LogWorkload> logs = file->ReadLogs();
    EXPECT_TRUE(logs.ok()) << logs.status();
    return *std::move(logs);
  }

  // A file with a capture and logs as the version before loops were kept has written it.
  std::string MakeVersion3File() {
    const std::string path = MakeSampleFile("old.assay");
    Keep(path, SampleLogs());
    RunSql(path, std::string(kDropOpenSessions) + kDropBenches + kDropExtended + kDropLoops + "PRAGMA user_version = 3");
    return path;
  }

  // And the version before logs were.
  std::string MakeVersion2File() {
    const std::string path = MakeSampleFile("older.assay");
    RunSql(path, std::string(kDropOpenSessions) + kDropBenches + kDropExtended + kDropLoops + kDropLogs + "PRAGMA user_version = 2");
    return path;
  }
};

LogWorkload WithoutLoops(LogWorkload logs) {
  logs.loops = {};
  for (LogTemplate& of : logs.templates) {
    LogCounters& counters = of.counters;
    counters.analyzed_plans = counters.plan_rows = counters.misestimated = counters.worst_misestimate = 0;
    counters.wal_plans = counters.wal_records = counters.wal_full_page_images = counters.wal_bytes = 0;
  }
  return logs;
}

TEST_F(LoopsTest, AFileOfTheVersionBeforeIsReadAndAppendedTo) {
  const std::string path = MakeSampleFile("before.assay");
  Keep(path, SampleLogs());
  RunSql(path, std::string(kDropOpenSessions) + "PRAGMA user_version = 6");
  LogWorkload before = SampleLogs();
  before.loops.open.clear();
  for (LogTemplate& of : before.templates) {
    LogCounters& counters = of.counters;
    counters.wal_plans = counters.wal_records = counters.wal_full_page_images = counters.wal_bytes = 0;
  }
  EXPECT_EQ(Kept(path), before);
  Keep(path, SampleLogs());
  EXPECT_EQ(Kept(path), SampleLogs());
}

TEST_F(LoopsTest, EveryFieldSurvives) {
  KeepLoops(Path("loops.assay"), SampleLoops());
  EXPECT_EQ(Kept(Path("loops.assay")).loops, SampleLoops());
}

TEST_F(LoopsTest, AnEmptyTallySurvives) {
  KeepLoops(Path("empty.assay"), {});
  EXPECT_EQ(Kept(Path("empty.assay")).loops, LoopTally());
}

TEST_F(LoopsTest, TheSumsAloneSurvive) {
  const LoopTally sums{.events = 5, .first_us = -7, .last_us = -7};
  KeepLoops(Path("sums.assay"), sums);
  EXPECT_EQ(Kept(Path("sums.assay")).loops, sums);
}

TEST_F(LoopsTest, TheLastReplacementCounts) {
  const std::string path = Path("twice.assay");
  KeepLoops(path, SampleLoops());
  LoopTally other = SampleLoops();
  other.loops.erase(other.loops.begin());
  other.statements.begin()->second.text = "other";
  other.calls.erase(other.calls.begin());
  other.suppressed.erase(other.suppressed.begin());
  other.events = 1;
  KeepLoops(path, other);
  EXPECT_EQ(Kept(path).loops, other);
  KeepLoops(path, {});
  EXPECT_EQ(Kept(path), LogWorkload());
}

TEST_F(LoopsTest, HostileTextsSurvive) {
  for (const std::string& text :
       {"a\0b"s, "\0"s, "'\"; DROP TABLE log_loop; --"s, "\xff\xfe"s, "\xed\xa0\x80"s, std::string(100000, 'x'),
        std::string(std::size_t{4} << 20, 'x'), "line\r\nline"s, "NULL"s, "1"s}) {
    const LoopOwner owner{.database = text, .user = text + "u"};
    LoopTally loops;
    loops.loops = {{{LoopKind::kNPlusOne, {text, "u"}, 1, 2}, {.loops = 1}}};
    loops.statements = {{{{text, "u"}, 1}, {.text = text, .tags = {text, "z"}}}, {{{text, "u"}, 2}, {}}};
    loops.calls = {{{{"a", text}, 1}, 1}, {{{"a", text}, 2}, 1}};
    loops.suppressed = {{{{{text, text}, 1}, LoopSuppression::kLocked}, 1}};
    KeepLoops(Path("hostile.assay"), loops);
    EXPECT_EQ(Kept(Path("hostile.assay")).loops, loops) << testing::PrintToString(text.substr(0, 100));
  }
}

TEST_F(LoopsTest, TheLargestValuesSurvive) {
  constexpr std::int64_t kMost = (std::int64_t{1} << 53) - 1;
  constexpr std::uint64_t kAll = std::numeric_limits<std::uint64_t>::max();
  LoopStats stats{.loops = kMost, .calls = kMost, .transactions = kMost, .known_keys = kMost};
  for (std::size_t i = 0; i < kDistinctKept; ++i) stats.sessions.least.push_back(kAll - kDistinctKept + 1 + i);
  stats.examples.assign(kLoopExamples, {.priority = kAll, .session = kAll, .calls = 0xFFFFFFFF});
  LoopTally loops;
  loops.loops = {{{LoopKind::kCheckThenInsert, {}, kAll, kAll}, stats}};
  loops.statements = {{{{}, kAll}, {}}};
  KeepLoops(Path("large.assay"), loops);
  EXPECT_EQ(Kept(Path("large.assay")).loops, loops);
}

TEST_F(LoopsTest, ManyStatementsSurvive) {
  LoopTally loops;
  for (std::uint64_t i = 0; i < 100000; ++i)  // spread over all shapes, as hashes are
    loops.calls[{{"shop", i % 2 == 0 ? "app" : "job"}, i * 0x9E3779B97F4A7C15}] = static_cast<std::int64_t>(i);
  KeepLoops(Path("many.assay"), loops);
  EXPECT_EQ(Kept(Path("many.assay")).loops, loops);
}

TEST_F(LoopsTest, WhatReadWouldRefuseIsRefusedAndTheOldStays) {
  const std::string path = Path("kept.assay");
  KeepLoops(path, SampleLoops());
  const std::string before = *ReadFile(path);
  LoopTally wrong = SampleLoops();
  wrong.loops.rbegin()->second.busy_us = -1;
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->ReplaceLogs({.loops = wrong}).message(),
            "what the logs say cannot be stored: log_loop, row 6: busy_us is out of range");
  EXPECT_EQ(*ReadFile(path), before);
}

TEST_F(LoopsTest, AFileOfVersion2IsReadAsItIs) {
  const std::string path = MakeVersion2File();
  const std::string before = *ReadFile(path);
  EXPECT_EQ(Kept(path), LogWorkload());
  EXPECT_EQ(*AssayFile::Open(path)->Read(), WithoutExtended(SampleSnapshot()));
  EXPECT_EQ(*ReadFile(path), before);
}

TEST_F(LoopsTest, AFileOfVersion3IsReadAsItIs) {
  const std::string path = MakeVersion3File();
  const std::string before = *ReadFile(path);
  EXPECT_EQ(Kept(path), WithoutLoops(SampleLogs()));
  EXPECT_EQ(*AssayFile::Open(path)->Read(), WithoutExtended(SampleSnapshot()));
  EXPECT_EQ(*ReadFile(path), before);
}

TEST_F(LoopsTest, AFileOfVersion3KeepsItsLogsWhenItIsOpenedForAppending) {
  const std::string path = MakeVersion3File();
  EXPECT_TRUE(AssayFile::OpenForAppend(path).ok());
  EXPECT_EQ(ReadFile(path)->substr(60, 4), "\0\0\0\7"s);  // user_version
  EXPECT_EQ(Kept(path), WithoutLoops(SampleLogs()));
}

TEST_F(LoopsTest, FilesOfEarlierVersionsGetTheTablesWhenTheyAreOpenedForAppending) {
  for (const std::string& path : {MakeVersion2File(), MakeVersion3File()}) {
    Keep(path, SampleLogs());
    EXPECT_EQ(Kept(path), SampleLogs()) << path;
    EXPECT_EQ(*AssayFile::Open(path)->Read(), WithoutExtended(SampleSnapshot())) << path;
    EXPECT_EQ(ReadFile(path)->substr(60, 4), "\0\0\0\7"s) << path;  // user_version
  }
}

TEST_F(LoopsTest, FilesOfEarlierVersionsMayNotHoldTablesOfOurs) {
  const std::pair<std::string, std::string> cases[] = {{MakeVersion2File(), "log_file"},
                                                       {MakeVersion3File(), "log_loop"}};
  for (const auto& [path, table] : cases) {
    RunSql(path, "CREATE TABLE " + table + " (number INTEGER)");
    for (const absl::Status& status : {AssayFile::Open(path).status(), AssayFile::OpenForAppend(path).status()}) {
      EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << path;
      EXPECT_TRUE(absl::StrContains(status.message(), table + ", which pgassay did not make")) << status;
    }
  }
}

}  // namespace
}  // namespace pgassay::store
