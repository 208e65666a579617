#pragma once

// A statement's text to a hash without its literals, in one pass by PostgreSQL's lexical rules, fast enough to do it
// for every line of a log. libpg_query then has to read only one statement of each shape. All functions are
// thread-safe, take any bytes, allocate nothing (but the results asked for) and take time linear in the text.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pgassay::sql {

// From the first word. A statement that begins with "(" has the verb of what is in the parentheses.
enum class StatementVerb : std::uint8_t {
  kOther,
  kSelect,
  kInsert,
  kUpdate,
  kDelete,
  kMerge,
  kWith,
  kValues,
  kTable,
  kBegin,     // BEGIN, START TRANSACTION
  kCommit,    // COMMIT, END
  kRollback,  // ROLLBACK, ABORT, and ROLLBACK TO
  kSavepoint,
  kRelease,
  kSet,
  kReset,
  kShow,
  kFetch,  // FETCH, MOVE
  kClose,
  kDeclare,
  kCopy,
  kPrepare,
  kExecute,
  kDeallocate,
  kDiscard,
  kExplain,
  kCall,
  kDo,
  kLock,
  kListen,  // LISTEN, UNLISTEN
  kNotify,
};

// What words occur; lexical, so a hint. OR-ed together in StatementHash::hints.
enum StatementHint : std::uint16_t {
  kHasRowLock = 1 << 0,     // FOR UPDATE, FOR SHARE, FOR NO KEY UPDATE, FOR KEY SHARE
  kHasSkipLocked = 1 << 1,  // SKIP
  kHasLimit = 1 << 2,       // LIMIT, FETCH
  kHasOffset = 1 << 3,
  kHasOrderBy = 1 << 4,  // ORDER
  kHasGroupBy = 1 << 5,  // GROUP
  kHasJoin = 1 << 6,
  kHasReturning = 1 << 7,
  kHasWhere = 1 << 8,
  kHasIn = 1 << 9,
  kHasNextval = 1 << 10,
  kHasSubquery = 1 << 11,  // SELECT that is not the first word
};

struct StatementHash {
  // Equal shapes mean equal fingerprints of libpg_query, as far as 64 bits go; the reverse does not hold. White space,
  // comments, the case of unquoted words, a semicolon at the end, and the length of a list of literals after IN or in
  // ARRAY[...], and of equal rows after VALUES, have no part in it. Neither have literals, except where PostgreSQL's
  // grammar gives them a meaning: the precision in float(24), an array subscript, a literal of a utility statement.
  // Texts with a NUL byte are not told apart from those without.
  // The same on every little-endian machine, but not for keeping: the next version of pgassay may hash otherwise.
  std::uint64_t shape = 0;
  std::uint64_t literals = 0;  // of the literals' bytes in order: tells repeated from distinct values
  // One of 64 bits for each literal but parameters, by its bytes without quotes: two statements that have a value in
  // common have a bit in common. A negative number and an escape string have bits of their own. 1 has none: SELECT 1 and
  // LIMIT 1 look for nothing.
  std::uint64_t value_bits = 0;
  std::uint32_t literal_count = 0;
  std::uint16_t hints = 0;  // of StatementHint
  StatementVerb verb = StatementVerb::kOther;
  bool has_parameters = false;  // $n occurs
  bool several = false;         // something stands behind a semicolon
  bool unterminated = false;    // ends inside a quote or comment: the text was cut off
  friend bool operator==(const StatementHash&, const StatementHash&) = default;
};

enum class LiteralKind : std::uint8_t { kNumber, kString, kBitString, kParameter };

// Byte offsets: the whole literal with its quotes, its prefix (E, B, X, N, U&), and its sign where that is part of it.
struct LiteralSpan {
  std::size_t begin = 0;
  std::size_t end = 0;
  LiteralKind kind = LiteralKind::kNumber;
  friend bool operator==(const LiteralSpan&, const LiteralSpan&) = default;
};

StatementHash HashStatement(std::string_view text);

// The same, and where the literals are, in order. `literals` is cleared first and may be used again and again.
StatementHash HashStatement(std::string_view text, std::vector<LiteralSpan>& literals);

// As HashStatement, without vector instructions: what other machines run. Both give the same hashes.
StatementHash HashStatementPortably(std::string_view text);

// `text` with ? for each number and string, and a blank for each comment, since these may hold values too. $n stays.
// For texts that no grammar reads; what follows an unterminated quote or comment is gone.
std::string RedactLiterals(std::string_view text);

}  // namespace pgassay::sql
