#include "store/schema.h"

namespace pgassay::store {
namespace {

// As in schema.cc. Times are medians with the interval of their bootstrap.
constexpr Table kBenchTables[] = {
    {"bench", R"sql(CREATE TABLE bench (
  capture INTEGER NOT NULL REFERENCES capture (number),
  position INTEGER NOT NULL,             -- 1, 2, ...: the oldest first
  run TEXT NOT NULL,                     -- id
  ran_at TEXT NOT NULL,                  -- the measured server's time at the end
  database_name TEXT NOT NULL,           -- what was measured
  server_version INTEGER NOT NULL,
  PRIMARY KEY (capture, position)
) STRICT, WITHOUT ROWID)sql"},

    {"bench_set", R"sql(CREATE TABLE bench_set (
  capture INTEGER NOT NULL REFERENCES capture (number),
  bench INTEGER NOT NULL,
  position INTEGER NOT NULL,             -- 1: the database as it was
  name TEXT NOT NULL,
  rounds INTEGER NOT NULL,               -- that count; 0: not measured
  mean_ms REAL,                          -- of a call, over what all sets measured
  low_ms REAL,
  high_ms REAL,
  ratio REAL,                            -- to mean_ms of the first set
  per_second REAL,                       -- statements of the mix
  size_bytes INTEGER NOT NULL,           -- of new indexes less dropped ones
  build_ms REAL NOT NULL,
  problem_code TEXT NOT NULL,
  PRIMARY KEY (capture, bench, position)
) STRICT, WITHOUT ROWID)sql"},

    {"bench_index", R"sql(CREATE TABLE bench_index (
  capture INTEGER NOT NULL REFERENCES capture (number),
  bench INTEGER NOT NULL,
  set_position INTEGER NOT NULL,
  position INTEGER NOT NULL,
  definition TEXT NOT NULL,
  dropped INTEGER NOT NULL,
  recommendation TEXT NOT NULL,          -- id; empty: of a proposed set
  size_bytes INTEGER NOT NULL,
  predicted_bytes INTEGER NOT NULL,
  build_ms REAL NOT NULL,
  scans INTEGER NOT NULL,
  label TEXT NOT NULL,                   -- measured, planned, unused
  PRIMARY KEY (capture, bench, set_position, position)
) STRICT, WITHOUT ROWID)sql"},

    {"bench_query", R"sql(CREATE TABLE bench_query (
  capture INTEGER NOT NULL REFERENCES capture (number),
  bench INTEGER NOT NULL,
  set_position INTEGER NOT NULL,
  position INTEGER NOT NULL,
  template_id TEXT NOT NULL,
  weight REAL NOT NULL,
  samples INTEGER NOT NULL,
  median_ms REAL,                        -- of a call; NULL: not measured
  low_ms REAL,
  high_ms REAL,
  ratio REAL,                            -- to median_ms of the first set
  blocks_hit REAL,                       -- of a call
  blocks_read REAL,
  wal_bytes REAL,
  cost_before REAL,                      -- predicted
  cost_after REAL,
  regression INTEGER NOT NULL,
  answer TEXT NOT NULL,                  -- same, count, differs, not-compared
  problem_code TEXT NOT NULL,
  PRIMARY KEY (capture, bench, set_position, position)
) STRICT, WITHOUT ROWID)sql"},
};

}  // namespace

std::span<const Table> BenchTables() {
  return kBenchTables;
}

}  // namespace pgassay::store
