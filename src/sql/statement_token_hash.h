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

// Sink: Add(begin, end, LiteralClass), AddComment(begin, end), and Size() and Rewind(size) for what is read twice.
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
    sink_.Add(begin, literal.end, literal.kind);
    ++result_.literal_count;
    result_.literals = Mix(result_.literals ^ literal.hash, kMixToken + static_cast<std::uint64_t>(literal.kind));
    result_.has_parameters |= literal.kind == LiteralClass::kParameter;
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
      SkipGap();
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

 private:
  void SkipGap() {
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
    SkipGap();
    if (at_ == end_) return 0;
    if (!with_rows || *at_ != '(') return ListLiteral();
    ++at_;
    for (std::uint64_t row = Tagged(TokenTag::kRow, 1);;) {
      SkipGap();
      const std::uint64_t element = ListLiteral();
      SkipGap();
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
