// A literal is looked at by its tokens: one token needs nothing but a space here and there; anything longer keeps its
// meaning in parentheses, which are left out only between neighbours that cannot change it.

#include <array>
#include <charconv>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/edits.h"
#include "sql/lexer.h"
#include "sql/parse.h"
#include "sql/plannable.h"

namespace pgassay::sql {
namespace {

bool IsOperatorCharacter(char c) {
  return std::string_view("+-*/<>=~!@#%^&|`?").find(c) != std::string_view::npos;
}

template <std::size_t kCount>
bool IsOneOf(std::string_view text, const Token& token, const std::array<std::string_view, kCount>& words) {
  for (const std::string_view word : words) {
    if (IsWord(text, token, word)) {
      return true;
    }
  }
  return false;
}

// 0 for a number that no parameter can have.
int NumberOf(std::string_view parameter) {
  int number = 0;
  const char* const end = parameter.data() + parameter.size();
  const std::from_chars_result parsed = std::from_chars(parameter.data() + 1, end, number);
  return parsed.ec == std::errc() && parsed.ptr == end ? number : 0;
}

enum class Shape {
  kWord,      // one token: a string, a number, TRUE, FALSE, NULL
  kCompound,  // binds tighter than any comparison: -5, 'a'::text, ARRAY[1, 2]
  kOther,
};

// Whether token `i` may stand in a literal of shape kCompound, given that those before it may.
bool BelongsToCompound(std::string_view literal, const std::vector<Token>& tokens, std::size_t i) {
  static constexpr std::array<std::string_view, 20> kTypeWords = {
      "bigint", "bit",       "boolean",  "char",    "character", "decimal", "double",
      "int",    "integer",   "interval", "numeric", "precision", "real",    "smallint",
      "time",   "timestamp", "varchar",  "varying", "with",      "zone"};
  const Token& token = tokens[i];
  const std::string_view before = i == 0 ? std::string_view() : TextOf(literal, tokens[i - 1]);
  switch (token.kind) {
    case TokenKind::kLiteral:
      return i == 0 || before == "-";
    case TokenKind::kIdentifier:
      return before == "::" || before == ".";
    case TokenKind::kDot:
    case TokenKind::kOpen:
    case TokenKind::kClose:
      return i > 0;
    default:
      return TextOf(literal, token) == "::" || (i == 0 && TextOf(literal, token) == "-") ||
             (i == 0 && IsWord(literal, token, "array")) || (i > 1 && IsOneOf(literal, token, kTypeWords));
  }
}

// What the literal of parameter `number` looks like, or why it is none.
absl::StatusOr<Shape> ShapeOf(std::string_view literal, int number) {
  const auto refuse = [number](std::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("the value for $", number, " ", ToAbsl(why)));
  };
  const absl::StatusOr<std::vector<Token>> tokens = Tokens(literal);
  if (!tokens.ok() || tokens->empty()) {
    return refuse(tokens.ok() ? "is empty" : "cannot be read as SQL");
  }
  int depth = 0;
  bool compound = true;
  for (std::size_t i = 0; i < tokens->size(); ++i) {
    const Token& token = (*tokens)[i];
    depth -= token.kind == TokenKind::kClose ? 1 : 0;
    if (depth < 0 || IsComment(token) || token.kind == TokenKind::kSemicolon || token.kind == TokenKind::kBackslash ||
        token.kind == TokenKind::kParameter || (depth == 0 && token.kind == TokenKind::kComma)) {
      return refuse("is no single expression");
    }
    compound = compound && (depth > 0 || BelongsToCompound(literal, *tokens, i));
    depth += token.kind == TokenKind::kOpen ? 1 : 0;
  }
  if (depth != 0) {
    return refuse("is no single expression");
  }
  static constexpr std::array<std::string_view, 3> kWords = {"true", "false", "null"};
  if (tokens->size() == 1 &&
      (tokens->front().kind == TokenKind::kLiteral || IsOneOf(literal, tokens->front(), kWords))) {
    return Shape::kWord;
  }
  return compound ? Shape::kCompound : Shape::kOther;
}

// The tokens beside a parameter; nullptr at the ends of the statement.
struct Neighbours {
  const Token* before = nullptr;
  const Token* behind = nullptr;
};

bool SeparatesBefore(std::string_view text, const Token* token) {
  static constexpr std::array<std::string_view, 14> kWords = {
      "=", "<", ">", "<=", ">=", "<>", "!=", "or", "and", "when", "then", "else", "between", ","};
  return token == nullptr || token->kind == TokenKind::kOpen || IsOneOf(text, *token, kWords);
}

bool SeparatesBehind(std::string_view text, const Token* token) {
  static constexpr std::array<std::string_view, 8> kWords = {"and", "or", "when", "then", "else", "end", ",", ";"};
  return token == nullptr || token->kind == TokenKind::kClose || IsOneOf(text, *token, kWords);
}

// `literal` as it is to stand in the place of the parameter that begins at `begin`.
std::string Fitted(std::string_view text, std::size_t begin, const Neighbours& around, std::string_view literal,
                   Shape shape) {
  std::string fitted(literal);
  const bool bare = shape == Shape::kWord ? around.behind == nullptr || around.behind->kind != TokenKind::kDot
                                          : shape == Shape::kCompound && SeparatesBefore(text, around.before) &&
                                                SeparatesBehind(text, around.behind);
  if (!bare) {
    return absl::StrCat("(", fitted, ")");
  }
  // = and -5 would be one operator, & and 'a' the end of U&'a'; limit$1 is read as one word already.
  if (begin > 0 && IsOperatorCharacter(text[begin - 1]) &&
      (IsOperatorCharacter(fitted.front()) || text[begin - 1] == '&')) {
    fitted.insert(0, 1, ' ');
  }
  return fitted;
}

}  // namespace

std::vector<ParameterPlace> ParameterPlaces(std::string_view text) {
  std::vector<ParameterPlace> places;
  Lex(text, [&](const Token& token) {
    if (token.kind == TokenKind::kParameter) {
      places.push_back({.number = NumberOf(TextOf(text, token)), .begin = token.begin, .end = token.end});
    }
    return std::optional<std::size_t>();
  });
  return places;
}

absl::StatusOr<std::string> Substitute(std::string_view text, std::span<const std::optional<std::string>> literals) {
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokens(text));
  std::erase_if(tokens, IsComment);
  std::vector<Edit> edits;
  std::vector<std::optional<Shape>> shapes(literals.size());
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != TokenKind::kParameter) {
      continue;
    }
    const int number = NumberOf(TextOf(text, tokens[i]));
    const auto index = static_cast<std::size_t>(number) - 1;
    if (number < 1 || index >= literals.size() || !literals[index]) {
      return absl::InvalidArgumentError(absl::StrCat("no value for ", ToAbsl(TextOf(text, tokens[i]))));
    }
    if (!shapes[index]) {
      PGASSAY_ASSIGN_OR_RETURN(shapes[index], ShapeOf(*literals[index], number));
    }
    const Neighbours around{.before = i > 0 ? &tokens[i - 1] : nullptr,
                            .behind = i + 1 < tokens.size() ? &tokens[i + 1] : nullptr};
    edits.push_back({.begin = tokens[i].begin,
                     .end = tokens[i].end,
                     .text = Fitted(text, tokens[i].begin, around, *literals[index], *shapes[index])});
  }
  std::string result = Apply(text, std::move(edits));
  PGASSAY_RETURN_IF_ERROR(Check(result));
  return result;
}

absl::StatusOr<std::string> WithParameterTypes(std::string_view text, std::span<const std::string> types) {
  if (types.empty()) {
    return std::string(text);
  }
  std::vector<Edit> edits;
  for (const ParameterPlace& place : ParameterPlaces(text)) {
    const auto index = static_cast<std::size_t>(place.number) - 1;
    if (place.number < 1 || index >= types.size() || types[index] == "unknown") {
      continue;
    }
    const std::string cast =
        absl::StrCat("CAST(", ToAbsl(text.substr(place.begin, place.end - place.begin)), " AS ", types[index], ")");
    const std::size_t behind = text.find_first_not_of(" \t\n\r\f", place.end);
    const bool has_members = behind != std::string_view::npos && (text[behind] == '[' || text[behind] == '.');
    edits.push_back(
        {.begin = place.begin, .end = place.end, .text = has_members ? absl::StrCat("(", cast, ")") : cast});
  }
  std::string result = Apply(text, std::move(edits));
  PGASSAY_RETURN_IF_ERROR(Check(result));
  return result;
}

}  // namespace pgassay::sql
