#include "ingest/log_event.h"

#include <string_view>

#include <gtest/gtest.h>

namespace pgassay::ingest {
namespace {

LogEvent Read(std::string_view message, std::string_view detail = {}) {
  return ReadEvent({.severity = Severity::kLog, .message = message, .detail = detail});
}

TEST(LogEvent, StatementsWithTheirDuration) {
  const LogEvent event = Read("duration: 1.234 ms  statement: SELECT 1");
  EXPECT_EQ(event.kind, EventKind::kCompleted);
  EXPECT_EQ(event.duration_us, 1234);
  EXPECT_EQ(event.text, "SELECT 1");
  EXPECT_FALSE(event.extended);
  EXPECT_EQ(Read("duration: 100000.005 ms  statement: SELECT 1").duration_us, 100'000'005);
}

TEST(LogEvent, ExtendedProtocol) {
  const LogEvent event = Read("duration: 0.018 ms  execute <unnamed>: SELECT $1", "parameters: $1 = 'a'");
  EXPECT_EQ(event.kind, EventKind::kCompleted);
  EXPECT_TRUE(event.extended);
  EXPECT_EQ(event.text, "SELECT $1");
  EXPECT_EQ(event.parameters, "$1 = 'a'");
  EXPECT_EQ(Read("duration: 0.018 ms  execute a/b: SELECT $1", "Parameters: $1 = 'a'").parameters, "$1 = 'a'");
  EXPECT_EQ(Read("duration: 0.018 ms  parse <unnamed>: SELECT $1").kind, EventKind::kParse);
  EXPECT_EQ(Read("duration: 0.018 ms  bind a: SELECT $1").kind, EventKind::kBind);
  const LogEvent fetch = Read("duration: 0.018 ms  execute fetch from c: SELECT 1");
  EXPECT_TRUE(fetch.fetch);
  EXPECT_EQ(fetch.text, "SELECT 1");
}

TEST(LogEvent, StatementAndDurationApart) {
  EXPECT_EQ(Read("statement: SELECT 1").kind, EventKind::kStatement);
  EXPECT_EQ(Read("execute <unnamed>: SELECT 1").kind, EventKind::kStatement);
  EXPECT_EQ(Read("duration: 0.100 ms").kind, EventKind::kDuration);
  EXPECT_EQ(Read("duration: 0.100 ms").duration_us, 100);
}

TEST(LogEvent, ExecuteShowsWhatWasPrepared) {
  const LogEvent event = Read("duration: 0.1 ms  statement: EXECUTE x(1)", "prepare: PREPARE x AS SELECT $1");
  EXPECT_EQ(event.text, "SELECT $1");
}

TEST(LogEvent, Plans) {
  const LogEvent event = Read("duration: 12.000 ms  plan:\n\tQuery Text: SELECT 1");
  EXPECT_EQ(event.kind, EventKind::kPlan);
  EXPECT_EQ(event.duration_us, 12'000);
  EXPECT_EQ(event.plan, "\tQuery Text: SELECT 1");
}

TEST(LogEvent, PlansOfAnyLevel) {
  const auto read = [](Severity severity, std::string_view message) { return ReadEvent({.severity = severity, .message = message}); };
  for (const Severity severity : {Severity::kDebug, Severity::kInfo, Severity::kNotice, Severity::kWarning}) {
    EXPECT_EQ(read(severity, "duration: 12.000 ms  plan:\nQuery Text: SELECT 1").kind, EventKind::kPlan);
    EXPECT_EQ(read(severity, "duration: 12.000 ms  statement: SELECT 1").kind, EventKind::kOther);
    EXPECT_EQ(read(severity, "duration: 12.000 ms").duration_us, 0);
  }
}

TEST(LogEvent, Errors) {
  LogRecord record{.severity = Severity::kError, .message = "relation \"a\" does not exist", .statement = "SELECT a"};
  EXPECT_EQ(ReadEvent(record).kind, EventKind::kFailed);
  EXPECT_EQ(ReadEvent(record).text, "SELECT a");
  record.message = "canceling statement due to statement timeout";
  EXPECT_EQ(ReadEvent(record).kind, EventKind::kCancelled);
  record.message = "deadlock detected";
  EXPECT_EQ(ReadEvent(record).kind, EventKind::kDeadlock);
  record.statement = {};
  record.message = "password authentication failed";
  EXPECT_EQ(ReadEvent(record).kind, EventKind::kError);
}

TEST(LogEvent, TheServersOwnWork) {
  const LogEvent file = Read("temporary file: path \"base/pgsql_tmp/pgsql_tmp12.0\", size 14000000");
  EXPECT_EQ(file.kind, EventKind::kTemporaryFile);
  EXPECT_EQ(file.bytes, 14'000'000);
  const LogEvent waits = Read("process 12 still waiting for ShareLock on transaction 34 after 1000.123 ms");
  EXPECT_EQ(waits.kind, EventKind::kLockWait);
  EXPECT_EQ(waits.duration_us, 1'000'123);
  EXPECT_EQ(Read("process 12 acquired ShareLock on transaction 34 after 2000.000 ms").kind, EventKind::kLockAcquired);
  EXPECT_EQ(Read("checkpoint complete: wrote 12 buffers").kind, EventKind::kCheckpoint);
  EXPECT_EQ(Read("automatic vacuum of table \"a.b.c\": index scans: 0").kind, EventKind::kAutovacuum);
  EXPECT_EQ(Read("automatic analyze of table \"a.b.c\"").kind, EventKind::kAutoanalyze);
  EXPECT_EQ(Read("connection authorized: user=a").kind, EventKind::kConnection);
  EXPECT_EQ(Read("disconnection: session time: 0:00:01").kind, EventKind::kDisconnection);
}

TEST(LogEvent, DurationsThatNoStatementTakes) {
  for (const std::string_view message : {"duration: 99999999999999.5 ms  statement: SELECT 1", "duration: 2592000000.001 ms",
                                         "duration: 999999999999999999999999 ms  statement: SELECT 1"}) {
    EXPECT_EQ(Read(message).kind, EventKind::kOther) << message;
  }
  EXPECT_EQ(Read("duration: 2592000000.000 ms").duration_us, 2'592'000'000'000);
}

TEST(LogEvent, LookAlikes) {
  for (const std::string_view message :
       {"", "duration: ", "duration: x ms", "duration: 1.0 ms x", "duration: 1.0 ms  hello", "duration: 1.0 ms  execute",
        "temporary file: path", "process 12 does something", "statement"}) {
    EXPECT_EQ(Read(message).kind, EventKind::kOther) << message;
  }
  EXPECT_EQ(ReadEvent({.severity = Severity::kWarning, .message = "duration: 1.0 ms"}).kind, EventKind::kOther);
}

}  // namespace
}  // namespace pgassay::ingest
