#pragma once

// The tables of an assay file (SQLite).
//
// Every table but `capture` and those of logs has the number of its capture as first column and first part of its key,
// so that one file holds the history of one or several databases. Rows of a capture are never changed later; the advice
// given on it is replaced when advice is given again. The statements in schema.cc carry a comment for each column;
// SQLite keeps them, so `sqlite3 shop.assay .schema` explains the file to its owner.
//
//   capture             one row a capture: which database, when, by whom; the schema's DDL
//   relation            tables, partitioned tables, materialized views, foreign tables, by OID and by qualified name
//   relation_activity   their counters since the last statistics reset
//   relation_column     their columns
//   relation_index      indexes as they exist
//   index_key           their key columns
//   index_include       their included columns
//   relation_constraint constraints
//   constraint_column   their columns, for foreign keys with the other side
//   column_statistics   planner statistics of columns and of expressions in indexes
//   statistic_slot      their slots: most common values, histograms and so on
//   block_range_index   BRIN indexes: blocks of a summary, size of the range map
//   inverted_index      GIN indexes: what their first pages count
//   extended_statistics statistics of several columns or of expressions (CREATE STATISTICS)
//   extended_group      how many different values groups of their columns have, which columns determine which
//   extended_value      their common combinations of values
//   extended_expression planner statistics of their expressions
//   extended_slot       slots of these, as in statistic_slot
//   end_point           least and greatest value of leading index columns
//   setting             settings of the capturing session
//   role_setting        settings that ALTER ROLE and ALTER DATABASE stored
//   extension           installed extensions
//   relation_view       views and their owners
//   role                roles, predefined ones left out
//   role_membership     their direct memberships
//   statement_source    where the statements come from and how complete they are: one row a capture
//   statement           statements of pg_stat_statements
//   statement_group     statements that were counted and not kept, by what they are
//   capture_gap         what could not be read, and why
//   recommendation      the last advice given on a capture
//   recorded_template   the templates of the workload on which it was given
//   bench               measurements of index sets with a capture's workload
//   bench_set           the sets of each, the first one being the database as it was
//   bench_index         indexes of the sets: sizes, builds, use
//   bench_query         templates with each set: measured times beside predicted costs
//
// Logs may be read before there is a capture, and belong to none: their tables hold one workload, which is replaced as
// a whole when more logs are read.
//
//   log_file            logs that were read, by content, and how far
//   log_unknown_lines   their lines that belong to no entry, by reason
//   log_template        statements that were logged: counters, latencies
//   log_hour            their calls and time by the hour
//   log_sample          calls as they were logged, with their values
//   log_query_id        the server's identifiers of the statements
//   log_tag             tags in their comments
//   log_group           logged statements that were counted and not kept, by what they are
//   log_event           entries by kind
//   log_loop_statement  statements that are part of loops (of statements that sessions repeated)
//   log_loop_statement_tag  tags in their comments
//   log_loop            loops, summed up by what repeats in them
//   log_loop_example    some of them, without values
//   log_loop_calls      calls of every statement that could be part of a loop
//   log_loop_suppressed loops that are no findings, by reason
//   log_loop_total      how much was looked at
//   log_wal             WAL that analyzed plans of logged statements have written
//   log_open_session    sessions that were in the middle of something where the logs end
//   log_open_statement  statements of theirs
//   log_open_statement_tag  tags in their comments
//
// Compatibility: kApplicationId marks the file (file(1) shows it), user_version is kSchemaVersion. A change of the
// tables raises kSchemaVersion. A file with a higher version than ours is refused, and so is version 1: no release
// wrote it. Version 2 has no tables of logs, version 3 none of loops, version 4 none of extended statistics and first
// pages of indexes, version 5 none of benches, version 6 none of WAL and open sessions: all are read as they
// are, and get the tables when they are opened for appending.

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace pgassay::store {

inline constexpr std::int64_t kApplicationId = 0x50674173;  // "PgAs"
inline constexpr std::int64_t kSchemaVersion = 7;
inline constexpr std::int64_t kFirstSchemaVersion = 2;  // the oldest that is read
inline constexpr std::int64_t kFirstSchemaVersionOfLogs = 3;
inline constexpr std::int64_t kFirstSchemaVersionOfLoops = 4;
inline constexpr std::int64_t kFirstSchemaVersionOfExtended = 5;
inline constexpr std::int64_t kFirstSchemaVersionOfBenches = 6;
inline constexpr std::int64_t kFirstSchemaVersionOfOpenSessions = 7;  // and of WAL in logs
inline constexpr std::int64_t kNoSchemaVersion = 0;  // of a file without tables

struct Table {
  std::string_view name;
  std::string_view sql;  // CREATE TABLE, exactly as SQLite keeps it in sqlite_schema
};

// Tables of captures and advice, those of extended statistics, those of logs, those of loops in logs and of logged
// plans, those of benches, those of WAL in logs and of open sessions; referenced ones first.
std::span<const Table> CaptureTables();
std::span<const Table> ExtendedTables();
std::span<const Table> LogTables();
std::span<const Table> LoopTables();
std::span<const Table> PlanTables();
std::span<const Table> BenchTables();
std::span<const Table> WalTables();
std::span<const Table> OpenSessionTables();

// All tables of a file of version `version`.
std::vector<Table> Tables(std::int64_t version = kSchemaVersion);

// Those of our version that a file of version `version` does not have.
std::vector<Table> TablesSince(std::int64_t version);

}  // namespace pgassay::store
