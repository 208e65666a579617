#include "sql/statement.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "sql/facts.h"
#include "sql/owned.h"
#include "sql/parse.h"
#include "sql/tree.h"

namespace pgassay::sql {
namespace {

using FingerprintResult = Owned<PgQueryFingerprintResult, pg_query_free_fingerprint_result>;
using NormalizeResult = Owned<PgQueryNormalizeResult, pg_query_free_normalize_result>;

// SELECT INTO makes a table.
bool HasInto(const PgQuery__SelectStmt& select) {
  const PgQuery__SelectStmt* leftmost = &select;
  while (leftmost->larg != nullptr) {
    leftmost = leftmost->larg;
  }
  return leftmost->into_clause != nullptr;
}

StatementKind KindOf(const PgQuery__Node& node) {
  switch (node.node_case) {
    case PG_QUERY__NODE__NODE_SELECT_STMT:
      return HasInto(*node.select_stmt) ? StatementKind::kUtility : StatementKind::kSelect;
    case PG_QUERY__NODE__NODE_INSERT_STMT:
      return StatementKind::kInsert;
    case PG_QUERY__NODE__NODE_UPDATE_STMT:
      return StatementKind::kUpdate;
    case PG_QUERY__NODE__NODE_DELETE_STMT:
      return StatementKind::kDelete;
    case PG_QUERY__NODE__NODE_MERGE_STMT:
      return StatementKind::kMerge;
    default:
      return StatementKind::kUtility;
  }
}

IndexStatement CreatedIndex(const PgQuery__IndexStmt& create) {
  return {.create = true,
          .index_schema = {},
          .index_name = create.idxname,
          .table = {.schema = create.relation->schemaname, .name = create.relation->relname},
          .method = create.access_method,
          .unique = create.unique != 0,
          .concurrently = create.concurrent != 0};
}

absl::StatusOr<IndexStatement> DroppedIndex(const PgQuery__DropStmt& drop) {
  if (drop.n_objects != 1) {
    return absl::InvalidArgumentError("DROP INDEX with several indexes; write one statement for each");
  }
  std::vector<std::string> parts;
  const PgQuery__Node& object = *drop.objects[0];
  if (object.node_case == PG_QUERY__NODE__NODE_LIST) {
    for (std::size_t i = 0; i < object.list->n_items; ++i) {
      if (object.list->items[i]->node_case == PG_QUERY__NODE__NODE_STRING) {
        parts.emplace_back(object.list->items[i]->string->sval);
      }
    }
  }
  if (parts.empty()) {
    return absl::InvalidArgumentError("DROP INDEX without a name");
  }
  IndexStatement statement{.create = false, .concurrently = drop.concurrent != 0};
  statement.index_name = parts.back();
  if (parts.size() > 1) {
    statement.index_schema = parts[parts.size() - 2];
  }
  return statement;
}

}  // namespace

int GrammarVersion() {
  return PG_VERSION_NUM / 10000;
}

absl::StatusOr<StatementFacts> FactsOf(const PgQuery__Node& node, const std::string& text, std::size_t first_line) {
  const FingerprintResult fingerprint(pg_query_fingerprint(text.c_str()));
  if (fingerprint->error != nullptr) {
    return GrammarError(fingerprint->error->message, fingerprint->error->cursorpos, text, first_line);
  }
  const NormalizeResult normalized(pg_query_normalize(text.c_str()));
  if (normalized->error != nullptr) {
    return GrammarError(normalized->error->message, normalized->error->cursorpos, text, first_line);
  }
  NamesInTree names = FindNames(node.base);
  StatementFacts facts;
  facts.kind = KindOf(node);
  facts.node = NodeName(node);
  facts.fingerprint = fingerprint->fingerprint_str;
  facts.normalized = normalized->normalized_query;
  facts.relations = std::move(names.relations);
  facts.has_parameters = names.has_parameters;
  return facts;
}

absl::StatusOr<StatementFacts> Examine(std::string_view statement, std::size_t first_line) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement, first_line));
  return FactsOf(StatementNode(*tree, 0), std::string(statement), first_line);
}

absl::StatusOr<std::vector<std::string>> NodeNames(std::string_view text) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, Parse(text));
  std::vector<std::string> names;
  for (std::size_t i = 0; i < tree->n_stmts; ++i) {
    names.push_back(NodeName(StatementNode(*tree, i)));
  }
  return names;
}

absl::StatusOr<IndexStatement> ExamineIndexStatement(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  if (node.node_case == PG_QUERY__NODE__NODE_INDEX_STMT) {
    return CreatedIndex(*node.index_stmt);
  }
  if (node.node_case == PG_QUERY__NODE__NODE_DROP_STMT &&
      node.drop_stmt->remove_type == PG_QUERY__OBJECT_TYPE__OBJECT_INDEX) {
    return DroppedIndex(*node.drop_stmt);
  }
  return absl::InvalidArgumentError(absl::StrCat("neither CREATE INDEX nor DROP INDEX but ", NodeName(node)));
}

}  // namespace pgassay::sql
