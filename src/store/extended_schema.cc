#include "store/schema.h"

namespace pgassay::store {
namespace {

// As in schema.cc. Lists of numbers and values are PostgreSQL's array text.
constexpr Table kExtendedTables[] = {
    {"block_range_index", R"sql(CREATE TABLE block_range_index (
  capture INTEGER NOT NULL REFERENCES capture (number),
  index_oid INTEGER NOT NULL,
  pages_per_range INTEGER NOT NULL,      -- storage parameter of a BRIN index; 0: the default
  built_pages_per_range INTEGER,         -- what it was built with; NULL: its first page was not readable
  map_pages INTEGER,                     -- blocks of its range map
  PRIMARY KEY (capture, index_oid)
) STRICT, WITHOUT ROWID)sql"},

    {"inverted_index", R"sql(CREATE TABLE inverted_index (
  capture INTEGER NOT NULL REFERENCES capture (number),
  index_oid INTEGER NOT NULL,
  total_pages INTEGER NOT NULL,          -- of a GIN index when built or last vacuumed, also the three below; 0: only the
                                         -- pending list was readable
  entry_pages INTEGER NOT NULL,
  data_pages INTEGER NOT NULL,
  entries INTEGER NOT NULL,
  pending_pages INTEGER NOT NULL,        -- of the pending list when captured
  PRIMARY KEY (capture, index_oid)
) STRICT, WITHOUT ROWID)sql"},

    {"extended_statistics", R"sql(CREATE TABLE extended_statistics (
  capture INTEGER NOT NULL REFERENCES capture (number),
  oid INTEGER NOT NULL,                  -- of CREATE STATISTICS
  inherited INTEGER NOT NULL,            -- 1: children included
  schema_name TEXT NOT NULL,
  name TEXT NOT NULL,
  relation_oid INTEGER NOT NULL,
  column_numbers TEXT NOT NULL,          -- {2,3}; {}: expressions only
  PRIMARY KEY (capture, oid, inherited)
) STRICT, WITHOUT ROWID)sql"},

    {"extended_group", R"sql(CREATE TABLE extended_group (
  capture INTEGER NOT NULL REFERENCES capture (number),
  statistics_oid INTEGER NOT NULL,
  inherited INTEGER NOT NULL,
  kind TEXT NOT NULL,                    -- d different combinations, f functional dependency
  position INTEGER NOT NULL,             -- 1, 2, ... of its kind
  column_numbers TEXT NOT NULL,          -- {2,3,-1}; -1: the first expression
  figure REAL NOT NULL,
  PRIMARY KEY (capture, statistics_oid, inherited, kind, position)
) STRICT, WITHOUT ROWID)sql"},

    {"extended_value", R"sql(CREATE TABLE extended_value (
  capture INTEGER NOT NULL REFERENCES capture (number),
  statistics_oid INTEGER NOT NULL,
  inherited INTEGER NOT NULL,
  position INTEGER NOT NULL,
  value_list TEXT NOT NULL,              -- values of the data themselves: confidential
  frequency REAL NOT NULL,               -- share of the rows
  base_frequency REAL NOT NULL,          -- if the columns were independent
  PRIMARY KEY (capture, statistics_oid, inherited, position)
) STRICT)sql"},

    {"extended_expression", R"sql(CREATE TABLE extended_expression (
  capture INTEGER NOT NULL REFERENCES capture (number),
  statistics_oid INTEGER NOT NULL,
  inherited INTEGER NOT NULL,
  number INTEGER NOT NULL,               -- 1, 2, ...
  null_fraction REAL NOT NULL,           -- as in column_statistics
  average_width INTEGER NOT NULL,
  distinct_values REAL NOT NULL,
  PRIMARY KEY (capture, statistics_oid, inherited, number)
) STRICT, WITHOUT ROWID)sql"},

    {"extended_slot", R"sql(CREATE TABLE extended_slot (
  capture INTEGER NOT NULL REFERENCES capture (number),
  statistics_oid INTEGER NOT NULL,
  inherited INTEGER NOT NULL,
  number INTEGER NOT NULL,               -- of the expression
  position INTEGER NOT NULL,             -- as in statistic_slot, like all below
  kind INTEGER NOT NULL,
  operator TEXT NOT NULL,
  collation TEXT NOT NULL,
  numbers TEXT,
  value_list TEXT,                       -- confidential
  PRIMARY KEY (capture, statistics_oid, inherited, number, position)
) STRICT)sql"},
};

}  // namespace

std::span<const Table> ExtendedTables() {
  return kExtendedTables;
}

}  // namespace pgassay::store
