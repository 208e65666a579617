#pragma once

// Gaps and literals of a statement, each from where it begins. Private to module sql. Rules: PostgreSQL's scan.l, with
// the numbers of PostgreSQL 16 (0x1F, 1_000) beside those of 15.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sql/statement_blocks.h"
#include "sql/statement_hash.h"

namespace pgassay::sql {

// How a literal counts in the shape. Kinds that share a value are alike wherever the grammar wants an expression.
enum class LiteralClass : std::uint8_t {
  kNone,  // no literal: a sign that is none, a $ on its own
  kNumber,
  kNumber16,  // of PostgreSQL 16's kinds
  kBroken,    // a number or parameter with letters behind it: bytes count
  kString,
  kExactString,  // may be refused for its escapes, or has a part in a name: bytes count
  kBit,
  kHex,
  kNational,
  kParameter,
};

struct Literal {
  const char* end = nullptr;
  std::uint64_t hash = 0;
  LiteralClass kind = LiteralClass::kNone;
  bool unterminated = false;
};

constexpr std::uint64_t kLiteralSeed = 0x6a09e667f3bcc908;

// StatementHash::literals with one more.
[[gnu::always_inline]] inline std::uint64_t MixLiteral(std::uint64_t literals, const Literal& literal) {
  return Mix(literals ^ literal.hash, kMixToken + static_cast<std::uint64_t>(literal.kind));
}

// StatementHash::value_bits of the literal at `begin`.
[[gnu::always_inline]] inline std::uint64_t ValueBit(const Literal& literal, const char* begin) {
  const bool parameter = literal.kind == LiteralClass::kParameter;
  const bool one =
      (literal.end - begin == 1 && *begin == '1') || (literal.end - begin == 3 && *begin == '\'' && begin[1] == '1');
  return parameter || one ? 0 : std::uint64_t{1} << (literal.hash * 0x9e3779b97f4a7c15U >> 58U);
}

inline LiteralKind PublicKind(LiteralClass kind) {
  switch (kind) {
    case LiteralClass::kString:
    case LiteralClass::kExactString:
    case LiteralClass::kNational:
      return LiteralKind::kString;
    case LiteralClass::kBit:
    case LiteralClass::kHex:
      return LiteralKind::kBitString;
    case LiteralClass::kParameter:
      return LiteralKind::kParameter;
    default:
      return LiteralKind::kNumber;
  }
}

inline const char* SkipSpaces(const char* at, const char* end) {
  while (at < end && ClassOf(*at) == ByteClass::kSpace) ++at;
  return at;
}

inline bool BeginsComment(const char* at, const char* end) {
  return end - at >= 2 && ((at[0] == '-' && at[1] == '-') || (at[0] == '/' && at[1] == '*'));
}

// Behind the comment at `at`; null where a /* has no end.
template <typename Blocks>
const char* SkipComment(const char* at, const char* end) {
  if (*at == '-') return FindEither<Blocks>(at, end, '\n', '\r');
  std::size_t depth = 1;
  for (at += 2; (at = FindEither<Blocks>(at, end, '*', '/')) < end - 1;) {
    const bool opens = at[0] == '/' && at[1] == '*';
    const bool closes = at[0] == '*' && at[1] == '/';
    at += opens || closes ? 2 : 1;
    depth += opens ? 1 : 0;
    if (closes && --depth == 0) return at;
  }
  return nullptr;
}

// The next byte that is neither white space nor in a comment; `end` in an unterminated one.
template <typename Blocks>
const char* SkipGap(const char* at, const char* end) {
  while ((at = SkipSpaces(at, end)) < end && BeginsComment(at, end)) {
    const char* behind = SkipComment<Blocks>(at, end);
    if (behind == nullptr) return end;
    at = behind;
  }
  return at;
}

inline const char* SkipDigits(const char* at, const char* end) {
  while (at < end && IsDigit(*at)) ++at;
  return at;
}

// Behind the letters, digits and $ that make a number or parameter a broken one, if there are any.
inline const char* SkipJunk(const char* at, const char* end) {
  if (at == end || ClassOf(*at) != ByteClass::kWord) return at;
  while (at < end && (ClassOf(*at) == ByteClass::kWord || IsDigit(*at) || *at == '$')) ++at;
  return at;
}

// Digits of PostgreSQL 16: single underscores between or before them.
inline const char* SkipGroupedDigits(const char* at, const char* end, bool hex) {
  const auto is_digit = [hex](char byte) {
    const char lower = static_cast<char>(byte | 0x20);
    return IsDigit(byte) || (hex && lower >= 'a' && lower <= 'f');
  };
  while (at < end && (is_digit(*at) || (*at == '_' && end - at > 1 && is_digit(at[1])))) ++at;
  return at;
}

// A number that is not just digits, or is longer than a block.
template <typename Blocks>
Literal ScanLongNumber(const char* begin, const char* end) {
  Literal number{.kind = LiteralClass::kNumber};
  const char* at = begin;
  if (*at == '0' && end - at > 2 && std::strchr("xXoObB", at[1]) != nullptr && at[1] != '\0') {
    const char* behind = SkipGroupedDigits(at + 2, end, (at[1] | 0x20) == 'x');
    if (behind > at + 2) number.kind = LiteralClass::kNumber16;
    at = behind > at + 2 ? behind : at + 1;
  } else {
    const auto digits = [&at, &number, end] {
      const char* plain = SkipDigits(at, end);
      at = SkipGroupedDigits(at, end, false);
      if (at != plain) number.kind = LiteralClass::kNumber16;
    };
    digits();
    if (at < end && *at == '.' && (end - at == 1 || at[1] != '.')) {
      ++at;
      if (at < end && IsDigit(*at)) digits();
    }
    if (end - at >= 2 && (*at | 0x20) == 'e') {
      const char* exponent = at + (at[1] == '+' || at[1] == '-' ? 2 : 1);
      if (exponent < end && IsDigit(*exponent)) {
        at = exponent;
        digits();
      }
    }
  }
  number.end = SkipJunk(at, end);
  if (number.end != at) number.kind = LiteralClass::kBroken;
  number.hash = HashBytes<Blocks>(kLiteralSeed, begin, number.end);
  return number;
}

// At a digit, or a point with a digit behind it.
template <typename Blocks>
[[gnu::always_inline]] inline Literal ScanNumber(const char* begin, const char* end) {
  const auto block = Blocks::Load(begin, end);
  const auto count = static_cast<std::size_t>(std::countr_zero(Blocks::DigitEnds(block)));
  const char* behind = begin + count;
  if (count == 0 || count == kBlockBytes || (behind < end && (*behind == '.' || ClassOf(*behind) == ByteClass::kWord)))
      [[unlikely]] {
    return ScanLongNumber<Blocks>(begin, end);
  }
  const Words words = Blocks::First(block, count);
  return {behind, MixLast(kLiteralSeed, words.low, words.high, count), LiteralClass::kNumber};
}

// Whether behind a closing quote comes white space with a line end in it and another quote, which go on with the
// constant; then where. With a comment between them PostgreSQL 15 sees two constants.
inline const char* Continuation(const char* at, const char* end) {
  bool line_end = false;
  for (; at < end && ClassOf(*at) == ByteClass::kSpace; ++at) line_end = line_end || *at == '\n' || *at == '\r';
  return line_end && at < end && *at == '\'' ? at + 1 : nullptr;
}

// Behind the closing quote of what begins at `at`, behind its opening one. `quote` in it is written twice.
template <typename Blocks>
[[gnu::always_inline]] inline Literal ScanQuoted(const char* at, const char* end, char quote, std::uint64_t state) {
  while (true) {
    const auto block = Blocks::Load(at, end);
    auto count = static_cast<std::size_t>(std::countr_zero(Blocks::Either(block, quote, quote)));
    if (count == kBlockBytes) {
      if (end - at < static_cast<std::ptrdiff_t>(kBlockBytes)) [[unlikely]] {
        return {end, HashBytes<Blocks>(state, at, end), LiteralClass::kString, true};
      }
      const Words words = Blocks::First(block, kBlockBytes);
      state = MixBlock(state, words.low, words.high);
      at += kBlockBytes;
      continue;
    }
    const Words words = Blocks::First(block, count);
    state = MixLast(state, words.low, words.high, count);
    at += count + 1;
    if (at == end || *at != quote) return {at, state, LiteralClass::kString};
    ++at;
  }
}

// '...', and what goes on with it on another line; `at` is behind the quote.
template <typename Blocks>
[[gnu::always_inline]] inline Literal ScanString(const char* at, const char* end) {
  Literal literal = ScanQuoted<Blocks>(at, end, '\'', kLiteralSeed);
  if (literal.end < end && ClassOf(*literal.end) == ByteClass::kSpace) {
    while (const char* more = literal.unterminated ? nullptr : Continuation(literal.end, end)) {
      literal = ScanQuoted<Blocks>(more, end, '\'', ~literal.hash);  // which is not what '' in it would give
    }
  }
  return literal;
}

// E'...': a backslash takes the next byte with it. Escapes that name a character by number, or stand before a byte that
// is not ASCII, make the grammar look at the encoding and maybe refuse the text, so then the bytes count.
template <typename Blocks>
Literal ScanEscapeString(const char* begin, const char* end) {
  Literal literal{.kind = LiteralClass::kString};
  const char* at = begin;
  while (true) {
    at = FindEither<Blocks>(at, end, '\'', '\\');
    if (end - at < 2) {
      literal.unterminated = at == end || *at == '\\';
      literal.end = end;
      break;
    }
    if (*at == '\\') {
      const bool numbered = std::memchr("01234567xuU", at[1], 11) != nullptr;
      if (numbered || static_cast<unsigned char>(at[1]) >= 0x80) literal.kind = LiteralClass::kExactString;
      at += 2;
    } else if (at[1] == '\'') {
      at += 2;
    } else {
      ++at;
      if (const char* more = Continuation(at, end)) {
        at = more;
        continue;
      }
      literal.end = at;
      break;
    }
  }
  literal.hash = HashBytes<Blocks>(kLiteralSeed, begin, literal.end);
  return literal;
}

// $tag$...$tag$, or a parameter; a $ on its own is neither.
template <typename Blocks>
Literal ScanDollar(const char* begin, const char* end) {
  const char* at = begin + 1;
  if (at < end && IsDigit(*at)) {
    at = SkipDigits(at, end);
    const char* behind = SkipJunk(at, end);
    return {behind, HashBytes<Blocks>(kLiteralSeed, begin, behind),
            behind == at ? LiteralClass::kParameter : LiteralClass::kBroken};
  }
  while (at < end && (ClassOf(*at) == ByteClass::kWord || IsDigit(*at))) ++at;
  if (at == end || *at != '$') return {begin + 1};
  const char* content = ++at;
  const auto tag = static_cast<std::size_t>(content - begin);
  while (at < end) {
    at = FindEither<Blocks>(at, end, '$', '$');
    if (static_cast<std::size_t>(end - at) < tag) break;
    if (std::memcmp(at, begin, tag) == 0) {
      return {at + tag, HashBytes<Blocks>(kLiteralSeed, content, at), LiteralClass::kString};
    }
    ++at;
  }
  return {end, HashBytes<Blocks>(kLiteralSeed, content, end), LiteralClass::kString, true};
}

}  // namespace pgassay::sql
