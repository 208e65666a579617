#pragma once

// What a capture knows about one database: plain values, read once, never changed afterwards. Implemented by module
// catalog.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pgassay/index_metapage.h"
#include "pgassay/qualified_name.h"
#include "pgassay/statistics.h"
#include "pgassay/units.h"

namespace pgassay {

// A column of a table (pg_attribute). `number` is pg_attribute.attnum of the source: dropped columns leave holes.
struct Column {
  int number = 0;
  std::string name;
  std::string type;       // format_type(atttypid, atttypmod), qualified where it is not in pg_catalog
  Oid type_oid;           // pg_attribute.atttypid; differs between databases for user types
  int type_length = 0;    // pg_type.typlen: bytes, -1 varlena, -2 cstring
  char type_align = 'i';  // pg_type.typalign: c, s, i, d
  bool not_null = false;
  std::optional<int> statistics_target;  // set by ALTER TABLE ... SET STATISTICS
  friend bool operator==(const Column&, const Column&) = default;
};

// Counters since the last statistics reset (pg_stat_all_tables). Rows, not statements, where it says tuples.
struct TableCounters {
  std::int64_t seq_scans = 0;
  std::int64_t seq_tuples_read = 0;
  std::int64_t index_scans = 0;
  std::int64_t tuples_inserted = 0;
  std::int64_t tuples_updated = 0;
  std::int64_t tuples_hot_updated = 0;
  std::int64_t tuples_deleted = 0;
  std::int64_t live_tuples = 0;
  std::int64_t dead_tuples = 0;
  std::int64_t modified_since_analyze = 0;
  std::optional<std::string> last_analyze;  // ISO 8601, the later of manual and automatic; none: never since the reset
  friend bool operator==(const TableCounters&, const TableCounters&) = default;
};

// A table, partitioned table, materialized view or foreign table (pg_class).
struct Relation {
  Oid oid;
  QualifiedName name;
  char kind = 'r';                // pg_class.relkind: r, p, m, f
  char persistence = 'p';         // pg_class.relpersistence: p, u, t
  std::int64_t pages = 0;         // blocks of the main fork when captured
  int statistics_pages = 0;       // pg_class.relpages, as of the last VACUUM or ANALYZE
  double statistics_tuples = -1;  // pg_class.reltuples; -1: never analysed
  int all_visible_pages = 0;      // pg_class.relallvisible
  Oid parent;                     // the partitioned or inherited parent, 0 if none
  bool row_security = false;
  std::string owner;     // role; owners bypass row level security unless it is forced
  bool readable = true;  // false: the capturing role may not SELECT it, so it is not in schema_sql
  std::optional<int> fillfactor;
  std::vector<Column> columns;  // by number
  TableCounters counters;
  friend bool operator==(const Relation&, const Relation&) = default;
};

// One key column of an index.
struct IndexKey {
  int column = 0;          // Column::number; 0: `expression` is indexed
  std::string expression;  // pg_get_indexdef text of the expression
  std::string opclass;     // empty: the default operator class of the type
  std::string collation;   // empty: the column's own
  bool descending = false;
  bool nulls_first = false;  // the default is true for descending, false for ascending
  friend auto operator<=>(const IndexKey&, const IndexKey&) = default;
};

// What an index is, apart from its name: two indexes with equal definitions do the same work.
struct IndexDef {
  Oid table;
  std::string method = "btree";
  std::vector<IndexKey> keys;
  std::vector<int> include;  // Column::number of non-key columns, in index order
  std::string predicate;     // pg_get_expr of the WHERE clause; empty: none
  bool unique = false;
  int pages_per_range = 0;  // BRIN: blocks that a summary stands for, where it is not the default of 128; else 0
  friend auto operator<=>(const IndexDef&, const IndexDef&) = default;
};

// An index that exists on the source (pg_index).
struct Index {
  Oid oid;
  QualifiedName name;
  IndexDef def;
  bool primary = false;
  bool exclusion = false;
  bool valid = true;  // indisvalid: the planner may use it
  bool ready = true;  // indisready: inserts maintain it
  bool backs_constraint = false;
  bool replica_identity = false;
  bool clustered = false;
  std::int64_t pages = 0;          // blocks of the main fork when captured
  int statistics_pages = 0;        // pg_class.relpages
  double statistics_tuples = 0;    // pg_class.reltuples
  std::optional<int> tree_height;  // levels above the leaves (btm_fastlevel); none: not known
  bool tree_height_exact = false;  // true: derived from the source's own planner, false: from the size
  std::string sql;                 // pg_get_indexdef
  std::int64_t scans = 0;          // pg_stat_all_indexes.idx_scan
  std::int64_t tuples_read = 0;
  std::int64_t tuples_fetched = 0;
  std::optional<RangeMap> range_map;              // BRIN, where its first page was readable
  std::optional<InvertedCounts> inverted_counts;  // GIN, the same
  friend bool operator==(const Index&, const Index&) = default;
};

struct Constraint {
  Oid oid;
  Oid table;
  std::string name;
  char kind = 'c';                   // pg_constraint.contype: p, u, f, c, x
  std::vector<int> columns;          // Column::number on `table`
  Oid foreign_table;                 // f only
  std::vector<int> foreign_columns;  // f only
  Oid index;                         // the index that enforces it, 0 if none
  std::string sql;                   // pg_get_constraintdef
  friend bool operator==(const Constraint&, const Constraint&) = default;
};

// Least and greatest value of the leading column of a B-tree, as the source's planner would find them by
// get_actual_variable_range (src/backend/utils/adt/selfuncs.c).
struct EndPoint {
  Oid index;
  std::optional<std::string> min;  // the type's text output; none: empty index, or not readable in time
  std::optional<std::string> max;
  friend bool operator==(const EndPoint&, const EndPoint&) = default;
};

struct Setting {
  std::string name;
  std::string value;   // current_setting() text of the capturing session without pgassay's own changes
  std::string source;  // pg_settings.source
  friend bool operator==(const Setting&, const Setting&) = default;
};

// A setting that ALTER ROLE or ALTER DATABASE stored (pg_db_role_setting).
struct RoleSetting {
  std::string role;      // empty: every role
  std::string database;  // empty: every database
  std::string name;
  std::string value;
  friend bool operator==(const RoleSetting&, const RoleSetting&) = default;
};

struct Extension {
  std::string name;
  std::string version;
  std::string schema;
  friend bool operator==(const Extension&, const Extension&) = default;
};

// A view (pg_class.relkind v); materialized ones are relations.
struct View {
  Oid oid;
  QualifiedName name;
  std::string owner;  // with whose rights and policies the view reads, unless it is a security_invoker one
  friend bool operator==(const View&, const View&) = default;
};

// A role as far as it decides which rows a query sees (pg_roles). Predefined roles (pg_*) appear in member_of only.
struct Role {
  std::string name;
  bool superuser = false;
  bool bypass_row_security = false;
  bool inherit = true;
  std::vector<std::string> member_of;  // direct memberships, sorted
  friend bool operator==(const Role&, const Role&) = default;
};

// Counters of a statement since the last reset (pg_stat_statements 1.8 to 1.12); 0 where the version lacks a column.
// Times in milliseconds, blocks of kPageBytes.
struct StatementCounters {
  std::int64_t calls = 0;
  double total_ms = 0;  // execution
  double min_ms = 0;
  double max_ms = 0;
  double stddev_ms = 0;  // of the population
  std::int64_t rows = 0;
  std::int64_t plans = 0;  // 0 unless pg_stat_statements.track_planning
  double plan_ms = 0;
  std::int64_t shared_blocks_hit = 0;
  std::int64_t shared_blocks_read = 0;
  std::int64_t shared_blocks_dirtied = 0;
  std::int64_t shared_blocks_written = 0;
  std::int64_t local_blocks_hit = 0;
  std::int64_t local_blocks_read = 0;
  std::int64_t local_blocks_dirtied = 0;
  std::int64_t local_blocks_written = 0;
  std::int64_t temp_blocks_read = 0;
  std::int64_t temp_blocks_written = 0;
  double block_read_ms = 0;  // shared, local and temporary; 0 unless track_io_timing
  double block_write_ms = 0;
  std::int64_t wal_records = 0;
  std::int64_t wal_full_page_images = 0;
  double wal_bytes = 0;
  std::int64_t jit_functions = 0;
  double jit_ms = 0;  // generation, inlining, optimization, emission and deforming
  friend bool operator==(const StatementCounters&, const StatementCounters&) = default;
};

// One row of pg_stat_statements for the captured database that may be planned.
struct Statement {
  std::int64_t query_id = 0;
  std::string user;                  // who ran it; empty: a role that is gone
  bool top_level = true;             // false: called from a function
  std::string text;                  // as the server normalised it: $n for literals
  std::optional<std::string> since;  // start of its counters (1.11), ISO 8601 in UTC
  StatementCounters counters;
  friend bool operator==(const Statement&, const Statement&) = default;
};

// Rows of pg_stat_statements that are counted but not kept, by what they are.
struct StatementGroup {
  std::string code;    // other-database, own-statement, utility-statement, no-privilege, text-lost
  std::string detail;  // kind of utility statement ("VariableSetStmt"); else empty
  std::int64_t statements = 0;
  std::int64_t calls = 0;
  double total_ms = 0;
  friend bool operator==(const StatementGroup&, const StatementGroup&) = default;
};

// Where the statements come from and how complete they are.
struct StatementSource {
  std::string version;                  // of the extension; empty: not available, `unavailable` says why
  std::string unavailable;              // a sentence with what to do next; empty: available
  std::string installed_in;             // the database whose view was read
  std::optional<std::string> reset_at;  // pg_stat_statements_info.stats_reset, ISO 8601 in UTC
  std::int64_t evictions = 0;       // pg_stat_statements_info.dealloc: times that the least used entries were dropped
  std::int64_t max_statements = 0;  // pg_stat_statements.max
  std::string track;                // pg_stat_statements.track
  std::optional<double> database_active_ms;  // pg_stat_database.active_time (14), since Snapshot::statistics_reset
  friend bool operator==(const StatementSource&, const StatementSource&) = default;
};

// Something that the capture could not read, and what that means for the advice.
struct CaptureGap {
  std::string subject;  // a table, an index, ...
  std::string reason;
  friend bool operator==(const CaptureGap&, const CaptureGap&) = default;
};

// One database at one moment.
struct Snapshot {
  // Where and when (DESIGN.md section 1: the keys of every capture).
  std::string system_identifier;  // pg_control_system(); "" where it may not be read
  Oid database_oid;
  std::string database;
  bool standby = false;     // pg_is_in_recovery()
  std::string captured_at;  // the source's transaction time, ISO 8601 with microseconds, in UTC
  int server_version = 0;   // server_version_num, for example 150008
  std::string server_version_text;
  std::string user;         // session_user of the capture
  bool with_values = true;  // false: capture --no-values

  // The database.
  std::string encoding;         // UTF8, ...
  std::string locale_provider;  // c or i
  std::string collate;
  std::string ctype;
  std::string icu_locale;
  Bytes database_bytes = 0;
  std::optional<std::string> statistics_reset;  // pg_stat_database.stats_reset

  std::string schema_sql;                    // pg_dump --schema-only
  std::vector<Relation> relations;           // by oid
  std::vector<Index> indexes;                // by oid
  std::vector<Constraint> constraints;       // by oid
  std::vector<ColumnStatistics> statistics;  // by relation, column, inherited
  std::vector<ExtendedStatistics> extended;  // by oid, inherited
  std::vector<EndPoint> end_points;          // by index
  std::vector<Setting> settings;             // by name
  std::vector<RoleSetting> role_settings;    // by database, role, name
  std::vector<Extension> extensions;         // by name
  std::vector<View> views;                   // by oid
  std::vector<Role> roles;                   // by name
  StatementSource statement_source;
  std::vector<Statement> statements;             // by total_ms downwards, then user, query_id, top_level
  std::vector<StatementGroup> statement_groups;  // by code, detail
  std::vector<CaptureGap> gaps;                  // by subject
  friend bool operator==(const Snapshot&, const Snapshot&) = default;

  // Lookups; nullptr where there is none. Relations, indexes and statistics are found by binary search.
  const Relation* FindRelation(Oid oid) const;
  const Relation* FindRelation(const QualifiedName& name) const;
  const Index* FindIndex(Oid oid) const;
  const ColumnStatistics* FindStatistics(Oid relation, int column, bool inherited) const;
  std::optional<std::string_view> FindSetting(std::string_view name) const;
  const Role* FindRole(std::string_view name) const;
};

// How often a server's indexes were used: a physical replica has the same OIDs as its primary, and counters of its own.
struct IndexUsage {
  std::string node;                   // for people: database, host and port
  std::optional<double> days;         // that the counters run; none: not known
  std::map<Oid, std::int64_t> scans;  // pg_stat_all_indexes.idx_scan
  friend bool operator==(const IndexUsage&, const IndexUsage&) = default;
};

// Column `number` of `relation`; nullptr where there is none.
const Column* FindColumn(const Relation& relation, int number);

}  // namespace pgassay
