// One pass over the scanner's tokens. The verb is the first one outside of parentheses, so that WITH (...) INSERT is an
// INSERT; clauses that say what becomes of the statement's own rows count outside of parentheses only.

#include "sql/lexical_facts.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "base/text.h"
#include "sql/lexer.h"

namespace pgassay::sql {
namespace {

constexpr std::array<std::pair<std::string_view, Verb>, 29> kVerbs = {{
    {"select", Verb::kSelect},       {"table", Verb::kSelect},      {"values", Verb::kSelect},
    {"insert", Verb::kInsert},       {"update", Verb::kUpdate},     {"delete", Verb::kDelete},
    {"merge", Verb::kMerge},         {"fetch", Verb::kFetch},       {"move", Verb::kFetch},
    {"begin", Verb::kBegin},         {"start", Verb::kBegin},       {"commit", Verb::kCommit},
    {"end", Verb::kCommit},          {"rollback", Verb::kRollback}, {"abort", Verb::kRollback},
    {"savepoint", Verb::kSavepoint}, {"release", Verb::kSavepoint}, {"set", Verb::kSession},
    {"show", Verb::kSession},        {"reset", Verb::kSession},     {"prepare", Verb::kSession},
    {"deallocate", Verb::kSession},  {"listen", Verb::kSession},    {"unlisten", Verb::kSession},
    {"close", Verb::kSession},       {"notify", Verb::kSession},    {"discard", Verb::kDiscard},
    {"copy", Verb::kCopy},           {"declare", Verb::kDeclare},
}};

constexpr std::array<std::string_view, 9> kAggregates = {"count",  "sum",   "min",      "max",    "avg",
                                                         "exists", "every", "bool_and", "bool_or"};

class Reader {
 public:
  Reader(std::string_view text, std::vector<Token> tokens) : text_(text), tokens_(std::move(tokens)) {}

  LexicalFacts Read() && {
    if (tokens_.empty()) return facts_;
    ReadVerb();
    int depth = 0;
    for (std::size_t i = 0; i < tokens_.size(); ++i) {
      depth -= tokens_[i].kind == TokenKind::kClose ? 1 : 0;
      ReadAnywhere(i);
      if (depth == 0) ReadOutermost(i);
      depth += tokens_[i].kind == TokenKind::kOpen ? 1 : 0;
    }
    ReadOneRow();
    return std::move(facts_);
  }

 private:
  bool Is(std::size_t i, std::string_view word) const { return i < tokens_.size() && IsWord(text_, tokens_[i], word); }
  std::string_view Word(std::size_t i) const {
    return i < tokens_.size() ? TextOf(text_, tokens_[i]) : std::string_view();
  }

  static Verb VerbOf(std::string_view word) {
    for (const auto& [name, verb] : kVerbs) {
      if (absl::EqualsIgnoreCase(ToAbsl(word), ToAbsl(name))) return verb;
    }
    return Verb::kOther;
  }

  void ReadVerb() {
    std::size_t first = 0;
    while (first < tokens_.size() && tokens_[first].kind == TokenKind::kOpen) ++first;
    verb_at_ = first;
    if (Is(first, "with")) {
      int depth = 0;
      for (std::size_t i = first + 1; i < tokens_.size(); ++i) {
        depth += tokens_[i].kind == TokenKind::kOpen ? 1 : tokens_[i].kind == TokenKind::kClose ? -1 : 0;
        if (depth == 0 &&
            (Is(i, "select") || Is(i, "insert") || Is(i, "update") || Is(i, "delete") || Is(i, "merge"))) {
          verb_at_ = i;
          break;
        }
      }
    }
    facts_.verb = VerbOf(Word(verb_at_));
    if (facts_.verb == Verb::kSession && Is(first, "reset") && Is(first + 1, "all")) facts_.verb = Verb::kDiscard;
    if (Is(first, "prepare") && Is(first + 1, "transaction")) facts_.verb = Verb::kCommit;
    if (facts_.verb == Verb::kRollback && (Is(first + 1, "to") || Is(first + 2, "to"))) facts_.verb = Verb::kSavepoint;
    if (Is(first, "lock")) facts_.takes_lock = true;
    if (facts_.verb == Verb::kUpdate) facts_.relation = RelationAt(verb_at_ + 1);
    if (Is(first, "table")) facts_.relation = RelationAt(first + 1);
  }

  // Clauses that matter wherever they stand.
  void ReadAnywhere(std::size_t i) {
    if (Is(i, "for") && (Is(i + 1, "update") || Is(i + 1, "share") || Is(i + 1, "no") || Is(i + 1, "key"))) {
      facts_.row_lock = true;
    } else if (Is(i, "skip") && Is(i + 1, "locked")) {
      facts_.skip_locked = true;
    } else if (Is(i, "nextval") || Is(i, "setval") || Is(i, "lastval") || Is(i, "currval")) {
      facts_.nextval = true;
    } else if (Is(i, "serializable")) {
      facts_.takes_lock = true;
    } else if (absl::StartsWithIgnoreCase(ToAbsl(Word(i)), "pg_advisory")) {
      facts_.takes_lock = true;
    } else if (facts_.relation.empty() && i > verb_at_ && Is(i, "from")) {
      facts_.relation = RelationAt(i + 1);  // of a subquery, unless the statement has a FROM of its own
    }
  }

  void ReadOutermost(std::size_t i) {
    if (i <= verb_at_) return;
    if (Is(i, "limit") || (Is(i, "fetch") && (Is(i + 1, "first") || Is(i + 1, "next")))) {
      facts_.limit = true;
      facts_.one_row |= Word(i + 1) == "1";
    } else if (Is(i, "offset")) {
      facts_.offset = true;
    } else if (Is(i, "order") && Is(i + 1, "by")) {
      facts_.order_by = true;
    } else if (Is(i, "group") && Is(i + 1, "by")) {
      groups_ = true;
    } else if (Is(i, "on") && Is(i + 1, "conflict")) {
      facts_.on_conflict = true;
    } else if (Is(i, "returning")) {
      facts_.returning = true;
    } else if (facts_.verb == Verb::kInsert && Is(i, "select")) {
      facts_.copies_rows = true;
    } else if (Is(i, "join") || (Is(i, "union") && facts_.verb == Verb::kSelect)) {
      joins_ = true;
    } else if (Is(i, "where")) {
      where_at_ = i;
    } else if (!has_from_ && facts_.verb != Verb::kUpdate && (Is(i, "from") || Is(i, "into"))) {
      facts_.relation = RelationAt(i + 1);
      has_from_ = true;
    } else if (where_at_ != 0) {
      ReadCondition(i);
    }
  }

  void ReadCondition(std::size_t i) {
    const std::string_view word = Word(i);
    if (word == ">" || word == ">=") {
      lower_ = Word(i - 1);
    } else if (word == "<" || word == "<=") {
      upper_ = Word(i - 1);
    } else if (Is(i, "between")) {
      lower_ = upper_ = Word(i - 1);
    } else if (word == "=" || Is(i, "in") || Is(i, "or")) {
      equals_ = true;
    }
    facts_.compares |= word == ">" || word == ">=" || word == "<" || word == "<=";
    facts_.slice = !equals_ && !lower_.empty() && lower_ == upper_;
  }

  // The name that begins at token `i`, ONLY and the schema passed over; empty where none does.
  std::string RelationAt(std::size_t i) const {
    if (Is(i, "only")) ++i;
    while (i + 2 < tokens_.size() && tokens_[i + 1].kind == TokenKind::kDot) i += 2;
    if (i >= tokens_.size() || tokens_[i].kind == TokenKind::kOpen || tokens_[i].kind == TokenKind::kParameter ||
        tokens_[i].kind == TokenKind::kLiteral) {
      return "";
    }
    const bool call = i + 1 < tokens_.size() && tokens_[i + 1].kind == TokenKind::kOpen;
    if (facts_.verb == Verb::kSelect && call) return "";
    std::string name(Word(i));
    if (name.size() > 1 && name.front() == '"') {
      name = name.substr(1, name.size() - 2);
    } else {
      absl::AsciiStrToLower(&name);
    }
    return name;
  }

  void ReadOneRow() {
    if (facts_.verb != Verb::kSelect) return;
    facts_.aggregate = !groups_ && Word(verb_at_ + 2) == "(" &&
                       std::any_of(kAggregates.begin(), kAggregates.end(),
                                   [this](std::string_view name) { return Is(verb_at_ + 1, name); });
    if (joins_ || where_at_ == 0) return;
    // WHERE id = ..., WHERE "t"."id" = ...: what every object-relational mapper calls its primary key.
    std::size_t name = where_at_ + 1;
    while (name + 2 < tokens_.size() && tokens_[name + 1].kind == TokenKind::kDot) name += 2;
    facts_.one_row |= (Is(name, "id") || Word(name) == "\"id\"") && Word(name + 1) == "=";
  }

  std::string_view text_;
  std::vector<Token> tokens_;
  std::size_t verb_at_ = 0;
  std::size_t where_at_ = 0;
  bool has_from_ = false;
  bool groups_ = false;
  bool joins_ = false;
  std::string_view lower_;  // the columns that WHERE bounds
  std::string_view upper_;
  bool equals_ = false;
  LexicalFacts facts_;
};

}  // namespace

LexicalFacts ReadLexicalFacts(std::string_view text) {
  std::vector<Token> tokens;
  // A text that was cut within a quote still has its beginning.
  const std::optional<LexError> error = Lex(text, [&tokens](const Token& token) {
    if (!IsComment(token)) tokens.push_back(token);
    return std::optional<std::size_t>();
  });
  return Reader(error ? text.substr(0, error->position) : text, std::move(tokens)).Read();
}

}  // namespace pgassay::sql
