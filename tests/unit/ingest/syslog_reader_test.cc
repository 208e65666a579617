#include "ingest/syslog_reader.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "ingest/detect_format.h"
#include "unit/ingest/read_log.h"

namespace pgassay::ingest {
namespace {

constexpr std::string_view kPrefix = "user=%u,db=%d ";

LogFormat Format(std::string_view prefix = kPrefix, FormatKind kind = FormatKind::kSyslog) {
  return {.kind = kind, .line_prefix = std::string(prefix), .latest_us = 1767225600000000};  // 2026-01-01
}

std::string Bsd(int pid, std::string_view text) {
  return "Nov 25 10:11:12 db1 postgres[" + std::to_string(pid) + "]: " + std::string(text) + "\n";
}

TEST(SyslogReader, EntriesOfProcessesAmongEachOther) {
  const std::string log = Bsd(1, "[5-1] user=app,db=shop LOG:  duration: 1.5 ms  statement: SELECT") +
                          Bsd(2, "[9-1] user=web,db=shop ERROR:  no") + Bsd(1, "[5-2] #011a,") +
                          Bsd(2, "[9-2] user=web,db=shop STATEMENT:  SELECT x") + Bsd(1, "[5-3] \t\t b") +
                          Bsd(1, "[6-1] user=app,db=shop LOG:  next") + Bsd(2, "[9-3] #011FROM y");
  const ReadLog result = ReadWith(Format(), log);
  ASSERT_EQ(result.entries.size(), 3U);
  EXPECT_EQ(result.entries[0].message, "duration: 1.5 ms  statement: SELECT\na,\n\t b");
  EXPECT_EQ(result.entries[0].user, "app");
  EXPECT_EQ(result.entries[0].database, "shop");
  EXPECT_EQ(result.entries[0].record.pid, 1U);
  EXPECT_EQ(result.entries[0].record.time_us, 1764065472000000);
  EXPECT_EQ(result.entries[1].message, "no");
  EXPECT_EQ(result.entries[1].record.severity, Severity::kError);
  EXPECT_EQ(result.entries[1].statement, "SELECT x\nFROM y");
  EXPECT_EQ(result.entries[2].message, "next");
  EXPECT_EQ(result.lines.continuations, 4U);
}

TEST(SyslogReader, LongLinesAreCutInFrontOfSpaces) {
  const ReadLog result = ReadWith(Format(), Bsd(1, "[5-1] user=app,db=shop LOG:  statement: SELECT a,") + Bsd(1, "[5-2]  b FROM") +
                                                Bsd(1, "[5-3]  t"));
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].message, "statement: SELECT a, b FROM t");
}

TEST(SyslogReader, WithoutNumbersAndWithoutPrefix) {
  const ReadLog result = ReadWith(Format(""), Bsd(1, "ERROR:  a") + Bsd(1, "DETAIL:  d") + Bsd(1, "STATEMENT:  s") + Bsd(2, "DETAIL:  lost"));
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].detail, "d");
  EXPECT_EQ(result.entries[0].statement, "s");
  EXPECT_EQ(result.Unknown(UnknownKind::kOrphan), 1U);
}

// A line of this format ends a run of lines that may be written in another one, also where its entry is missing.
TEST(SyslogReader, AnOrphanAmongLinesOfAnotherFormat) {
  std::string junk;
  for (int i = 0; i < kOtherFormatRun - 1; ++i) junk += "junk\n";
  const ReadLog result = ReadWith(Format(), Bsd(1, "[5-1] user=app,db=shop LOG:  a") + junk + Bsd(2, "[7-2] lost") + junk + Bsd(1, "[6-1] user=app,db=shop LOG:  b"), true, true);
  EXPECT_FALSE(result.end.other_format);
  EXPECT_EQ(result.Unknown(UnknownKind::kOrphan), 1U);
  EXPECT_EQ(result.Unknown(UnknownKind::kNoPrefix), 2U * (kOtherFormatRun - 1));
  const ReadLog stopped = ReadWith(Format(), Bsd(2, "[7-2] lost") + junk + "junk\n", true, true);
  EXPECT_TRUE(stopped.end.other_format);
  EXPECT_EQ(stopped.lines.Lines(), 1U);
}

TEST(SyslogReader, OtherHeaders) {
  const ReadLog result = ReadWith(
      Format(), "<134>1 2025-11-25T10:11:12.345Z db1 postgres 123 - - [5-1] user=app,db=shop LOG:  a\r\n"
                "<134>1 2025-11-25T10:11:12.345+01:00 db1 postgres 123 - [x@1 y=\"\\]\"][z] [6-1] user=app,db=shop LOG:  b\n"
                "2025-11-25T10:11:12.345678+00:00 db1 postgres[123]: [7-1] user=app,db=shop LOG:  c\n"
                "<134>Nov 25 10:11:12 db1 postgres[123]: [8-1] user=app,db=shop LOG:  d\n"
                "Nov  5 2025 10:11:12.5 db1 postgres[123]: [9-1] user=app,db=shop LOG:  e\n"
                "90 <134>1 2025-11-25T10:11:12.345Z db1 postgres 123 - - [10-1] user=app,db=shop LOG:  f\n"
                "86 <134>1 2025-11-25T10:11:12.345Z h app postgres.12 - [11-1] user=app,db=shop LOG:  g\n");
  ASSERT_EQ(result.entries.size(), 7U);
  EXPECT_EQ(result.entries[5].message, "f");
  EXPECT_EQ(result.entries[5].record.pid, 123U);
  EXPECT_EQ(result.entries[6].message, "g");
  EXPECT_EQ(result.entries[0].message, "a");
  EXPECT_EQ(result.entries[0].record.time_us, 1764065472345000);
  EXPECT_EQ(result.entries[1].record.time_us, 1764065472345000 - 3'600'000'000);
  EXPECT_EQ(result.entries[2].record.time_us, 1764065472345678);
  EXPECT_EQ(result.entries[3].record.pid, 123U);
  EXPECT_EQ(result.entries[4].record.time_us, 1762337472500000);
}

TEST(SyslogReader, YearsOfStampsWithoutOne) {
  const std::string log = "Dec 31 23:59:59 h postgres[1]: [1-1] LOG:  a\nJan  1 00:00:01 h postgres[1]: [2-1] LOG:  b\n";
  LogFormat format = Format("");
  format.latest_us += 3'600'000'000;
  const ReadLog result = ReadWith(format, log);
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[1].record.time_us - result.entries[0].record.time_us, 2'000'000);
  format.latest_us = kNoTime;
  EXPECT_EQ(ReadWith(format, log).entries[0].record.time_us, kNoTime);
  // The server's own time is better than syslog's.
  const ReadLog own = ReadWith(Format("%m "), "Nov 25 10:11:12 h postgres[1]: [1-1] 2024-01-01 00:00:00.001 UTC LOG:  a\n");
  ASSERT_EQ(own.entries.size(), 1U);
  EXPECT_EQ(own.entries[0].record.time_us, 1704067200001000);
}

TEST(SyslogReader, Logplex) {
  const std::string log =
      "2025-11-25T10:11:12+00:00 app[postgres.1234]: [DATABASE] [5-1]  sql_error_code = 00000 LOG:  a\n"
      "2025-11-25T10:11:12+00:00 app[postgres.1234]: [DATABASE] [7-1]  sql_error_code = 42P01 ERROR:  b\n"
      "2025-11-25T10:11:12+00:00 app[postgres.1234]: [DATABASE] [5-2] #011more\n"
      "2025-11-25T10:11:13+00:00 app[postgres.1234]: [DATABASE] [7-2]  sql_error_code = 42P01 STATEMENT:  SELECT 1\n";
  const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
  ASSERT_TRUE(format.ok()) << format.status();
  EXPECT_EQ(format->kind, FormatKind::kLogplex);
  const ReadLog result = ReadWith(*format, log);
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "a\nmore");
  EXPECT_EQ(result.entries[1].sql_state, "42P01");
  EXPECT_EQ(result.entries[1].statement, "SELECT 1");
  EXPECT_EQ(result.entries[1].record.pid, 0U);
}

TEST(SyslogReader, OtherLinesAreCounted) {
  const ReadLog result = ReadWith(Format(), "Nov 25 10:11:12 db1 sshd[99]: Accepted publickey\n" + Bsd(1, "[5-2] #011lost") +
                                                "\n" + std::string("\0\xff\n", 3) + Bsd(1, "[6-1] nonsense") + Bsd(1, "[7-1] user=app,db=shop LOG:  a") + "Nov 25 10");
  EXPECT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.Unknown(UnknownKind::kNoPrefix), 3U);
  EXPECT_EQ(result.Unknown(UnknownKind::kOrphan), 1U);
  EXPECT_EQ(result.lines.empty, 1U);
}

TEST(SyslogReader, CutsWhereAnEntryBegins) {
  const auto reader = MakeReader(Format());
  ASSERT_TRUE(reader.ok());
  const std::string first = Bsd(1, "[5-1] user=app,db=shop LOG:  a");
  EXPECT_EQ((*reader)->LastEntry(first + Bsd(1, "[5-2] user=app,db=shop DETAIL:  b")), 0U);
  EXPECT_EQ((*reader)->LastEntry(first + first + Bsd(1, "[6-2] #011b")), first.size());
}

TEST(SyslogReader, Controls) {
  std::string buffer;
  EXPECT_EQ(WithControls("a#011b#012c", buffer), "a\tb\nc");
  EXPECT_EQ(WithControls("color = '#011627'", buffer), "color = '#011627'");
  EXPECT_EQ(WithControls("#01", buffer), "#01");
}

TEST(SyslogReader, IsDetected) {
  EXPECT_EQ(Describe(*DetectFormat(Bsd(1, "[5-1] user=app,db=shop LOG:  a") + Bsd(1, "[5-2] user=app,db=shop DETAIL:  b"), {})),
            "syslog with log_line_prefix 'user=%u,db=%d '");
  EXPECT_EQ(Describe(*DetectFormat(Bsd(1, "[5-1] LOG:  a"), {})), "syslog with log_line_prefix ''");
  EXPECT_EQ(Describe(*DetectFormat(Bsd(1, "[5-1] 2025-11-25 10:11:12.345 UTC [1] app@shop LOG:  a"), {})),
            "syslog with log_line_prefix '%m [%p] %q%u@%d '");
}

}  // namespace
}  // namespace pgassay::ingest
