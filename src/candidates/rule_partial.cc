#include "candidates/rule_partial.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;
using catalog::RequestClause;

// An index on more of the rows is hardly smaller than one on all of them.
constexpr double kMostRows = 0.5;
// Calls that must have had the same value.
constexpr int kLeastCalls = 2;

// Nothing in it could be another value.
bool IsConstantByNature(const RequestClause& clause) {
  return clause.kind == ClauseKind::kIsNull || clause.kind == ClauseKind::kIsNotNull ||
         (clause.kind == ClauseKind::kEquality && clause.constant && clause.column > 0 &&
          clause.text.find('=') == std::string::npos);  // a boolean column
}

bool IsComparison(const RequestClause& clause) {
  return clause.constant && (clause.kind == ClauseKind::kEquality || clause.kind == ClauseKind::kInList);
}

}  // namespace

ConstantClauses::ConstantClauses(std::span<const StatementRequests> statements) {
  for (const StatementRequests& statement : statements) {
    Calls& calls = templates_[statement.template_id];
    ++calls.all;
    calls.observed = calls.observed && statement.observed;
    std::set<std::pair<Oid, std::string>> seen;
    for (const catalog::IndexRequest& request : statement.requests) {
      for (const RequestClause& clause : request.clauses) {
        if (IsComparison(clause) && seen.insert({request.table, clause.text}).second) {
          ++calls.with[{request.table, clause.text}];
        }
      }
    }
  }
}

bool ConstantClauses::IsConstant(const StatementRequests& statement, Oid table, const RequestClause& clause) const {
  if (clause.text.empty() || clause.column == 0) {
    return false;
  }
  if (IsConstantByNature(clause)) {
    return true;
  }
  if (!IsComparison(clause)) {
    return false;
  }
  const Calls& calls = templates_.at(statement.template_id);
  const auto with = calls.with.find({table, clause.text});
  return calls.observed && calls.all >= kLeastCalls && with != calls.with.end() && with->second == calls.all;
}

std::vector<Predicate> ConstantClauses::Of(const StatementRequests& statement,
                                           const catalog::IndexRequest& request) const {
  std::vector<const RequestClause*> clauses;
  for (const RequestClause& clause : request.clauses) {
    if (clause.selectivity < 1 && IsConstant(statement, request.table, clause)) {
      clauses.push_back(&clause);
    }
  }
  std::ranges::stable_sort(clauses, [](const RequestClause* a, const RequestClause* b) {
    return a->selectivity != b->selectivity ? a->selectivity < b->selectivity : a->text < b->text;
  });
  const auto predicate_of = [](std::span<const RequestClause* const> of) {
    Predicate predicate;
    for (const RequestClause* const clause : of) {
      const bool enclose = of.size() > 1 && !clause->text.starts_with("(");
      absl::StrAppend(&predicate.text, predicate.text.empty() ? "" : " AND ", enclose ? "(" : "", clause->text,
                      enclose ? ")" : "");
      predicate.selectivity *= clause->selectivity;
      if (clause->kind == ClauseKind::kEquality || clause->kind == ClauseKind::kIsNull) {
        predicate.equality.insert(clause->column);
      }
    }
    return predicate;
  };
  std::vector<Predicate> predicates;
  if (clauses.size() > 1) {
    predicates.push_back(predicate_of(clauses));
  }
  if (!clauses.empty()) {
    predicates.push_back(predicate_of(std::span(clauses).first(1)));
  }
  std::erase_if(predicates, [](const Predicate& predicate) { return predicate.selectivity > kMostRows; });
  return predicates;
}

std::optional<IndexDef> Partial(const IndexDef& def, const Predicate& predicate, int otherwise) {
  IndexDef partial = def;
  std::erase_if(partial.keys, [&](const IndexKey& key) { return predicate.equality.contains(key.column); });
  if (partial.keys.empty() && otherwise != 0) {
    partial.keys.push_back({.column = otherwise});
  }
  if (partial.keys.empty()) {
    return std::nullopt;
  }
  std::erase_if(partial.include, [&](int column) {
    return std::ranges::find(partial.keys, column, &IndexKey::column) != partial.keys.end();
  });
  partial.predicate = predicate.text;
  return partial;
}

}  // namespace pgassay::candidates
