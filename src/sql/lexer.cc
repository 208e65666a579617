// libpg_query's scanner returns all tokens of a text at once, at some 100 bytes a token. Here it gets windows that end
// at a line end; a window that stops inside a quote is doubled. The last token of a window is read again with the next
// one, because a string constant may go on there ('a' line end 'b' is one constant).

#include "sql/lexer.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::sql {
namespace {

// From some dozen tokens, so that a text of meta-commands, each of which starts the scanner afresh, is not read again
// and again, to some thousand tokens: little memory, and few calls.
constexpr std::size_t kFirstWindowBytes = 256;
constexpr std::size_t kLargestWindowBytes = 64 * 1024;

struct Scan {
  std::vector<Token> tokens;  // offsets within the window
  std::optional<LexError> error;
};

TokenKind KindOf(PgQuery__Token token) {
  switch (token) {
    case PG_QUERY__TOKEN__IDENT:
    case PG_QUERY__TOKEN__UIDENT:
      return TokenKind::kIdentifier;
    case PG_QUERY__TOKEN__ICONST:
    case PG_QUERY__TOKEN__FCONST:
    case PG_QUERY__TOKEN__SCONST:
    case PG_QUERY__TOKEN__USCONST:
    case PG_QUERY__TOKEN__BCONST:
    case PG_QUERY__TOKEN__XCONST:
      return TokenKind::kLiteral;
    case PG_QUERY__TOKEN__PARAM:
      return TokenKind::kParameter;
    case PG_QUERY__TOKEN__SQL_COMMENT:
      return TokenKind::kLineComment;
    case PG_QUERY__TOKEN__C_COMMENT:
      return TokenKind::kBlockComment;
    case PG_QUERY__TOKEN__ASCII_59:
      return TokenKind::kSemicolon;
    case PG_QUERY__TOKEN__ASCII_44:
      return TokenKind::kComma;
    case PG_QUERY__TOKEN__ASCII_46:
      return TokenKind::kDot;
    case PG_QUERY__TOKEN__ASCII_92:
      return TokenKind::kBackslash;
    case PG_QUERY__TOKEN__ASCII_40:
    case PG_QUERY__TOKEN__ASCII_91:
      return TokenKind::kOpen;
    case PG_QUERY__TOKEN__ASCII_41:
    case PG_QUERY__TOKEN__ASCII_93:
      return TokenKind::kClose;
    case PG_QUERY__TOKEN__AND:
      return TokenKind::kAnd;
    case PG_QUERY__TOKEN__OR:
      return TokenKind::kOr;
    case PG_QUERY__TOKEN__BETWEEN:
      return TokenKind::kBetween;
    case PG_QUERY__TOKEN__CASE:
      return TokenKind::kCase;
    case PG_QUERY__TOKEN__WHEN:
      return TokenKind::kWhen;
    case PG_QUERY__TOKEN__THEN:
      return TokenKind::kThen;
    case PG_QUERY__TOKEN__ELSE:
      return TokenKind::kElse;
    case PG_QUERY__TOKEN__END_P:
      return TokenKind::kEnd;
    case PG_QUERY__TOKEN__BEGIN_P:
      return TokenKind::kBegin;
    case PG_QUERY__TOKEN__ATOMIC:
      return TokenKind::kAtomic;
    case PG_QUERY__TOKEN__CREATE:
      return TokenKind::kCreate;
    case PG_QUERY__TOKEN__REPLACE:
      return TokenKind::kReplace;
    case PG_QUERY__TOKEN__RULE:
      return TokenKind::kRule;
    case PG_QUERY__TOKEN__JOIN:
      return TokenKind::kJoin;
    case PG_QUERY__TOKEN__UNION:
    case PG_QUERY__TOKEN__INTERSECT:
    case PG_QUERY__TOKEN__EXCEPT:
      return TokenKind::kSetOperation;
    case PG_QUERY__TOKEN__COPY:
      return TokenKind::kCopy;
    case PG_QUERY__TOKEN__FROM:
      return TokenKind::kFrom;
    case PG_QUERY__TOKEN__STDIN:
      return TokenKind::kStdin;
    default:
      return TokenKind::kOther;
  }
}

Scan ScanWindow(std::string_view window) {
  const std::string terminated(window);
  PgQueryScanResult result = pg_query_scan(terminated.c_str());
  const auto free_result = [&result](void*) { pg_query_free_scan_result(result); };
  const std::unique_ptr<void, decltype(free_result)> owner(&result, free_result);
  Scan scan;
  if (result.error != nullptr) {
    const std::string_view message(result.error->message);
    scan.error = LexError{.position = ByteOffset(window, result.error->cursorpos),
                          .message = WithoutLiterals(message),
                          .unterminated = message.starts_with("unterminated")};
    return scan;
  }
  const std::unique_ptr<PgQuery__ScanResult, void (*)(PgQuery__ScanResult*)> tokens(
      // libpg_query declares its bytes as char, protobuf-c as uint8_t.
      pg_query__scan_result__unpack(nullptr, result.pbuf.len, reinterpret_cast<const std::uint8_t*>(result.pbuf.data)),
      [](PgQuery__ScanResult* unpacked) { pg_query__scan_result__free_unpacked(unpacked, nullptr); });
  PGASSAY_CHECK(tokens != nullptr);
  scan.tokens.reserve(tokens->n_tokens);
  for (std::size_t i = 0; i < tokens->n_tokens; ++i) {
    const PgQuery__ScanToken& token = *tokens->tokens[i];
    scan.tokens.push_back(
        {KindOf(token.token), static_cast<std::size_t>(token.start), static_cast<std::size_t>(token.end)});
  }
  return scan;
}

// End of the line at or after `from`, the line end included.
std::size_t WindowEnd(std::string_view text, std::size_t from) {
  if (from >= text.size()) {
    return text.size();
  }
  const std::size_t line_end = text.find('\n', from);
  return line_end == std::string_view::npos ? text.size() : line_end + 1;
}

}  // namespace

std::size_t ByteOffset(std::string_view text, int position) {
  std::size_t offset = 0;
  for (int character = 1; character < position && offset < text.size(); ++character) {
    const auto byte = static_cast<unsigned char>(text[offset]);
    offset += byte < 0xc0 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : byte < 0xf8 ? 4 : 1;
  }
  return std::min(offset, text.size());
}

std::string WithoutLiterals(std::string_view message) {
  constexpr std::string_view kNear = " at or near \"";
  constexpr std::size_t kLongestName = 63;  // NAMEDATALEN - 1
  const std::size_t near = message.find(kNear);
  if (near == std::string_view::npos) {
    return std::string(message);
  }
  const std::string_view quoted = message.substr(near + kNear.size());
  const bool may_be_literal =
      quoted.find_first_of("'$0123456789 \t\r\n") != std::string_view::npos || quoted.size() > kLongestName + 1;
  return std::string(may_be_literal ? message.substr(0, near) : message);
}

std::optional<LexError> Lex(std::string_view text,
                            const std::function<std::optional<std::size_t>(const Token&)>& visit) {
  const std::size_t nul = text.find('\0');
  const std::string_view readable = text.substr(0, nul);
  std::size_t position = 0;
  std::size_t wanted = kFirstWindowBytes;
  while (position < readable.size()) {
    const std::size_t end = WindowEnd(readable, position + wanted);
    Scan scan = ScanWindow(readable.substr(position, end - position));
    const bool last = end == readable.size();
    if (!last && (scan.error ? scan.error->unterminated : scan.tokens.size() == 1)) {
      wanted *= 2;
      continue;
    }
    std::optional<LexError> error = std::move(scan.error);
    if (error) {
      error->position += position;
      // The scanner gives no tokens beside an error; those before it are whole.
      scan = ScanWindow(readable.substr(position, error->position - position));
    }
    const bool again = !error && !last && !scan.tokens.empty();  // the last token belongs to the next window
    const std::size_t whole = scan.tokens.size() - (again ? 1 : 0);
    std::optional<std::size_t> resume;
    for (std::size_t i = 0; i < whole && !resume; ++i) {
      resume = visit({scan.tokens[i].kind, position + scan.tokens[i].begin, position + scan.tokens[i].end});
    }
    if (error && !resume) {
      return error;
    }
    position = resume ? *resume : again ? position + scan.tokens.back().begin : end;
    wanted = resume ? kFirstWindowBytes : std::min(2 * wanted, kLargestWindowBytes);
  }
  if (nul != std::string_view::npos) {
    return LexError{.position = nul, .message = "NUL byte; SQL files are UTF-8 text", .unterminated = true};
  }
  return std::nullopt;
}

absl::StatusOr<std::vector<Token>> Tokens(std::string_view text) {
  std::vector<Token> tokens;
  const std::optional<LexError> error = Lex(text, [&tokens](const Token& token) {
    tokens.push_back(token);
    return std::optional<std::size_t>();
  });
  if (error) {
    return absl::InvalidArgumentError(error->message);
  }
  return tokens;
}

bool IsComment(const Token& token) {
  return token.kind == TokenKind::kLineComment || token.kind == TokenKind::kBlockComment;
}

std::string WithoutComments(std::string_view text) {
  absl::StatusOr<std::vector<Token>> tokens;
  if (text.find("--") != std::string_view::npos || text.find("/*") != std::string_view::npos) tokens = Tokens(text);
  std::string kept;
  std::size_t at = 0;
  for (const Token& token : tokens.ok() ? *tokens : std::vector<Token>()) {
    if (!IsComment(token)) continue;
    absl::StrAppend(&kept, ToAbsl(text.substr(at, token.begin - at)), " ");
    at = token.end;
  }
  absl::StrAppend(&kept, ToAbsl(text.substr(at)));
  return std::string(FromAbsl(absl::StripAsciiWhitespace(kept)));
}

std::string_view TextOf(std::string_view text, const Token& token) {
  return text.substr(token.begin, token.end - token.begin);
}

bool IsWord(std::string_view text, const Token& token, std::string_view word) {
  return absl::EqualsIgnoreCase(ToAbsl(TextOf(text, token)), ToAbsl(word));
}

}  // namespace pgassay::sql
