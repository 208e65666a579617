#include "report/redact.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "absl/strings/match.h"
#include "base/text.h"

namespace pgassay::report {
namespace {

enum class TokenKind { kSpace, kComment, kString, kQuotedName, kNumber, kWord, kOther };

struct Token {
  TokenKind kind = TokenKind::kOther;
  std::string_view text;
};

bool IsSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}
bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool IsWordStart(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool IsWordPart(char c) {
  return IsWordStart(c) || IsDigit(c) || c == '$';
}

// Offset behind the quoted text whose opening quote is at `at`; the end of the text where it is not closed.
std::size_t EndOfQuoted(std::string_view text, std::size_t at, bool backslash_escapes) {
  const char quote = text[at];
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (backslash_escapes && text[i] == '\\') {
      ++i;
    } else if (text[i] == quote) {
      if (i + 1 == text.size() || text[i + 1] != quote) return i + 1;
      ++i;
    }
  }
  return text.size();
}

// Offset behind the dollar-quoted string at `at`, or `at` if there is none.
std::size_t EndOfDollarQuoted(std::string_view text, std::size_t at) {
  std::size_t tag_end = at + 1;
  if (tag_end < text.size() && IsDigit(text[tag_end])) return at;  // $1 is a parameter
  while (tag_end < text.size() && IsWordPart(text[tag_end]) && text[tag_end] != '$') ++tag_end;
  if (tag_end == text.size() || text[tag_end] != '$') return at;
  const std::string_view tag = text.substr(at, tag_end + 1 - at);
  const std::size_t close = text.find(tag, tag_end + 1);
  return close == std::string_view::npos ? text.size() : close + tag.size();
}

// Block comments nest in PostgreSQL.
std::size_t EndOfBlockComment(std::string_view text, std::size_t at) {
  int depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    const std::string_view two = text.substr(i, 2);
    if (two == "/*") {
      ++depth;
      ++i;
    } else if (two == "*/") {
      ++i;
      if (--depth == 0) return i + 1;
    }
  }
  return text.size();
}

std::size_t EndOfNumber(std::string_view text, std::size_t at) {
  std::size_t i = at;
  while (i < text.size()) {
    const bool signed_exponent = (text[i] == '+' || text[i] == '-') && (text[i - 1] == 'e' || text[i - 1] == 'E');
    if (!IsDigit(text[i]) && text[i] != '.' && !IsWordStart(text[i]) && !(i > at && signed_exponent)) break;
    ++i;
  }
  return i;
}

Token Next(std::string_view text, std::size_t at) {
  const auto token = [&](TokenKind kind, std::size_t end) { return Token{kind, text.substr(at, end - at)}; };
  const char c = text[at];
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  if (IsSpace(c)) {
    std::size_t end = at;
    while (end < text.size() && IsSpace(text[end])) ++end;
    return token(TokenKind::kSpace, end);
  }
  if (c == '-' && next == '-') return token(TokenKind::kComment, std::min(text.find('\n', at), text.size()));
  if (c == '/' && next == '*') return token(TokenKind::kComment, EndOfBlockComment(text, at));
  if (c == '\'') return token(TokenKind::kString, EndOfQuoted(text, at, false));
  if (c == '"') return token(TokenKind::kQuotedName, EndOfQuoted(text, at, false));
  if (next == '\'' && std::string_view("eEbBxXnN").find(c) != std::string_view::npos) {
    return token(TokenKind::kString, EndOfQuoted(text, at + 1, c == 'e' || c == 'E'));
  }
  if ((c == 'u' || c == 'U') && next == '&' && at + 2 < text.size()) {
    if (text[at + 2] == '\'') return token(TokenKind::kString, EndOfQuoted(text, at + 2, false));
    if (text[at + 2] == '"') return token(TokenKind::kQuotedName, EndOfQuoted(text, at + 2, false));
  }
  if (c == '$') {
    const std::size_t end = EndOfDollarQuoted(text, at);
    if (end > at) return token(TokenKind::kString, end);
    std::size_t digits = at + 1;
    while (digits < text.size() && IsDigit(text[digits])) ++digits;
    return token(TokenKind::kOther, digits);
  }
  if (IsDigit(c) || (c == '.' && IsDigit(next))) return token(TokenKind::kNumber, EndOfNumber(text, at));
  if (IsWordStart(c)) {
    std::size_t end = at;
    while (end < text.size() && IsWordPart(text[end])) ++end;
    return token(TokenKind::kWord, end);
  }
  return token(TokenKind::kOther, at + 1);
}

std::vector<Token> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    tokens.push_back(Next(text, at));
    at += tokens.back().text.size();
  }
  return tokens;
}

bool IsWord(const Token& token, std::string_view lower_case) {
  return token.kind == TokenKind::kWord && absl::EqualsIgnoreCase(ToAbsl(token.text), ToAbsl(lower_case));
}

// Words of PostgreSQL's messages after which double quotes hold a name, not a value.
constexpr std::array<std::string_view, 25> kNamingWords = {
    "aggregate", "collation", "column", "constraint", "database", "encoding", "entry",     "extension", "file",
    "function",  "index",     "key",    "language",   "library",  "operator", "parameter", "procedure", "reference",
    "relation",  "role",      "schema", "server",     "table",    "type",     "view"};

// The word right before offset `at`, white space skipped; empty if something else stands there.
std::string_view WordBefore(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end > 0 && IsSpace(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && IsWordPart(text[begin - 1])) --begin;
  return text.substr(begin, end - begin);
}

std::string Redact(std::string_view text, bool double_quotes_too) {
  std::string result;
  bool last_was_name = false;
  for (std::size_t at = 0; at < text.size();) {
    const bool within_word = at > 0 && IsWordPart(text[at - 1]);
    if (text[at] == '\'' && !within_word) {
      at = EndOfQuoted(text, at, false);
      result += "'?'";
    } else if (text[at] == '"' && double_quotes_too) {
      const std::size_t end = EndOfQuoted(text, at, false);
      const std::string_view quoted = text.substr(at, end - at);
      const std::string_view word = WordBefore(text, at);
      const bool qualified = at > 0 && text[at - 1] == '.';
      const bool name =
          qualified ? last_was_name : std::find(kNamingWords.begin(), kNamingWords.end(), word) != kNamingWords.end();
      if (word == "near" && quoted.size() > 2) {
        result += '"' + RedactConstants(quoted.substr(1, quoted.size() - 2)) + '"';
      } else {
        result += name ? std::string(quoted) : "\"?\"";
      }
      last_was_name = name;
      at = end;
    } else {
      result += text[at++];
    }
  }
  return result;
}

}  // namespace

std::string OneLine(std::string_view sql) {
  std::string line;
  bool space = false;
  for (const Token& token : Tokens(sql)) {
    if (token.kind == TokenKind::kSpace || token.kind == TokenKind::kComment) {
      space = true;
      continue;
    }
    if (space && !line.empty()) line += ' ';
    space = false;
    line += token.text;
  }
  return line;
}

std::string Abbreviated(std::string_view line) {
  constexpr std::size_t kLongList = 24;
  const std::vector<Token> tokens = Tokens(line);
  if (tokens.empty() || !IsWord(tokens.front(), "select")) return std::string(line);
  const std::size_t list_begin = tokens.front().text.size();
  std::size_t at = 0;
  int depth = 0;
  for (const Token& token : tokens) {
    if (token.text == "(") ++depth;
    if (token.text == ")") --depth;
    if (depth == 0 && IsWord(token, "from")) break;
    at += token.text.size();
  }
  if (at == line.size() || at - list_begin <= kLongList) return std::string(line);
  return std::string(line.substr(0, list_begin)) + " ... " + std::string(line.substr(at));
}

std::string RedactConstants(std::string_view sql) {
  std::string result;
  bool numbers_plan = false;  // EXPLAIN writes "SubPlan 2": the number is part of a name
  for (const Token& token : Tokens(sql)) {
    const bool name = numbers_plan && token.kind == TokenKind::kNumber;
    if (token.kind != TokenKind::kSpace) numbers_plan = token.text == "SubPlan" || token.text == "InitPlan";
    if (!name && (token.kind == TokenKind::kString || token.kind == TokenKind::kNumber)) {
      result += '?';
    } else if (token.kind != TokenKind::kComment) {
      result += token.text;
    }
  }
  return result;
}

std::string RedactSentence(std::string_view sentence) {
  return Redact(sentence, false);
}

std::string RedactServerMessage(std::string_view message) {
  return Redact(message, true);
}

}  // namespace pgassay::report
