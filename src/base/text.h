#pragma once

// Text helpers without a domain word in them.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/strings/string_view.h"

namespace pgassay {

// Abseil 20220623 has a string_view of its own; this is the one place where the two meet.
inline absl::string_view ToAbsl(std::string_view text) {
  return {text.data(), text.size()};
}
inline std::string_view FromAbsl(absl::string_view text) {
  return {text.data(), text.size()};
}

// An SQL identifier, in double quotes where PostgreSQL would need them: anything but a lower-case ASCII word that is no
// keyword.
std::string QuoteIdentifier(std::string_view name);

// An SQL string constant: '...' or E'...' where there is a backslash.
std::string QuoteLiteral(std::string_view text);

// 1234567 -> "1.2 MB"; bytes up to 1023 stay exact. Binary multiples, as pg_size_pretty counts them.
std::string FormatBytes(std::int64_t bytes);

// A number for people: at most `digits` significant digits, thousands separated by commas, no exponent; 0 below 1e-12.
// The locale has no say.
std::string FormatNumber(double value, int digits = 3);

// Stable 64-bit hash (FNV-1a): the same on every machine and in every version, so ids may be stored. Not for untrusted
// keys where collisions matter.
std::uint64_t StableHash(std::string_view text);

// The first `digits` hexadecimal digits of `hash`.
std::string HexDigits(std::uint64_t hash, int digits);

// `text` with control characters, terminal escapes and invalid UTF-8 replaced by visible \xNN or \u escapes, for
// printing names and statements from untrusted sources on one line.
std::string Printable(std::string_view text);

// Optimal string alignment distance: insertions, deletions, substitutions, and swaps of neighbours, each counting one.
// Takes time and memory as the product of the lengths.
std::size_t EditDistance(std::string_view a, std::string_view b);

}  // namespace pgassay
