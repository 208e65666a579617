#include "sql/conjuncts.h"

#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <set>
#include <span>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/lexer.h"
#include "sql/parse.h"
#include "sql/tree_walk.h"

namespace pgassay::sql {
namespace {

// Conditions of this many parts are not worth taking apart.
constexpr std::size_t kMostConjuncts = 64;

// Whether the parentheses that begin and end `tokens` belong together.
bool IsWrapped(std::span<const Token> tokens) {
  if (tokens.size() < 3 || tokens.front().kind != TokenKind::kOpen || tokens.back().kind != TokenKind::kClose)
    return false;
  int depth = 0;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind == TokenKind::kOpen) ++depth;
    if (tokens[i].kind == TokenKind::kClose && --depth == 0 && i + 1 < tokens.size()) return false;
  }
  return true;
}

// Adds the texts of the parts. The server prints no BETWEEN, whose AND would be another one, but people may write it.
void SplitTokens(std::string_view text, std::span<const Token> tokens, std::vector<std::string>& parts) {
  while (IsWrapped(tokens)) tokens = tokens.subspan(1, tokens.size() - 2);
  if (tokens.empty()) return;
  std::vector<std::size_t> cuts;
  int depth = 0;
  bool mixed = false;
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    const TokenKind kind = tokens[i].kind;
    if (kind == TokenKind::kOpen || kind == TokenKind::kCase) ++depth;
    if (kind == TokenKind::kClose || kind == TokenKind::kEnd) --depth;
    if (depth == 0 && (kind == TokenKind::kOr || kind == TokenKind::kBetween)) mixed = true;
    if (depth == 0 && kind == TokenKind::kAnd) cuts.push_back(i);
  }
  if (cuts.empty() || mixed) {
    parts.emplace_back(text.substr(tokens.front().begin, tokens.back().end - tokens.front().begin));
    return;
  }
  cuts.push_back(tokens.size());
  std::size_t begin = 0;
  for (const std::size_t cut : cuts) {
    SplitTokens(text, tokens.subspan(begin, cut - begin), parts);
    begin = cut + 1;
  }
}

struct Found {
  std::set<ColumnName> columns;
  bool parameters = false;
};

std::string_view StringOf(const PgQuery__Node& node) {
  return node.node_case == PG_QUERY__NODE__NODE_STRING ? std::string_view(node.string->sval) : std::string_view();
}

void Find(const ProtobufCMessage& message, Found& found) {
  if (message.descriptor == &pg_query__param_ref__descriptor) found.parameters = true;
  if (message.descriptor == &pg_query__column_ref__descriptor) {
    const auto& reference = As<PgQuery__ColumnRef>(message);
    ColumnName name;
    if (reference.n_fields > 0) name.name = StringOf(*reference.fields[reference.n_fields - 1]);
    if (reference.n_fields > 1) name.qualifier = StringOf(*reference.fields[reference.n_fields - 2]);
    found.columns.insert(std::move(name));
  }
  ForEachChild(message, [&](const ProtobufCMessage& child) { Find(child, found); });
}

Found FindIn(const PgQuery__Node* node) {
  Found found;
  if (node != nullptr) Find(node->base, found);
  return found;
}

bool IsColumn(const PgQuery__Node* node) {
  return node != nullptr && node->node_case == PG_QUERY__NODE__NODE_COLUMN_REF;
}

// Text that is cast to text says the same: varchar and text share their values.
const PgQuery__Node* WithoutRelabel(const PgQuery__Node* node) {
  while (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) {
    const PgQuery__TypeName& type = *node->type_cast->type_name;
    if (type.n_names == 0 || StringOf(*type.names[type.n_names - 1]) != "text") break;
    node = node->type_cast->arg;
  }
  return node;
}

std::string LastName(PgQuery__Node* const* names, std::size_t count) {
  return count == 0 ? std::string() : std::string(StringOf(*names[count - 1]));
}

// The constant text that an argument is; empty: none.
std::string ConstantText(const PgQuery__Node* node) {
  if (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) node = node->type_cast->arg;
  if (node == nullptr || node->node_case != PG_QUERY__NODE__NODE_A_CONST) return "";
  return node->a_const->val_case == PG_QUERY__A__CONST__VAL_SVAL ? node->a_const->sval->sval : "";
}

void DescribeCall(const PgQuery__FuncCall& call, Conjunct& conjunct) {
  conjunct.obstacle = Obstacle::kFunction;
  conjunct.word = LastName(call.funcname, call.n_funcname);
  const bool second = call.n_args == 2 && IsColumn(call.args[1]);
  if (!second || (conjunct.word != "date_trunc" && conjunct.word != "extract")) return;
  const std::string unit = ConstantText(call.args[0]);
  if (unit.empty()) return;
  conjunct.obstacle = conjunct.word == "extract" ? Obstacle::kExtract : Obstacle::kDateTrunc;
  conjunct.word = unit;
}

// What `side`, which has one column, does to it.
void Describe(const PgQuery__Node* side, Conjunct& conjunct) {
  if (IsColumn(side)) {
    conjunct.column_against_value = true;
    return;
  }
  switch (side->node_case) {
    case PG_QUERY__NODE__NODE_TYPE_CAST: {
      if (IsColumn(WithoutRelabel(side))) {
        // Whether text was the column's type already is for the catalog to say.
        conjunct.obstacle = Obstacle::kCast;
        conjunct.word = "text";
        return;
      }
      const PgQuery__TypeName& type = *side->type_cast->type_name;
      if (!IsColumn(side->type_cast->arg)) return;
      conjunct.obstacle = Obstacle::kCast;
      conjunct.word = LastName(type.names, type.n_names);
      return;
    }
    case PG_QUERY__NODE__NODE_FUNC_CALL:
      return DescribeCall(*side->func_call, conjunct);
    case PG_QUERY__NODE__NODE_A_EXPR: {
      const PgQuery__AExpr& sum = *side->a_expr;
      const std::string op = LastName(sum.name, sum.n_name);
      const bool right = IsColumn(sum.rexpr);
      if (!IsColumn(sum.lexpr) && !(right && op == "+")) return;
      if (op == "+") conjunct.obstacle = Obstacle::kPlus;
      if (op == "-") conjunct.obstacle = Obstacle::kMinus;
      return;
    }
    default:
      return;
  }
}

std::string Turned(const std::string& op) {
  if (op == "<") return ">";
  if (op == "<=") return ">=";
  if (op == ">") return "<";
  if (op == ">=") return "<=";
  return op;
}

void DescribeComparison(const PgQuery__AExpr& expression, Conjunct& conjunct) {
  if (expression.kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP || expression.lexpr == nullptr ||
      expression.rexpr == nullptr)
    return;
  conjunct.op = LastName(expression.name, expression.n_name);
  const Found left = FindIn(expression.lexpr);
  const Found right = FindIn(expression.rexpr);
  if (left.columns.size() == 1 && right.columns.empty()) Describe(expression.lexpr, conjunct);
  if (right.columns.size() == 1 && left.columns.empty()) {
    conjunct.op = Turned(conjunct.op);
    Describe(expression.rexpr, conjunct);
  }
}

}  // namespace

absl::StatusOr<std::vector<Conjunct>> SplitConjuncts(std::string_view condition) {
  PGASSAY_ASSIGN_OR_RETURN(std::vector<Token> tokens, Tokens(condition));
  std::erase_if(tokens, IsComment);
  std::vector<std::string> parts;
  SplitTokens(condition, tokens, parts);
  if (parts.size() > kMostConjuncts) return absl::InvalidArgumentError("a condition of too many parts");
  std::vector<Conjunct> conjuncts;
  for (std::string& part : parts) {
    PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(absl::StrCat("SELECT 1 WHERE ", part)));
    const PgQuery__Node& node = StatementNode(*tree, 0);
    if (node.node_case != PG_QUERY__NODE__NODE_SELECT_STMT || node.select_stmt->where_clause == nullptr) {
      return absl::InvalidArgumentError("no condition");
    }
    const PgQuery__Node* const where = node.select_stmt->where_clause;
    Conjunct conjunct;
    conjunct.text = std::move(part);
    const Found found = FindIn(where);
    conjunct.columns.assign(found.columns.begin(), found.columns.end());
    conjunct.parameters = found.parameters;
    if (where->node_case == PG_QUERY__NODE__NODE_A_EXPR) DescribeComparison(*where->a_expr, conjunct);
    conjuncts.push_back(std::move(conjunct));
  }
  return conjuncts;
}

}  // namespace pgassay::sql
