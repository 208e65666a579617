#include "pg/statement_query.h"

#include "absl/strings/match.h"
#include "gtest/gtest.h"

namespace pgassay::pg {
namespace {

using Columns = std::set<std::string, std::less<>>;

const Columns kCommon = {"userid", "dbid", "queryid", "query", "calls", "total_exec_time", "min_exec_time", "rows"};

Columns With(Columns more) {
  more.insert(kCommon.begin(), kCommon.end());
  return more;
}

TEST(StatementQuery, KnowsColumnsFromOnePointEightOn) {
  EXPECT_TRUE(HasKnownColumns(kCommon));
  EXPECT_FALSE(HasKnownColumns({"userid", "dbid", "queryid", "query", "calls", "total_time"}));  // 1.7
  EXPECT_FALSE(HasKnownColumns({}));
}

TEST(StatementQuery, AsksForColumnsThatExist) {
  const std::string old = StatementQuery("public", With({"blk_read_time", "blk_write_time"}), {7}, 5000);
  EXPECT_TRUE(absl::StrContains(old, "r.rolname, true, NULL, coalesce(s.calls, 0), coalesce(s.rows, 0), 0, ")) << old;
  EXPECT_TRUE(absl::StrContains(old, "coalesce(s.blk_read_time, 0), coalesce(s.blk_write_time, 0), 0, 0 FROM")) << old;
  EXPECT_TRUE(absl::StrContains(old, "s.dbid = 7, ")) << old;
  EXPECT_TRUE(absl::StrContains(old, "FROM \"public\".\"pg_stat_statements\" AS s")) << old;
  EXPECT_TRUE(absl::EndsWith(old, "LIMIT 5000")) << old;
  EXPECT_TRUE(absl::StrContains(old, "/* pgassay */")) << old;

  const std::string newer =
      StatementQuery("a\"b",
                     With({"toplevel", "stats_since", "shared_blk_read_time", "local_blk_read_time",
                           "temp_blk_read_time", "jit_generation_time", "jit_deform_time", "wal_bytes"}),
                     {7}, 10);
  EXPECT_TRUE(absl::StrContains(newer, "s.toplevel, to_char(s.stats_since")) << newer;
  EXPECT_TRUE(absl::StrContains(newer,
                                "coalesce(s.shared_blk_read_time, 0) + coalesce(s.local_blk_read_time, 0) + "
                                "coalesce(s.temp_blk_read_time, 0), 0, coalesce(s.wal_bytes, 0), "
                                "coalesce(s.jit_generation_time, 0) + coalesce(s.jit_deform_time, 0) FROM"))
      << newer;
  EXPECT_TRUE(absl::StrContains(newer, "FROM \"a\"\"b\".\"pg_stat_statements\" AS s")) << newer;
}

TEST(StatementQuery, ReadsARowWhateverItHolds) {
  std::vector<std::optional<std::string>> cells = {"t",   "SELECT 1", "8",         "-9223372036854775808",
                                                   "app", "f",        std::nullopt};
  for (int i = 0; i < 16; ++i) cells.emplace_back(std::to_string(i + 1));
  for (const char* const amount : {"1.5", "NaN", "Infinity", "-1", "1e400", "0", "2", "123456789012345678901", "3"}) {
    cells.emplace_back(amount);
  }
  cells[8] = "-5";  // rows
  const int columns = static_cast<int>(cells.size());
  const StatementRow row = ReadStatementRow(Result(columns, cells), 0);
  EXPECT_TRUE(row.in_database);
  EXPECT_TRUE(row.has_text);
  EXPECT_EQ(row.text_bytes, 8);
  EXPECT_EQ(row.statement.query_id, std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row.statement.user, "app");
  EXPECT_FALSE(row.statement.top_level);
  EXPECT_EQ(row.statement.since, std::nullopt);
  const StatementCounters& counters = row.statement.counters;
  EXPECT_EQ(counters.calls, 1);
  EXPECT_EQ(counters.rows, 0);
  EXPECT_EQ(counters.jit_functions, 16);
  EXPECT_EQ(counters.total_ms, 1.5);
  EXPECT_EQ(counters.min_ms, 0);
  EXPECT_EQ(counters.max_ms, 0);
  EXPECT_EQ(counters.stddev_ms, 0);
  EXPECT_EQ(counters.plan_ms, 0);
  EXPECT_EQ(counters.block_write_ms, 2);
  EXPECT_EQ(counters.wal_bytes, 123456789012345678901.0);
  EXPECT_EQ(counters.jit_ms, 3);
}

}  // namespace
}  // namespace pgassay::pg
