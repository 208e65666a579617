#include "sql/definition.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <cstddef>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/parse.h"

namespace pgassay::sql {
namespace {

RelationName NameOf(const PgQuery__RangeVar* relation) {
  if (relation == nullptr) return {};
  return {.schema = relation->schemaname, .name = relation->relname};
}

// A name as a list of its parts: schema and name, or the name alone.
RelationName NameOf(PgQuery__Node* const* parts, std::size_t count) {
  RelationName name;
  for (std::size_t i = 0; i < count; ++i) {
    if (parts[i]->node_case != PG_QUERY__NODE__NODE_STRING) continue;
    name.schema = std::move(name.name);
    name.name = parts[i]->string->sval;
  }
  return name;
}

// The letter of an action; the grammar has one where nothing is written too.
char ActionOf(const char* action) {
  return action == nullptr || *action == '\0' ? 'a' : *action;
}

// The constraint that ALTER TABLE ... ADD adds; nullptr for anything else.
const PgQuery__Constraint* AddedConstraint(const PgQuery__Node& statement) {
  if (statement.node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_STMT || statement.alter_table_stmt->n_cmds != 1) {
    return nullptr;
  }
  const PgQuery__Node& command = *statement.alter_table_stmt->cmds[0];
  if (command.node_case != PG_QUERY__NODE__NODE_ALTER_TABLE_CMD) return nullptr;
  const PgQuery__Node* const added = command.alter_table_cmd->def;
  return added != nullptr && added->node_case == PG_QUERY__NODE__NODE_CONSTRAINT ? added->constraint : nullptr;
}

}  // namespace

absl::StatusOr<RelationName> DefinedObject(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_CREATE_STMT:
      return NameOf(node.create_stmt->relation);
    case PG_QUERY__NODE__NODE_CREATE_FOREIGN_TABLE_STMT:
      return NameOf(node.create_foreign_table_stmt->base_stmt == nullptr
                        ? nullptr
                        : node.create_foreign_table_stmt->base_stmt->relation);
    case PG_QUERY__NODE__NODE_VIEW_STMT:
      return NameOf(node.view_stmt->view);
    case PG_QUERY__NODE__NODE_CREATE_TABLE_AS_STMT:
      return NameOf(node.create_table_as_stmt->into == nullptr ? nullptr : node.create_table_as_stmt->into->rel);
    case PG_QUERY__NODE__NODE_CREATE_SEQ_STMT:
      return NameOf(node.create_seq_stmt->sequence);
    case PG_QUERY__NODE__NODE_COMPOSITE_TYPE_STMT:
      return NameOf(node.composite_type_stmt->typevar);
    case PG_QUERY__NODE__NODE_CREATE_ENUM_STMT:
      return NameOf(node.create_enum_stmt->type_name, node.create_enum_stmt->n_type_name);
    case PG_QUERY__NODE__NODE_CREATE_RANGE_STMT:
      return NameOf(node.create_range_stmt->type_name, node.create_range_stmt->n_type_name);
    case PG_QUERY__NODE__NODE_CREATE_DOMAIN_STMT:
      return NameOf(node.create_domain_stmt->domainname, node.create_domain_stmt->n_domainname);
    case PG_QUERY__NODE__NODE_CREATE_FUNCTION_STMT:
      return NameOf(node.create_function_stmt->funcname, node.create_function_stmt->n_funcname);
    case PG_QUERY__NODE__NODE_DEFINE_STMT:
      return NameOf(node.define_stmt->defnames, node.define_stmt->n_defnames);
    default:
      return RelationName{};
  }
}

absl::StatusOr<std::string> WrapperOfServer(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  if (node.node_case != PG_QUERY__NODE__NODE_CREATE_FOREIGN_SERVER_STMT) return std::string();
  return std::string(node.create_foreign_server_stmt->fdwname);
}

absl::StatusOr<ForeignKeyActions> ExamineForeignKey(std::string_view constraint) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(absl::StrCat("ALTER TABLE t ADD ", ToAbsl(constraint))));
  const PgQuery__Constraint* const added = AddedConstraint(StatementNode(*tree, 0));
  if (added == nullptr || added->contype != PG_QUERY__CONSTR_TYPE__CONSTR_FOREIGN) {
    return absl::InvalidArgumentError("not a foreign key");
  }
  ForeignKeyActions actions{.on_delete = ActionOf(added->fk_del_action), .on_update = ActionOf(added->fk_upd_action)};
  for (std::size_t i = 0; i < added->n_fk_del_set_cols; ++i) {
    const PgQuery__Node& column = *added->fk_del_set_cols[i];
    if (column.node_case == PG_QUERY__NODE__NODE_STRING) actions.delete_set_columns.emplace_back(column.string->sval);
  }
  return actions;
}

}  // namespace pgassay::sql
