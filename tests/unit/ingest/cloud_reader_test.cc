#include "ingest/cloud_reader.h"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "ingest/detect_format.h"
#include "unit/ingest/read_log.h"

namespace pgassay::ingest {
namespace {

constexpr std::int64_t kTime = 1764065472345000;  // 2025-11-25 10:11:12.345 UTC
constexpr const char* kGooglePrefix = "%m [%p]: [%l-1] db=%d,user=%u ";
const LogFormat kGoogle{.kind = FormatKind::kCloud, .line_prefix = kGooglePrefix};
const LogFormat kPlain{.kind = FormatKind::kCloud, .line_prefix = {}};

// Reads `log` as it is detected.
ReadLog Detected(std::string_view log, std::string_view described) {
  const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
  EXPECT_TRUE(format.ok()) << format.status();
  if (!format.ok()) return {};
  EXPECT_EQ(Describe(*format), described);
  return ReadWith(*format, log);
}

std::string Google(std::string_view text, std::string_view millisecond = "345") {
  return R"({"insertId":"s=0df7;i=27;b=ed6a","logName":"projects/shop/logs/cloudsql.googleapis.com%2Fpostgres.log",)"
         R"("receiveTimestamp":"2025-11-25T10:11:13.613169765Z","resource":{"labels":{"database_id":"shop:main"},)"
         R"("type":"cloudsql_database"},"severity":"INFO","textPayload":")" +
         std::string(text) + R"(","timestamp":"2025-11-25T10:11:12.)" + std::string(millisecond) + "617Z\"}";
}

std::string GoogleText(std::string_view text) {
  return "2025-11-25 10:11:12.345 UTC [4711]: [7-1] db=shop,user=app " + std::string(text);
}

TEST(CloudReader, CloudSql) {
  const std::string log = Google(GoogleText("LOG:  duration: 1.234 ms  statement: SELECT \\\"a\\\"\\n\\tFROM t")) +
                          "\n" + Google(GoogleText("ERROR:  no such thing")) + "\n" +
                          Google(GoogleText("STATEMENT:  SELECT thing\\n\\tFROM t")) + "\n";
  const ReadLog result = Detected(log, "JSON of a cloud service with log_line_prefix '%m [%p]: [%l-1] db=%d,user=%u '");
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "duration: 1.234 ms  statement: SELECT \"a\"\nFROM t");
  EXPECT_EQ(result.entries[0].record.severity, Severity::kLog);
  EXPECT_EQ(result.entries[0].record.time_us, kTime);
  EXPECT_EQ(result.entries[0].record.pid, 4711U);
  EXPECT_EQ(result.entries[0].record.session, 4711U);
  EXPECT_EQ(result.entries[0].user, "app");
  EXPECT_EQ(result.entries[0].database, "shop");
  EXPECT_EQ(result.entries[1].record.severity, Severity::kError);
  EXPECT_EQ(result.entries[1].message, "no such thing");
  EXPECT_EQ(result.entries[1].statement, "SELECT thing\nFROM t");
  EXPECT_EQ(result.lines.continuations, 1U);
  EXPECT_EQ(result.lines.Unknown(), 0U);
}

TEST(CloudReader, CloudSqlWithoutATimeInItsPrefix) {
  const std::string log = Google("[4711]: [7-1] db=shop,user=app LOG:  duration: 1.234 ms  statement: SELECT 1") + "\n";
  const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
  ASSERT_TRUE(format.ok()) << format.status();
  EXPECT_EQ(format->kind, FormatKind::kCloud);
  const ReadLog result = ReadWith(*format, log);
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].record.time_us, kTime + 617) << "the object's own";
  EXPECT_EQ(result.entries[0].user, "app");
}

// As "gcloud logging read --format=json" prints it: one list, on many lines, newest first.
TEST(CloudReader, ListsOnManyLinesNewestFirst) {
  const auto object = [](std::string_view text, std::string_view ms) {
    return "  {\n    \"insertId\": \"a\",\n    \"resource\": {\n      \"labels\": {\n        \"region\": \"eu\"\n      "
           "}\n    },\n"
           "    \"severity\": \"ERROR\",\n    \"textPayload\": \"" +
           GoogleText(text) + "\",\n    \"timestamp\": \"2025-11-25T10:11:12." + std::string(ms) + "Z\"\n  }";
  };
  // The prefix has one time for all, so that only the objects' own tell their order.
  std::string log = "[\n" + object("STATEMENT:  second", "400004") + ",\n" + object("ERROR:  second", "400003") +
                    ",\n" + object("STATEMENT:  first", "400002") + ",\n" + object("ERROR:  first", "400001") + "\n]\n";
  for (std::size_t at = log.find("12.345 UTC"), i = 4; at != std::string::npos;
       at = log.find("12.345 UTC", at + 1), --i)
    log.replace(at, 6, "12.40" + std::to_string(i / 3));
  const ReadLog result = Detected(log, "JSON of a cloud service with log_line_prefix '%m [%p]: [%l-1] db=%d,user=%u '");
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "first");
  EXPECT_EQ(result.entries[0].statement, "first");
  EXPECT_EQ(result.entries[1].message, "second");
  EXPECT_EQ(result.entries[1].statement, "second");
  EXPECT_EQ(result.lines.Unknown(), 0U);
}

TEST(CloudReader, AlloyDb) {
  const std::string log =
      Google(GoogleText("ERROR:  [nbtinsert.c:671]  duplicate key value")) + "\n" +
      R"({"insertId":"b","jsonPayload":{"message":")" + GoogleText("LOG:  [postgres.c:1100]  duration: 5.000 ms") +
      R"("},"timestamp":"2025-11-25T10:11:12.345Z","severity":"INFO"})" + "\n" +
      R"({"insertId":"c","protoPayload":{"methodName":"x","message":"secret"},"timestamp":"2025-11-25T10:11:13Z"})" +
      "\n";
  const ReadLog result = ReadWith(kGoogle, log);
  ASSERT_EQ(result.entries.size(), 3U);
  EXPECT_EQ(result.entries[0].message, "duplicate key value");
  EXPECT_EQ(result.entries[1].message, "duration: 5.000 ms");
  EXPECT_EQ(result.entries[2].message, "") << "an audit of the service";
  EXPECT_EQ(result.entries[2].record.severity, Severity::kInfo);
}

TEST(CloudReader, Azure) {
  const std::string log =
      R"({"properties":{"timestamp":"2025-11-25 10:11:12.345 UTC","processId":28218,"errorLevel":"LOG","sqlerrcode":"00000",)"
      R"("message":"2025-11-25 10:11:12.343 UTC [28218]: [61567-1] xact=0,user=app,db=shop,client=[local], app=[unknown]LOG:  )"
      R"(duration: 1.611 ms  execute <unnamed>: SELECT $1","detail":"parameters: $1 = 'FR'"},"time":"2025-11-25T10:11:12.452Z",)"
      R"("resourceId":"/SUBSCRIPTIONS/X","category":"PostgreSQLLogs","operationName":"LogEvent"})"
      "\r\n"
      R"({"properties":{"timestamp":"2025-11-25 10:11:12.345 UTC","processId":28218,"errorLevel":"ERROR","sqlerrcode":"42P01",)"
      R"("message":"2025-11-25 10:11:12.343 UTC [28218]: [61568-1] xact=0,user=app,db=shop,client=[local], app=[unknown]ERROR:  )"
      R"(relation \"x\" does not exist"},"time":"2025-11-25T10:11:12.452Z","category":"PostgreSQLLogs"})"
      "\r\n";
  const absl::StatusOr<LogFormat> format = DetectFormat(log, {});
  ASSERT_TRUE(format.ok()) << format.status();
  ASSERT_EQ(format->kind, FormatKind::kCloud);
  const ReadLog result = ReadWith(*format, log);
  ASSERT_EQ(result.entries.size(), 2U);
  EXPECT_EQ(result.entries[0].message, "duration: 1.611 ms  execute <unnamed>: SELECT $1");
  EXPECT_EQ(result.entries[0].detail, "parameters: $1 = 'FR'");
  EXPECT_EQ(result.entries[0].record.pid, 28218U);
  EXPECT_EQ(result.entries[0].user, "app");
  EXPECT_EQ(result.entries[0].database, "shop");
  EXPECT_EQ(result.entries[0].record.time_us, kTime - 2000);
  EXPECT_EQ(result.entries[1].sql_state, "42P01");
}

TEST(CloudReader, AzureWithThePrefixApartAndInRecords) {
  const std::string object =
      R"({"LogicalServerName":"shop","time":"2025-11-25T10:11:12.345Z","category":"PostgreSQLLogs","properties":{"prefix":)"
      R"("2025-11-25 10:11:12 UTC-6565f1a2.1267-","message":"duration: 5.000 ms  statement: SELECT 1","detail":"",)"
      R"("errorLevel":"LOG","domain":"postgres-11","schemaName":"","tableName":""}})";
  const ReadLog result = Detected(R"({"records":[)" + object + "]}\n", "JSON of a cloud service");
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].message, "duration: 5.000 ms  statement: SELECT 1");
  EXPECT_EQ(result.entries[0].record.severity, Severity::kLog);
  EXPECT_EQ(result.entries[0].record.time_us, kTime);
  // As Log Analytics names them.
  const ReadLog exported = Detected(
      R"([{"TimeGenerated":"2025-11-25T10:11:12.345Z","errorLevel_s":"LOG","processId_d":7,"sqlerrcode_s":"00000",)"
      R"("Message":"duration: 5.000 ms","detail_s":"a"}])"
      "\n",
      "JSON of a cloud service");
  ASSERT_EQ(exported.entries.size(), 1U);
  EXPECT_EQ(exported.entries[0].record.pid, 7U);
  EXPECT_EQ(exported.entries[0].detail, "a");
  EXPECT_EQ(exported.entries[0].sql_state, "00000");
}

std::string Cnpg(std::string_view message) {
  return R"({"level":"info","ts":"2025-11-25T10:11:12.445Z","logger":"postgres","msg":"record","logging_pod":"main-1","record":)"
         R"({"log_time":"2025-11-25 10:11:12.345 UTC","user_name":"app","database_name":"shop","process_id":"4711",)"
         R"("connection_from":"[local]","session_id":"6565f1a2.1267","session_line_num":"1","command_tag":"SELECT",)"
         R"("virtual_transaction_id":"3/12","transaction_id":"0","error_severity":"LOG","sql_state_code":"00000",)"
         R"("message":")" +
         std::string(message) +
         R"(","query":"SELECT 9","application_name":"psql","backend_type":)"
         R"("client backend","query_id":"-77"}})"
         "\n";
}

TEST(CloudReader, CloudNativePg) {
  const ReadLog result = Detected(
      R"({"level":"info","ts":1764065470.5,"logger":"instance-manager","msg":"Starting"})"
      "\n" +
          Cnpg("duration: 1.234 ms  statement: SELECT 'ä' -- \\u00e9") +
          R"({"level":"error","ts":"2025-11-25T10:11:12Z","logger":"pgaudit","msg":"record","record":{"audit":{"statement":"S"}}})"
          "\n",
      "JSON of a cloud service");
  ASSERT_EQ(result.entries.size(), 3U);
  EXPECT_EQ(result.entries[0].record.time_us, 1764065470500000);
  EXPECT_EQ(result.entries[0].record.severity, Severity::kInfo);
  const OwnedRecord& entry = result.entries[1];
  EXPECT_EQ(entry.message, "duration: 1.234 ms  statement: SELECT 'ä' -- é");
  EXPECT_EQ(entry.record.time_us, kTime);
  EXPECT_EQ(entry.record.pid, 4711U);
  EXPECT_EQ(entry.record.session, SessionKey("6565f1a2.1267"));
  EXPECT_EQ(entry.record.transaction, TransactionKey("3/12"));
  EXPECT_EQ(entry.record.query_id, -77);
  EXPECT_EQ(entry.user, "app");
  EXPECT_EQ(entry.database, "shop");
  EXPECT_EQ(entry.application, "psql");
  EXPECT_EQ(entry.sql_state, "00000");
  EXPECT_EQ(entry.statement, "SELECT 9");
  EXPECT_EQ(result.entries[2].message, "");
}

TEST(CloudReader, CloudWatch) {
  const auto event = [](std::string_view text) {
    return R"({"timestamp":1764065472345,"message":"2025-11-25 10:11:12 UTC:10.0.0.1(5432):app@shop:[4711]:)" +
           std::string(text) + R"(","ingestionTime":1764065479999})";
  };
  const std::string one = event("LOG:  duration: 1.234 ms  execute a: SELECT $1");
  const std::string two = event("DETAIL:  parameters: $1 = '7'");
  const std::string described = "JSON of a cloud service with log_line_prefix '%t:%r:%u@%d:[%p]:'";
  for (const std::string& log : {one + "\n" + two + "\n",  //
                                 "{\n    \"events\": [\n        " + one + ",\n        " + two +
                                     "\n    ],\n    \"nextForwardToken\": \"f/1\",\n    \"searched\": []\n}\n"}) {
    const ReadLog result = Detected(log, described);
    ASSERT_EQ(result.entries.size(), 1U);
    EXPECT_EQ(result.entries[0].message, "duration: 1.234 ms  execute a: SELECT $1");
    EXPECT_EQ(result.entries[0].detail, "parameters: $1 = '7'");
    EXPECT_EQ(result.entries[0].record.time_us, 1764065472000000);
    EXPECT_EQ(result.entries[0].record.pid, 4711U);
    EXPECT_EQ(result.entries[0].user, "app");
    EXPECT_EQ(result.lines.Unknown(), 0U);
  }
  // A subscription gives several in a line, and lines without an end between them.
  const std::string batch =
      R"({"messageType":"DATA_MESSAGE","owner":"1","subscriptionFilters":["x"],"logEvents":[)" + one + "," + two + "]}";
  const absl::StatusOr<LogFormat> format = DetectFormat(batch + batch, {});
  ASSERT_TRUE(format.ok()) << format.status();
  EXPECT_EQ(Describe(*format), described);
  const auto reader = MakeReader(*format);
  LineCounts counts;
  int details = 0;
  const ReadEnd end = (*reader)->Read(
      batch + batch, true, false, [&](const LogRecord& record) { details += record.detail.empty() ? 0 : 1; }, counts);
  EXPECT_EQ(end.consumed, 2 * batch.size());
  EXPECT_EQ(counts.entries, 2U);
  EXPECT_EQ(details, 2);
  EXPECT_EQ(counts.Unknown(), 0U);
}

TEST(CloudReader, EntriesWithTheirDetailInOneText) {
  const ReadLog result =
      ReadWith(kGoogle, Google(GoogleText("ERROR:  no\\nnever\\n") + GoogleText("DETAIL:  a\\n\\tb\\n") +
                               GoogleText("STATEMENT:  c\\nd\\n")) +
                            "\n");
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].message, "no\nnever");
  EXPECT_EQ(result.entries[0].detail, "a\nb");
  EXPECT_EQ(result.entries[0].statement, "c\nd");
}

TEST(CloudReader, LinesOfContainers) {
  const auto line = [](std::string_view text) {
    return R"({"log":")" + std::string(text) +
           R"(\n","stream":"stderr","time":"2025-11-25T10:11:12.5Z"})"
           "\n";
  };
  const ReadLog result =
      Detected(line("2025-11-25 10:11:12.345 UTC [7] app@shop LOG:  duration: 1.000 ms  statement: SELECT 1") +
                   line("\\t FROM t") + line("\\tWHERE a = 1"),
               "JSON of a cloud service with log_line_prefix '%m [%p] %q%u@%d '");
  ASSERT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.entries[0].message, "duration: 1.000 ms  statement: SELECT 1\n FROM t\nWHERE a = 1");
  EXPECT_EQ(result.lines.continuations, 2U);
  // The clock of the objects is another than the server's.
  std::string many;
  for (int i = 0; i < 10; ++i) many += line("2025-11-25 12:11:12.345 UTC [7] app@shop LOG:  a") + line("\\tb");
  for (const OwnedRecord& entry :
       ReadWith({.kind = FormatKind::kCloud, .line_prefix = "%m [%p] %q%u@%d "}, many).entries)
    EXPECT_EQ(entry.message, "a\nb");
  // An object that a container's runtime took for text.
  std::string inner = Cnpg("duration: 2.000 ms");
  inner.pop_back();
  std::string escaped;
  for (const char c : inner) escaped += c == '"' ? std::string("\\\"") : std::string(1, c);
  const ReadLog nested = ReadWith(kPlain, line(escaped));
  ASSERT_EQ(nested.entries.size(), 1U);
  EXPECT_EQ(nested.entries[0].message, "duration: 2.000 ms");
  EXPECT_EQ(nested.entries[0].user, "app");
}

TEST(CloudReader, BrokenLinesAreCounted) {
  const std::string whole = Google(GoogleText("LOG:  a \\n\\tb"));
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    const ReadLog result = ReadWith(kGoogle, whole.substr(0, cut) + "\n" + whole + "\n");
    EXPECT_EQ(result.entries.size(), 1U) << cut;
    EXPECT_EQ(result.Unknown(UnknownKind::kBrokenFields), 1U) << cut;
  }
  const ReadLog result =
      ReadWith(kGoogle, "hello\n\n{}\n\"a\n" + std::string("\0\n", 2) + "{\"textPayload\":\"\\x\"}\n" +
                            Google("\xff\x01 no prefix LOG:  x") + "\n" + Google(GoogleText("STATEMENT:  x")) + "\n");
  EXPECT_EQ(result.Unknown(UnknownKind::kNoPrefix), 3U);
  EXPECT_EQ(result.Unknown(UnknownKind::kBrokenFields), 2U);
  EXPECT_EQ(result.Unknown(UnknownKind::kOrphan), 1U);
  EXPECT_EQ(result.lines.empty, 2U);
  EXPECT_EQ(result.entries.size(), 0U);
}

TEST(CloudReader, AnUnfinishedObjectWaits) {
  const std::string first = Google(GoogleText("LOG:  a")) + "\n";
  const std::string second = Google(GoogleText("LOG:  b"));
  for (std::size_t size = 1; size < second.size(); ++size) {
    const ReadLog result = ReadWith(kGoogle, first + second.substr(0, size), false);
    EXPECT_EQ(result.entries.size(), 1U) << size;
    EXPECT_EQ(result.end.consumed, first.size()) << size;
    EXPECT_EQ(result.lines.Unknown(), 0U) << size;
  }
}

TEST(CloudReader, Hostile) {
  // Deep nesting, within an object and of objects.
  std::string deep = "{\"a\":";
  for (int i = 0; i < 100'000; ++i) deep += "[";
  const ReadLog result = ReadWith(kGoogle, deep + "\n" + Google(GoogleText("LOG:  a")) + "\n");
  EXPECT_EQ(result.entries.size(), 1U);
  EXPECT_EQ(result.Unknown(UnknownKind::kBrokenFields), 1U);
  std::string within;
  for (int i = 0; i < 100'000; ++i) within += "{\"record\":";
  EXPECT_EQ(ReadWith(kGoogle, within + "\n").entries.size(), 0U);
  // Texts within texts are taken apart a few times only; lines that never end do not take quadratic time.
  std::string open;
  for (int i = 0; i < 200'000; ++i) open += " {\"a\":\n";
  EXPECT_EQ(ReadWith(kGoogle, open).entries.size(), 0U);
  std::string lines;
  for (int i = 0; i < 100'000; ++i)
    lines += R"({"log":"\ta","stream":"stderr"})"
             "\n";
  EXPECT_EQ(ReadWith(kGoogle, Google(GoogleText("LOG:  a")) + "\n" + lines).entries.at(0).message.size(), 200'001U);
  // A number that is none.
  const ReadLog strange =
      ReadWith(kPlain, R"({"timestamp":1e999,"processId":"x","errorLevel":"LOG","message":"m","query_id":1e5})"
                       "\n"
                       R"({"timestamp":-5,"processId":99999999999,"errorLevel":"LOG","message":"m"})"
                       "\n");
  ASSERT_EQ(strange.entries.size(), 2U);
  EXPECT_EQ(strange.entries[0].record.time_us, kNoTime);
  EXPECT_EQ(strange.entries[1].record.pid, 0U);
}

TEST(CloudReader, CutsAtObjects) {
  const auto reader = MakeReader(kGoogle);
  const std::string entry = Google(GoogleText("ERROR:  a")) + "\n";
  const std::string text = Google(GoogleText("STATEMENT:  a")) + "\n";
  EXPECT_EQ((*reader)->LastEntry(""), 0U);
  EXPECT_EQ((*reader)->LastEntry("\n"), 0U);
  EXPECT_EQ((*reader)->LastEntry(entry), 0U);
  EXPECT_EQ((*reader)->LastEntry(entry + entry), entry.size());
  EXPECT_EQ((*reader)->LastEntry(entry + entry + text), entry.size());
  const std::string list = "[\n  {\n    \"a\": {\n    },\n    \"b\": 1\n  },\n";
  EXPECT_EQ((*reader)->LastEntry(list + list.substr(2) + "  {\n    \"a\": 2"), list.size());
  // Newest first, a text stands in front of its entry.
  const std::string old = Google(GoogleText("ERROR:  a"), "344") + "\n";
  const std::string old_text = Google(GoogleText("STATEMENT:  a"), "344") + "\n";
  EXPECT_EQ((*reader)->LastEntry(text + entry + old_text + old), text.size() + entry.size());
  // A line that is cut off may be anything.
  EXPECT_EQ((*reader)->LastEntry(entry + entry + text.substr(0, 300)), entry.size());
  EXPECT_EQ((*reader)->LastEntry("[{\"a\":1},{\"b\":2"), 9U);
}

TEST(CloudReader, WhatIsNoServersLog) {
  EXPECT_FALSE(DetectFormat("{\"ts\":\"2025-11-25T10:11:12Z\",\"level\":\"info\",\"msg\":\"hello\"}\n", {}).ok());
  EXPECT_FALSE(DetectFormat("[\n{\"a\":1}\n]\n", {}).ok());
}

TEST(CloudReader, StopsAtAnotherFormat) {
  std::string other;
  for (int i = 0; i < 2 * kOtherFormatRun; ++i) other += "2025-11-25 10:11:12.345 UTC [7] LOG:  b\n";
  const std::string begin = Google(GoogleText("LOG:  a")) + "\n";
  const ReadLog result = ReadWith(kGoogle, begin + other, true, true);
  EXPECT_TRUE(result.end.other_format);
  EXPECT_EQ(result.end.consumed, begin.size());
  EXPECT_EQ(result.entries.size(), 1U);
}

}  // namespace
}  // namespace pgassay::ingest
