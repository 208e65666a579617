#include "ingest/detect_format.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "absl/status/status.h"
#include "base/text.h"
#include "unit/ingest/read_log.h"

namespace pgassay::ingest {
namespace {

// A log of several sessions, of other processes and of an error, written with a prefix: %X stands for a value.
std::string Written(std::string_view prefix) {
  struct Process {
    std::string pid, session, user, database, application, host, port, transaction;
    bool is_session;
  };
  const Process processes[] = {
      {"4711", "6565f1a2.1267", "app", "shop", "psql", "10.0.0.1", "5432", "3/12", true},
      {"812", "6565f1b0.32c", "web_rw", "my-db", "PostgreSQL JDBC Driver", "192.168.17.4", "51234", "12/3456", true},
      {"99", "6565f000.63", "", "", "", "", "", "", false},
      {"12345", "6565f1c1.3039", "o.connor", "shop", "my app v1.2", "[local]", "", "5/1", true},
  };
  std::string log;
  for (int i = 0; i < 60; ++i) {
    const Process& process = processes[i % 4];
    std::string head;
    for (std::size_t at = 0; at < prefix.size(); ++at) {
      if (prefix[at] != '%') {
        head += prefix[at];
        continue;
      }
      const char escape = prefix[++at];
      if (escape == 'q' && !process.is_session) break;
      const auto name = [&](const std::string& value) { head += process.is_session ? value : "[unknown]"; };
      const std::string second = "2025-11-25 10:11:" + std::to_string(10 + i % 50);
      switch (escape) {
        case 'm': head += second + ".345 CET"; break;
        case 't': head += second + " CET"; break;
        case 's': head += "2025-11-25 09:00:00 CET"; break;
        case 'n': head += "17640654" + std::to_string(10 + i % 50) + ".345"; break;
        case 'p': head += process.pid; break;
        case 'c': head += process.session; break;
        case 'l': head += std::to_string(1 + i / 4); break;
        case 'u': name(process.user); break;
        case 'd': name(process.database); break;
        case 'a': name(process.application); break;
        case 'h': head += process.host; break;
        case 'r': head += process.host + (process.port.empty() ? "" : "(" + process.port + ")"); break;
        case 'v': head += process.transaction; break;
        case 'x': head += std::to_string(i % 7 * 100); break;
        case 'e': head += i % 5 == 0 ? "42P01" : "00000"; break;
        case 'i': head += process.is_session ? "SELECT" : ""; break;
        case 'Q': head += i % 3 == 0 ? "-8412345678901234567" : "0"; break;
        default: break;
      }
    }
    if (i % 5 == 0) {
      log += head + "ERROR:  relation \"x\" does not exist\n" + head + "STATEMENT:  SELECT\n\t\t* FROM x\n";
    } else {
      log += head + "LOG:  duration: 0.123 ms  statement: SELECT 'ERROR:  no'\n";
    }
  }
  return log;
}

std::string Detected(std::string_view log, const FormatHints& hints = {}) {
  const absl::StatusOr<LogFormat> format = DetectFormat(log, hints);
  return format.ok() ? Describe(*format) : std::string(format.status().message());
}

// Everything of `log` is read with the format that is detected, and users and databases are those that it has.
void ExpectReadWhole(std::string_view prefix, const FormatHints& hints = {}) {
  const std::string log = Written(prefix);
  const absl::StatusOr<LogFormat> format = DetectFormat(log, hints);
  ASSERT_TRUE(format.ok()) << prefix << ": " << format.status();
  const auto reader = MakeReader(*format);
  ASSERT_TRUE(reader.ok());
  LineCounts counts;
  int users = 0;
  int databases = 0;
  (*reader)->Read(
      log, true, false,
      [&](const LogRecord& record) {
        users += record.user == "app" || record.user == "web_rw" || record.user == "o.connor" ? 1 : 0;
        databases += record.database == "shop" || record.database == "my-db" ? 1 : 0;
        EXPECT_NE(record.time_us, kNoTime) << prefix;
        EXPECT_TRUE(record.user.find_first_of(" ,=") == std::string_view::npos) << prefix << ' ' << record.user;
      },
      counts);
  EXPECT_EQ(counts.entries, 60U) << prefix << " taken for " << Describe(*format);
  EXPECT_EQ(counts.Unknown(), 0U) << prefix << " taken for " << Describe(*format);
  EXPECT_EQ(users, prefix.find("%u") == std::string_view::npos ? 0 : 45) << prefix << " taken for " << Describe(*format);
  EXPECT_EQ(databases, prefix.find("%d") == std::string_view::npos ? 0 : 45)
      << prefix << " taken for " << Describe(*format);
}

TEST(DetectFormat, CommonPrefixes) {
  for (const std::string_view prefix :
       {"%m [%p] ", "%m [%p] %q%u@%d ", "%t:%r:%u@%d:[%p]:", "%t-%c-", "%m [%p]: [%l-1] db=%d,user=%u ",
        "%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h ", "%t [%p]: user=%u,db=%d,app=%a,client=%h ",
        "%h %m [%p] %q%u@%d ", "%m [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h "}) {
    ExpectReadWhole(prefix);
    EXPECT_EQ(Detected(Written(prefix)), "stderr with log_line_prefix '" + std::string(prefix) + "'");
  }
}

TEST(DetectFormat, PrefixesFoundFromTheLines) {
  for (const std::string_view prefix :
       {"%m|%u|%d|%c|", "%t pid=%p user=%u db=%d app=%a host=%r ", "[%m] [%p] [%c] %q[%u@%d] [%a] ", "%n %p %c %v %e ",
        "%m %c %l %e %v %x ", "%t [%p]: db=%d,user=%u,sess=%c,tx=%v,xid=%x,state=%e,qid=%Q ", "%p %m %u@%d %r ",
        "<%m>[%p](%u@%d)", "%m [%p] [%l] %e %q%u@%d/%a ", "%t|%d|%u|%p|%h|", "%m %p %q usr=%u;dbname=%d;application=%a; "}) {
    if (prefix == "%m|%u|%d|%c|" || prefix == "%t|%d|%u|%p|%h|") continue;
    ExpectReadWhole(prefix);
  }
}

// What background processes write has no transaction either, so that no line shows the prefix up to %q.
TEST(DetectFormat, FieldsThatAreEmptyBeforeTheEndOfThePrefix) {
  std::string log = "2025-11-25 10:11:10.000 UTC [1]  LOG:  database system is ready to accept connections\n";
  for (int i = 0; i < 20; ++i) {
    log += "2025-11-25 10:11:12.345 UTC [7] 3/" + std::to_string(i) + " app@shop/psql LOG:  duration: 0.1 ms  statement: SELECT 1\n";
  }
  EXPECT_EQ(Detected(log), "stderr with log_line_prefix '%m [%p] %v %q%u@%d/%a '");
}

TEST(DetectFormat, NamesThatTheLinesDoNotTell) {
  // Which is the user? Neither is taken for one; every line is read all the same.
  const std::string log = Written("%m|%u|%d|%c|");
  const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
  ASSERT_TRUE(format.ok());
  EXPECT_EQ(format->line_prefix, "%m|%i|%i|%c|");
  // Unless somebody says so.
  ExpectReadWhole("%m|%u|%d|%c|", {.line_prefix = "%m|%u|%d|%c|"});
  ExpectReadWhole("%t|%d|%u|%p|%h|", {.line_prefix = "%t|%d|%u|%p|%h|"});
}

TEST(DetectFormat, AWrongHintIsNoHarm) { ExpectReadWhole("%m [%p] %q%u@%d ", {.line_prefix = "%t:%r:%u@%d:[%p]:"}); }

TEST(DetectFormat, OtherLanguages) {
  EXPECT_EQ(Detected("2025-11-25 10:11:12.345 CET [7] app@shop FEHLER:  Syntaxfehler\n"
                     "2025-11-25 10:11:12.345 CET [7] app@shop ANWEISUNG:  SELEC 1\n"),
            "stderr with log_line_prefix '%m [%p] %q%u@%d '");
  EXPECT_EQ(Detected("2025-11-25 10:11:12.345 CET [7] ERREUR:  non\n2025-11-25 10:11:12.345 CET [7] INSTRUCTION :  x\n"),
            "stderr with log_line_prefix '%m [%p] '");
  EXPECT_EQ(Detected("2025-11-25 10:11:12.345 MSK [7] ОШИБКА:  нет\n"), "stderr with log_line_prefix '%m [%p] '");
}

TEST(DetectFormat, CsvAndJson) {
  const std::string csv =
      "2025-11-25 10:11:12.345 UTC,,,7,,6565f1a2.7,1,,2025-11-25 10:00:00 UTC,,0,LOG,00000,\"a\nb\",,,,,,,,,\"\"";
  const absl::StatusOr<LogFormat> format = DetectFormat(csv + ",\"postmaster\",,0\n" + csv, {});
  ASSERT_TRUE(format.ok());
  EXPECT_EQ(format->kind, FormatKind::kCsv);
  EXPECT_EQ(format->csv_columns, 26);
  EXPECT_EQ(Detected(csv + "\n"), "csvlog");
  EXPECT_EQ(Detected("{\"timestamp\":\"2025-11-25 10:11:12.345 UTC\",\"pid\":7,\"error_severity\":\"LOG\",\"message\":\"a\"}\r\n"),
            "jsonlog");
}

// CloudWatch Logs puts its own time in front of each event, "aws logs tail" the stream's name too. Prefixes are written with the
// server's escapes, so that the first time is any time.
TEST(DetectFormat, CloudWatchAsText) {
  const std::string rds = Written("%t:%r:%u@%d:[%p]:");
  for (const std::string_view stamp : {"2025-11-25T09:11:12.345Z ", "2025-11-25T09:11:12.345000+00:00 shop-1.0 "}) {
    std::string log;
    for (std::size_t at = 0; at < rds.size();) {
      const std::size_t end = rds.find('\n', at) + 1;
      if (rds[at] != '\t') log += stamp;
      log += rds.substr(at, end - at);
      at = end;
    }
    const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
    ASSERT_TRUE(format.ok()) << format.status();
    const auto reader = MakeReader(*format);
    ASSERT_TRUE(reader.ok());
    LineCounts counts;
    int sessions = 0;
    (*reader)->Read(
        log, true, false,
        [&](const LogRecord& record) {
          sessions += (record.user == "app" || record.user == "web_rw" || record.user == "o.connor") && record.pid != 0 ? 1 : 0;
          EXPECT_NE(record.time_us, kNoTime);
        },
        counts);
    EXPECT_EQ(counts.entries, 60U) << Describe(*format);
    EXPECT_EQ(counts.Unknown(), 0U) << Describe(*format);
    EXPECT_EQ(sessions, 45) << Describe(*format);
  }
}

TEST(DetectFormat, WhatIsNoLog) {
  EXPECT_TRUE(absl::IsInvalidArgument(DetectFormat("", {}).status()));
  EXPECT_EQ(Detected("\n \n"), "nothing but empty lines");
  EXPECT_EQ(Detected("hello\x1b[31m\n"),
            "no line fits a format of PostgreSQL's logs; it looks like none of stderr, csvlog, jsonlog and syslog. First "
            "line: " + Printable("hello\x1b[31m"));
  EXPECT_NE(Detected("2025-11-25 10:11:12.345 UTC INFO Server started\n").find("nearest is stderr"), std::string::npos);
  EXPECT_NE(Detected("{\"a\":1}\n").find("nearest is JSON"), std::string::npos);
  EXPECT_NE(Detected(std::string(100'000, '\0')).find("nothing but empty"), std::string::npos);
  EXPECT_LT(Detected(std::string(100'000, 'x')).size(), 400U);
}

TEST(DetectFormat, AnEmptyPrefix) {
  const std::string log =
      "LOG:  duration: 1.5 ms  statement: SELECT a\n\tFROM t\nERROR:  division by zero\nSTATEMENT:  SELECT 1/0\n";
  const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
  ASSERT_TRUE(format.ok()) << format.status();
  EXPECT_EQ(Describe(*format), "stderr with log_line_prefix ''");
  const ReadLog result = ReadWith(*format, log);
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "duration: 1.5 ms  statement: SELECT a\nFROM t");
  EXPECT_EQ(result.entries[1].statement, "SELECT 1/0");
  EXPECT_EQ(result.lines.Unknown(), 0U);
  EXPECT_FALSE(DetectFormat("one\ntwo\nLOG:  three\n", {}).ok());
}

}  // namespace
}  // namespace pgassay::ingest
