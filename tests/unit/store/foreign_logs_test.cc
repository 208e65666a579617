// Whatever somebody wrote into the tables of logs is refused with its table and row, or is what CheckLogs allows.

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"
#include "store/check_logs.h"
#include "store/sketch_text.h"

namespace pgassay::store {
namespace {

class ForeignLogsTest : public StoreTest {
 protected:
  // The status of opening and reading the logs of a sample file that `sql` has changed.
  absl::Status StatusAfter(const std::string& sql) {
    const std::string path = Path("changed" + std::to_string(++count_) + ".assay");
    {
      absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
      EXPECT_TRUE(file.ok() && file->ReplaceLogs(SampleLogs()).ok()) << file.status();
    }
    RunSql(path, "PRAGMA foreign_keys = OFF; PRAGMA writable_schema = ON; " + sql);
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    return file.ok() ? file->ReadLogs().status() : file.status();
  }

  int count_ = 0;
};

struct Case {
  const char* sql;
  const char* where;  // stands in the message
};

TEST_F(ForeignLogsTest, ImpossibleValuesAreRefused) {
  for (const auto& [sql, where] : std::vector<Case>{
           {"UPDATE log_file SET number = number + 7", "row 1 of log_file"},
           {"UPDATE log_file SET number = -9223372036854775808 WHERE number = 2", "log_file.number, row 1"},
           {"UPDATE log_file SET identity = 7, identity_bytes = 4096", "log_file, row 2"},
           {"UPDATE log_file SET identity = 6 WHERE number = 2", "log_file, row 2"},
           {"UPDATE log_file SET identity_bytes = -1", "log_file.identity_bytes, row 1"},
           {"UPDATE log_file SET identity_bytes = 4294967296 WHERE number = 2", "log_file.identity_bytes, row 2"},
           {"UPDATE log_file SET bytes = -1 WHERE number = 2", "log_file, row 2"},
           {"UPDATE log_file SET entries = 9007199254740992", "log_file, row 1"},
           {"UPDATE log_file SET empty_lines = 9223372036854775807", "log_file, row 1"},
           {"UPDATE log_file SET name = hex(zeroblob(3000000))", "log_file, row 1"},
           {"UPDATE log_unknown_lines SET file_number = 3", "row 1 of log_unknown_lines"},
           {"UPDATE log_unknown_lines SET file_number = 0", "row 1 of log_unknown_lines"},
           {"UPDATE log_unknown_lines SET lines = -1", "log_unknown_lines, file 1"},
           {"UPDATE log_template SET number = 7 WHERE number = 2", "row 2 of log_template"},
           {"UPDATE log_template SET database_name = 'z' WHERE number = 1", "log_template, row 2"},
           {"UPDATE log_template SET database_name = '', user_name = '', sql = '', fingerprint = '0123456789abcdef'",
            "log_template, row 2"},
           {"UPDATE log_template SET fingerprint = ''", "log_template, row 1"},
           {"UPDATE log_template SET fingerprint = '0123456789ABCDEF'", "log_template, row 1"},
           {"UPDATE log_template SET fingerprint = 'shape-0'", "log_template, row 1"},
           {"UPDATE log_template SET fingerprint = 'shape-shape-0123456789abcdef'", "log_template, row 1"},
           {"UPDATE log_template SET sql = hex(zeroblob(3000000)) WHERE number = 2", "log_template, row 2"},
           {"UPDATE log_template SET calls = -1", "log_template, row 1: calls"},
           {"UPDATE log_template SET lock_wait_us = 9007199254740992 WHERE number = 2", "row 2: lock_wait_us"},
           {"UPDATE log_template SET total_us = 9223372036854775807", "log_template, row 1: total_us"},
           {"UPDATE log_template SET first_us = -9223372036854775808", "log_template, row 1: first_us"},
           {"UPDATE log_template SET last_us = 9223372036854775807", "log_template, row 1: last_us"},
           {"UPDATE log_template SET latency = '10:0'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '10:-1' WHERE number = 2", "log_template.latency, row 2"},
           {"UPDATE log_template SET latency = '10:1 10:1'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '10:1 9:1'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '3712:1'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '65546:1'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '1:99999999999999999999'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '1:9007199254740992'", "log_template, row 1"},
           {"UPDATE log_template SET latency = '1:9007199254740991 2:1'", "log_template, row 1"},
           {"UPDATE log_template SET latency = '10'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '10:'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = ' '", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = '10:1  11:1'", "log_template.latency, row 1"},
           {"UPDATE log_template SET latency = hex(zeroblob(9000000))", "log_template.latency, row 1"},
           {"UPDATE log_hour SET template_number = 3", "row 1 of log_hour"},
           {"UPDATE log_hour SET template_number = -1", "row 1 of log_hour"},
           {"UPDATE log_hour SET hour = 2147483648 WHERE hour = 472223", "log_hour.hour, row 2"},
           {"UPDATE log_hour SET hour = 2147483647 WHERE hour = 472223", "log_hour, template 2, hour 2147483647"},
           {"UPDATE log_hour SET hour = -2147483648 WHERE hour = 472223", "log_hour, template 2, hour -2147483648"},
           {"UPDATE log_hour SET calls = -1", "log_hour, template 2, hour 472222"},
           {"UPDATE log_hour SET total_us = 9007199254740992", "log_hour, template 2, hour 472222"},
           {"UPDATE log_sample SET template_number = 5", "row 1 of log_sample"},
           {"UPDATE log_sample SET slowest = 2 WHERE slowest = 1", "log_sample.slowest, row 4"},
           {"UPDATE log_sample SET position = position + 7", "row 1 of log_sample"},
           {"UPDATE log_sample SET priority = -1 WHERE position = 1", "log_sample, template 2, slowest 0"},
           {"UPDATE log_sample SET time_us = 9223372036854775807", "log_sample, template 2, slowest 0, row 1"},
           {"UPDATE log_sample SET duration_us = -2 WHERE slowest = 1", "log_sample, template 2, slowest 1, row 1"},
           {"UPDATE log_sample SET duration_us = 9007199254740992 WHERE position = 2", "slowest 0, row 2"},
           {"UPDATE log_sample SET sql = hex(zeroblob(3000000))", "log_sample, template 2, slowest 0, row 1"},
           {"UPDATE log_sample SET parameters = hex(zeroblob(3000000))", "log_sample, template 2, slowest 0, row 1"},
           {"WITH RECURSIVE n(i) AS (SELECT 4 UNION ALL SELECT i + 1 FROM n WHERE i < 17)"
            " INSERT INTO log_sample SELECT 2, 0, i, -1, 0, 0, '', '' FROM n",
            "log_sample, template 2, slowest 0: more than 16"},
           {"INSERT INTO log_sample VALUES (2, 1, 2, 0, 0, 0, '', '')",
            "log_sample, template 2, slowest 1: more than 1"},
           {"UPDATE log_query_id SET template_number = 0", "row 1 of log_query_id"},
           {"UPDATE log_tag SET template_number = 9", "row 1 of log_tag"},
           {"UPDATE log_tag SET tag = hex(zeroblob(3000000)) WHERE tag = 'a=b'", "log_tag, template 2"},
           {"UPDATE log_group SET code = ''", "log_group, row 1"},
           {"UPDATE log_group SET statements = -1", "log_group, row 1"},
           {"UPDATE log_group SET total_us = 9007199254740992 WHERE code <> 'evicted'", "log_group, row 2"},
           {"UPDATE log_event SET entries = -1", "log_event, kind checkpoint"},
           {"UPDATE log_event SET entries = 9007199254740992 WHERE kind = 'completed'", "log_event, kind completed"},
           {"DROP TABLE log_event", "tables are missing"},
           {"CREATE TRIGGER t AFTER INSERT ON log_event BEGIN DELETE FROM log_file; END", "pgassay did not make"},
           {"ALTER TABLE log_event ADD COLUMN more TEXT", "log_event is another"},
       }) {
    const absl::Status status = StatusAfter(sql);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << sql << ": " << status;
    EXPECT_TRUE(absl::StrContains(status.message(), where)) << sql << ": " << status;
  }
}

TEST(CheckLogsTest, AcceptsWhatLogsReallyHold) {
  const std::vector<std::function<void(LogTemplate&)>> changes = {
      [](LogTemplate& of) { of.counters.first_us = of.counters.last_us = 0; },  // entries without a time
      [](LogTemplate& of) {
        of.hours = {{0, {1, 0}}};
      },                                                                  // the same
      [](LogTemplate& of) { of.counters.last_us = 253402300799999999; },  // 9999-12-31
      [](LogTemplate& of) {
        of.hours = {{-17259889, {1, 0}}, {70389527, {1, 0}}};
      },  // the years 1 and 9999
      [](LogTemplate& of) {
        of.samples = {{.priority = 1, .sql = "b"}, {.priority = 1}};
      },  // one moment, two texts
      [](LogTemplate& of) {
        of.latency.buckets = {{kSketchBuckets - 1, 1}};
      },
      [](LogTemplate& of) { of.counters.total_us = (std::int64_t{1} << 53) - 1; },
      [](LogTemplate& of) {
        of.query_ids = {std::numeric_limits<std::int64_t>::min(), -1, 0};
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    LogWorkload logs = SampleLogs();
    changes[i](logs.templates[1]);
    EXPECT_TRUE(CheckLogs(logs).ok()) << i << ": " << CheckLogs(logs);
  }
}

TEST(CheckLogsTest, RefusesDisorder) {
  const std::vector<std::function<void(LogWorkload&)>> changes = {
      [](LogWorkload& logs) { std::swap(logs.files[0], logs.files[1]); },
      [](LogWorkload& logs) { logs.files[1] = logs.files[0]; },
      [](LogWorkload& logs) { std::swap(logs.templates[0], logs.templates[1]); },
      [](LogWorkload& logs) { logs.templates[1] = logs.templates[0]; },
      [](LogWorkload& logs) { std::swap(logs.not_kept[0], logs.not_kept[1]); },
      [](LogWorkload& logs) { logs.not_kept[1] = logs.not_kept[0]; },
      [](LogWorkload& logs) {
        logs.templates[1].latency.buckets = {{2, 1}, {1, 1}};
      },
      [](LogWorkload& logs) {
        logs.templates[1].latency.buckets = {{2, 1}, {2, 1}};
      },
      [](LogWorkload& logs) {
        logs.templates[1].latency.buckets = {{kSketchBuckets, 1}};
      },
      [](LogWorkload& logs) { std::swap(logs.templates[1].samples[0], logs.templates[1].samples[1]); },
      [](LogWorkload& logs) {
        logs.templates[1].query_ids = {6, -5};
      },
      [](LogWorkload& logs) {
        logs.templates[1].query_ids = {6, 6};
      },
      [](LogWorkload& logs) {
        logs.templates[1].tags = {"b", "a"};
      },
      [](LogWorkload& logs) {
        logs.templates[1].tags = {"a", "a"};
      },
  };
  for (std::size_t i = 0; i < changes.size(); ++i) {
    LogWorkload logs = SampleLogs();
    changes[i](logs);
    EXPECT_EQ(CheckLogs(logs).code(), absl::StatusCode::kInvalidArgument) << i;
  }
}

TEST(SketchTextTest, IsReadable) {
  EXPECT_EQ(SketchText({}), "");
  EXPECT_EQ(SketchText({.buckets = {{0, 1}, {130, 18446744073709551615U}}}), "0:1 130:18446744073709551615");
}

}  // namespace
}  // namespace pgassay::store
