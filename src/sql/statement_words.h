#pragma once

// The words that the statement hash looks at, found by their hash. Private to module sql.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sql/statement_blocks.h"
#include "sql/statement_hash.h"

namespace pgassay::sql {

// What stood before a token, as far as it decides about the token.
enum class Context : std::uint8_t {
  kStart,  // nothing
  kOther,
  kWord,        // an identifier or a word without a part here
  kDot,         // the word behind it is a name
  kComparison,  // = < > <= >= <> !=
  kComma,
  kOpen,           // ( in front of an expression or a query
  kOpenExact,      // ( in front of the precision of a type
  kBracket,        // [ of an array constructor
  kBracketExact,   // [ of a subscript or of a type
  kRowEnd,         // ) of a row of VALUES
  kRowStart,       // VALUES, or a comma behind a row
  kLooksAhead,     // NOT, NULLS, WITH, U&"...": libpg_query 15 needs the next token without a comment before it
  kReservedWord,   // can be no type's name
  kPrecisionWord,  // has a number in parentheses that decides about the fingerprint
  kArray,          // ARRAY[
  kAs,
  kFor,
  kIn,
  kInsert,
  kKey,
  kUescape,
  // Words that need more than to be remembered; see Scanner::Special.
  kFirstSpecial,
  kArrayWord = kFirstSpecial,
  kCreate,
  kPosition,
  kRowLock,   // UPDATE, SHARE
  kSubquery,  // SELECT behind the first word
  kInto,
  kEndsInsert,  // behind these words of INSERT INTO, VALUES is none of its own
  kWith,
  kValues,
};

struct KnownWord {
  std::string_view text;
  Context context = Context::kWord;
  std::uint16_t hints = 0;
  StatementVerb verb = StatementVerb::kOther;
};

constexpr auto kKnownWords = std::to_array<KnownWord>({
    {"abort", Context::kWord, 0, StatementVerb::kRollback},
    {"all", Context::kReservedWord},
    {"and", Context::kReservedWord},
    {"array", Context::kArrayWord},
    {"as", Context::kAs},
    {"begin", Context::kWord, 0, StatementVerb::kBegin},
    {"between", Context::kReservedWord},
    {"by", Context::kWord},
    {"call", Context::kWord, 0, StatementVerb::kCall},
    {"case", Context::kReservedWord},
    {"char", Context::kPrecisionWord},
    {"character", Context::kPrecisionWord},
    {"close", Context::kWord, 0, StatementVerb::kClose},
    {"commit", Context::kWord, 0, StatementVerb::kCommit},
    {"copy", Context::kWord, 0, StatementVerb::kCopy},
    {"create", Context::kCreate},
    {"current_time", Context::kPrecisionWord},
    {"current_timestamp", Context::kPrecisionWord},
    {"deallocate", Context::kWord, 0, StatementVerb::kDeallocate},
    {"declare", Context::kWord, 0, StatementVerb::kDeclare},
    {"delete", Context::kWord, 0, StatementVerb::kDelete},
    {"discard", Context::kWord, 0, StatementVerb::kDiscard},
    {"distinct", Context::kReservedWord},
    {"do", Context::kReservedWord, 0, StatementVerb::kDo},
    {"else", Context::kReservedWord},
    {"end", Context::kReservedWord, 0, StatementVerb::kCommit},
    {"execute", Context::kWord, 0, StatementVerb::kExecute},
    {"explain", Context::kWord, 0, StatementVerb::kExplain},
    {"fetch", Context::kReservedWord, kHasLimit, StatementVerb::kFetch},
    {"float", Context::kPrecisionWord},
    {"for", Context::kFor},
    {"from", Context::kEndsInsert},
    {"group", Context::kReservedWord, kHasGroupBy},
    {"having", Context::kReservedWord},
    {"in", Context::kIn, kHasIn},
    {"insert", Context::kInsert, 0, StatementVerb::kInsert},
    {"interval", Context::kPrecisionWord},
    {"into", Context::kInto},
    {"join", Context::kWord, kHasJoin},
    {"key", Context::kKey},
    {"like", Context::kWord},
    {"limit", Context::kReservedWord, kHasLimit},
    {"listen", Context::kWord, 0, StatementVerb::kListen},
    {"localtime", Context::kPrecisionWord},
    {"localtimestamp", Context::kPrecisionWord},
    {"lock", Context::kWord, 0, StatementVerb::kLock},
    {"merge", Context::kWord, 0, StatementVerb::kMerge},
    {"move", Context::kWord, 0, StatementVerb::kFetch},
    {"nchar", Context::kPrecisionWord},
    {"nextval", Context::kWord, kHasNextval},
    {"not", Context::kLooksAhead},
    {"nulls", Context::kLooksAhead},
    {"notify", Context::kWord, 0, StatementVerb::kNotify},
    {"offset", Context::kReservedWord, kHasOffset},
    {"on", Context::kReservedWord},
    {"or", Context::kReservedWord},
    {"order", Context::kReservedWord, kHasOrderBy},
    {"position", Context::kPosition},
    {"prepare", Context::kWord, 0, StatementVerb::kPrepare},
    {"release", Context::kWord, 0, StatementVerb::kRelease},
    {"reset", Context::kWord, 0, StatementVerb::kReset},
    {"returning", Context::kReservedWord, kHasReturning},
    {"rollback", Context::kWord, 0, StatementVerb::kRollback},
    {"savepoint", Context::kWord, 0, StatementVerb::kSavepoint},
    {"second", Context::kPrecisionWord},
    {"select", Context::kSubquery, 0, StatementVerb::kSelect},
    {"set", Context::kWord, 0, StatementVerb::kSet},
    {"share", Context::kRowLock},
    {"show", Context::kWord, 0, StatementVerb::kShow},
    {"skip", Context::kWord, kHasSkipLocked},
    {"start", Context::kWord, 0, StatementVerb::kBegin},
    {"table", Context::kEndsInsert, 0, StatementVerb::kTable},
    {"then", Context::kReservedWord},
    {"time", Context::kPrecisionWord},
    {"timestamp", Context::kPrecisionWord},
    {"uescape", Context::kUescape},
    {"unlisten", Context::kWord, 0, StatementVerb::kListen},
    {"update", Context::kRowLock, 0, StatementVerb::kUpdate},
    {"values", Context::kValues, 0, StatementVerb::kValues},
    {"varchar", Context::kPrecisionWord},
    {"varying", Context::kPrecisionWord},
    {"when", Context::kReservedWord},
    {"where", Context::kReservedWord, kHasWhere},
    {"with", Context::kWith, 0, StatementVerb::kWith},
});

constexpr std::uint64_t kWordSeed = 0x517cc1b727220a95;

// The hash that the scanner computes for a word in any case.
constexpr std::uint64_t WordHash(std::string_view lower) {
  std::uint64_t state = kWordSeed;
  std::size_t at = 0;
  const auto load = [lower](std::size_t from, std::size_t count) {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      value |= std::uint64_t{static_cast<unsigned char>(lower[from + i])} << (8 * i);
    }
    return value;
  };
  for (; lower.size() - at >= kBlockBytes; at += kBlockBytes) state = MixBlock(state, load(at, 8), load(at + 8, 8));
  const std::size_t left = lower.size() - at;
  const std::size_t low = left < 8 ? left : 8;
  return MixLast(state, load(at, low), load(at + low, left - low), left);
}

// Number 0 is no word, which every word without an entry gets.
struct WordTable {
  struct Entry {
    std::uint64_t hash = 0;
    Context context = Context::kWord;
    StatementVerb verb = StatementVerb::kOther;
    std::uint16_t hints = 0;
  };
  static constexpr std::size_t kSlots = 2048;
  unsigned shift = 0;
  std::array<std::uint8_t, kSlots> slots{};
  std::array<Entry, kKnownWords.size() + 1> entries{};

  constexpr const Entry& Find(std::uint64_t hash) const {
    const Entry& entry = entries[slots[(hash >> shift) % kSlots]];
    return entry.hash == hash ? entry : entries[0];
  }
};

// Tries which bits of the hashes are different for all words.
constexpr WordTable kWordTable = [] {
  WordTable table;
  for (std::size_t i = 0; i < kKnownWords.size(); ++i) {
    const KnownWord& word = kKnownWords[i];
    table.entries[i + 1] = {WordHash(word.text), word.context, word.verb, word.hints};
  }
  for (bool clash = true; clash; ++table.shift) {
    clash = false;
    table.slots = {};
    for (std::size_t i = 1; i < table.entries.size(); ++i) {
      std::uint8_t& slot = table.slots[(table.entries[i].hash >> table.shift) % WordTable::kSlots];
      clash = clash || slot != 0;
      slot = static_cast<std::uint8_t>(i);
    }
  }
  --table.shift;
  return table;
}();
static_assert(kKnownWords.size() < 256 && kWordTable.shift < 53);

}  // namespace pgassay::sql
