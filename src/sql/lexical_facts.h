#pragma once

// What the words of a statement tell without a syntax tree: for texts that may be cut short, hold ? for literals, or
// are too many to parse. Thread-safe.

#include <cstdint>
#include <string>
#include <string_view>

namespace pgassay::sql {

enum class Verb : std::uint8_t {
  kOther,   // DDL and whatever is not below
  kSelect,  // also TABLE and VALUES
  kInsert,
  kUpdate,
  kDelete,
  kMerge,
  kDeclare,  // of a cursor
  kFetch,
  kBegin,
  kCommit,     // also END and PREPARE TRANSACTION
  kRollback,   // of the whole transaction
  kSavepoint,  // SAVEPOINT, RELEASE, ROLLBACK TO
  kSession,    // SET, SHOW, PREPARE, DEALLOCATE, LISTEN: housekeeping of a session
  kDiscard,    // DISCARD, RESET ALL: what poolers send between two clients
  kCopy,
};

struct LexicalFacts {
  Verb verb = Verb::kOther;
  std::string relation;   // the target, or the first in FROM, as written without quotes; empty: none
  bool row_lock = false;  // FOR UPDATE, FOR SHARE and the like
  bool skip_locked = false;
  bool takes_lock = false;  // LOCK TABLE, an advisory lock, or SERIALIZABLE
  bool limit = false;       // LIMIT or FETCH FIRST
  bool offset = false;
  bool order_by = false;
  bool compares = false;  // <, >, <= or >= with a value, as in keyset pagination
  bool slice = false;  // WHERE bounds one column from both sides and compares nothing for equality: a part of a table
  bool nextval = false;   // a sequence is asked
  bool on_conflict = false;
  bool returning = false;
  bool copies_rows = false;  // INSERT ... SELECT
  bool aggregate = false;    // one row of figures: SELECT count(*) without GROUP BY
  bool one_row = false;      // at most one row, as far as words tell: LIMIT 1, equality with a column named id
  friend bool operator==(const LexicalFacts&, const LexicalFacts&) = default;
};

LexicalFacts ReadLexicalFacts(std::string_view text);

}  // namespace pgassay::sql
