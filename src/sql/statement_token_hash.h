#pragma once

// Where the scanner of a statement is, and what it has made of the tokens so far. Private to module sql.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sql/statement_blocks.h"
#include "sql/statement_hash.h"
#include "sql/statement_literals.h"
#include "sql/statement_words.h"

namespace pgassay::sql {

// Kinds of tokens, so that no two of different kinds are alike. Words need none: their hashes have 64 bits of their
// own.
enum class TokenTag : std::uint64_t { kMark = 1, kOperator, kLiteral, kExact, kQuoted, kUnicode, kCut, kRow };

// Sink: Add(begin, Literal), AddExact() for what was added last if its bytes count, AddComment(begin, end), and Size()
// and Rewind(size) for what is read twice.
template <typename Blocks, typename Sink>
class TokenHash {
 public:
  TokenHash(std::string_view text, Sink& sink) : at_(text.data()), end_(text.data() + text.size()), sink_(sink) {}

 protected:
  static constexpr std::uint64_t Tagged(TokenTag tag, std::uint64_t value) {
    return (static_cast<std::uint64_t>(tag) << 56 ^ value) * kMixLength;
  }

  [[gnu::always_inline]] void Put(std::uint64_t token) { hash_ = Mix(hash_ ^ token, kMixToken); }

  [[gnu::always_inline]] void PutMark(Context context) {
    Put(Tagged(TokenTag::kMark, static_cast<unsigned char>(*at_)));
    ++at_;
    context_ = context;
  }

  void Cut() {
    result_.unterminated = true;
    Put(Tagged(TokenTag::kCut, 0));
  }

  [[gnu::always_inline]] void Count(const Literal& literal, const char* begin) {
    sink_.Add(begin, literal);
    ++result_.literal_count;
    result_.literals = MixLiteral(result_.literals, literal);
    result_.has_parameters |= literal.kind == LiteralClass::kParameter;
    result_.value_bits |= ValueBit(literal, begin);
  }

  // The number at `digits`, of which a minus has been read.
  Literal SignedNumber(const char* digits) const {
    if (digits == end_ || !(IsDigit(*digits) || (*digits == '.' && end_ - digits > 1 && IsDigit(digits[1])))) return {};
    Literal number = ScanNumber<Blocks>(digits, end_);
    number.hash = ~number.hash;
    return number;
  }

  void Comment() {
    const char* behind = SkipComment<Blocks>(at_, end_);
    sink_.AddComment(at_, behind == nullptr ? end_ : behind);
    if (behind == nullptr) Cut();
    if (context_ == Context::kLooksAhead) Put(Tagged(TokenTag::kCut, 1));
    at_ = behind == nullptr ? end_ : behind;
  }

  void SkipGapAndSemicolons() {
    while (at_ < end_) {
      if (ClassOf(*at_) == ByteClass::kSpace || *at_ == ';') {
        ++at_;
      } else if (BeginsComment(at_, end_)) {
        Comment();
      } else {
        return;
      }
    }
  }

  [[gnu::always_inline]] void PutLiteral(const Literal& literal) {
    Count(literal, at_);
    const auto kind = static_cast<std::uint64_t>(literal.kind);
    const bool exact = keep_literals_ || literal.kind == LiteralClass::kBroken ||
                       literal.kind == LiteralClass::kExactString || context_ == Context::kOpenExact ||
                       context_ == Context::kBracketExact || context_ == Context::kUescape;
    if (exact) sink_.AddExact();
    Put(exact ? Tagged(TokenTag::kExact, literal.hash + kind) : Tagged(TokenTag::kLiteral, kind));
    if (literal.unterminated) Cut();
    at_ = literal.end;
    context_ = Context::kWord;
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
    Put(Tagged(TokenTag::kOperator, HashBytes<Blocks>(kWordSeed, at_, run_end)));
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

  // "...", whose content begins at `content`.
  void Quoted(const char* content, TokenTag tag) {
    const Literal name = ScanQuoted<Blocks>(content, end_, '"', kWordSeed);
    Put(Tagged(tag, name.hash));
    if (name.unterminated) Cut();
    at_ = name.end;
    context_ = Context::kWord;
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

  void Dollar() {
    const Literal literal = ScanDollar<Blocks>(at_, end_);
    if (literal.kind == LiteralClass::kNone) return PutMark(Context::kWord);
    PutLiteral(literal);
  }

  // A list of literals in brackets, all but one of equal neighbours left out: IN (1, 2) and ARRAY[1, 2], and IN ((1,
  // 2), (3, 4)). False, and nothing happened, where there is anything else in it.
  bool List(char closing) {
    const char* const begin = at_;
    const StatementHash before = result_;
    const std::uint64_t hash_before = hash_;
    const std::size_t size_before = sink_.Size();
    PutMark(context_);
    for (std::uint64_t previous = 0;;) {
      const std::uint64_t element = ListElement(closing == ')');
      SkipListGap();
      if (element == 0 || at_ == end_) break;
      if (element != previous) Put(element);
      previous = element;
      if (*at_ == closing) {
        PutMark(Context::kWord);
        return true;
      }
      if (*at_ != ',') break;
      ++at_;
    }
    at_ = begin;
    result_ = before;
    hash_ = hash_before;
    sink_.Rewind(size_before);
    return false;
  }

  const char* at_;
  const char* const end_;
  Sink& sink_;
  std::uint64_t hash_ = 0;
  StatementHash result_;
  Context context_ = Context::kStart;
  bool keep_literals_ = true;  // in the shape

 private:
  void SkipListGap() {
    while (at_ < end_) {
      if (ClassOf(*at_) == ByteClass::kSpace) {
        ++at_;
      } else if (BeginsComment(at_, end_)) {
        Comment();
      } else {
        return;
      }
    }
  }

  // A value that is the same for literals, or rows of them, that can stand for each other; 0 for anything else.
  std::uint64_t ListElement(bool with_rows) {
    SkipListGap();
    if (at_ == end_) return 0;
    if (!with_rows || *at_ != '(') return ListLiteral();
    ++at_;
    for (std::uint64_t row = Tagged(TokenTag::kRow, 1);;) {
      SkipListGap();
      const std::uint64_t element = ListLiteral();
      SkipListGap();
      if (element == 0 || at_ == end_) return 0;
      row = Mix(row ^ element, kMixToken) | 1;
      const char next = *at_++;
      if (next == ')') return row;
      if (next != ',') return 0;
    }
  }

  std::uint64_t ListLiteral() {
    const Literal literal = at_ < end_ ? AnyLiteral() : Literal{};
    if (literal.unterminated || (literal.kind != LiteralClass::kNumber && literal.kind != LiteralClass::kString &&
                                 literal.kind != LiteralClass::kParameter)) {
      return 0;
    }
    Count(literal, at_);
    at_ = literal.end;
    return Tagged(TokenTag::kLiteral, static_cast<std::uint64_t>(literal.kind));
  }

  Literal AnyLiteral() const {
    const char next = end_ - at_ > 1 ? at_[1] : '\0';
    switch (*at_) {
      case '\'':
        return ScanString<Blocks>(at_ + 1, end_);
      case '$':
        return ScanDollar<Blocks>(at_, end_);
      case '-':
        return SignedNumber(SkipSpaces(at_ + 1, end_));
      case 'e':
      case 'E':
        return next == '\'' ? ScanEscapeString<Blocks>(at_ + 2, end_) : Literal{};
      default:
        return IsDigit(*at_) || (*at_ == '.' && IsDigit(next)) ? ScanNumber<Blocks>(at_, end_) : Literal{};
    }
  }
};

}  // namespace pgassay::sql
