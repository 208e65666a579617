#include "base/text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <iterator>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace pgassay {
namespace {

// Keywords that quote_identifier (src/backend/utils/adt/ruleutils.c) quotes: everything in src/include/parser/kwlist.h
// that is not unreserved. PostgreSQL 15's list and what 16 and 17 added; sorted. A name quoted without need does no
// harm.
// One keyword a line would fill three screens.
// clang-format off
constexpr std::string_view kQuotedKeywords[] = {
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization", "between",
    "bigint", "binary", "bit", "boolean", "both", "case", "cast", "char", "character", "check", "coalesce",
    "collate", "collation", "column", "concurrently", "constraint", "create", "cross", "current_catalog",
    "current_date", "current_role", "current_schema", "current_time", "current_timestamp", "current_user", "dec",
    "decimal", "default", "deferrable", "desc", "distinct", "do", "else", "end", "except", "exists", "extract",
    "false", "fetch", "float", "for", "foreign", "freeze", "from", "full", "grant", "greatest", "group", "grouping",
    "having", "ilike", "in", "initially", "inner", "inout", "int", "integer", "intersect", "interval", "into", "is",
    "isnull", "join", "json", "json_array", "json_arrayagg", "json_exists", "json_object", "json_objectagg",
    "json_query", "json_scalar", "json_serialize", "json_table", "json_value", "lateral", "leading", "least",
    "left", "like", "limit", "localtime", "localtimestamp", "merge_action", "national", "natural", "nchar", "none",
    "normalize", "not", "notnull", "null", "nullif", "numeric", "offset", "on", "only", "or", "order", "out",
    "outer", "overlaps", "overlay", "placing", "position", "precision", "primary", "real", "references",
    "returning", "right", "row", "select", "session_user", "setof", "similar", "smallint", "some", "substring",
    "symmetric", "system_user", "table", "tablesample", "then", "time", "timestamp", "to", "trailing", "treat",
    "trim", "true", "union", "unique", "user", "using", "values", "varchar", "variadic", "verbose", "when", "where",
    "window", "with", "xmlattributes", "xmlconcat", "xmlelement", "xmlexists", "xmlforest", "xmlnamespaces",
    "xmlparse", "xmlpi", "xmlroot", "xmlserialize", "xmltable"};
// clang-format on

static_assert(std::ranges::is_sorted(kQuotedKeywords));

bool IsPlainIdentifier(std::string_view name) {
  auto starts = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
  auto continues = [&](char c) { return starts(c) || (c >= '0' && c <= '9'); };
  return !name.empty() && starts(name[0]) && std::ranges::all_of(name, continues) &&
         !std::ranges::binary_search(kQuotedKeywords, name);
}

std::string Quoted(std::string_view text, char quote, bool double_backslash) {
  std::string quoted(1, quote);
  for (const char c : text) {
    if (c == quote || (double_backslash && c == '\\')) quoted += c;
    quoted += c;
  }
  quoted += quote;
  return quoted;
}

// `value` with `precision` digits after the point; unlike printf it does not ask the locale.
std::string Fixed(double value, int precision) {
  char buffer[400];  // the largest double has 309 digits before the point
  const auto result = std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::fixed, precision);
  return std::string(buffer, result.ptr);
}

// Puts a comma between every three digits before the point.
std::string WithCommas(std::string_view number) {
  const std::size_t begin = number.starts_with('-') ? 1 : 0;
  const std::size_t end = std::min(number.find('.'), number.size());
  std::string text(number.substr(0, begin));
  for (std::size_t i = begin; i < end; ++i) {
    if (i > begin && (end - i) % 3 == 0) text += ',';
    text += number[i];
  }
  text += number.substr(end);
  return text;
}

struct Decoded {
  std::uint32_t code_point = 0;
  std::size_t bytes = 0;  // 0: no valid UTF-8
};

// The first character of `text`, which is not empty. Overlong forms, surrogates and what lies above U+10FFFF are not
// valid.
Decoded DecodeUtf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t bytes = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2;
  if (first < 0xC2 || first > 0xF4 || text.size() < bytes) return {};
  std::uint32_t code_point = first & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    if ((byte(i) & 0xC0U) != 0x80) return {};
    code_point = (code_point << 6) | (byte(i) & 0x3FU);
  }
  const bool overlong = (bytes == 3 && code_point < 0x800) || (bytes == 4 && code_point < 0x10000);
  const bool surrogate = code_point >= 0xD800 && code_point <= 0xDFFF;
  if (overlong || surrogate || code_point > 0x10FFFF) return {};
  return {code_point, bytes};
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

// What moves the cursor, ends the line, reorders the text or cannot be seen: controls, soft hyphen, Arabic letter mark,
// zero-width and bidirectional marks, line and paragraph separators, bidirectional embeddings, isolates, byte order
// mark, annotations, tags.
constexpr Range kInvisible[] = {{0x00, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},      {0x61C, 0x61C},
                                {0x180E, 0x180E}, {0x200B, 0x200F}, {0x2028, 0x202E},  {0x2060, 0x206F},
                                {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F}};

bool IsInvisible(std::uint32_t code_point) {
  return std::ranges::any_of(kInvisible,
                             [&](const Range& range) { return code_point >= range.first && code_point <= range.last; });
}

std::string Escaped(std::uint32_t code_point) {
  if (code_point < 0x80) return "\\x" + HexDigits(std::uint64_t{code_point} << 56, 2);
  if (code_point < 0x10000) return "\\u" + HexDigits(std::uint64_t{code_point} << 48, 4);
  return "\\U" + HexDigits(std::uint64_t{code_point} << 32, 8);
}

}  // namespace

std::string QuoteIdentifier(std::string_view name) {
  return IsPlainIdentifier(name) ? std::string(name) : Quoted(name, '"', false);
}

std::string QuoteLiteral(std::string_view text) {
  const bool escaped = text.find('\\') != std::string_view::npos;
  return absl::StrCat(escaped ? "E" : "", Quoted(text, '\'', escaped));
}

std::string FormatBytes(std::int64_t bytes) {
  if (bytes > -1024 && bytes < 1024) return absl::StrCat(bytes, bytes == 1 ? " byte" : " bytes");
  constexpr const char* kUnits[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
  double value = static_cast<double>(bytes) / 1024;
  std::size_t unit = 0;
  // 1023.96 would be printed as 1024: that is one of the next unit.
  while (std::abs(value) >= 1023.5 && unit + 1 < std::size(kUnits)) {
    value /= 1024;
    ++unit;
  }
  return absl::StrCat(Fixed(value, std::abs(value) < 99.95 ? 1 : 0), " ", kUnits[unit]);
}

std::string FormatNumber(double value, int digits) {
  if (std::isnan(value)) return "nan";
  if (std::isinf(value)) return value > 0 ? "inf" : "-inf";
  // Rounding to significant digits is what scientific notation does; reading it back gives the rounded value.
  char buffer[64];
  const int significant = std::clamp(digits, 1, 17);
  const auto written =
      std::to_chars(std::begin(buffer), std::end(buffer), value, std::chars_format::scientific, significant - 1);
  double rounded = 0;
  if (std::from_chars(buffer, written.ptr, rounded).ec != std::errc())
    rounded = value;  // rounded up beyond the largest
  if (rounded == 0 || std::abs(rounded) < 1e-12) return "0";
  const int exponent = static_cast<int>(std::floor(std::log10(std::abs(rounded)) + 1e-9));
  std::string text = Fixed(rounded, std::max(0, significant - 1 - exponent));
  if (text.find('.') != std::string::npos) {
    text.erase(text.find_last_not_of('0') + 1);
    if (text.back() == '.') text.pop_back();
  }
  return WithCommas(text);
}

std::uint64_t StableHash(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3U;
  }
  return hash;
}

std::string HexDigits(std::uint64_t hash, int digits) {
  std::string text;
  for (int i = 0; i < std::clamp(digits, 0, 16); ++i) text += "0123456789abcdef"[(hash >> (60 - 4 * i)) & 15];
  return text;
}

std::string Printable(std::string_view text) {
  std::string printable;
  printable.reserve(text.size());
  while (!text.empty()) {
    const Decoded decoded = DecodeUtf8(text);
    const std::size_t bytes = std::max<std::size_t>(decoded.bytes, 1);
    if (decoded.bytes == 0) {
      printable += "\\x" + HexDigits(std::uint64_t{static_cast<unsigned char>(text[0])} << 56, 2);
    } else if (IsInvisible(decoded.code_point)) {
      printable += Escaped(decoded.code_point);
    } else {
      printable += text.substr(0, bytes);
    }
    text.remove_prefix(bytes);
  }
  return printable;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::vector<std::size_t>> rows(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
  for (std::size_t i = 0; i <= a.size(); ++i) rows[i][0] = i;
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t substituted = rows[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      rows[i][j] = std::min({rows[i - 1][j] + 1, rows[i][j - 1] + 1, substituted});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        rows[i][j] = std::min(rows[i][j], rows[i - 2][j - 2] + 1);
      }
    }
  }
  return rows[a.size()][b.size()];
}

}  // namespace pgassay
