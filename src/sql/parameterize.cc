// What the grammar's normalised text has as $n stands in the statement as a constant: both texts are the same tokens
// otherwise.

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "sql/lexer.h"
#include "sql/plannable.h"
#include "sql/statement.h"

namespace pgassay::sql {
namespace {

absl::StatusOr<std::vector<Token>> TokensOnly(std::string_view text) {
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokens(text));
  std::erase_if(tokens, IsComment);
  return tokens;
}

// The content of a string constant whose quotes are taken off; `escapes`: E'...'.
std::string Unescaped(std::string_view quoted, bool escapes) {
  std::string value;
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    const bool more = i + 1 < quoted.size();
    if (more && quoted[i] == '\'' && quoted[i + 1] == '\'') {
      value += quoted[++i];
    } else if (more && escapes && quoted[i] == '\\') {
      const char c = quoted[++i];
      value += c == 'n' ? '\n' : c == 't' ? '\t' : c == 'r' ? '\r' : c;
    } else {
      value += quoted[i];
    }
  }
  return value;
}

std::optional<std::string> ValueOf(std::string_view text, const Token& token, bool negative) {
  if (IsWord(text, token, "null")) return std::nullopt;
  if (IsWord(text, token, "true")) return "t";
  if (IsWord(text, token, "false")) return "f";
  const std::string_view literal = TextOf(text, token);
  if (literal.front() == '$') {
    const std::size_t tag = literal.find('$', 1) + 1;
    return std::string(literal.substr(tag, literal.size() - 2 * tag));
  }
  const std::size_t quote = literal.find('\'');
  if (quote == std::string_view::npos) return (negative ? "-" : "") + std::string(literal);
  const bool escapes = quote > 0 && (literal.front() == 'E' || literal.front() == 'e');
  return Unescaped(literal.substr(quote + 1, literal.size() - quote - 2), escapes);
}

bool IsSign(std::string_view text, const Token& token) {
  const std::string_view word = TextOf(text, token);
  return word == "-" || word == "+";
}

}  // namespace

absl::StatusOr<ParameterizedText> Parameterize(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const StatementFacts facts, Examine(statement));
  if (facts.has_parameters) return absl::InvalidArgumentError("the statement has parameters");
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Token> tokens, TokensOnly(statement));
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Token> shape, TokensOnly(facts.normalized));
  const auto differ = absl::InvalidArgumentError("a constant of the statement is more than one token");
  // Unicode escapes: their values would have to be decoded, and an escape character may follow.
  const bool unicode = std::ranges::any_of(tokens, [&](const Token& token) {
    return token.kind == TokenKind::kLiteral && TextOf(statement, token).find('&') == 1;
  });
  const bool escaped = std::ranges::any_of(tokens, [&](const Token& t) { return IsWord(statement, t, "uescape"); });
  if (unicode || escaped) return differ;
  ParameterizedText result;
  std::size_t at = 0;
  for (const Token& token : shape) {
    if (at >= tokens.size()) return differ;
    if (token.kind != TokenKind::kParameter) {
      if (TextOf(statement, tokens[at++]) != TextOf(facts.normalized, token)) return differ;
      continue;
    }
    if (TextOf(facts.normalized, token) != absl::StrCat("$", result.values.size() + 1)) return differ;
    const bool negative = TextOf(statement, tokens[at]) == "-";
    at += IsSign(statement, tokens[at]) ? 1 : 0;
    if (at >= tokens.size()) return differ;
    result.values.push_back(ValueOf(statement, tokens[at++], negative));
  }
  const bool closed = at + 1 == tokens.size() && tokens[at].kind == TokenKind::kSemicolon;
  if (at != tokens.size() && !closed) return differ;
  PGASSAY_ASSIGN_OR_RETURN(ParsableText parsable, MakeParsable(facts.normalized));
  result.text = std::move(parsable.text);
  return result;
}

}  // namespace pgassay::sql
