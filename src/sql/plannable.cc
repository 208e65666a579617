// The tree of the whole text says what is wrapped in what, and the tokens say where the inner query begins and ends, so
// one parse is enough for any number of wrappers.

#include "sql/plannable.h"

#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/edits.h"
#include "sql/facts.h"
#include "sql/lexer.h"
#include "sql/parameter_edits.h"
#include "sql/parse.h"
#include "sql/token_repair.h"

namespace pgassay::sql {
namespace {

constexpr std::size_t kMostComments = 1000;

// Tokens first to last, last not included.
struct Range {
  std::size_t first = 0;
  std::size_t last = 0;
};

const PgQuery__IntoClause* IntoOf(const PgQuery__SelectStmt& select) {
  const PgQuery__SelectStmt* leftmost = &select;
  while (leftmost->larg != nullptr) {
    leftmost = leftmost->larg;
  }
  return leftmost->into_clause;
}

// EXPLAIN (ANALYZE), also ANALYZE on or true; off is rare enough to count as on.
bool HasAnalyze(const PgQuery__ExplainStmt& explain) {
  for (std::size_t i = 0; i < explain.n_options; ++i) {
    const PgQuery__Node& option = *explain.options[i];
    if (option.node_case == PG_QUERY__NODE__NODE_DEF_ELEM && std::string_view(option.def_elem->defname) == "analyze") {
      return true;
    }
  }
  return false;
}

class Unwrapper {
 public:
  // `tokens` are those of `text` without comments.
  Unwrapper(std::string_view text, std::vector<Token> tokens, std::size_t first_line)
      : text_(text), tokens_(std::move(tokens)), first_line_(first_line) {}

  void AddStatement(const PgQuery__RawStmt& statement) {
    const auto begin = static_cast<std::size_t>(statement.stmt_location);
    const std::size_t end =
        statement.stmt_len == 0 ? text_.size() : begin + static_cast<std::size_t>(statement.stmt_len);
    Range range{.first = TokenAt(begin), .last = TokenAt(end)};
    while (range.first < range.last && tokens_[range.first].kind == TokenKind::kSemicolon) {
      ++range.first;
    }
    while (range.first < range.last && tokens_[range.last - 1].kind == TokenKind::kSemicolon) {
      --range.last;
    }
    types_.clear();
    executed_ = true;
    Visit(*statement.stmt, range);
  }

  absl::StatusOr<Plannables> Take() && {
    PGASSAY_RETURN_IF_ERROR(status_);
    return std::move(found_);
  }

 private:
  void Visit(const PgQuery__Node& node, Range range) {
    if (range.first >= range.last) {
      found_.utilities.push_back(NodeName(node));
      return;
    }
    switch (node.node_case) {
      case PG_QUERY__NODE__NODE_SELECT_STMT:
        return AddSelect(node, range);
      case PG_QUERY__NODE__NODE_INSERT_STMT:
      case PG_QUERY__NODE__NODE_UPDATE_STMT:
      case PG_QUERY__NODE__NODE_DELETE_STMT:
      case PG_QUERY__NODE__NODE_MERGE_STMT:
        return Add(node, range, {});
      case PG_QUERY__NODE__NODE_PREPARE_STMT:
        ReadTypes(*node.prepare_stmt, range);
        return Visit(*node.prepare_stmt->query, {WordEnd("as", range), range.last});
      case PG_QUERY__NODE__NODE_DECLARE_CURSOR_STMT:
        return Visit(*node.declare_cursor_stmt->query, {WordEnd("for", range), range.last});
      case PG_QUERY__NODE__NODE_EXPLAIN_STMT:
        executed_ = executed_ && HasAnalyze(*node.explain_stmt);
        return Visit(*node.explain_stmt->query, {ExplainedAt(*node.explain_stmt, range), range.last});
      case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
        return Visit(*node.create_table_as_stmt->query, {WordEnd("as", range), WithoutWithData(range).last});
      case PG_QUERY__NODE__NODE_COPY_STMT:
        if (node.copy_stmt->query != nullptr) {
          const std::size_t open = FirstOpen(range);
          return Visit(*node.copy_stmt->query, {open + 1, MatchingClose(open, range)});
        }
        break;
      default:
        break;
    }
    found_.utilities.push_back(NodeName(node));
  }

  std::string_view Text(Range range) const {
    const std::size_t begin = tokens_[range.first].begin;
    return text_.substr(begin, tokens_[range.last - 1].end - begin);
  }

  // The statement in `range` after `edits` and those that its parameters need.
  void Add(const PgQuery__Node& node, Range range, std::vector<Edit> edits) {
    ParameterEdits parameters = FindParameterEdits(node.base, text_, tokens_);
    const bool names_target = !edits.empty();
    edits.insert(edits.end(), parameters.edits.begin(), parameters.edits.end());
    const bool changed = !edits.empty();
    for (Edit& edit : edits) {
      edit.begin -= tokens_[range.first].begin;
      edit.end -= tokens_[range.first].begin;
    }
    PlannableText statement{.executed = executed_,
                            .text = Apply(Text(range), std::move(edits)),
                            .parameter_types = types_,
                            .forced = std::move(parameters.forced)};
    // The tree of SELECT INTO names the new table.
    absl::StatusOr<StatementFacts> facts =
        names_target ? Examine(statement.text, first_line_) : FactsOf(node, statement.text, first_line_);
    if (!facts.ok()) {
      status_.Update(facts.status());
      return;
    }
    statement.facts = *std::move(facts);
    if (changed) {
      statement.facts.has_parameters = !ParameterPlaces(statement.text).empty();  // some may have got their only value
    }
    found_.statements.push_back(std::move(statement));
  }

  // SELECT ... INTO name: without INTO and the name.
  void AddSelect(const PgQuery__Node& node, Range range) {
    const PgQuery__IntoClause* const into = IntoOf(*node.select_stmt);
    if (into == nullptr) {
      return Add(node, range, {});
    }
    std::size_t end = TokenAt(static_cast<std::size_t>(into->rel->location)) + 1;
    while (end + 1 < range.last && tokens_[end].kind == TokenKind::kDot) {
      end += 2;
    }
    std::size_t begin = std::min(end, range.last) - 1;
    while (begin > range.first && !Is(begin, "into")) {
      --begin;
    }
    PGASSAY_CHECK(begin > range.first);
    const bool is_last = end >= range.last;
    Add(node, range,
        {{.begin = tokens_[begin - 1].end,
          .end = is_last ? tokens_[range.last - 1].end : tokens_[end].begin,
          .text = is_last ? "" : " "}});
  }

  // PREPARE name (type, type) AS ...
  void ReadTypes(const PgQuery__PrepareStmt& prepare, Range range) {
    types_.clear();
    if (prepare.n_argtypes == 0) {
      return;
    }
    const std::size_t open = FirstOpen(range);
    const std::size_t close = MatchingClose(open, range);
    int depth = 0;
    std::size_t begin = open + 1;
    for (std::size_t i = open + 1; i <= close && i < range.last; ++i) {
      const TokenKind kind = tokens_[i].kind;
      if (i > begin && (i == close || (kind == TokenKind::kComma && depth == 0))) {
        types_.emplace_back(Text({begin, i}));
        begin = i + 1;
      }
      depth += kind == TokenKind::kOpen ? 1 : kind == TokenKind::kClose ? -1 : 0;
    }
  }

  // EXPLAIN ANALYZE VERBOSE query, EXPLAIN (option, option) query.
  std::size_t ExplainedAt(const PgQuery__ExplainStmt& explain, Range range) const {
    std::size_t at = range.first + 1;
    if (explain.n_options > 0 && at < range.last && tokens_[at].kind == TokenKind::kOpen) {
      return MatchingClose(at, range) + 1;
    }
    while (at < range.last && (Is(at, "analyze") || Is(at, "analyse") || Is(at, "verbose"))) {
      ++at;
    }
    return at;
  }

  // CREATE TABLE ... AS query WITH [NO] DATA
  Range WithoutWithData(Range range) const {
    if (range.last - range.first < 3 || !Is(range.last - 1, "data")) {
      return range;
    }
    const std::size_t with = Is(range.last - 2, "no") ? range.last - 3 : range.last - 2;
    return Is(with, "with") ? Range{range.first, with} : range;
  }

  bool Is(std::size_t i, std::string_view word) const { return IsWord(text_, tokens_[i], word); }

  // The first token at or behind byte `offset`.
  std::size_t TokenAt(std::size_t offset) const {
    const auto found = std::lower_bound(tokens_.begin(), tokens_.end(), offset,
                                        [](const Token& token, std::size_t begin) { return token.begin < begin; });
    return static_cast<std::size_t>(found - tokens_.begin());
  }

  // Behind the first `word` outside of brackets; the end of the range if there is none.
  std::size_t WordEnd(std::string_view word, Range range) const {
    int depth = 0;
    for (std::size_t i = range.first; i < range.last; ++i) {
      const TokenKind kind = tokens_[i].kind;
      depth += kind == TokenKind::kOpen ? 1 : kind == TokenKind::kClose ? -1 : 0;
      if (depth == 0 && Is(i, word)) {
        return i + 1;
      }
    }
    return range.last;
  }

  std::size_t FirstOpen(Range range) const {
    std::size_t i = range.first;
    while (i < range.last && tokens_[i].kind != TokenKind::kOpen) {
      ++i;
    }
    return i;
  }

  // The bracket that closes `open`; the end of the range if there is none.
  std::size_t MatchingClose(std::size_t open, Range range) const {
    int depth = 0;
    for (std::size_t i = open; i < range.last; ++i) {
      const TokenKind kind = tokens_[i].kind;
      depth += kind == TokenKind::kOpen ? 1 : kind == TokenKind::kClose ? -1 : 0;
      if (depth == 0) {
        return i;
      }
    }
    return range.last;
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::vector<std::string> types_;  // of the PREPARE that is being unwrapped
  bool executed_ = true;            // what is being unwrapped is run, not only explained
  std::size_t first_line_;
  Plannables found_;
  absl::Status status_;
};

// The first word of `tokens` in capitals if statements that begin with it are never planned; else empty.
std::string UtilityWord(std::string_view text, const std::vector<Token>& tokens) {
  static constexpr std::array<std::string_view, 25> kWords = {
      "alter",    "begin",     "call", "close", "commit", "deallocate", "discard", "do",    "fetch",
      "grant",    "listen",    "lock", "move",  "notify", "release",    "reindex", "reset", "revoke",
      "rollback", "savepoint", "set",  "show",  "start",  "unlisten",   "vacuum"};
  const bool is_utility =
      !tokens.empty() &&
      (std::any_of(kWords.begin(), kWords.end(),
                   [&](std::string_view word) { return IsWord(text, tokens.front(), word); }) ||
       (tokens.size() > 1 && IsWord(text, tokens[0], "prepare") && IsWord(text, tokens[1], "transaction")));
  return is_utility ? absl::AsciiStrToUpper(ToAbsl(TextOf(text, tokens.front()))) : std::string();
}

}  // namespace

absl::StatusOr<Plannables> FindPlannable(std::string_view text, std::size_t first_line) {
  // Scanning takes time in the square of the comments that are opened, and no query has so many.
  std::size_t comments = 0;
  for (std::size_t at = text.find("/*"); at != std::string_view::npos; at = text.find("/*", at + 2)) ++comments;
  if (comments > kMostComments) {
    return absl::InvalidArgumentError(
        absl::StrCat("line ", first_line, ": more than ", kMostComments, " comments in one statement"));
  }
  const std::string repaired = RepairTokens(text);
  const absl::StatusOr<Tree> tree = Parse(repaired, first_line);
  absl::StatusOr<std::vector<Token>> tokens = Tokens(repaired);
  if (tokens.ok()) {
    std::erase_if(*tokens, IsComment);
  }
  if (!tree.ok()) {
    const std::string word = tokens.ok() ? UtilityWord(repaired, *tokens) : std::string();
    return word.empty() ? absl::StatusOr<Plannables>(tree.status()) : Plannables{.utilities = {word}};
  }
  PGASSAY_RETURN_IF_ERROR(tokens.status());
  Unwrapper unwrapper(repaired, *std::move(tokens), first_line);
  for (std::size_t i = 0; i < (*tree)->n_stmts; ++i) {
    unwrapper.AddStatement(*(*tree)->stmts[i]);
  }
  return std::move(unwrapper).Take();
}

absl::StatusOr<ParsableText> MakeParsable(std::string_view text) {
  const std::string repaired = RepairTokens(text);
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(repaired));
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokens(repaired));
  std::erase_if(tokens, IsComment);
  ParameterEdits found = FindParameterEdits(StatementNode(*tree, 0).base, repaired, tokens);
  ParsableText parsable{.text = repaired, .forced = std::move(found.forced)};
  if (!found.edits.empty()) {
    parsable.text = Apply(repaired, std::move(found.edits));
    PGASSAY_RETURN_IF_ERROR(Check(parsable.text));
  }
  return parsable;
}

}  // namespace pgassay::sql
