// sqlcommenter: https://google.github.io/sqlcommenter/spec/. Marginalia: what Rails' legacy query log tags look like.

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/plannable.h"

namespace pgassay::sql {
namespace {

using Tags = std::vector<std::string>;

bool IsKeyCharacter(char c) {
  return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' || c == '%';
}

std::optional<char> HexByte(std::string_view digits) {
  if (digits.size() < 2 || !absl::ascii_isxdigit(static_cast<unsigned char>(digits[0])) ||
      !absl::ascii_isxdigit(static_cast<unsigned char>(digits[1]))) {
    return std::nullopt;
  }
  const auto value = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
  return static_cast<char>(value(digits[0]) * 16 + value(digits[1]));
}

// Without URL encoding and without backslashes before quotes; `text` itself where that gives anything but plain text.
std::string Decoded(std::string_view text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::optional<char> byte = text[i] == '%' ? HexByte(text.substr(i + 1)) : std::nullopt;
    if (byte) {
      decoded += *byte;
      i += 2;
    } else if (text[i] != '\\' || i + 1 == text.size() || text[i + 1] != '\'') {
      decoded += text[i];
    }
  }
  return Printable(decoded) == decoded ? decoded : std::string(text);
}

// Takes the characters of a key from the front of `rest`.
std::string_view TakeKey(std::string_view& rest) {
  std::size_t size = 0;
  while (size < rest.size() && IsKeyCharacter(rest[size])) {
    ++size;
  }
  const std::string_view key = rest.substr(0, size);
  rest.remove_prefix(size);
  return key;
}

bool TakeCharacter(std::string_view& rest, char c) {
  if (!rest.starts_with(c)) {
    return false;
  }
  rest.remove_prefix(1);
  return true;
}

void SkipSpaces(std::string_view& rest) {
  while (TakeCharacter(rest, ' ')) {
  }
}

// These name one request, and not the code that sent it: each statement would have one of its own.
bool NamesARequest(std::string_view key) {
  return key == "traceparent" || key == "tracestate" || key == "request_id" || key == "trace_id" || key == "span_id";
}

// key='value',key='value'
std::optional<Tags> SqlCommenterTags(std::string_view rest) {
  Tags tags;
  do {
    SkipSpaces(rest);
    const std::string_view key = TakeKey(rest);
    if (key.empty() || !TakeCharacter(rest, '=') || !TakeCharacter(rest, '\'')) {
      return std::nullopt;
    }
    std::size_t end = 0;
    while (end < rest.size() && rest[end] != '\'') {
      end += rest[end] == '\\' ? 2 : 1;
    }
    if (end >= rest.size()) {
      return std::nullopt;
    }
    if (!NamesARequest(key)) tags.push_back(absl::StrCat(Decoded(key), "=", Decoded(rest.substr(0, end))));
    rest.remove_prefix(end + 1);
    SkipSpaces(rest);
  } while (TakeCharacter(rest, ','));
  return rest.empty() ? std::optional(tags) : std::nullopt;
}

// key:value,key:value
std::optional<Tags> MarginaliaTags(std::string_view rest) {
  Tags tags;
  while (true) {
    const std::string_view key = TakeKey(rest);
    if (key.empty() || !TakeCharacter(rest, ':')) {
      return std::nullopt;
    }
    const std::size_t end = std::min(rest.find(','), rest.size());
    const std::string_view value = rest.substr(0, end);
    if (value.empty() || value.starts_with(' ') || value.starts_with("//") || Printable(value) != value) {
      return std::nullopt;  // prose, or an address
    }
    if (!NamesARequest(key)) tags.push_back(absl::StrCat(ToAbsl(key), "=", ToAbsl(value)));
    if (end == rest.size()) {
      return tags;
    }
    rest.remove_prefix(end + 1);
  }
}

}  // namespace

std::vector<std::string> QueryTags(std::string_view text) {
  Tags tags;
  if (text.find("/*") == std::string_view::npos) return tags;  // nearly all, and reading tokens takes long
  Lex(text, [&](const Token& token) {
    const std::string_view comment = TextOf(text, token);
    if (token.kind == TokenKind::kBlockComment && comment.size() >= 4) {
      const std::string_view content =
          FromAbsl(absl::StripAsciiWhitespace(ToAbsl(comment.substr(2, comment.size() - 4))));
      std::optional<Tags> found = SqlCommenterTags(content);
      if (!found) {
        found = MarginaliaTags(content);
      }
      if (found) {
        tags.insert(tags.end(), found->begin(), found->end());
      }
    }
    return std::optional<std::size_t>();
  });
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

}  // namespace pgassay::sql
