#include "ingest/csv_reader.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "unit/ingest/read_log.h"

namespace pgassay::ingest {
namespace {

constexpr LogFormat kFormat{.kind = FormatKind::kCsv, .line_prefix = {}};

// A record of PostgreSQL 14 and later, with `message`, `detail` and `statement` as they stand between the commas.
std::string Record(std::string_view message, std::string_view detail = "", std::string_view statement = "",
                   std::string_view severity = "LOG") {
  return "2025-11-25 10:11:12.345 UTC,\"app\",\"shop\",4711,\"10.0.0.1:5432\",6565f1a2.1267,3,\"SELECT\"," +
         std::string("2025-11-25 10:00:00 UTC,3/12,0,") + std::string(severity) + ",00000," + std::string(message) + "," +
         std::string(detail) + ",\"try it\",,,\"the context\"," + std::string(statement) +
         ",,,\"psql\",\"client backend\",,-77\n";
}

TEST(CsvReader, EveryField) {
  const ReadLog result = ReadWith(kFormat, Record("\"duration: 1.234 ms\"", "\"a detail\"", "\"SELECT 1\""));
  ASSERT_EQ(result.entries.size(), 1U);
  const OwnedRecord& entry = result.entries[0];
  EXPECT_EQ(entry.record.time_us, 1764065472345000);
  EXPECT_EQ(entry.record.severity, Severity::kLog);
  EXPECT_EQ(entry.record.pid, 4711U);
  EXPECT_EQ(entry.record.session, SessionKey("6565f1a2.1267"));
  EXPECT_EQ(entry.record.transaction, TransactionKey("3/12"));
  EXPECT_EQ(entry.record.query_id, -77);
  EXPECT_FALSE(entry.record.tabs_behind_newlines);
  EXPECT_EQ(entry.user, "app");
  EXPECT_EQ(entry.database, "shop");
  EXPECT_EQ(entry.application, "psql");
  EXPECT_EQ(entry.sql_state, "00000");
  EXPECT_EQ(entry.message, "duration: 1.234 ms");
  EXPECT_EQ(entry.detail, "a detail");
  EXPECT_EQ(entry.hint, "try it");
  EXPECT_EQ(entry.context, "the context");
  EXPECT_EQ(entry.statement, "SELECT 1");
}

TEST(CsvReader, QuotesAndNewlinesWithinFields) {
  const ReadLog result = ReadWith(kFormat, Record("\"\"\"a\"\" is not\n\n\"\"b\"\"\"", "\"\"\"\"", "\"x,\ny\"") + Record("\"next\""));
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "\"a\" is not\n\n\"b\"");
  EXPECT_EQ(result.entries[0].detail, "\"");
  EXPECT_EQ(result.entries[0].statement, "x,\ny");
  EXPECT_EQ(result.lines.continuations, 3U);
  EXPECT_EQ(result.entries[1].message, "next");
}

TEST(CsvReader, ColumnsOfOlderAndNewerServers) {
  const std::string whole = Record("\"a\"");
  const std::string v12 = whole.substr(0, whole.size() - std::string_view(",\"client backend\",,-77\n").size()) + "\n";
  const std::string v13 = whole.substr(0, whole.size() - std::string_view(",,-77\n").size()) + "\n";
  const std::string later = whole.substr(0, whole.size() - 1) + ",\"new\",1\n";
  EXPECT_EQ(CsvColumns(v12), 23U);
  EXPECT_EQ(CsvColumns(v13), 24U);
  EXPECT_EQ(CsvColumns(whole), 26U);
  const ReadLog result = ReadWith(kFormat, v12 + v13 + whole + later);
  ASSERT_EQ(result.entries.size(), 4U);
  EXPECT_EQ(result.entries[0].record.query_id, 0);
  EXPECT_EQ(result.entries[0].application, "psql");
  EXPECT_EQ(result.entries[3].record.query_id, -77);
}

TEST(CsvReader, OtherLanguages) {
  const ReadLog result = ReadWith(kFormat, Record("\"kaputt\"", "", "", "FEHLER") + Record("\"сбой\"", "", "", "ОШИБКА"));
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].record.severity, Severity::kError);
  EXPECT_EQ(result.entries[1].record.severity, Severity::kError);
}

TEST(CsvReader, GoesOnBehindARecordThatWasCutOff) {
  const std::string whole = Record("\"a\nb\"", "\"c\"", "\"d\"");
  for (std::size_t cut = 1; cut < whole.size() - 1; ++cut) {
    // A new line begins behind the damage, as where the collector was started again.
    const ReadLog result = ReadWith(kFormat, whole.substr(0, cut) + "\n" + Record("\"second\"") + Record("\"third\""));
    ASSERT_GE(result.entries.size(), 2U) << cut;
    EXPECT_EQ(result.entries.back().message, "third") << cut;
    EXPECT_EQ(result.entries[result.entries.size() - 2].message, "second") << cut;
    // No new line: the second record is lost with the first.
    const ReadLog glued = ReadWith(kFormat, whole.substr(0, cut) + Record("\"second\"") + Record("\"third\""));
    ASSERT_FALSE(glued.entries.empty()) << cut;
    EXPECT_EQ(glued.entries.back().message, "third") << cut;
    EXPECT_LE(glued.entries.size(), 2U) << cut;
  }
}

TEST(CsvReader, AnUnfinishedRecordWaits) {
  const std::string first = Record("\"first\"");
  const std::string second = Record("\"second\nline\"");
  for (std::size_t size = 0; size < second.size(); ++size) {
    const ReadLog result = ReadWith(kFormat, first + second.substr(0, size), false);
    EXPECT_EQ(result.entries.size(), 1U) << size;
    EXPECT_EQ(result.end.consumed, first.size()) << size;
    EXPECT_EQ(result.lines.Unknown(), 0U) << size;
  }
}

TEST(CsvReader, OtherLinesAreCounted) {
  const ReadLog result = ReadWith(kFormat, "hello\n\n" + Record("\"a\"") + "\n2025-11-25 10:11:12.345 UTC [7] LOG:  b\n" +
                                               std::string("\0\0\0\n", 4) + "\xff\xfe\n" + Record("\"b\xff\""));
  EXPECT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.Unknown(UnknownKind::kNoPrefix), 3U);
  EXPECT_EQ(result.lines.empty, 3U);
  EXPECT_EQ(result.entries[1].message, "b\xff");
}

TEST(CsvReader, WindowsLineEnds) {
  std::string record = Record("\"a\"");
  record.insert(record.size() - 1, "\r");
  const ReadLog result = ReadWith(kFormat, record + record);
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[1].record.query_id, -77);
}

TEST(CsvReader, AnEntryOfMegabytes) {
  const std::string text(std::size_t{3} << 20, 'x');
  const ReadLog result = ReadWith(kFormat, Record("\"" + text + "\"") + Record("\"b\""));
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message.size(), text.size());
  const std::string longer(kLongestEntry, 'x');
  const ReadLog second = ReadWith(kFormat, Record("\"" + longer + "\"") + Record("\"b\""));
  EXPECT_EQ(second.entries.size(), 1U);
  EXPECT_EQ(second.Unknown(UnknownKind::kTooLong) + second.Unknown(UnknownKind::kBrokenFields), 1U);
}

TEST(CsvReader, StopsAtAnotherFormat) {
  std::string other;
  for (int i = 0; i < 2 * kOtherFormatRun; ++i) other += "2025-11-25 10:11:12.345 UTC [7] LOG:  b\n";
  const std::string begin = Record("\"a\"");
  const ReadLog result = ReadWith(kFormat, begin + other, true, true);
  EXPECT_TRUE(result.end.other_format);
  EXPECT_EQ(result.end.consumed, begin.size());
}

TEST(CsvReader, CutsAtRecords) {
  const CsvReader reader;
  const std::string first = Record("\"a\n2025-11-25 10:11:12.345 UTC,no\n\"");
  EXPECT_EQ(reader.LastEntry(first), 0U);
  EXPECT_EQ(reader.LastEntry(first + Record("\"b\nc\"")), first.size());
  EXPECT_EQ(reader.LastEntry(""), 0U);
}

}  // namespace
}  // namespace pgassay::ingest
