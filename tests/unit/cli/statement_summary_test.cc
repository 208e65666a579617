#include "cli/statement_summary.h"

#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

using Lines = std::vector<std::string>;

Snapshot Sample() {
  Snapshot snapshot;
  snapshot.database = "shop";
  snapshot.statistics_reset = "2024-05-01T00:00:07.000000Z";
  snapshot.statement_source = {.version = "1.10",
                               .reset_at = "2024-05-01T00:00:55.000000Z",
                               .max_statements = 5000,
                               .database_active_ms = 20000};
  snapshot.statements = {{.counters = {.calls = 1234567, .total_ms = 9000}}, {.counters = {.calls = 3, .total_ms = 0}}};
  snapshot.statement_groups = {
      {.code = "other-database", .statements = 7, .calls = 70, .total_ms = 5000},
      {.code = "utility-statement", .detail = "DoStmt", .statements = 1, .calls = 10, .total_ms = 250},
      {.code = "utility-statement", .detail = "VariableSetStmt", .statements = 2, .calls = 10, .total_ms = 750}};
  return snapshot;
}

TEST(StatementSummary, SaysWhatWasKeptAndWhatNot) {
  EXPECT_EQ(SummarizeStatements(Sample()),
            (Lines{"statements of shop: 2 kept, 1,234,570 calls, 9 s",
                   "not kept: other-database 7, utility-statement 3 (10 % of the time)",
                   "the statements seen are 50 % of the database's active time since 2024-05-01T00:00:07.000000Z"}));
}

TEST(StatementSummary, WarnsOfWhatTheServerLost) {
  Snapshot snapshot = Sample();
  snapshot.statement_groups = {{.code = "no-privilege", .statements = 1, .calls = 1, .total_ms = 0}};
  snapshot.statement_source.evictions = 12;
  snapshot.statement_source.reset_at = "2024-05-02T00:00:00.000000Z";
  EXPECT_EQ(
      SummarizeStatements(snapshot),
      (Lines{
          "statements of shop: 2 kept, 1,234,570 calls, 9 s",
          "not kept: no-privilege 1 (0 % of the time); grant pg_read_all_stats to see statements of other users",
          "the server dropped rarely used statements 12 times since 2024-05-02T00:00:00.000000Z, so some are missing "
          "or count too little; raise pg_stat_statements.max (now 5,000)",
          "the statements seen are 45 % of the database's active time since 2024-05-01T00:00:07.000000Z; "
          "pg_stat_statements counts since 2024-05-02T00:00:00.000000Z, so the two may not cover the same time"}));
}

TEST(StatementSummary, WithoutStatementsSaysWhy) {
  Snapshot snapshot;
  snapshot.statement_source.unavailable = "not loaded\x1b[2J";
  EXPECT_EQ(SummarizeStatements(snapshot), Lines{"no statements: not loaded\\x1b[2J"});
  snapshot.statement_source = {.version = "1.10"};
  EXPECT_EQ(SummarizeStatements(snapshot), Lines{"statements of : 0 kept, 0 calls, 0 ms"});
}

}  // namespace
}  // namespace pgassay::cli
