#include "pg/dump_text.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/text.h"

namespace pgassay::pg {
namespace {

constexpr std::string_view kRestrict = "\\restrict ";
constexpr std::string_view kUserMapping = "CREATE USER MAPPING ";

// The end of the line that `at` is in, newline included.
std::size_t NextLine(std::string_view text, std::size_t at) {
  const std::size_t end = text.find('\n', at);
  return end == std::string_view::npos ? text.size() : end + 1;
}

bool IsNameByte(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

// The key of the \restrict line, which pg_dump writes among the comments before the first statement; empty if there is
// none.
std::string_view RestrictKey(std::string_view dump) {
  for (std::size_t at = 0; at < dump.size(); at = NextLine(dump, at)) {
    const std::string_view line = dump.substr(at, NextLine(dump, at) - at);
    if (line.starts_with(kRestrict)) return FromAbsl(absl::StripAsciiWhitespace(ToAbsl(line.substr(kRestrict.size()))));
    if (!line.starts_with("--") && line != "\n") break;
  }
  return {};
}

std::string WithoutRestrictLines(std::string_view dump) {
  const std::string_view key = RestrictKey(dump);
  if (key.empty()) return std::string(dump);
  const std::string opening = "\\restrict " + std::string(key) + "\n";
  const std::string closing = "\\unrestrict " + std::string(key) + "\n";
  std::string text;
  for (std::size_t at = 0; at < dump.size(); at = NextLine(dump, at)) {
    const std::string_view line = dump.substr(at, NextLine(dump, at) - at);
    if (line != opening && line != closing) text += line;
  }
  return text;
}

std::size_t AfterQuoted(std::string_view sql, std::size_t at, char quote, bool with_backslashes) {
  for (++at; at < sql.size(); ++at) {
    if (with_backslashes && sql[at] == '\\') {
      ++at;
    } else if (sql[at] == quote) {
      return at + 1;  // a doubled quote opens the next piece at once, which comes to the same
    }
  }
  return sql.size();
}

std::size_t AfterDollarQuoted(std::string_view sql, std::size_t at) {
  std::size_t end = at + 1;
  while (end < sql.size() && IsNameByte(sql[end])) ++end;
  if (end >= sql.size() || sql[end] != '$' ||
      (end > at + 1 && absl::ascii_isdigit(static_cast<unsigned char>(sql[at + 1]))))
    return at + 1;
  const std::string_view tag = sql.substr(at, end + 1 - at);
  const std::size_t close = sql.find(tag, end + 1);
  return close == std::string_view::npos ? sql.size() : close + tag.size();
}

std::size_t AfterBlockComment(std::string_view sql, std::size_t at) {
  int depth = 0;
  while (at < sql.size()) {
    if (sql.substr(at, 2) == "/*") {
      ++depth;
      at += 2;
    } else if (sql.substr(at, 2) == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return at;
}

// The position after the token, comment or single byte at `at`: never inside a quoted piece.
std::size_t AfterToken(std::string_view sql, std::size_t at) {
  const std::string_view rest = sql.substr(at);
  if (rest.starts_with("--")) return NextLine(sql, at);
  if (rest.starts_with("/*")) return AfterBlockComment(sql, at);
  if (rest.front() == '\'' || rest.front() == '"') return AfterQuoted(sql, at, rest.front(), false);
  if (rest.front() == '$') return AfterDollarQuoted(sql, at);
  if (!IsNameByte(rest.front())) return at + 1;
  std::size_t end = at;
  while (end < sql.size() && (IsNameByte(sql[end]) || sql[end] == '$')) ++end;
  const bool is_escape_prefix =
      end == at + 1 && (sql[at] == 'E' || sql[at] == 'e') && end < sql.size() && sql[end] == '\'';
  return is_escape_prefix ? AfterQuoted(sql, end, '\'', true) : end;
}

bool IsSpaceOrComment(std::string_view token) {
  return token.starts_with("--") || token.starts_with("/*") ||
         absl::ascii_isspace(static_cast<unsigned char>(token.front()));
}

}  // namespace

DumpText CleanDump(std::string_view dump) {
  const std::string text = WithoutRestrictLines(dump);
  const std::string_view sql = text;
  DumpText clean;
  std::size_t kept = 0;  // everything before is in clean.sql or left out
  bool at_start = true;  // only space and comments since the last statement ended
  for (std::size_t at = 0; at < sql.size();) {
    const std::size_t next = AfterToken(sql, at);
    const std::string_view token = sql.substr(at, next - at);
    if (at_start && sql.substr(at).starts_with(kUserMapping)) {
      clean.sql += sql.substr(kept, at - kept);
      std::size_t end = at;
      while (end < sql.size() && sql[end] != ';') end = AfterToken(sql, end);
      kept = at = end < sql.size() ? end + 1 : end;
      ++clean.user_mappings;
      continue;
    }
    if (token == ";") {
      at_start = true;
    } else if (!IsSpaceOrComment(token)) {
      at_start = false;
    }
    at = next;
  }
  clean.sql += sql.substr(kept);
  return clean;
}

}  // namespace pgassay::pg
