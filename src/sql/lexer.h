#pragma once

// PostgreSQL's own scanner over a text of any size. Private to module sql.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace pgassay::sql {

// The tokens that splitting and the nesting bound tell apart.
enum class TokenKind : std::uint8_t {
  kIdentifier,
  kLiteral,  // a number, a string, a bit string
  kParameter,
  kLineComment,
  kBlockComment,
  kSemicolon,
  kComma,
  kDot,
  kBackslash,
  kOpen,   // ( or [
  kClose,  // ) or ]
  kAnd,
  kOr,
  kBetween,
  kCase,
  kWhen,
  kThen,
  kElse,
  kEnd,
  kBegin,
  kAtomic,
  kCreate,
  kReplace,
  kRule,
  kJoin,
  kSetOperation,  // UNION, INTERSECT, EXCEPT
  kCopy,
  kFrom,
  kStdin,
  kOther,  // any other keyword or operator
};

struct Token {
  TokenKind kind = TokenKind::kOther;
  std::size_t begin = 0;
  std::size_t end = 0;  // behind its last byte
};

// Where no token could be read.
struct LexError {
  std::size_t position = 0;
  std::string message;        // the scanner's, without literals
  bool unterminated = false;  // a quote or comment that the rest of the text belongs to
};

// Calls `visit` for each token in order. What it returns is where to go on: nothing for the next token, or an offset
// behind the token, from which the scanner starts afresh. Memory stays bounded by the longest token.
std::optional<LexError> Lex(std::string_view text,
                            const std::function<std::optional<std::size_t>(const Token&)>& visit);

// All tokens of `text`, comments included: for one statement, not for a file. InvalidArgument with the scanner's
// message.
absl::StatusOr<std::vector<Token>> Tokens(std::string_view text);

bool IsComment(const Token& token);

// `text` with a blank for each comment, without white space at its ends; as it is where the scanner cannot read it.
std::string WithoutComments(std::string_view text);

// The text of `token`.
std::string_view TextOf(std::string_view text, const Token& token);

// Whether `token` is the unquoted word `word`, in any case.
bool IsWord(std::string_view text, const Token& token, std::string_view word);

// `message` of the grammar without what it quotes from the statement, if that may be a literal.
std::string WithoutLiterals(std::string_view message);

// Byte offset of character `position`, counted from 1 as libpg_query does; at most the size of `text`.
std::size_t ByteOffset(std::string_view text, int position);

}  // namespace pgassay::sql
