#include "candidates/expressions.h"

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <string_view>

#include "candidates/request_view.h"

namespace pgassay::candidates {
namespace {

// Whether a string or a number stands in it. Where the values of a statement are made up, so may this one be.
bool HasLiteral(std::string_view expression) {
  bool quoted = false;  // within a name in double quotes
  char before = ' ';
  for (const char c : expression) {
    if (c == '"') quoted = !quoted;
    const bool in_name = std::isalnum(static_cast<unsigned char>(before)) != 0 || before == '_' || before == '$';
    if (!quoted && (c == '\'' || (std::isdigit(static_cast<unsigned char>(c)) != 0 && !in_name))) return true;
    before = c;
  }
  return false;
}

}  // namespace

std::vector<StatementRequests> ExpressionNumbers::Number(std::span<const StatementRequests> statements) {
  std::vector<StatementRequests> numbered(statements.begin(), statements.end());
  for (StatementRequests& statement : numbered) {
    for (catalog::IndexRequest& request : statement.requests) {
      for (catalog::RequestClause& clause : request.clauses) {
        if (clause.column != 0 || clause.expression.empty()) {
          continue;
        }
        if (!statement.observed && HasLiteral(clause.expression)) {
          clause.expression.clear();
          continue;
        }
        const auto [at, fresh] = numbers_.try_emplace({request.table, clause.expression}, 0);
        if (fresh) {
          at->second = kFirstExpression - static_cast<int>(expressions_.size());
          expressions_.push_back(clause.expression);
        }
        clause.column = at->second;
      }
    }
  }
  return numbered;
}

IndexDef ExpressionNumbers::Restored(IndexDef def) const {
  for (IndexKey& key : def.keys) {
    if (IsExpression(key.column)) {
      key.expression = expressions_[static_cast<std::size_t>(kFirstExpression - key.column)];
      key.column = 0;
    }
  }
  return def;
}

bool HasExpression(const IndexDef& def) {
  return std::ranges::any_of(def.keys, [](const IndexKey& key) { return IsExpression(key.column); });
}

}  // namespace pgassay::candidates
