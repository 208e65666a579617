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
  using Tokens::at_, Tokens::context_, Tokens::end_, Tokens::hash_, Tokens::result_, Tokens::sink_;
  using Tokens::Comment, Tokens::Count, Tokens::Cut, Tokens::List, Tokens::Put, Tokens::PutMark, Tokens::SignedNumber;
  using Tokens::SkipGapAndSemicolons, Tokens::Tagged;
  using enum TokenTag;

  // The verb decides whether literals of this statement can be left out. Fingerprints of other utility statements hold
  // some of them: FETCH 5, NOTIFY a, 'b', CREATE USER ... PASSWORD.
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
    switch (result_.verb) {
      case StatementVerb::kSelect:
      case StatementVerb::kInsert:
      case StatementVerb::kUpdate:
      case StatementVerb::kDelete:
      case StatementVerb::kMerge:
      case StatementVerb::kWith:
      case StatementVerb::kValues:
      case StatementVerb::kDeclare:
      case StatementVerb::kExplain:
      case StatementVerb::kExecute:
      case StatementVerb::kCall:
      case StatementVerb::kDo:
      case StatementVerb::kSet:
      case StatementVerb::kPrepare:
      case StatementVerb::kCommit:
      case StatementVerb::kRollback:
        keep_literals_ = false;
        break;
      default:
        break;
    }
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

  std::uint64_t LongWord() {
    std::uint64_t state = kWordSeed;
    while (true) {
      const auto block = Blocks::Load(at_, end_);
      const auto count = static_cast<std::size_t>(std::countr_zero(Blocks::WordEnds(block)));
      const Words words = Blocks::FirstFolded(block, count);
      at_ += count;
      if (count < kBlockBytes) return MixLast(state, words.low, words.high, count);
      state = MixBlock(state, words.low, words.high);
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

  // "...", whose content begins at `content`.
  void Quoted(const char* content, TokenTag tag) {
    const Literal name = ScanQuoted<Blocks>(content, end_, '"', kWordSeed);
    Put(Tagged(tag, name.hash));
    if (name.unterminated) Cut();
    at_ = name.end;
    context_ = Context::kWord;
  }

  // Returns what the word means to the next token.
  Context Special(Context word) {
    switch (word) {
      case Context::kArrayWord:
        return ArrayMakesValue() && !keep_literals_ ? Context::kArray : Context::kWord;
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

  // ARRAY behind the name of a type makes an array type, and what is in its brackets decides about the fingerprint.
  bool ArrayMakesValue() const {
    switch (context_) {
      case Context::kOther:
      case Context::kComparison:
      case Context::kComma:
      case Context::kOpen:
      case Context::kReservedWord:
      case Context::kIn:
        return true;
      default:
        return false;
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
        if (at_ < end_) Put(Tagged(kMark, ';'));
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

  [[gnu::always_inline]] void Operator() {
    if (end_ - at_ > 1 && ClassOf(at_[1]) == ByteClass::kOperator) return LongOperator();
    const char name = *at_;
    if (name == '-' && Sign()) return;
    PutMark(name == '=' || name == '<' || name == '>' ? Context::kComparison : Context::kOther);
  }

  // One of several characters, or a comment.
  void LongOperator() {
    constexpr std::string_view kMayEndInSign = "~!@#^&|`?%";
    if (BeginsComment(at_, end_)) return Comment();
    const char* run_end = at_;
    bool may_end_in_sign = false;
    do {
      may_end_in_sign = may_end_in_sign || kMayEndInSign.find(*run_end) != std::string_view::npos;
      ++run_end;
    } while (run_end < end_ && ClassOf(*run_end) == ByteClass::kOperator && !BeginsComment(run_end, end_));
    // a=-1 is a = -1; but a@-1 has the operator @-.
    while (!may_end_in_sign && run_end - at_ > 1 && (run_end[-1] == '+' || run_end[-1] == '-')) --run_end;
    const std::string_view name(at_, static_cast<std::size_t>(run_end - at_));
    if (name == "-" && Sign()) return;
    if (name.size() == 1)
      return PutMark(name == "=" || name == "<" || name == ">" ? Context::kComparison : Context::kOther);
    Put(Tagged(kOperator, HashBytes<Blocks>(kWordSeed, at_, run_end)));
    const bool compares = name == "<=" || name == ">=" || name == "<>" || name == "!=";
    context_ = compares ? Context::kComparison : Context::kOther;
    at_ = run_end;
  }

  // The grammar makes -1 a constant, but -1::int the negation of one.
  bool Sign() {
    if (keep_literals_ ||
        (context_ != Context::kOpen && context_ != Context::kComma && context_ != Context::kComparison)) {
      return false;
    }
    Literal number = SignedNumber(SkipGap<Blocks>(at_ + 1, end_));
    if (number.kind != LiteralClass::kNumber) return false;
    const char* next = SkipGap<Blocks>(number.end, end_);
    if (end_ - next >= 2 && next[0] == ':' && next[1] == ':') return false;
    PutLiteral(number);
    return true;
  }

  void Dollar() {
    const Literal literal = ScanDollar<Blocks>(at_, end_);
    if (literal.kind == LiteralClass::kNone) return PutMark(Context::kWord);
    PutLiteral(literal);
  }

  [[gnu::always_inline]] void PutLiteral(const Literal& literal) {
    Count(literal, at_);
    const auto kind = static_cast<std::uint64_t>(literal.kind);
    const bool exact = keep_literals_ || literal.kind == LiteralClass::kBroken ||
                       literal.kind == LiteralClass::kExactString || context_ == Context::kOpenExact ||
                       context_ == Context::kBracketExact || context_ == Context::kUescape;
    Put(exact ? Tagged(kExact, literal.hash + kind) : Tagged(kLiteral, kind));
    if (literal.unterminated) Cut();
    at_ = literal.end;
    context_ = Context::kWord;
  }

  static constexpr std::ptrdiff_t kNoDepth = std::numeric_limits<std::ptrdiff_t>::min();

  const char* window_ = at_;
  std::uint64_t window_ends_ = 0;
  bool keep_literals_ = true;  // in the shape
  bool lists_count_ = false;   // their length is part of the shape
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
