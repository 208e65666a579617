#include "sql/listed_values.h"

#include <pg_query/pg_query.pb-c.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "sql/parse.h"

namespace pgassay::sql {
namespace {

// `node` without the casts around it.
const PgQuery__Node* Bare(const PgQuery__Node* node) {
  while (node != nullptr && node->node_case == PG_QUERY__NODE__NODE_TYPE_CAST) node = node->type_cast->arg;
  return node;
}

// The expression of the constraint that `statement`, an ALTER TABLE, adds; nullptr where it adds no CHECK.
const PgQuery__Node* CheckExpression(const PgQuery__Node& statement) {
  if (statement.node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_STMT || statement.alter_table_stmt->n_cmds != 1) {
    return nullptr;
  }
  const PgQuery__Node* const command = statement.alter_table_stmt->cmds[0];
  if (command->node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD) return nullptr;
  const PgQuery__Node* const added = command->alter_table_cmd->def;
  if (added == nullptr || added->node_case != PG_QUERY__NODE__NODE_CONSTRAINT) return nullptr;
  return added->constraint->contype == PG_QUERY__CONSTR_TYPE__CONSTR_CHECK ? added->constraint->raw_expr : nullptr;
}

bool IsEqualsAny(const PgQuery__AExpr& expression) {
  if (expression.kind != PG_QUERY__A__EXPR__KIND__AEXPR_OP_ANY || expression.n_name == 0) return false;
  const PgQuery__Node* const name = expression.name[expression.n_name - 1];
  return name->node_case == PG_QUERY__NODE__NODE_STRING && std::string_view(name->string->sval) == "=";
}

}  // namespace

std::optional<std::size_t> CountListedValues(std::string_view constraint) {
  const absl::StatusOr<Tree> tree = ParseOne(absl::StrCat("ALTER TABLE t ADD ", ToAbsl(constraint)));
  if (!tree.ok()) return std::nullopt;
  const PgQuery__Node* const check = CheckExpression(StatementNode(**tree, 0));
  if (check == nullptr || check->node_case != PG_QUERY__NODE__NODE_A_EXPR || !IsEqualsAny(*check->a_expr)) {
    return std::nullopt;
  }
  const PgQuery__Node* const column = Bare(check->a_expr->lexpr);
  const PgQuery__Node* const list = Bare(check->a_expr->rexpr);
  if (column == nullptr || column->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) return std::nullopt;
  if (list == nullptr || list->node_case != PG_QUERY__NODE__NODE_A_ARRAY_EXPR) return std::nullopt;
  return list->a_array_expr->n_elements;
}

}  // namespace pgassay::sql
