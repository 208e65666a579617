#include "store/schema.h"

namespace pgassay::store {
namespace {

// As in loop_schema.cc.
constexpr Table kOpenSessionTables[] = {
    {"log_open_session", R"sql(CREATE TABLE log_open_session (
  number INTEGER NOT NULL PRIMARY KEY,   -- 1, 2, ... in the order of last_end_us
  session INTEGER NOT NULL,              -- hash of the session's identifier
  last_end_us INTEGER NOT NULL,          -- of its last statement, microseconds since 1970 UTC
  state TEXT NOT NULL                    -- numbers that decide how its loops go on; values of statements are hashes
) STRICT)sql"},

    {"log_open_statement", R"sql(CREATE TABLE log_open_statement (
  session_number INTEGER NOT NULL REFERENCES log_open_session (number),
  position INTEGER NOT NULL,             -- 1, 2, ...; state counts from 0
  database_name TEXT NOT NULL,           -- as in log_loop_statement
  user_name TEXT NOT NULL,
  shape INTEGER NOT NULL,
  role INTEGER NOT NULL,                 -- the part that it can play in a loop, as bits
  text TEXT NOT NULL,
  PRIMARY KEY (session_number, position)
) STRICT)sql"},

    {"log_open_statement_tag", R"sql(CREATE TABLE log_open_statement_tag (
  session_number INTEGER NOT NULL,
  position INTEGER NOT NULL,             -- as in log_open_statement
  tag TEXT NOT NULL,                     -- key=value, from a comment of the statement
  PRIMARY KEY (session_number, position, tag)
) STRICT, WITHOUT ROWID)sql"},
};

}  // namespace

std::span<const Table> OpenSessionTables() {
  return kOpenSessionTables;
}

}  // namespace pgassay::store
