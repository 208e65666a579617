#pragma once

// The pass over a statement's text. Private to module sql.
//
// Each token is hashed with its kind, and mixed into the hash of those before it. What makes texts with one fingerprint
// equal is left out on the way: literals, their signs, all but one of a list. Each such rule holds only where the
// grammar has no other use for the same tokens; the tests in tests/property compare with libpg_query.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string_view>

#include "sql/statement_blocks.h"
#include "sql/statement_hash.h"
#include "sql/statement_literals.h"
#include "sql/statement_token_hash.h"
#include "sql/statement_words.h"

namespace pgassay::sql {

// Blocks: PortableBlocks or Sse2Blocks. Sink: see TokenHash.
template <typename Blocks, typename Sink>
class Scanner : private TokenHash<Blocks, Sink> {
  using Tokens = TokenHash<Blocks, Sink>;

 public:
  using Tokens::Tokens;

  [[gnu::flatten]] StatementHash Run() {
    Begin();
    while (at_ < end_) Token();
    if (in_row_) hash_ = Mix(outer_hash_ ^ std::rotl(hash_, 32), kMixToken);
    result_.shape = Mix(hash_, kMixLength);
    return result_;
  }

 private:
  using Tokens::at_, Tokens::context_, Tokens::end_, Tokens::hash_, Tokens::keep_literals_, Tokens::result_;
  using Tokens::Comment, Tokens::Dollar, Tokens::List, Tokens::LongWord, Tokens::Operator, Tokens::Put,
      Tokens::PutLiteral, Tokens::PutMark, Tokens::Quoted;
  using Tokens::SkipGapAndSemicolons, Tokens::Tagged;
  using enum TokenTag;

  // The verb decides whether literals of this statement can be left out.
  void Begin() {
    while (at_ < end_) {
      SkipGapAndSemicolons();
      if (at_ == end_ || *at_ != '(') break;
      Token();
    }
    const auto block = Blocks::Load(at_, end_);
    const auto length = static_cast<std::size_t>(std::countr_zero(Blocks::WordEnds(block)));
    if (length == kBlockBytes) return;
    const Words words = Blocks::FirstFolded(block, length);
    result_.verb = kWordTable.Find(MixLast(kWordSeed, words.low, words.high, length)).verb;
    keep_literals_ = !LiteralsHaveNoMeaning(result_.verb);
  }

  [[gnu::always_inline]] void Token() {
    const ByteClass kind = ClassOf(*at_);
    if (kind == ByteClass::kWord) return Word();
    switch (kind) {
      case ByteClass::kSpace:
        ++at_;
        return;
      case ByteClass::kDigit:
        return Number();
      case ByteClass::kQuote:
        return PutLiteral(ScanString<Blocks>(at_ + 1, end_));
      case ByteClass::kMark:
        return Mark();
      case ByteClass::kOperator:
        return Operator();
      case ByteClass::kDoubleQuote:
        return Quoted(at_ + 1, kQuoted);
      case ByteClass::kDollar:
        return Dollar();
      case ByteClass::kWord:
      case ByteClass::kOther:
        return PutMark(Context::kWord);
    }
  }

  // Length of the run of letters, digits and $ at `at_`; at least kWindowBytes where it is longer than that. The ends
  // of runs are found for a window at a time, so that going from one word to the next does not wait for a load.
  [[gnu::always_inline]] std::size_t RunLength() {
    const auto offset = static_cast<std::size_t>(at_ - window_);
    std::uint64_t ends = offset < kWindowBytes ? window_ends_ >> offset : 0;
    if (ends == 0) {
      window_ = at_;
      ends = window_ends_ = RunEnds<Blocks>(at_, end_);
    }
    return static_cast<std::size_t>(std::countr_zero(ends));
  }

  [[gnu::always_inline]] void Word() {
    const char* begin = at_;
    const std::size_t count = RunLength();
    std::uint64_t hash = 0;
    if (count < kBlockBytes) [[likely]] {
      const Words words = Blocks::FirstFolded(Blocks::Load(at_, end_), count);
      hash = MixLast(kWordSeed, words.low, words.high, count);
      at_ += count;
    } else {
      hash = LongWord();
    }
    if (count == 1 && at_ < end_ && (*at_ == '\'' || *at_ == '&') && Prefixed(begin)) return;
    const WordTable::Entry known = kWordTable.Find(hash);
    Put(hash);
    result_.hints |= known.hints;
    if (context_ == Context::kDot) [[unlikely]] {
      context_ = Context::kWord;  // a name, whatever the word
    } else {
      context_ = known.context < Context::kFirstSpecial ? known.context : Special(known.context);
    }
  }

  [[gnu::always_inline]] void Number() {
    const auto offset = static_cast<std::size_t>(at_ - window_);
    const std::uint64_t ends = offset < kWindowBytes ? window_ends_ >> offset : 0;
    const auto count = static_cast<std::size_t>(std::countr_zero(ends));
    const char* behind = at_ + count;
    if (count < kBlockBytes && (behind == end_ || *behind != '.')) [[likely]] {
      const auto block = Blocks::Load(at_, end_);
      if (static_cast<std::size_t>(std::countr_zero(Blocks::DigitEnds(block))) == count) [[likely]] {
        const Words words = Blocks::First(block, count);
        return PutLiteral({behind, MixLast(kLiteralSeed, words.low, words.high, count), LiteralClass::kNumber});
      }
    }
    PutLiteral(ScanNumber<Blocks>(at_, end_));
  }

  // E'', B'', X'', N'', U&'' and U&"", where the word was the prefix.
  bool Prefixed(const char* begin) {
    const char letter = static_cast<char>(*begin | 0x20);
    if (*at_ == '&') {
      if (letter != 'u' || end_ - at_ < 2 || (at_[1] != '\'' && at_[1] != '"')) return false;
      if (at_[1] == '"') {
        Quoted(at_ + 2, kUnicode);
      } else {
        Literal literal = ScanString<Blocks>(at_ + 2, end_);
        literal.kind = LiteralClass::kExactString;
        at_ = begin;
        PutLiteral(literal);
        Put(Tagged(kUnicode, 1));
      }
      context_ = Context::kLooksAhead;
      return true;
    }
    Literal literal;
    if (letter == 'e') {
      literal = ScanEscapeString<Blocks>(at_ + 1, end_);
    } else if (letter == 'b' || letter == 'x' || letter == 'n') {
      literal = ScanString<Blocks>(at_ + 1, end_);
      literal.kind = letter == 'b' ? LiteralClass::kBit : letter == 'x' ? LiteralClass::kHex : LiteralClass::kNational;
    } else {
      return false;
    }
    at_ = begin;
    PutLiteral(literal);
    return true;
  }

  // Returns what the word means to the next token.
  Context Special(Context word) {
    switch (word) {
      case Context::kArrayWord:
        return ArrayMakesValue(context_) && !keep_literals_ ? Context::kArray : Context::kWord;
      case Context::kCreate:
        keep_literals_ = true;  // EXPLAIN CREATE TABLE AS
        return Context::kWord;
      case Context::kPosition:
        lists_count_ = true;  // position(a IN (1, 2)) has an expression there, not a list
        return Context::kWord;
      case Context::kRowLock:
        if (context_ == Context::kFor || context_ == Context::kKey) result_.hints |= kHasRowLock;
        return Context::kWord;
      case Context::kInto:
        if (context_ == Context::kInsert) insert_depth_ = depth_;
        return Context::kInto;
      case Context::kSubquery:
        if (seen_select_) result_.hints |= kHasSubquery;
        seen_select_ = true;
        insert_depth_ = kNoDepth;
        return Context::kReservedWord;
      case Context::kEndsInsert:
        insert_depth_ = kNoDepth;
        return Context::kReservedWord;
      case Context::kWith:
        insert_depth_ = kNoDepth;
        return Context::kLooksAhead;
      default:
        return Values();
    }
  }

  // VALUES may be a name: FROM t values (a) is an alias, and INSERT INTO values (a) a table.
  Context Values() {
    const bool of_insert = insert_depth_ == depth_ && context_ != Context::kInto && context_ != Context::kAs;
    const bool of_query = context_ == Context::kOpen || context_ == Context::kStart;
    if (in_row_ || keep_literals_ || !(of_insert || of_query)) return Context::kWord;
    insert_depth_ = kNoDepth;
    values_depth_ = depth_;
    has_row_ = false;
    return Context::kRowStart;
  }

  [[gnu::always_inline]] void Mark() {
    switch (*at_) {
      case '(':
        return Open();
      case ')':
        return Close();
      case ',':
        return Comma();
      case '.':
        if (end_ - at_ > 1 && IsDigit(at_[1])) return PutLiteral(ScanNumber<Blocks>(at_, end_));
        return PutMark(Context::kDot);
      case '[':
        if (context_ == Context::kArray && List(']')) return;
        return PutMark(context_ == Context::kArray || context_ == Context::kBracket || context_ == Context::kComma
                           ? Context::kBracket
                           : Context::kBracketExact);
      case ':':
        if (end_ - at_ > 1 && (at_[1] == ':' || at_[1] == '=')) {
          Put(Tagged(kMark, at_[1] == ':' ? 256 : 257));
          at_ += 2;
          context_ = Context::kWord;
          return;
        }
        return PutMark(Context::kOther);
      case ';':
        SkipGapAndSemicolons();
        if (at_ < end_) {
          Put(Tagged(kMark, ';'));
          result_.several = true;
        }
        context_ = Context::kOther;
        return;
      default:
        return PutMark(Context::kWord);
    }
  }

  [[gnu::always_inline]] void Open() {
    if (context_ == Context::kRowStart && !in_row_) {
      outer_hash_ = hash_;
      hash_ = Tagged(kRow, 0);
      in_row_ = true;
      ++at_;
      context_ = Context::kOpen;
    } else {
      if (context_ == Context::kIn && !keep_literals_ && !lists_count_ && List(')')) return;
      PutMark(context_ == Context::kPrecisionWord ? Context::kOpenExact : Context::kOpen);
    }
    ++depth_;
  }

  [[gnu::always_inline]] void Close() {
    --depth_;
    if (!in_row_ || depth_ != values_depth_) return PutMark(Context::kWord);
    const std::uint64_t row = hash_;
    hash_ = has_row_ && row == last_row_ ? outer_hash_ : Mix(outer_hash_ ^ Tagged(kRow, row), kMixToken);
    last_row_ = row;
    has_row_ = true;
    in_row_ = false;
    ++at_;
    context_ = Context::kRowEnd;
  }

  [[gnu::always_inline]] void Comma() {
    if (context_ == Context::kRowEnd && depth_ == values_depth_) [[unlikely]] {
      const char* next = SkipGap<Blocks>(at_ + 1, end_);
      if (next < end_ && *next == '(') {
        ++at_;
        context_ = Context::kRowStart;
        return;
      }
    }
    PutMark(Context::kComma);
  }

  static constexpr std::ptrdiff_t kNoDepth = std::numeric_limits<std::ptrdiff_t>::min();

  const char* window_ = at_;
  std::uint64_t window_ends_ = 0;
  bool lists_count_ = false;  // their length is part of the shape
  bool seen_select_ = false;
  std::ptrdiff_t depth_ = 0;                // of parentheses
  std::ptrdiff_t insert_depth_ = kNoDepth;  // of an INSERT INTO whose VALUES may follow

  // The rows behind VALUES. Those of one within a row are not looked for.
  bool in_row_ = false;
  bool has_row_ = false;
  std::ptrdiff_t values_depth_ = kNoDepth;
  std::uint64_t outer_hash_ = 0;  // of what is in front of the row
  std::uint64_t last_row_ = 0;
};

}  // namespace pgassay::sql
