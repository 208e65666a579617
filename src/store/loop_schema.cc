#include "store/schema.h"

namespace pgassay::store {
namespace {

// As in log_schema.cc. Shapes and hashes are 64-bit numbers without sign: printf('%016x', shape) shows one.
constexpr Table kLoopTables[] = {
    {"log_loop_statement", R"sql(CREATE TABLE log_loop_statement (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1, 2, ... in the order of database, user and shape
  database_name TEXT NOT NULL,           -- empty: not logged
  user_name TEXT NOT NULL,               -- empty: not logged
  shape INTEGER NOT NULL,                -- hash of the statement without its literals
  text TEXT NOT NULL                     -- normalised: $n for literals; empty: not kept
) STRICT)sql"},

    {"log_loop_statement_tag", R"sql(CREATE TABLE log_loop_statement_tag (
  statement_number INTEGER NOT NULL REFERENCES log_loop_statement (number),
  tag TEXT NOT NULL,                     -- key=value, from a comment of the statement
  PRIMARY KEY (statement_number, tag)
) STRICT, WITHOUT ROWID)sql"},

    {"log_loop", R"sql(CREATE TABLE log_loop (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1, 2, ... first by kind, then by database, user, parent and child
  kind TEXT NOT NULL,                    -- n-plus-one, redundant-query, writes-in-a-loop, chatty-transaction,
                                         -- check-then-insert
  database_name TEXT NOT NULL,           -- as in log_loop_statement
  user_name TEXT NOT NULL,
  parent INTEGER NOT NULL,               -- shape of the statement whose rows drive the loop; check-then-insert: of the
                                         -- SELECT; 0: none
  child INTEGER NOT NULL,                -- shape of what repeats; chatty-transaction: of the first statement
  loops INTEGER NOT NULL,                -- how often this was seen
  calls INTEGER NOT NULL,                -- of statements in these loops
  transactions INTEGER NOT NULL,         -- that the loops ran in, summed over them
  wasted_us INTEGER NOT NULL,            -- microseconds that one statement in place of each loop would save, at least
  busy_us INTEGER NOT NULL,              -- durations of the calls
  idle_us INTEGER NOT NULL,              -- pauses before the calls
  within_transaction INTEGER NOT NULL,   -- loops of one transaction
  weak_parent INTEGER NOT NULL,          -- loops whose parent returns one row as far as words tell
  unevenness INTEGER NOT NULL,           -- how uneven the pauses are; even ones are those of a program in a loop
  repeated_values INTEGER NOT NULL,      -- calls whose values had occurred before in the same loop
  matched_keys INTEGER NOT NULL,         -- check-then-insert: values of the SELECT were all among those of the INSERT
  known_keys INTEGER NOT NULL,           -- check-then-insert: pairs whose values are known
  first_us INTEGER NOT NULL,             -- first and last seen, microseconds since 1970 UTC:
  last_us INTEGER NOT NULL,              -- datetime(last_us / 1000000, 'unixepoch') shows it
  n TEXT NOT NULL,                       -- calls of a loop, as bucket:loops bucket:loops ...; see log_template.latency
  sessions TEXT NOT NULL                 -- hashes of sessions, 16 hexadecimal digits each: the least 64 of them
) STRICT)sql"},

    {"log_loop_example", R"sql(CREATE TABLE log_loop_example (
  loop_number INTEGER NOT NULL REFERENCES log_loop (number),
  position INTEGER NOT NULL,             -- 1, 2, 3: by priority
  priority INTEGER NOT NULL,             -- pseudo-random, 64 bits without sign: those with the least are kept
  session INTEGER NOT NULL,              -- hash of the session's identifier
  first_us INTEGER NOT NULL,             -- begin and end, microseconds since 1970 UTC
  last_us INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (loop_number, position)
) STRICT, WITHOUT ROWID)sql"},

    {"log_loop_calls", R"sql(CREATE TABLE log_loop_calls (
  database_name TEXT NOT NULL,           -- as in log_loop_statement; here are all statements that could be part of a
  user_name TEXT NOT NULL,               -- loop, in one or not
  shape INTEGER NOT NULL,
  calls INTEGER NOT NULL,
  PRIMARY KEY (database_name, user_name, shape)
) STRICT, WITHOUT ROWID)sql"},

    {"log_loop_suppressed", R"sql(CREATE TABLE log_loop_suppressed (
  database_name TEXT NOT NULL,           -- as in log_loop_statement
  user_name TEXT NOT NULL,
  shape INTEGER NOT NULL,                -- of what repeats
  reason TEXT NOT NULL,                  -- why that is no finding: pagination, polling, read-after-write, ...
  loops INTEGER NOT NULL,
  PRIMARY KEY (database_name, user_name, shape, reason)
) STRICT, WITHOUT ROWID)sql"},

    {"log_loop_total", R"sql(CREATE TABLE log_loop_total (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1: there is one row, or none where no loops were looked for
  events INTEGER NOT NULL,               -- calls that were looked at
  failed INTEGER NOT NULL,               -- calls that ended by an error
  sessions_closed_early INTEGER NOT NULL,
                                         -- for want of space: a loop that went on then counts as two, or is missed
  not_watched INTEGER NOT NULL,          -- events of statements beyond those that fit into memory
  first_us INTEGER NOT NULL,             -- of all events, microseconds since 1970 UTC; 0: none
  last_us INTEGER NOT NULL
) STRICT)sql"},
};

}  // namespace

std::span<const Table> LoopTables() {
  return kLoopTables;
}

}  // namespace pgassay::store
