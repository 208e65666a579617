#include "store/schema.h"

#include <iterator>

namespace pgassay::store {
namespace {

// STRICT makes SQLite itself refuse a text where a number belongs. Columns are in the order of store/fields.h.
constexpr Table kTables[] = {
    {"capture", R"sql(CREATE TABLE capture (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1, 2, ... in the order of appending
  system_identifier TEXT NOT NULL,       -- of the cluster (pg_control_system); empty: not readable
  database_oid INTEGER NOT NULL,
  database_name TEXT NOT NULL,
  standby INTEGER NOT NULL,              -- 1: the node was in recovery
  captured_at TEXT NOT NULL,             -- the source's transaction time, ISO 8601 in UTC
  server_version INTEGER NOT NULL,       -- server_version_num
  server_version_text TEXT NOT NULL,
  user_name TEXT NOT NULL,               -- who captured
  with_values INTEGER NOT NULL,          -- 0: capture --no-values
  encoding TEXT NOT NULL,
  locale_provider TEXT NOT NULL,         -- pg_database.datlocprovider
  lc_collate TEXT NOT NULL,
  lc_ctype TEXT NOT NULL,
  icu_locale TEXT NOT NULL,
  database_bytes INTEGER NOT NULL,
  statistics_reset TEXT,                 -- pg_stat_database.stats_reset
  schema_sql TEXT NOT NULL               -- pg_dump --schema-only
) STRICT)sql"},

    {"relation", R"sql(CREATE TABLE relation (
  capture INTEGER NOT NULL REFERENCES capture (number),
  oid INTEGER NOT NULL,
  schema_name TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- pg_class.relkind: r table, p partitioned, m materialized view, f foreign
  persistence TEXT NOT NULL,             -- pg_class.relpersistence: p permanent, u unlogged, t temporary
  pages INTEGER NOT NULL,                -- blocks of the main fork when captured
  statistics_pages INTEGER NOT NULL,     -- pg_class.relpages
  statistics_tuples REAL NOT NULL,       -- pg_class.reltuples; -1: never analysed
  all_visible_pages INTEGER NOT NULL,    -- pg_class.relallvisible
  parent_oid INTEGER NOT NULL,           -- partitioned or inherited parent; 0: none
  row_security INTEGER NOT NULL,
  owner_name TEXT NOT NULL,
  readable INTEGER NOT NULL,             -- 0: the capturing role may not SELECT it
  fillfactor INTEGER,
  PRIMARY KEY (capture, oid)
) STRICT, WITHOUT ROWID)sql"},

    {"relation_activity", R"sql(CREATE TABLE relation_activity (
  capture INTEGER NOT NULL REFERENCES capture (number),
  relation_oid INTEGER NOT NULL,
  seq_scans INTEGER NOT NULL,            -- pg_stat_all_tables, also all below
  seq_tuples_read INTEGER NOT NULL,
  index_scans INTEGER NOT NULL,
  tuples_inserted INTEGER NOT NULL,
  tuples_updated INTEGER NOT NULL,
  tuples_hot_updated INTEGER NOT NULL,
  tuples_deleted INTEGER NOT NULL,
  live_tuples INTEGER NOT NULL,
  dead_tuples INTEGER NOT NULL,
  modified_since_analyze INTEGER NOT NULL,
  last_analyze TEXT,                     -- the later of manual and automatic
  PRIMARY KEY (capture, relation_oid)
) STRICT, WITHOUT ROWID)sql"},

    {"relation_column", R"sql(CREATE TABLE relation_column (
  capture INTEGER NOT NULL REFERENCES capture (number),
  relation_oid INTEGER NOT NULL,
  number INTEGER NOT NULL,               -- pg_attribute.attnum
  name TEXT NOT NULL,
  type TEXT NOT NULL,                    -- format_type
  type_oid INTEGER NOT NULL,
  type_length INTEGER NOT NULL,          -- pg_type.typlen: bytes, -1 variable, -2 C string
  type_align TEXT NOT NULL,              -- pg_type.typalign: c, s, i, d
  not_null INTEGER NOT NULL,
  statistics_target INTEGER,             -- ALTER TABLE ... SET STATISTICS
  PRIMARY KEY (capture, relation_oid, number)
) STRICT, WITHOUT ROWID)sql"},

    {"relation_index", R"sql(CREATE TABLE relation_index (
  capture INTEGER NOT NULL REFERENCES capture (number),
  oid INTEGER NOT NULL,
  schema_name TEXT NOT NULL,
  name TEXT NOT NULL,
  relation_oid INTEGER NOT NULL,         -- the indexed table
  method TEXT NOT NULL,                  -- access method
  predicate TEXT NOT NULL,               -- WHERE clause of a partial index; empty: none
  is_unique INTEGER NOT NULL,
  is_primary INTEGER NOT NULL,
  is_exclusion INTEGER NOT NULL,
  is_valid INTEGER NOT NULL,             -- the planner may use it
  is_ready INTEGER NOT NULL,             -- inserts maintain it
  backs_constraint INTEGER NOT NULL,
  replica_identity INTEGER NOT NULL,
  is_clustered INTEGER NOT NULL,
  pages INTEGER NOT NULL,                -- blocks of the main fork when captured
  statistics_pages INTEGER NOT NULL,     -- pg_class.relpages
  statistics_tuples REAL NOT NULL,       -- pg_class.reltuples
  tree_height INTEGER,                   -- levels above the leaves
  tree_height_exact INTEGER NOT NULL,    -- 1: from the source's planner, 0: from the size
  sql TEXT NOT NULL,                     -- pg_get_indexdef
  scans INTEGER NOT NULL,                -- pg_stat_all_indexes, also the two below
  tuples_read INTEGER NOT NULL,
  tuples_fetched INTEGER NOT NULL,
  PRIMARY KEY (capture, oid)
) STRICT, WITHOUT ROWID)sql"},

    {"index_key", R"sql(CREATE TABLE index_key (
  capture INTEGER NOT NULL REFERENCES capture (number),
  index_oid INTEGER NOT NULL,
  position INTEGER NOT NULL,             -- 1, 2, ...
  column_number INTEGER NOT NULL,        -- 0: an expression
  expression TEXT NOT NULL,
  opclass TEXT NOT NULL,                 -- empty: the type's default
  collation TEXT NOT NULL,               -- empty: the column's own
  descending INTEGER NOT NULL,
  nulls_first INTEGER NOT NULL,
  PRIMARY KEY (capture, index_oid, position)
) STRICT, WITHOUT ROWID)sql"},

    {"index_include", R"sql(CREATE TABLE index_include (
  capture INTEGER NOT NULL REFERENCES capture (number),
  index_oid INTEGER NOT NULL,
  position INTEGER NOT NULL,             -- 1, 2, ...
  column_number INTEGER NOT NULL,
  PRIMARY KEY (capture, index_oid, position)
) STRICT, WITHOUT ROWID)sql"},

    {"relation_constraint", R"sql(CREATE TABLE relation_constraint (
  capture INTEGER NOT NULL REFERENCES capture (number),
  oid INTEGER NOT NULL,
  relation_oid INTEGER NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,                    -- pg_constraint.contype: p primary, u unique, f foreign, c check, x exclusion
  foreign_relation_oid INTEGER NOT NULL, -- 0: no foreign key
  index_oid INTEGER NOT NULL,            -- the index that enforces it; 0: none
  sql TEXT NOT NULL,                     -- pg_get_constraintdef
  PRIMARY KEY (capture, oid)
) STRICT, WITHOUT ROWID)sql"},

    {"constraint_column", R"sql(CREATE TABLE constraint_column (
  capture INTEGER NOT NULL REFERENCES capture (number),
  constraint_oid INTEGER NOT NULL,
  position INTEGER NOT NULL,             -- 1, 2, ...
  column_number INTEGER NOT NULL,
  foreign_column_number INTEGER,         -- of the referenced table, foreign keys only
  PRIMARY KEY (capture, constraint_oid, position)
) STRICT, WITHOUT ROWID)sql"},

    {"column_statistics", R"sql(CREATE TABLE column_statistics (
  capture INTEGER NOT NULL REFERENCES capture (number),
  relation_oid INTEGER NOT NULL,         -- a table, or an index for its expressions
  column_number INTEGER NOT NULL,
  inherited INTEGER NOT NULL,            -- 1: children included
  null_fraction REAL NOT NULL,
  average_width INTEGER NOT NULL,
  distinct_values REAL NOT NULL,         -- positive: a count, negative: a fraction of the rows, 0: unknown
  PRIMARY KEY (capture, relation_oid, column_number, inherited)
) STRICT, WITHOUT ROWID)sql"},

    {"statistic_slot", R"sql(CREATE TABLE statistic_slot (
  capture INTEGER NOT NULL REFERENCES capture (number),
  relation_oid INTEGER NOT NULL,
  column_number INTEGER NOT NULL,
  inherited INTEGER NOT NULL,
  position INTEGER NOT NULL,             -- 1, 2, ... of the used slots
  kind INTEGER NOT NULL,                 -- 1 most common values, 2 histogram, 3 correlation, 4, 5 elements, 6, 7 ranges
  operator TEXT NOT NULL,
  collation TEXT NOT NULL,
  numbers TEXT,
  value_list TEXT,                       -- values of the data themselves: confidential
  PRIMARY KEY (capture, relation_oid, column_number, inherited, position)
) STRICT)sql"},

    {"end_point", R"sql(CREATE TABLE end_point (
  capture INTEGER NOT NULL REFERENCES capture (number),
  index_oid INTEGER NOT NULL,
  least TEXT,                            -- confidential like value_list; NULL: empty, or not readable
  greatest TEXT,
  PRIMARY KEY (capture, index_oid)
) STRICT, WITHOUT ROWID)sql"},

    {"setting", R"sql(CREATE TABLE setting (
  capture INTEGER NOT NULL REFERENCES capture (number),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  source TEXT NOT NULL,                  -- pg_settings.source
  PRIMARY KEY (capture, name)
) STRICT, WITHOUT ROWID)sql"},

    {"role_setting", R"sql(CREATE TABLE role_setting (
  capture INTEGER NOT NULL REFERENCES capture (number),
  database_name TEXT NOT NULL,           -- empty: every database
  role_name TEXT NOT NULL,               -- empty: every role
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (capture, database_name, role_name, name)
) STRICT, WITHOUT ROWID)sql"},

    {"extension", R"sql(CREATE TABLE extension (
  capture INTEGER NOT NULL REFERENCES capture (number),
  name TEXT NOT NULL,
  version TEXT NOT NULL,
  schema_name TEXT NOT NULL,
  PRIMARY KEY (capture, name)
) STRICT, WITHOUT ROWID)sql"},

    {"relation_view", R"sql(CREATE TABLE relation_view (
  capture INTEGER NOT NULL REFERENCES capture (number),
  oid INTEGER NOT NULL,
  schema_name TEXT NOT NULL,
  name TEXT NOT NULL,
  owner_name TEXT NOT NULL,
  PRIMARY KEY (capture, oid)
) STRICT, WITHOUT ROWID)sql"},

    {"role", R"sql(CREATE TABLE role (
  capture INTEGER NOT NULL REFERENCES capture (number),
  name TEXT NOT NULL,
  superuser INTEGER NOT NULL,
  bypass_row_security INTEGER NOT NULL,
  inherit INTEGER NOT NULL,
  PRIMARY KEY (capture, name)
) STRICT, WITHOUT ROWID)sql"},

    {"role_membership", R"sql(CREATE TABLE role_membership (
  capture INTEGER NOT NULL REFERENCES capture (number),
  role_name TEXT NOT NULL,
  member_of TEXT NOT NULL,               -- direct memberships only; may be a predefined role
  PRIMARY KEY (capture, role_name, member_of)
) STRICT, WITHOUT ROWID)sql"},

    {"statement_source", R"sql(CREATE TABLE statement_source (
  capture INTEGER NOT NULL REFERENCES capture (number),
  version TEXT NOT NULL,                 -- of the extension pg_stat_statements; empty: not available
  unavailable TEXT NOT NULL,             -- why, and what to do; empty: available
  installed_in TEXT NOT NULL,            -- the database whose view was read
  reset_at TEXT,                         -- pg_stat_statements_info.stats_reset, ISO 8601 in UTC
  evictions INTEGER NOT NULL,            -- pg_stat_statements_info.dealloc
  max_statements INTEGER NOT NULL,       -- pg_stat_statements.max
  track TEXT NOT NULL,                   -- pg_stat_statements.track
  database_active_ms REAL,               -- pg_stat_database.active_time, since capture.statistics_reset
  PRIMARY KEY (capture)
) STRICT)sql"},

    {"statement", R"sql(CREATE TABLE statement (
  capture INTEGER NOT NULL REFERENCES capture (number),
  position INTEGER NOT NULL,             -- 1, 2, ...: the one with the largest total_ms first
  query_id INTEGER NOT NULL,
  user_name TEXT NOT NULL,               -- empty: a role that is gone
  top_level INTEGER NOT NULL,            -- 0: called from a function
  text TEXT NOT NULL,                    -- as the server keeps it: $n for literals of plannable statements
  since TEXT,                            -- pg_stat_statements.stats_since, ISO 8601 in UTC
  calls INTEGER NOT NULL,                -- pg_stat_statements, also all below; times in milliseconds
  total_ms REAL NOT NULL,
  min_ms REAL NOT NULL,
  max_ms REAL NOT NULL,
  stddev_ms REAL NOT NULL,
  row_count INTEGER NOT NULL,
  plans INTEGER NOT NULL,
  plan_ms REAL NOT NULL,
  shared_blocks_hit INTEGER NOT NULL,
  shared_blocks_read INTEGER NOT NULL,
  shared_blocks_dirtied INTEGER NOT NULL,
  shared_blocks_written INTEGER NOT NULL,
  local_blocks_hit INTEGER NOT NULL,
  local_blocks_read INTEGER NOT NULL,
  local_blocks_dirtied INTEGER NOT NULL,
  local_blocks_written INTEGER NOT NULL,
  temp_blocks_read INTEGER NOT NULL,
  temp_blocks_written INTEGER NOT NULL,
  block_read_ms REAL NOT NULL,
  block_write_ms REAL NOT NULL,
  wal_records INTEGER NOT NULL,
  wal_full_page_images INTEGER NOT NULL,
  wal_bytes REAL NOT NULL,
  jit_functions INTEGER NOT NULL,
  jit_ms REAL NOT NULL,
  PRIMARY KEY (capture, position)
) STRICT)sql"},

    {"statement_group", R"sql(CREATE TABLE statement_group (
  capture INTEGER NOT NULL REFERENCES capture (number),
  code TEXT NOT NULL,                    -- why these statements were counted and not kept
  detail TEXT NOT NULL,                  -- the kind of a utility statement and the like; else empty
  statements INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  total_ms REAL NOT NULL,
  PRIMARY KEY (capture, code, detail)
) STRICT, WITHOUT ROWID)sql"},

    {"capture_gap", R"sql(CREATE TABLE capture_gap (
  capture INTEGER NOT NULL REFERENCES capture (number),
  position INTEGER NOT NULL,             -- 1, 2, ...
  subject TEXT NOT NULL,                 -- a table, an index, ...
  reason TEXT NOT NULL,
  PRIMARY KEY (capture, position)
) STRICT, WITHOUT ROWID)sql"},

    {"recommendation", R"sql(CREATE TABLE recommendation (
  capture INTEGER NOT NULL REFERENCES capture (number),
  position INTEGER NOT NULL,             -- 1, 2, ...: as advised, largest gain first
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  definition TEXT NOT NULL,
  ddl TEXT NOT NULL,                     -- the statements to run, one a line, each with a semicolon
  size_bytes INTEGER NOT NULL,           -- predicted
  gain REAL NOT NULL,                    -- planner cost, weighted
  share REAL NOT NULL,                   -- of the total cost before
  PRIMARY KEY (capture, position)
) STRICT, WITHOUT ROWID)sql"},

    {"recorded_template", R"sql(CREATE TABLE recorded_template (
  capture INTEGER NOT NULL REFERENCES capture (number),
  position INTEGER NOT NULL,             -- 1, 2, ...: as examined
  id TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  sql TEXT NOT NULL,                     -- normalised
  source TEXT NOT NULL,
  PRIMARY KEY (capture, position)
) STRICT)sql"},
};

// The tables that versions after `from` have added, up to version `to`.
std::vector<Table> TablesBetween(std::int64_t from, std::int64_t to) {
  std::vector<Table> tables;
  const auto add = [&](std::int64_t version, std::span<const Table> added) {
    if (from < version && version <= to) tables.insert(tables.end(), added.begin(), added.end());
  };
  add(kFirstSchemaVersion, kTables);
  add(kFirstSchemaVersionOfLogs, LogTables());
  add(kFirstSchemaVersionOfLoops, LoopTables());
  add(kFirstSchemaVersionOfLoops, PlanTables());
  add(kFirstSchemaVersionOfExtended, ExtendedTables());
  add(kFirstSchemaVersionOfBenches, BenchTables());
  add(kFirstSchemaVersionOfOpenSessions, WalTables());
  add(kFirstSchemaVersionOfOpenSessions, OpenSessionTables());
  return tables;
}

}  // namespace

std::span<const Table> CaptureTables() {
  return kTables;
}

std::vector<Table> Tables(std::int64_t version) {
  return TablesBetween(kNoSchemaVersion, version);
}

std::vector<Table> TablesSince(std::int64_t version) {
  return TablesBetween(version, kSchemaVersion);
}

}  // namespace pgassay::store
