#include "workload/value_pattern.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::workload {
namespace {

constexpr std::size_t kLeastCharacters = 3;

bool BeginsCharacter(char c) {
  return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
}

// `count` characters of `text` from character `begin`.
std::string_view Characters(std::string_view text, std::size_t begin, std::size_t count) {
  std::size_t from = text.size();
  std::size_t position = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!BeginsCharacter(text[i])) continue;
    if (position == begin) from = i;
    if (position == begin + count) return text.substr(from, i - from);
    ++position;
  }
  return text.substr(from);
}

std::string Escaped(std::string_view text, std::string_view special) {
  std::string escaped;
  for (const char c : text) {
    if (special.find(c) != std::string_view::npos) escaped += '\\';
    escaped += c;
  }
  return escaped;
}

std::size_t PartLength(std::string_view value) {
  const auto characters = static_cast<std::size_t>(std::ranges::count_if(value, BeginsCharacter));
  return std::max(kLeastCharacters, characters / 3);
}

}  // namespace

std::string Prefix(std::string_view value) {
  return std::string(Characters(value, 0, PartLength(value)));
}

std::string LikePattern(std::string_view value, const catalog::ParameterUse& use) {
  std::string text(value);
  if (use.expression.find("lower(") != std::string::npos) absl::AsciiStrToLower(&text);
  if (use.expression.find("upper(") != std::string::npos) absl::AsciiStrToUpper(&text);
  if (use.op == "^@" || use.function == "starts_with") return Prefix(text);
  const std::size_t hole = use.parameter_expression.find("$0");
  const std::string_view around = use.parameter_expression;
  const bool open = hole != std::string_view::npos && around.substr(0, hole).find('%') != std::string_view::npos;
  const bool wild = hole != std::string_view::npos && around.substr(hole).find('%') != std::string_view::npos;
  // SIMILAR TO has regular expressions in it.
  const bool similar = around.find("similar") != std::string_view::npos;
  const std::size_t length = PartLength(text);
  const std::string part(open ? Characters(text, length / 2, length) : Characters(text, 0, length));
  return absl::StrCat(Escaped(part.empty() ? text : part, similar ? "%_\\|*+?{}()[]" : "%_\\"),
                      open || wild ? "" : "%");
}

std::string RegexPattern(std::string_view value) {
  return absl::StrCat("^", Escaped(Prefix(value), "\\^$.|?*+()[]{}"));
}

std::string QueryWord(std::string_view word) {
  std::string query = "'";
  for (const char c : word) {
    if (c == '\'' || c == '\\') query += c;
    query += c;
  }
  return query + "'";
}

}  // namespace pgassay::workload
