// Whatever somebody wrote into the tables of loops is refused with its table and row, or is what CheckLoops allows.

#include <cstddef>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"
#include "store/check_loops.h"
#include "store/loop_text.h"
#include "store/sketch_text.h"

namespace pgassay::store {
namespace {

class ForeignLoopsTest : public StoreTest {
 protected:
  // The status of opening and reading the logs of a sample file that `sql` has changed.
  absl::Status StatusAfter(const std::string& sql) {
    const std::string path = Path("changed" + std::to_string(++count_) + ".assay");
    {
      absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
      EXPECT_TRUE(file.ok() && file->ReplaceLogs({.loops = SampleLoops()}).ok()) << file.status();
    }
    RunSql(path, "PRAGMA foreign_keys = OFF; " + sql);
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    return file.ok() ? file->ReadLogs().status() : file.status();
  }

  int count_ = 0;
};

struct Case {
  const char* sql;
  const char* where;  // stands in the message
};

TEST_F(ForeignLoopsTest, ImpossibleValuesAreRefused) {
  for (const auto& [sql, where] : std::vector<Case>{
           // Statements and their tags.
           {"UPDATE log_loop_statement SET number = number + 7", "row 1 of log_loop_statement "},
           {"UPDATE log_loop_statement SET number = 9 WHERE number = 4", "row 4 of log_loop_statement "},
           {"UPDATE log_loop_statement SET number = 2147483648 WHERE number = 4",
            "impossible value in log_loop_statement.number, row 4"},
           {"UPDATE log_loop_statement SET shape = 9 WHERE number = 2", "row 3 of log_loop_statement "},
           {"UPDATE log_loop_statement SET shape = 5 WHERE number = 3", "row 3 of log_loop_statement "},
           {"UPDATE log_loop_statement SET database_name = 'z' WHERE number = 1", "row 2 of log_loop_statement "},
           {"UPDATE log_loop_statement SET database_name = 'z' || hex(zeroblob(3000000)) WHERE number = 4",
            "log_loop_statement, row 4: a text is too long"},
           {"UPDATE log_loop_statement SET user_name = 'z' || hex(zeroblob(3000000)) WHERE number = 4",
            "log_loop_statement, row 4: a text is too long"},
           {"UPDATE log_loop_statement SET text = hex(zeroblob(3000000)) WHERE number = 2",
            "log_loop_statement, row 2: a text is too long"},
           {"UPDATE log_loop_statement_tag SET statement_number = 5 WHERE statement_number = 4",
            "row 3 of log_loop_statement_tag "},
           {"UPDATE log_loop_statement_tag SET statement_number = 0 WHERE statement_number = 4",
            "row 1 of log_loop_statement_tag "},
           {"UPDATE log_loop_statement_tag SET tag = hex(zeroblob(3000000)) WHERE tag > 'b'",
            "log_loop_statement_tag, statement 3: a tag is too long"},
           // Open sessions.
           {"UPDATE log_open_session SET number = 3 WHERE number = 2", "row 2 of log_open_session "},
           {"UPDATE log_open_session SET last_end_us = 1 WHERE number = 2", "log_open_session: they are not in order"},
           {"UPDATE log_open_session SET last_end_us = 9000000000000000000 WHERE number = 2",
            "log_open_session, row 2: last_end_us is out of range"},
           {"UPDATE log_open_session SET state = hex(zeroblob(40000)) WHERE number = 1",
            "log_open_session, row 1: state is too long"},
           {"UPDATE log_open_statement SET session_number = 3 WHERE position = 2", "row 2 of log_open_statement "},
           {"UPDATE log_open_statement SET position = 3 WHERE position = 2", "row 2 of log_open_statement "},
           {"UPDATE log_open_statement SET text = hex(zeroblob(3000000)) WHERE position = 1",
            "log_open_statement, session 1: a text is too long"},
           {"UPDATE log_open_statement_tag SET position = 7 WHERE tag = 'a=b'", "of log_open_statement_tag "},
           // Loops.
           {"UPDATE log_loop SET number = number + 7", "row 1 of log_loop "},
           {"UPDATE log_loop SET number = 9 WHERE number = 6", "row 6 of log_loop "},
           {"UPDATE log_loop SET kind = 'n-plus-two' WHERE number = 2", "impossible value in log_loop.kind, row 2"},
           {"UPDATE log_loop SET kind = ''", "impossible value in log_loop.kind, row 1"},
           {"UPDATE log_loop SET kind = 'n-plus-one' || char(0)", "impossible value in log_loop.kind, row 1"},
           {"UPDATE log_loop SET kind = 'writes-in-a-loop' WHERE number = 2", "row 3 of log_loop "},
           {"UPDATE log_loop SET parent = 5 WHERE number = 2", "row 2 of log_loop "},
           {"UPDATE log_loop SET parent = 4 WHERE number = 1", "log_loop, row 1: parent has no row"},
           {"UPDATE log_loop SET child = 6 WHERE number = 5", "log_loop, row 5: child has no row"},
           {"UPDATE log_loop SET child = 0 WHERE number = 5", "log_loop, row 5: child has no row"},
           {"UPDATE log_loop SET user_name = 'z' WHERE number = 6", "log_loop, row 6: child has no row"},
           {"DELETE FROM log_loop_statement WHERE number = 4", "row 3 of log_loop_statement_tag "},
           {"DELETE FROM log_loop_statement_tag; DELETE FROM log_loop_statement WHERE number = 4",
            "log_loop, row 2: parent has no row"},
           {"UPDATE log_loop SET user_name = 'z' || hex(zeroblob(3000000)) WHERE number = 6",
            "log_loop, row 6: a text is too long"},
           {"UPDATE log_loop SET loops = 0 WHERE number = 3", "log_loop, row 3: loops is out of range"},
           {"UPDATE log_loop SET loops = -1 WHERE number = 3", "log_loop, row 3: loops is out of range"},
           {"UPDATE log_loop SET calls = -1", "log_loop, row 1: calls is out of range"},
           {"UPDATE log_loop SET transactions = 9007199254740992", "log_loop, row 1: transactions is out of range"},
           {"UPDATE log_loop SET wasted_us = -1", "log_loop, row 1: wasted_us is out of range"},
           {"UPDATE log_loop SET busy_us = 9223372036854775807", "log_loop, row 1: busy_us is out of range"},
           {"UPDATE log_loop SET idle_us = -1", "log_loop, row 1: idle_us is out of range"},
           {"UPDATE log_loop SET within_transaction = -1", "log_loop, row 1: within_transaction is out of range"},
           {"UPDATE log_loop SET weak_parent = -1", "log_loop, row 1: weak_parent is out of range"},
           {"UPDATE log_loop SET unevenness = -1", "log_loop, row 1: unevenness is out of range"},
           {"UPDATE log_loop SET repeated_values = -1", "log_loop, row 1: repeated_values is out of range"},
           {"UPDATE log_loop SET matched_keys = -1", "log_loop, row 1: matched_keys is out of range"},
           {"UPDATE log_loop SET known_keys = -1 WHERE number = 6", "log_loop, row 6: known_keys is out of range"},
           {"UPDATE log_loop SET first_us = -9223372036854775808", "log_loop, row 1: first_us is out of range"},
           {"UPDATE log_loop SET last_us = 9223372036854775807", "log_loop, row 1: last_us is out of range"},
           {"UPDATE log_loop SET last_us = first_us - 1 WHERE number = 2",
            "log_loop, row 2: last_us is before first_us"},
           {"UPDATE log_loop SET n = '10:0'", "impossible value in log_loop.n, row 1"},
           {"UPDATE log_loop SET n = '10:1 9:1' WHERE number = 2", "impossible value in log_loop.n, row 2"},
           {"UPDATE log_loop SET n = '10'", "impossible value in log_loop.n, row 1"},
           {"UPDATE log_loop SET n = '1:9007199254740992'", "log_loop, row 1: a count of n is out of range"},
           {"UPDATE log_loop SET n = '1:9007199254740991 2:1'", "log_loop, row 1: a count of n is out of range"},
           {"UPDATE log_loop SET sessions = '12'", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = ' '", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '0123456789ABCDEF'", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '0123456789abcdeg'", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '-123456789abcdef'", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '0123456789abcdef '", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = ' 0123456789abcdef'", "impossible value in log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '0123456789abcdef,0123456789abcdff'", "log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '0123456789abcdef0123456789abcdff'", "log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = hex(zeroblob(9000000))", "log_loop.sessions, row 1"},
           {"UPDATE log_loop SET sessions = '0123456789abcdef 0123456789abcdef' WHERE number = 2",
            "log_loop, row 2: the hashes of sessions are not in order"},
           {"UPDATE log_loop SET sessions = 'ffffffffffffffff 0123456789abcdef'",
            "log_loop, row 1: the hashes of sessions are not in order"},
           {"WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 64)"
            " UPDATE log_loop SET sessions = (SELECT group_concat(printf('%016x', i), ' ') FROM n)",
            "log_loop, row 1: sessions has more than 64 hashes"},
           // Examples.
           {"UPDATE log_loop_example SET loop_number = 7", "row 1 of log_loop_example "},
           {"UPDATE log_loop_example SET loop_number = 0", "row 1 of log_loop_example "},
           {"UPDATE log_loop_example SET position = position + 7", "row 1 of log_loop_example "},
           {"UPDATE log_loop_example SET position = 4 WHERE position = 3", "row 3 of log_loop_example "},
           {"UPDATE log_loop_example SET priority = 9 WHERE position = 1",
            "log_loop_example, loop 1: they are not in order"},
           {"UPDATE log_loop_example SET priority = -1 WHERE position = 1",
            "log_loop_example, loop 1: they are not in order"},
           {"UPDATE log_loop_example SET first_us = -9223372036854775808 WHERE position = 2",
            "log_loop_example, loop 1, row 2: first_us is out of range"},
           {"UPDATE log_loop_example SET last_us = 9223372036854775807 WHERE position = 2",
            "log_loop_example, loop 1, row 2: last_us is out of range"},
           {"UPDATE log_loop_example SET last_us = -2 WHERE position = 2",
            "log_loop_example, loop 1, row 2: last_us is before first_us"},
           {"UPDATE log_loop_example SET calls = -1 WHERE position = 3",
            "impossible value in log_loop_example.calls, row 3"},
           {"UPDATE log_loop_example SET calls = 4294967296 WHERE position = 3",
            "impossible value in log_loop_example.calls, row 3"},
           {"INSERT INTO log_loop_example VALUES (1, 4, -1, 0, 0, 0, 0)",
            "log_loop_example, loop 1: more than 3 of them"},
           // Counts by statement.
           {"UPDATE log_loop_calls SET calls = -1 WHERE shape = 5",
            "log_loop_calls, database shop, user app, shape 5: calls or a text is out of range"},
           {"UPDATE log_loop_calls SET calls = 9007199254740992 WHERE shape < 0",
            "log_loop_calls, database shop, user app, shape -81985529216486896: calls"},
           {"UPDATE log_loop_calls SET database_name = char(27) || hex(zeroblob(3000000)) WHERE shape = 6",
            "log_loop_calls, database \\x1b000"},
           {"UPDATE log_loop_calls SET user_name = hex(zeroblob(3000000)) WHERE shape = 6", "log_loop_calls, database"},
           {"UPDATE log_loop_suppressed SET reason = 'boring' WHERE reason = 'locked'",
            "impossible value in log_loop_suppressed.reason, row 2"},
           {"UPDATE log_loop_suppressed SET loops = -1 WHERE reason = 'row-lock'",
            "log_loop_suppressed, database shop, user app, shape 7, reason row-lock: loops"},
           {"UPDATE log_loop_suppressed SET loops = 9007199254740992 WHERE reason = 'locked'",
            "log_loop_suppressed, database shop, user app, shape 7, reason locked: loops"},
           {"UPDATE log_loop_suppressed SET user_name = hex(zeroblob(3000000)) WHERE reason = 'locked'",
            "log_loop_suppressed, database shop, user 0"},
           // The sums.
           {"UPDATE log_loop_total SET number = 2", "row 1 of log_loop_total "},
           {"INSERT INTO log_loop_total VALUES (2, 0, 0, 0, 0, 0, 0)", "row 2 of log_loop_total "},
           {"UPDATE log_loop_total SET events = -1", "log_loop_total, row 1: events is out of range"},
           {"UPDATE log_loop_total SET failed = 9007199254740992", "log_loop_total, row 1: failed is out of range"},
           {"UPDATE log_loop_total SET sessions_closed_early = -1", "log_loop_total, row 1: sessions_closed_early is"},
           {"UPDATE log_loop_total SET not_watched = -1", "log_loop_total, row 1: not_watched is out of range"},
           {"UPDATE log_loop_total SET first_us = -9223372036854775808", "log_loop_total, row 1: first_us is out of"},
           {"UPDATE log_loop_total SET last_us = 9223372036854775807", "log_loop_total, row 1: last_us is out of"},
           {"UPDATE log_loop_total SET last_us = first_us - 1", "log_loop_total, row 1: last_us is before first_us"},
           // The tables.
           {"DROP TABLE log_loop_total", "tables are missing"},
           {"ALTER TABLE log_loop ADD COLUMN more TEXT", "log_loop is another"},
           {"CREATE TRIGGER t AFTER INSERT ON log_loop BEGIN DELETE FROM log_file; END", "pgassay did not make"},
       }) {
    const absl::Status status = StatusAfter(sql);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << sql << ": " << status;
    EXPECT_TRUE(absl::StrContains(status.message(), where)) << sql << ": " << status;
  }
}

TEST(CheckLoopsTest, AcceptsTheSample) {
  EXPECT_TRUE(CheckLoops(SampleLoops()).ok()) << CheckLoops(SampleLoops());
}

// What no file can hold in this way, because reading it would refuse it before.
TEST(CheckLoopsTest, RefusesDisorder) {
  const std::vector<std::pair<std::function<void(LoopStats&)>, const char*>> changes = {
      {[](LoopStats& stats) {
         stats.n.buckets = {{2, 1}, {1, 1}};
       },
       "log_loop, row 1: the buckets of n are not in order"},
      {[](LoopStats& stats) {
         stats.n.buckets = {{2, 1}, {2, 1}};
       },
       "log_loop, row 1: the buckets of n are not in order"},
      {[](LoopStats& stats) {
         stats.n.buckets = {{kSketchBuckets, 1}};
       },
       "log_loop, row 1: a bucket of n is beyond the last one"},
      {[](LoopStats& stats) {
         stats.n.buckets = {{1, 0}};
       },
       "log_loop, row 1: a count of n is out of range"},
      {[](LoopStats& stats) { stats.examples.resize(kLoopExamples + 1, stats.examples.back()); },
       "log_loop_example, loop 1: more than 3 of them"},
      {[](LoopStats& stats) { std::swap(stats.examples[0], stats.examples[1]); },
       "log_loop_example, loop 1: they are not in order"},
  };
  for (const auto& [change, message] : changes) {
    LoopTally loops = SampleLoops();
    change(loops.loops.begin()->second);
    EXPECT_EQ(CheckLoops(loops), absl::InvalidArgumentError(message));
  }
}

TEST(LoopTextTest, IsReadable) {
  EXPECT_EQ(HashesText({}), "");
  EXPECT_EQ(HashesText({.least = {1, 0xFEDCBA9876543210}}), "0000000000000001 fedcba9876543210");
}

TEST(LoopTextTest, EverySlugIsKnown) {
  for (const std::string_view slug : kLoopKindSlugs) {
    LoopKind kind{};
    EXPECT_TRUE(ParseSlug(slug, kind));
    EXPECT_EQ(Slug(kind), slug);
  }
  for (const std::string_view slug : kLoopSuppressionSlugs) {
    LoopSuppression reason{};
    EXPECT_TRUE(ParseSlug(slug, reason));
    EXPECT_EQ(Slug(reason), slug);
  }
}

}  // namespace
}  // namespace pgassay::store
