// A name may contain $1, so a word is taken apart only where all of this holds: no parameter of that number stands in
// the text by itself, and what is in front of it is a keyword or the name of a type that people write before constants.

#include "sql/token_repair.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sql/edits.h"
#include "sql/lexer.h"
#include "sql/owned.h"

namespace pgassay::sql {
namespace {

constexpr std::string_view kDefaultForm = "NFC";

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}

// Behind the digits that begin at `begin`.
std::size_t DigitsEnd(std::string_view text, std::size_t begin) {
  while (begin < text.size() && IsDigit(text[begin])) {
    ++begin;
  }
  return begin;
}

// Each place makes the scanner start again on what is left of the text. Statements have a few of them.
constexpr int kMaxGlued = 200;

struct ScannedText {
  std::vector<Token> tokens;
  std::vector<Edit> edits;  // spaces behind $n where a word was glued to it
  bool complete = false;
};

// The scanner refuses $1and; it reads on behind the parameter.
ScannedText ScanGlued(std::string_view text) {
  ScannedText scanned;
  std::size_t start = 0;
  for (int glued = 0; glued <= kMaxGlued; ++glued) {
    const std::optional<LexError> error = Lex(text.substr(start), [&scanned, start](const Token& token) {
      scanned.tokens.push_back({token.kind, start + token.begin, start + token.end});
      return std::optional<std::size_t>();
    });
    if (!error) {
      scanned.complete = true;
      return scanned;
    }
    const std::size_t begin = start + error->position;
    const std::size_t end = DigitsEnd(text, std::min(begin + 1, text.size()));
    if (!error->message.starts_with("trailing junk after parameter") || begin >= text.size() || text[begin] != '$' ||
        end == begin + 1) {
      return scanned;
    }
    scanned.tokens.push_back({TokenKind::kParameter, begin, end});
    scanned.edits.push_back({.begin = end, .end = end, .text = " "});
    start = end;
  }
  return scanned;
}

bool IsKeyword(std::string_view word) {
  const Owned<PgQueryScanResult, pg_query_free_scan_result> scanned(pg_query_scan(std::string(word).c_str()));
  if (scanned->error != nullptr) {
    return false;
  }
  PgQuery__ScanResult* const tokens = pg_query__scan_result__unpack(
      nullptr, scanned->pbuf.len, reinterpret_cast<const std::uint8_t*>(scanned->pbuf.data));
  const bool is_keyword = tokens != nullptr && tokens->n_tokens == 1 &&
                          tokens->tokens[0]->keyword_kind != PG_QUERY__KEYWORD_KIND__NO_KEYWORD;
  pg_query__scan_result__free_unpacked(tokens, nullptr);
  return is_keyword;
}

bool MayStandBeforeConstant(std::string_view word) {
  // Types that are no keywords of the grammar.
  static constexpr std::array<std::string_view, 10> kTypes = {"date", "timestamptz", "timetz", "json", "jsonb",
                                                              "uuid", "inet",        "cidr",   "text", "bytea"};
  const auto is_word = [word](std::string_view type) { return IsWord(word, {.begin = 0, .end = word.size()}, type); };
  return std::any_of(kTypes.begin(), kTypes.end(), is_word) || IsKeyword(word);
}

class Repairer {
 public:
  explicit Repairer(std::string_view text) : text_(text), scanned_(ScanGlued(text)) {}

  std::string Run() {
    if (!scanned_.complete) {
      return std::string(text_);
    }
    for (const Token& token : scanned_.tokens) {
      if (token.kind == TokenKind::kParameter) {
        parameters_.insert(TextOf(text_, token));
      }
    }
    std::erase_if(scanned_.tokens, IsComment);
    for (std::size_t i = 0; i < scanned_.tokens.size(); ++i) {
      Visit(i);
    }
    return Apply(text_, std::move(scanned_.edits));
  }

 private:
  void Visit(std::size_t i) {
    const Token& token = scanned_.tokens[i];
    switch (token.kind) {
      case TokenKind::kIdentifier:
        return VisitName(i);
      case TokenKind::kParameter:
        return VisitParameter(i);
      case TokenKind::kOpen:
        open_.push_back(i > 0 && Is(i - 1, "normalize"));
        return;
      case TokenKind::kClose:
        if (!open_.empty()) {
          open_.pop_back();
        }
        return;
      default:
        return;
    }
  }

  bool Is(std::size_t i, std::string_view word) const {
    return i < scanned_.tokens.size() && IsWord(text_, scanned_.tokens[i], word);
  }
  bool IsKind(std::size_t i, TokenKind kind) const {
    return i < scanned_.tokens.size() && scanned_.tokens[i].kind == kind;
  }

  void VisitParameter(std::size_t i) {
    const Token& token = scanned_.tokens[i];
    if (Is(i + 1, "uescape") && IsKind(i + 2, TokenKind::kLiteral)) {
      const Token& uescape = scanned_.tokens[i + 1];
      Replace(uescape.begin, scanned_.tokens[i + 2].end, "");
      return;
    }
    const bool is_form =
        Is(i + 1, "normalized") && i > 0 && (Is(i - 1, "is") || (i > 1 && Is(i - 1, "not") && Is(i - 2, "is")));
    const bool is_argument =
        !open_.empty() && open_.back() && i > 0 && IsKind(i - 1, TokenKind::kComma) && IsKind(i + 1, TokenKind::kClose);
    if (is_form || is_argument) {
      Replace(token.begin, token.end, std::string(kDefaultForm));
    }
  }

  // word$1, also word$1word$2 and so on.
  void VisitName(std::size_t i) {
    const Token& token = scanned_.tokens[i];
    const std::string_view name = TextOf(text_, token);
    if (name.find('"') != std::string_view::npos || (i > 0 && IsKind(i - 1, TokenKind::kDot))) {
      return;
    }
    std::vector<Edit> edits;
    std::size_t word = 0;
    for (std::size_t dollar = name.find('$'); dollar != std::string_view::npos; dollar = name.find('$', word)) {
      const std::size_t end = DigitsEnd(name, dollar + 1);
      const std::string_view parameter = name.substr(dollar, end - dollar);
      if (end == dollar + 1 || name[dollar + 1] == '0' || parameters_.contains(parameter)) {
        return;
      }
      if (name.substr(word, dollar - word) == "n" || name.substr(word, dollar - word) == "N") {
        edits.push_back({.begin = token.begin + word,
                         .end = token.begin + end,
                         .text = absl::StrCat("CAST(", ToAbsl(parameter), " AS pg_catalog.bpchar)")});
      } else if (MayStandBeforeConstant(name.substr(word, dollar - word))) {
        edits.push_back({.begin = token.begin + dollar, .end = token.begin + dollar, .text = " "});
      } else {
        return;
      }
      if (end < name.size()) {
        edits.push_back({.begin = token.begin + end, .end = token.begin + end, .text = " "});
      }
      word = end;
    }
    scanned_.edits.insert(scanned_.edits.end(), edits.begin(), edits.end());
  }

  void Replace(std::size_t begin, std::size_t end, std::string text) {
    scanned_.edits.push_back({.begin = begin, .end = end, .text = std::move(text)});
  }

  std::string_view text_;
  ScannedText scanned_;
  std::set<std::string_view> parameters_;  // that stand by themselves
  std::vector<bool> open_;                 // brackets; whether normalize is in front of them
};

}  // namespace

std::string RepairTokens(std::string_view text) {
  if (text.find('$') == std::string_view::npos) {
    return std::string(text);
  }
  return Repairer(text).Run();
}

}  // namespace pgassay::sql
