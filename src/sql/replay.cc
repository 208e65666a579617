#include "sql/replay.h"

#include <pg_query.h>
#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "sql/edits.h"
#include "sql/lexer.h"
#include "sql/parse.h"
#include "sql/tree_walk.h"

namespace pgassay::sql {
namespace {

// Aggregates whose answer is a list of their input in its order, unless ORDER BY or DISTINCT within them says another.
constexpr std::string_view kListing[] = {"array_agg",        "json_agg",   "json_object_agg", "jsonb_agg",
                                         "jsonb_object_agg", "string_agg", "xmlagg"};
// Window functions that tell rows apart which ORDER BY has equal.
constexpr std::string_view kCounting[] = {"first_value", "lag",   "last_value", "lead",
                                          "nth_value",   "ntile", "row_number"};
constexpr std::string_view kClock[] = {"age",       "clock_timestamp",     "localtimestamp",       "now",
                                       "timeofday", "statement_timestamp", "transaction_timestamp"};

template <std::size_t Size>
bool IsOneOf(const std::string_view (&names)[Size], std::string_view name) {
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

std::string_view LastName(PgQuery__Node* const* parts, std::size_t count) {
  if (count == 0 || parts[count - 1]->node_case != PG_QUERY__NODE__NODE_STRING) return {};
  return parts[count - 1]->string->sval;
}

bool IsLimited(const PgQuery__SelectStmt& select) {
  return select.limit_count != nullptr || select.limit_offset != nullptr;
}

class Examiner {
 public:
  explicit Examiner(ReplayFacts& facts) : facts_(facts) {}

  void Visit(const ProtobufCMessage& message) {
    const ProtobufCMessageDescriptor* const type = message.descriptor;
    if (type == &pg_query__select_stmt__descriptor) {
      VisitSelect(As<PgQuery__SelectStmt>(message));
    } else if (type == &pg_query__func_call__descriptor) {
      VisitCall(As<PgQuery__FuncCall>(message));
    } else if (type == &pg_query__sqlvalue_function__descriptor) {
      facts_.reads_clock |=
          As<PgQuery__SQLValueFunction>(message).op < PG_QUERY__SQLVALUE_FUNCTION_OP__SVFOP_CURRENT_ROLE;
    } else if (type == &pg_query__range_table_sample__descriptor) {
      facts_.sampled = true;
    } else if (type == &pg_query__locking_clause__descriptor) {
      facts_.writes = true;
      facts_.sampled |= As<PgQuery__LockingClause>(message).wait_policy == PG_QUERY__LOCK_WAIT_POLICY__LockWaitSkip;
    } else if (type == &pg_query__insert_stmt__descriptor || type == &pg_query__update_stmt__descriptor ||
               type == &pg_query__delete_stmt__descriptor || type == &pg_query__merge_stmt__descriptor) {
      facts_.writes = true;
    }
    ++depth_;
    ForEachChild(message, [this](const ProtobufCMessage& child) { Visit(child); });
    --depth_;
  }

  std::vector<std::string> functions() const { return {functions_.begin(), functions_.end()}; }

 private:
  void VisitSelect(const PgQuery__SelectStmt& select) {
    if (IsLimited(select)) (depth_ == 0 ? facts_.limited : facts_.limited_inside) = true;
    // DISTINCT alone is one empty node, DISTINCT ON has expressions.
    for (std::size_t i = 0; i < select.n_distinct_clause; ++i) {
      if (select.distinct_clause[i]->node_case != PG_QUERY__NODE__NODE__NOT_SET) facts_.order_dependent = true;
    }
  }

  void VisitCall(const PgQuery__FuncCall& call) {
    const std::string_view name = LastName(call.funcname, call.n_funcname);
    functions_.emplace(name);
    if (IsOneOf(kListing, name) && call.n_agg_order == 0 && call.agg_distinct == 0) facts_.order_dependent = true;
    if (call.over != nullptr && IsOneOf(kCounting, name)) facts_.order_dependent = true;
    // age(x) is the time from today's midnight; age(x, y) reads no clock.
    if (IsOneOf(kClock, name) && (name != "age" || call.n_args == 1)) facts_.reads_clock = true;
  }

  ReplayFacts& facts_;
  int depth_ = 0;  // 0: the statement itself
  std::set<std::string> functions_;
};

void FindOrder(const PgQuery__SelectStmt& select, ReplayFacts& facts) {
  if (select.n_from_clause != 1 || select.from_clause[0]->node_case != PG_QUERY__NODE__NODE_RANGE_VAR ||
      select.n_group_clause > 0 || select.n_distinct_clause > 0 || select.with_clause != nullptr) {
    return;
  }
  const PgQuery__RangeVar& table = *select.from_clause[0]->range_var;
  facts.table = {.schema = table.schemaname, .name = table.relname};
  for (std::size_t i = 0; i < select.n_sort_clause; ++i) {
    if (select.sort_clause[i]->node_case != PG_QUERY__NODE__NODE_SORT_BY) continue;
    const PgQuery__Node* const key = select.sort_clause[i]->sort_by->node;
    if (key == nullptr || key->node_case != PG_QUERY__NODE__NODE_COLUMN_REF) continue;
    const std::string_view name = LastName(key->column_ref->fields, key->column_ref->n_fields);
    if (!name.empty()) facts.order_columns.emplace_back(name);
  }
}

}  // namespace

absl::StatusOr<ReplayFacts> ExamineReplay(std::string_view statement) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  ReplayFacts facts;
  Examiner examiner(facts);
  if (node.node_case == PG_QUERY__NODE__NODE_SELECT_STMT) {
    examiner.Visit(node.select_stmt->base);
    FindOrder(*node.select_stmt, facts);
  } else {
    facts.writes = true;
    examiner.Visit(node.base);
  }
  facts.functions = examiner.functions();
  return facts;
}

absl::StatusOr<std::string> BuildableIndex(std::string_view statement, std::string_view name) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  if (node.node_case != PG_QUERY__NODE__NODE_INDEX_STMT) return absl::InvalidArgumentError("not a CREATE INDEX");
  if (node.index_stmt->if_not_exists != 0) {
    return absl::InvalidArgumentError("IF NOT EXISTS may build nothing; leave it out");
  }
  PGASSAY_ASSIGN_OR_RETURN(const std::vector<Token> tokens, Tokens(statement));
  std::vector<Edit> edits;
  bool in_head = false;  // behind INDEX, where CONCURRENTLY and the name stand before ON
  for (const Token& token : tokens) {
    if (IsWord(statement, token, "index")) in_head = true;
    if (!in_head) continue;
    if (node.index_stmt->concurrent != 0 && IsWord(statement, token, "concurrently")) {
      edits.push_back({.begin = token.begin, .end = token.end, .text = ""});
    }
    if (!IsWord(statement, token, "on")) continue;
    if (std::string_view(node.index_stmt->idxname).empty()) {
      edits.push_back({.begin = token.begin, .end = token.begin, .text = absl::StrCat(QuoteIdentifier(name), " ")});
    }
    break;
  }
  return Apply(statement, std::move(edits));
}

}  // namespace pgassay::sql
