#pragma once

// Loops of statements that were seen in logs, summed up by what repeats in them. Everything is an integer, a set of
// least hashes or a sketch, so that merging is exact: in any order, on any machine, whoever read which part of the log.
// Found by module nplusone, added up by module workload.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pgassay/sketch.h"

namespace pgassay {

enum class LoopKind : std::uint8_t { kNPlusOne, kRedundantQuery, kWritesInALoop, kChattyTransaction, kCheckThenInsert };

// By LoopKind. Public and stable, as reason codes are.
inline constexpr std::array<std::string_view, 5> kLoopKindSlugs = {"n-plus-one", "redundant-query", "writes-in-a-loop",
                                                                   "chatty-transaction", "check-then-insert"};

// Why something that repeats is no finding.
enum class LoopSuppression : std::uint8_t {
  kPagination,               // pages of one result: ORDER BY ... LIMIT with OFFSET or a comparison
  kUniquenessCheck,          // each followed by an INSERT into the same table: check-then-insert
  kIndependentTransactions,  // each round is a whole transaction: requests that follow each other
  kNoParent,                 // no query before it whose rows could have driven it
  kPolling,                  // the same query again and again, with pauses
  kReadAfterWrite,           // its table was written in between
  kSeparateRequests,         // rounds of several statements with nothing that ties them together
  kRowLock,                  // reads in order to lock
  kLocked,                   // check-then-insert under a lock or in a serializable transaction
  kOtherKey,                 // the INSERT has none of the values that the SELECT looked for
};

// By LoopSuppression. Public and stable.
inline constexpr std::array<std::string_view, 10> kLoopSuppressionSlugs = {
    "pagination", "uniqueness-check", "independent-transactions", "no-parent",
    "polling",    "read-after-write", "separate-requests",        "row-lock",
    "locked",     "other-key"};

constexpr std::string_view Slug(LoopKind kind) {
  return kLoopKindSlugs[static_cast<std::size_t>(kind)];
}
constexpr std::string_view Slug(LoopSuppression reason) {
  return kLoopSuppressionSlugs[static_cast<std::size_t>(reason)];
}

struct LoopOwner {
  std::string database;
  std::string user;
  friend auto operator<=>(const LoopOwner&, const LoopOwner&) = default;
};

struct LoopKey {
  LoopKind kind = LoopKind::kNPlusOne;
  LoopOwner owner;
  std::uint64_t parent = 0;  // shape; 0: none. n-plus-one: whose rows drive it; check-then-insert: the SELECT
  std::uint64_t child = 0;   // shape of what repeats; chatty-transaction: the first statement
  friend auto operator<=>(const LoopKey&, const LoopKey&) = default;
};

// One loop, without values.
struct LoopExample {
  std::uint64_t priority = 0;  // pseudo-random, from the loop itself: those with the least are kept
  std::uint64_t session = 0;   // hash of the session id
  std::int64_t first_us = 0;   // microseconds since 1970 UTC
  std::int64_t last_us = 0;
  std::uint32_t calls = 0;
  friend auto operator<=>(const LoopExample&, const LoopExample&) = default;
};
inline constexpr std::size_t kLoopExamples = 3;

// The least hashes of a set: exact up to kDistinctKept members, an estimate above.
struct DistinctCount {
  std::vector<std::uint64_t> least;  // sorted, unique
  friend bool operator==(const DistinctCount&, const DistinctCount&) = default;
};
inline constexpr std::size_t kDistinctKept = 64;

struct LoopStats {
  std::int64_t loops = 0;
  std::int64_t calls = 0;
  std::int64_t transactions = 0;  // that the loops ran in, summed over them
  DistinctCount sessions;
  Sketch n;                    // calls of a loop
  std::int64_t wasted_us = 0;  // see WastedUs in nplusone/loop_rules.h
  std::int64_t busy_us = 0;    // durations of the calls
  std::int64_t idle_us = 0;    // pauses before the calls
  std::int64_t first_us = 0;   // microseconds since 1970 UTC
  std::int64_t last_us = 0;
  // Evidence for the confidence: loops of one transaction, loops whose parent returns one row as far as words tell, and
  // how uneven the pauses are (Unevenness in nplusone/loop_rules.h).
  std::int64_t within_transaction = 0;
  std::int64_t weak_parent = 0;
  std::int64_t unevenness = 0;
  std::int64_t repeated_values = 0;   // calls whose values had occurred before in the same loop
  std::int64_t matched_keys = 0;      // check-then-insert: values of the SELECT were all among those of the INSERT
  std::int64_t known_keys = 0;        // check-then-insert: pairs whose values are known
  std::vector<LoopExample> examples;  // by priority, at most kLoopExamples
  friend bool operator==(const LoopStats&, const LoopStats&) = default;
};

struct LoopStatement {
  std::string text;            // normalised, $n for literals; empty: not kept
  std::set<std::string> tags;  // query tags, "key=value"
  friend auto operator<=>(const LoopStatement&, const LoopStatement&) = default;
};

// A statement of an OpenLoopSession.
struct OpenLoopStatement {
  LoopOwner owner;
  std::uint64_t shape = 0;
  std::uint64_t role = 0;  // its part in loops: Pack in nplusone/statement_role.h
  LoopStatement described;
  friend auto operator<=>(const OpenLoopStatement&, const OpenLoopStatement&) = default;
};

// What a session was in the middle of where the logs end: logs that are read later may go on with it. Not yet counted
// in LoopTally::loops.
struct OpenLoopSession {
  std::int64_t last_end_us = 0;  // of its last statement, microseconds since 1970 UTC
  std::uint64_t session = 0;     // hash of the session id
  std::vector<OpenLoopStatement> statements;
  std::string state;  // numbers: nplusone/open_sessions.h
  friend auto operator<=>(const OpenLoopSession&, const OpenLoopSession&) = default;
};

// Of more, those that paused longest lose what they were in.
inline constexpr std::size_t kMostOpenSessions = 1'000;

struct LoopTally {
  using Statement = std::pair<LoopOwner, std::uint64_t>;  // with its shape
  std::map<LoopKey, LoopStats> loops;
  std::map<Statement, LoopStatement> statements;  // of the keys in `loops`
  std::map<Statement, std::int64_t> calls;        // of every statement that could be part of a loop
  std::map<std::pair<Statement, LoopSuppression>, std::int64_t> suppressed;  // loops that are no findings
  std::int64_t events = 0;
  std::int64_t failed = 0;
  std::int64_t sessions_closed_early = 0;  // for want of space: a loop that went on then counts as two, or is missed
  std::int64_t not_watched = 0;            // events of statements beyond those that fit into memory
  std::int64_t first_us = 0;               // of all events; 0: none
  std::int64_t last_us = 0;
  std::vector<OpenLoopSession> open;  // sorted, unique
  friend bool operator==(const LoopTally&, const LoopTally&) = default;
};

}  // namespace pgassay
