#include "store/schema.h"

namespace pgassay::store {
namespace {

// As in schema.cc. 64-bit numbers without sign are kept as the integer with sign of the same bits.
constexpr Table kLogTables[] = {
    {"log_file", R"sql(CREATE TABLE log_file (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1, 2, ... in the order of identity
  identity INTEGER NOT NULL,             -- hash of its first bytes, 64 bits: printf('%016x', identity) shows them
  identity_bytes INTEGER NOT NULL,       -- how many bytes, decompressed, are hashed
  name TEXT NOT NULL,                    -- as last read
  format TEXT NOT NULL,
  bytes INTEGER NOT NULL,                -- read so far, decompressed: reading goes on here
  entries INTEGER NOT NULL,
  continuation_lines INTEGER NOT NULL,
  empty_lines INTEGER NOT NULL
) STRICT)sql"},

    {"log_unknown_lines", R"sql(CREATE TABLE log_unknown_lines (
  file_number INTEGER NOT NULL REFERENCES log_file (number),
  slug TEXT NOT NULL,                    -- why these lines belong to no entry
  lines INTEGER NOT NULL,
  PRIMARY KEY (file_number, slug)
) STRICT, WITHOUT ROWID)sql"},

    {"log_template", R"sql(CREATE TABLE log_template (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1, 2, ... in the order of database, user, fingerprint and text
  database_name TEXT NOT NULL,           -- empty: not logged
  user_name TEXT NOT NULL,               -- empty: not logged
  fingerprint TEXT NOT NULL,             -- libpg_query's; shape-...: the grammar reads no single statement
  sql TEXT NOT NULL,                     -- normalised: $n for literals, ? where the grammar does not read it
  calls INTEGER NOT NULL,                -- logged executions that did not fail
  timed_calls INTEGER NOT NULL,          -- of these, with a duration
  total_us INTEGER NOT NULL,             -- microseconds of the timed ones, also the two below
  min_us INTEGER NOT NULL,
  max_us INTEGER NOT NULL,
  parse_us INTEGER NOT NULL,             -- logged parse steps of the extended protocol
  bind_us INTEGER NOT NULL,              -- and bind steps
  failed INTEGER NOT NULL,               -- ended by an error
  cancelled INTEGER NOT NULL,            -- of these, by a timeout or a person
  plans INTEGER NOT NULL,                -- auto_explain
  plan_us INTEGER NOT NULL,              -- duration of these executions
  temporary_files INTEGER NOT NULL,
  temporary_bytes INTEGER NOT NULL,
  lock_waits INTEGER NOT NULL,           -- waits longer than deadlock_timeout
  lock_wait_us INTEGER NOT NULL,
  first_us INTEGER NOT NULL,             -- first and last seen, microseconds since 1970 UTC:
  last_us INTEGER NOT NULL,              -- datetime(last_us / 1000000, 'unixepoch') shows it
  latency TEXT NOT NULL                  -- bucket:calls bucket:calls ...; bucket b begins at b microseconds below 128,
                                         -- else at (64 + b % 64) << (b / 64 - 1), and ends where b + 1 begins
) STRICT)sql"},

    {"log_hour", R"sql(CREATE TABLE log_hour (
  template_number INTEGER NOT NULL REFERENCES log_template (number),
  hour INTEGER NOT NULL,                 -- hours since 1970 UTC: datetime(hour * 3600, 'unixepoch') shows it
  calls INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  PRIMARY KEY (template_number, hour)
) STRICT, WITHOUT ROWID)sql"},

    {"log_sample", R"sql(CREATE TABLE log_sample (
  template_number INTEGER NOT NULL REFERENCES log_template (number),
  slowest INTEGER NOT NULL,              -- 1: the slowest call, 0: one of those with the least priority
  position INTEGER NOT NULL,             -- 1, 2, ...: by priority
  priority INTEGER NOT NULL,             -- pseudo-random, 64 bits: printf('%016x', priority) shows them
  time_us INTEGER NOT NULL,              -- when it was logged, microseconds since 1970 UTC
  duration_us INTEGER NOT NULL,          -- -1: not logged
  sql TEXT NOT NULL,                     -- as sent, literals included: confidential; empty: log_template.sql
  parameters TEXT NOT NULL,              -- $1 = '42', ... as logged: confidential
  PRIMARY KEY (template_number, slowest, position)
) STRICT, WITHOUT ROWID)sql"},

    {"log_query_id", R"sql(CREATE TABLE log_query_id (
  template_number INTEGER NOT NULL REFERENCES log_template (number),
  query_id INTEGER NOT NULL,             -- the server's, as statement.query_id
  PRIMARY KEY (template_number, query_id)
) STRICT, WITHOUT ROWID)sql"},

    {"log_tag", R"sql(CREATE TABLE log_tag (
  template_number INTEGER NOT NULL REFERENCES log_template (number),
  tag TEXT NOT NULL,                     -- key=value, from a comment of a sample
  PRIMARY KEY (template_number, tag)
) STRICT, WITHOUT ROWID)sql"},

    {"log_group", R"sql(CREATE TABLE log_group (
  code TEXT NOT NULL,                    -- why these statements were counted and not kept
  detail TEXT NOT NULL,                  -- the kind of a utility statement and the like; else empty
  statements INTEGER NOT NULL,           -- different texts; the same text of two logs counts twice
  calls INTEGER NOT NULL,
  total_us INTEGER NOT NULL,
  PRIMARY KEY (code, detail)
) STRICT, WITHOUT ROWID)sql"},

    {"log_event", R"sql(CREATE TABLE log_event (
  kind TEXT NOT NULL PRIMARY KEY,        -- completed, lock-wait, checkpoint, ...
  entries INTEGER NOT NULL
) STRICT, WITHOUT ROWID)sql"},
};

constexpr Table kPlanTables[] = {
    {"log_plan", R"sql(CREATE TABLE log_plan (
  template_number INTEGER NOT NULL PRIMARY KEY REFERENCES log_template (number),
  analyzed_plans INTEGER NOT NULL,       -- of log_template.plans, with actual rows
  plan_rows INTEGER NOT NULL,            -- that these gave
  misestimated INTEGER NOT NULL,         -- of these, with a node whose rows were many times fewer or more
  worst_misestimate INTEGER NOT NULL     -- the greatest such ratio, rounded down
) STRICT)sql"},
};

constexpr Table kWalTables[] = {
    {"log_wal", R"sql(CREATE TABLE log_wal (
  template_number INTEGER NOT NULL PRIMARY KEY REFERENCES log_template (number),
  wal_plans INTEGER NOT NULL,            -- of log_plan.analyzed_plans, with WAL (auto_explain.log_wal)
  wal_records INTEGER NOT NULL,          -- that these wrote
  wal_full_page_images INTEGER NOT NULL,
  wal_bytes INTEGER NOT NULL
) STRICT)sql"},
};

}  // namespace

std::span<const Table> WalTables() {
  return kWalTables;
}

std::span<const Table> PlanTables() {
  return kPlanTables;
}

std::span<const Table> LogTables() {
  return kLogTables;
}

}  // namespace pgassay::store
