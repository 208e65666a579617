// Writing and checking values: the other half of workload/value_type.h.

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "workload/value_json.h"
#include "workload/value_scalar.h"
#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

// ANALYZE keeps no value of more than 1 kB (WIDTH_THRESHOLD, src/backend/commands/analyze.c); its text may be longer,
// but what is longer than this comes from a damaged file.
constexpr std::size_t kLongestValue = 65'536;

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Digits with an optional sign and point: what PostgreSQL's grammar takes as a number after the sign.
bool IsPlainNumber(std::string_view value) {
  if (value.starts_with('-')) value.remove_prefix(1);
  return !value.empty() && IsDigit(value.front()) && IsDigit(value.back()) &&
         std::ranges::all_of(value, [](char c) { return IsDigit(c) || c == '.'; }) &&
         std::ranges::count(value, '.') <= 1;
}

std::optional<std::string> FittedInteger(std::string_view value, std::string_view base) {
  std::int64_t number = 0;
  const char* const end = value.data() + value.size();
  const std::from_chars_result parsed = std::from_chars(value.data(), end, number);
  if (parsed.ec != std::errc() || parsed.ptr != end) {
    const std::optional<double> scalar = ToScalar(value, TypeFamily::kDecimal);
    if (!scalar || std::abs(*scalar) > 9e15) return std::nullopt;  // beyond it a double has no units
    number = std::llround(*scalar);
  }
  const std::int64_t greatest = base == "smallint"  ? std::numeric_limits<std::int16_t>::max()
                                : base == "integer" ? std::numeric_limits<std::int32_t>::max()
                                                    : std::numeric_limits<std::int64_t>::max();
  if (number > greatest || number < -greatest - 1) return std::nullopt;
  return absl::StrCat(number);
}

std::optional<std::string> FittedNumber(std::string_view value) {
  if (ToScalar(value, TypeFamily::kDecimal) || value == "NaN" || value == "Infinity" || value == "-Infinity") {
    return std::string(value);
  }
  return std::nullopt;
}

// Infinities and dates before Christ have no scalar, but one type of time takes them from another.
std::optional<std::string> FittedTime(std::string_view value, const ValueType& type) {
  const std::optional<absl::Time> moment = ParseMoment(value);
  if (moment && type.family == TypeFamily::kDate) {
    const std::string text = FormatMoment(*moment);
    return text.substr(0, text.find(' '));
  }
  if (moment || value == "infinity" || value == "-infinity" || value.ends_with(" BC")) return std::string(value);
  return std::nullopt;
}

bool IsUuid(std::string_view value) {
  return value.size() == 36 &&
         std::ranges::all_of(value, [](char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || c == '-'; });
}

// Words of which a type of the other families is told; none: only values of the very type fit.
bool LooksLike(std::string_view value, TypeFamily family) {
  switch (family) {
    case TypeFamily::kUuid:
      return IsUuid(value);
    case TypeFamily::kJson:
      return IsJson(value);
    case TypeFamily::kArray:
      return value.starts_with('{') || value.starts_with('[');
    case TypeFamily::kTsQuery:
      return value.starts_with('\'') && value.ends_with('\'');  // a word of ours
    case TypeFamily::kRange:
      return value.starts_with('[') || value.starts_with('(') || value.starts_with('{') || value == "empty";
    default:
      return false;
  }
}

// "name" for name[] and name; arrays of "character" would be cut to one letter as well.
std::string CastName(std::string_view type) {
  if (type == "character") return "bpchar";
  if (type == "bit") return "\"bit\"";
  if (type.ends_with("[]")) return absl::StrCat(CastName(type.substr(0, type.size() - 2)), "[]");
  return type.empty() || type == "unknown" || type == "record" || type.starts_with("any") ? "text" : std::string(type);
}

bool NeedsArrayQuotes(std::string_view element, char delimiter) {
  return element.empty() || absl::EqualsIgnoreCase(ToAbsl(element), "null") ||
         std::ranges::any_of(element, [delimiter](char c) {
           return c == '"' || c == '\\' || c == '{' || c == '}' || c == delimiter || c == ' ' ||
                  (c >= '\t' && c <= '\r');
         });
}

}  // namespace

std::string TypedLiteral(std::string_view value, std::string_view type) {
  return absl::StrCat(QuoteLiteral(value), "::", CastName(type));
}

std::string PlainLiteral(std::string_view value, const ValueType& type) {
  const bool plain = type.family == TypeFamily::kInteger || type.family == TypeFamily::kDecimal;
  if (!plain || !IsPlainNumber(value)) return TypedLiteral(value, type.name);
  return value.starts_with('-') ? absl::StrCat("(", ToAbsl(value), ")") : std::string(value);
}

std::string ArrayText(std::span<const std::string> elements, const ValueType& element_type) {
  const char delimiter = element_type.base == "box" ? ';' : ',';  // the only built-in type with another one
  std::string text = "{";
  for (const std::string& element : elements) {
    if (text.size() > 1) text += delimiter;
    if (!NeedsArrayQuotes(element, delimiter)) {
      text += element;
      continue;
    }
    text += '"';
    for (const char c : element) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

std::optional<std::string> Fitted(std::string_view value, std::string_view source, const ValueType& type) {
  if (value.size() > kLongestValue || value.find('\0') != std::string_view::npos) return std::nullopt;
  switch (type.family) {
    case TypeFamily::kText:
      return std::string(value);
    case TypeFamily::kInteger:
      return FittedInteger(value, type.base);
    case TypeFamily::kDecimal:
    case TypeFamily::kFloat:
      return FittedNumber(value);
    case TypeFamily::kBoolean:
      if (value == "t" || value == "true") return "true";
      if (value == "f" || value == "false") return "false";
      return std::nullopt;
    case TypeFamily::kDate:
    case TypeFamily::kTimestamp:
    case TypeFamily::kTimestampTz:
      return FittedTime(value, type);
    case TypeFamily::kTime:
      return ToScalar(value, TypeFamily::kTime) ? std::optional<std::string>(value) : std::nullopt;
    case TypeFamily::kEnum:
      return std::ranges::count(type.labels, value) > 0 ? std::optional<std::string>(value) : std::nullopt;
    default:
      break;
  }
  const std::string bare = WithoutModifiers(source);
  const bool same = bare == WithoutModifiers(type.name) || bare == WithoutModifiers(type.base);
  const bool checked = type.family == TypeFamily::kUuid || type.family == TypeFamily::kJson;
  if ((same && !checked) || LooksLike(value, type.family)) return std::string(value);
  return std::nullopt;
}

}  // namespace pgassay::workload
