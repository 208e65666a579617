#include "workload/statement_class.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <initializer_list>
#include <utility>

#include "absl/status/statusor.h"
#include "sql/statement.h"

namespace pgassay::workload {
namespace {

bool IsSpace(char c) {
  return c == ' ' || (c >= '\t' && c <= '\r');
}

bool IsWordCharacter(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return std::isalnum(byte) != 0 || c == '_' || byte >= 0x80;
}

// Position behind the block comment that begins at `at`; block comments nest in SQL.
std::size_t SkipBlockComment(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    if (text.substr(at, 2) == "/*") {
      ++depth;
      at += 2;
    } else if (text.substr(at, 2) == "*/") {
      at += 2;
      if (--depth == 0) return at;
    } else {
      ++at;
    }
  }
  return text.size();
}

// Position of the first byte from `at` on that is neither white space nor comment.
std::size_t SkipBlanks(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    if (IsSpace(text[at])) {
      ++at;
    } else if (text.substr(at, 2) == "--") {
      at = std::min(text.find('\n', at), text.size());
    } else if (text.substr(at, 2) == "/*") {
      at = SkipBlockComment(text, at);
    } else {
      break;
    }
  }
  return at;
}

// The word at `at` in lower case, or the single byte there.
std::string WordAt(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && IsWordCharacter(text[end])) ++end;
  if (end == at && at < text.size()) ++end;
  std::string word(text.substr(at, end - at));
  std::ranges::transform(word, word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

// Whether some word of the text, be it in a literal, passes `test`: too often is safe.
template <typename Test>
bool AnyWord(std::string_view text, const Test& test) {
  for (std::size_t at = 0; at < text.size();) {
    const std::string word = WordAt(text, at);
    if (test(word)) return true;
    at += word.size();
  }
  return false;
}

bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> known) {
  return std::ranges::find(known, word) != known.end();
}

bool ReadsFirst(std::string_view first_word) {
  return IsOneOf(first_word, {"select", "with", "values", "table", "("});
}

bool BeginsPlannable(std::string_view first_word) {
  return ReadsFirst(first_word) || IsOneOf(first_word, {"insert", "update", "delete", "merge"});
}

// Whether the words alone tell that the statement is plannable and not about the system catalog.
bool IsPlainlyPlannable(std::string_view text, std::string_view first_word) {
  if (!BeginsPlannable(first_word)) return false;
  const bool may_be_into = ReadsFirst(first_word);
  return !AnyWord(text, [&](std::string_view word) {
    return word.starts_with("pg_") || word == "information_schema" || (may_be_into && word == "into");
  });
}

bool IsCopyOfQuery(std::string_view text) {
  const std::size_t copy = SkipBlanks(text, 0);
  const std::size_t source = SkipBlanks(text, copy + WordAt(text, copy).size());
  return source < text.size() && text[source] == '(' &&
         !AnyWord(text, [](std::string_view word) { return word == "program"; });
}

StatementUse UseOf(const sql::StatementFacts& facts, std::string_view text) {
  if (facts.kind != sql::StatementKind::kUtility) return StatementUse::kPlannable;
  if (facts.node == "CopyStmt") return IsCopyOfQuery(text) ? StatementUse::kWrapper : StatementUse::kUtility;
  const bool is_wrapper =  // a SelectStmt here is SELECT INTO
      IsOneOf(facts.node, {"PrepareStmt", "DeclareCursorStmt", "ExplainStmt", "CreateTableAsStmt", "SelectStmt"});
  return is_wrapper ? StatementUse::kWrapper : StatementUse::kUtility;
}

}  // namespace

StatementClass ClassifyStatement(std::string_view text) {
  const std::string first_word = WordAt(text, SkipBlanks(text, 0));
  StatementClass result;
  if (IsPlainlyPlannable(text, first_word)) return result;
  absl::StatusOr<sql::StatementFacts> facts = sql::Examine(text);
  if (!facts.ok()) {
    result.use = BeginsPlannable(first_word) ? StatementUse::kPlannable : StatementUse::kUtility;
    return result;
  }
  result.use = UseOf(*facts, text);
  result.node = std::move(facts->node);
  result.normalized = std::move(facts->normalized);
  for (sql::RelationName& relation : facts->relations) {
    result.relations.push_back({std::move(relation.schema), std::move(relation.name)});
  }
  return result;
}

}  // namespace pgassay::workload
