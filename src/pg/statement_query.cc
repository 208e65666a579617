#include "pg/statement_query.h"

#include <array>
#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "pg/capture_catalog.h"
#include "pg/catalog_queries.h"
#include "pg/result_row.h"

namespace pgassay::pg {
namespace {

// A counter and the columns that make it up: those that the view has are added. Sources: the scripts
// contrib/pg_stat_statements/pg_stat_statements--*.sql of PostgreSQL 13 to 18.
template <typename Number>
struct Counter {
  Number StatementCounters::*member;
  std::array<std::string_view, 5> columns;
};

using Counters = StatementCounters;

constexpr Counter<std::int64_t> kCounts[] = {
    {&Counters::calls, {"calls"}},
    {&Counters::rows, {"rows"}},
    {&Counters::plans, {"plans"}},
    {&Counters::shared_blocks_hit, {"shared_blks_hit"}},
    {&Counters::shared_blocks_read, {"shared_blks_read"}},
    {&Counters::shared_blocks_dirtied, {"shared_blks_dirtied"}},
    {&Counters::shared_blocks_written, {"shared_blks_written"}},
    {&Counters::local_blocks_hit, {"local_blks_hit"}},
    {&Counters::local_blocks_read, {"local_blks_read"}},
    {&Counters::local_blocks_dirtied, {"local_blks_dirtied"}},
    {&Counters::local_blocks_written, {"local_blks_written"}},
    {&Counters::temp_blocks_read, {"temp_blks_read"}},
    {&Counters::temp_blocks_written, {"temp_blks_written"}},
    {&Counters::wal_records, {"wal_records"}},
    {&Counters::wal_full_page_images, {"wal_fpi"}},
    {&Counters::jit_functions, {"jit_functions"}},
};

// blk_* of 1.8 to 1.10 are shared_blk_* and local_blk_* from 1.11 on.
constexpr Counter<double> kAmounts[] = {
    {&Counters::total_ms, {"total_exec_time"}},
    {&Counters::min_ms, {"min_exec_time"}},
    {&Counters::max_ms, {"max_exec_time"}},
    {&Counters::stddev_ms, {"stddev_exec_time"}},
    {&Counters::plan_ms, {"total_plan_time"}},
    {&Counters::block_read_ms, {"blk_read_time", "shared_blk_read_time", "local_blk_read_time", "temp_blk_read_time"}},
    {&Counters::block_write_ms,
     {"blk_write_time", "shared_blk_write_time", "local_blk_write_time", "temp_blk_write_time"}},
    {&Counters::wal_bytes, {"wal_bytes"}},
    {&Counters::jit_ms,
     {"jit_generation_time", "jit_inlining_time", "jit_optimization_time", "jit_emission_time", "jit_deform_time"}},
};

std::string Sum(const std::array<std::string_view, 5>& names, const std::set<std::string, std::less<>>& columns) {
  std::string sum;
  for (const std::string_view name : names) {
    if (!columns.contains(name)) continue;
    absl::StrAppend(&sum, sum.empty() ? "" : " + ", "coalesce(s.", ToAbsl(name), ", 0)");
  }
  return sum.empty() ? "0" : sum;
}

}  // namespace

bool HasKnownColumns(const std::set<std::string, std::less<>>& columns) {
  for (const std::string_view name : {"dbid", "userid", "queryid", "query", "calls", "total_exec_time"}) {
    if (!columns.contains(name)) return false;
  }
  return true;
}

std::string StatementQuery(std::string_view schema, const std::set<std::string, std::less<>>& columns, Oid database,
                           std::int64_t limit) {
  std::string sql = absl::StrCat(
      "SELECT ", ToAbsl(kOwnMarker), " s.dbid = ", database.value, ", CASE WHEN s.dbid = ", database.value,
      " AND octet_length(s.query) <= ", kMaxStatementBytes,
      " THEN s.query END, octet_length(s.query), s.queryid, r.rolname, ",
      columns.contains("toplevel") ? "s.toplevel" : "true", ", ",
      columns.contains("stats_since") ? "to_char(s.stats_since AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
                                      : "NULL");
  for (const auto& counter : kCounts) absl::StrAppend(&sql, ", ", Sum(counter.columns, columns));
  for (const auto& counter : kAmounts) absl::StrAppend(&sql, ", ", Sum(counter.columns, columns));
  absl::StrAppend(&sql, " FROM ", Quoted({std::string(schema), "pg_stat_statements"}),
                  " AS s LEFT JOIN pg_catalog.pg_roles AS r ON r.oid = s.userid LIMIT ", limit);
  return sql;
}

StatementRow ReadStatementRow(const Result& result, std::size_t number) {
  ResultRow row(result, number);
  StatementRow read;
  read.in_database = row.Boolean();
  const std::optional<std::string>& text = row.Optional();
  read.has_text = text.has_value();
  read.text_bytes = row.Integer();
  Statement& statement = read.statement;
  statement.text = text.value_or("");
  statement.query_id = row.Integer();
  statement.user = row.Text();
  statement.top_level = row.Boolean();
  statement.since = row.Optional();
  for (const auto& counter : kCounts) statement.counters.*counter.member = row.Count();
  for (const auto& counter : kAmounts) statement.counters.*counter.member = row.Amount();
  return read;
}

}  // namespace pgassay::pg
