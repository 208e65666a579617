#include "ingest/json_reader.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "ingest/json_text.h"
#include "unit/ingest/read_log.h"

namespace pgassay::ingest {
namespace {

constexpr LogFormat kFormat{.kind = FormatKind::kJson, .line_prefix = {}};

std::string Object(std::string_view message, std::string_view more = "") {
  return R"({"timestamp":"2025-11-25 10:11:12.345 UTC","user":"app","dbname":"shop","pid":4711,"remote_host":"10.0.0.1",)"
         R"("remote_port":5432,"session_id":"6565f1a2.1267","line_num":3,"ps":"SELECT","session_start":)"
         R"("2025-11-25 10:00:00 UTC","vxid":"3/12","txid":0,"error_severity":"LOG","state_code":"00000","message":")" +
         std::string(message) + "\"" + std::string(more) +
         R"(,"application_name":"psql","backend_type":"client backend","query_id":-77})" + "\n";
}

TEST(JsonReader, EveryField) {
  const ReadLog result = ReadWith(
      kFormat, Object("duration: 1.234 ms",
                      R"(,"detail":"a detail","hint":"try it","context":"the context","statement":"SELECT 1")"));
  ASSERT_EQ(result.entries.size(), 1U);
  const OwnedRecord& entry = result.entries[0];
  EXPECT_EQ(entry.record.time_us, 1764065472345000);
  EXPECT_EQ(entry.record.severity, Severity::kLog);
  EXPECT_EQ(entry.record.pid, 4711U);
  EXPECT_EQ(entry.record.session, SessionKey("6565f1a2.1267"));
  EXPECT_EQ(entry.record.transaction, TransactionKey("3/12"));
  EXPECT_EQ(entry.record.query_id, -77);
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

TEST(JsonReader, Escapes) {
  const ReadLog result = ReadWith(kFormat, Object(R"(a\nb\t\"c\" \\ \u00e9 \ud83d\ude00 \ud83d! \u0000)", R"(,"detail":"d\r\b\f\/")"));
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].message, std::string("a\nb\t\"c\" \\ é 😀 \xEF\xBF\xBD! ") + '\0');
  EXPECT_EQ(result.entries[0].detail, "d\r\b\f/");
  std::string to;
  EXPECT_FALSE(AppendUnescaped("\\x", to));
  EXPECT_FALSE(AppendUnescaped("\\", to));
  EXPECT_FALSE(AppendUnescaped("\\u12g4", to));
  EXPECT_FALSE(AppendUnescaped("\\u12", to));
}

TEST(JsonReader, AnyOrderSpacesAndFurtherKeys) {
  const ReadLog result = ReadWith(kFormat, "{ \"extra\" : {\"a\":[1,\"}\"]}, \"pid\": 7 , \"message\":\"m\",\"error_severity\":\"ERROR\",\"flag\":true,"
                                   "\"user\":null, \"timestamp\":\"2025-11-25 10:11:12.345 UTC\" }\r\n");
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].record.severity, Severity::kError);
  EXPECT_EQ(result.entries[0].record.session, 7U);
  EXPECT_EQ(result.entries[0].user, "");
}

TEST(JsonReader, BrokenLinesAreCounted) {
  const std::string whole = Object("a\\n");
  for (std::size_t cut = 1; cut < whole.size() - 1; ++cut) {
    const ReadLog result = ReadWith(kFormat, whole.substr(0, cut) + "\n" + Object("b"));
    EXPECT_EQ(result.entries.size(), 1U) << cut;
    EXPECT_EQ(result.Unknown(UnknownKind::kBrokenFields), 1U) << cut;
  }
  const ReadLog result = ReadWith(kFormat, "hello\n\n{}\n" + std::string("\0\n", 2) + Object("\xff\x01"));
  EXPECT_EQ(result.Unknown(UnknownKind::kNoPrefix), 1U);
  EXPECT_EQ(result.Unknown(UnknownKind::kBrokenFields), 1U);
  EXPECT_EQ(result.lines.empty, 2U);
  EXPECT_EQ(result.entries.size(), 1U);
}

TEST(JsonReader, AnUnfinishedLineWaits) {
  const std::string first = Object("first");
  const std::string second = Object("second");
  for (std::size_t size = 0; size < second.size(); ++size) {
    const ReadLog result = ReadWith(kFormat, first + second.substr(0, size), false);
    EXPECT_EQ(result.entries.size(), 1U) << size;
    EXPECT_EQ(result.end.consumed, first.size()) << size;
    EXPECT_EQ(result.lines.Unknown(), 0U) << size;
  }
}

TEST(JsonReader, LongLines) {
  const std::string text(std::size_t{3} << 20, 'x');
  EXPECT_EQ(ReadWith(kFormat, Object(text) + Object("b")).entries.size(), 2U);
  const ReadLog result = ReadWith(kFormat, Object(std::string(kLongestEntry, 'x')) + Object("b"));
  EXPECT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.Unknown(UnknownKind::kTooLong), 1U);
}

TEST(JsonReader, StopsAtAnotherFormat) {
  std::string other;
  for (int i = 0; i < 2 * kOtherFormatRun; ++i) other += "2025-11-25 10:11:12.345 UTC [7] LOG:  b\n";
  const std::string begin = Object("a");
  const ReadLog result = ReadWith(kFormat, begin + other, true, true);
  EXPECT_TRUE(result.end.other_format);
  EXPECT_EQ(result.end.consumed, begin.size());
}

TEST(JsonReader, CutsAtObjects) {
  const JsonReader reader;
  EXPECT_EQ(reader.LastEntry(Object("a")), 0U);
  EXPECT_EQ(reader.LastEntry(Object("a") + Object("b")), Object("a").size());
  EXPECT_EQ(reader.LastEntry(""), 0U);
  EXPECT_TRUE(IsJsonLogLine(Object("a")));
  EXPECT_FALSE(IsJsonLogLine("{\"a\":1}\n"));
}

}  // namespace
}  // namespace pgassay::ingest
