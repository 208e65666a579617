// A statement only reads if its tree has nothing but nodes of a list, and if what it calls only reads. The list is
// here; the names of what is called are collected for the server, whose catalog knows.

#include "sql/read_only.h"

#include <pg_query/pg_query.pb-c.h>

#include <algorithm>
#include <array>
#include <set>

#include "base/status_macros.h"
#include "sql/parse.h"
#include "sql/tree.h"
#include "sql/tree_walk.h"

namespace pgassay::sql {
namespace {

// What expressions, FROM and WITH of a query consist of.
const std::array kHarmless = {
    &pg_query__node__descriptor,
    &pg_query__alias__descriptor,
    &pg_query__range_var__descriptor,
    &pg_query__range_subselect__descriptor,
    &pg_query__range_function__descriptor,
    &pg_query__range_table_sample__descriptor,
    &pg_query__range_table_func__descriptor,
    &pg_query__range_table_func_col__descriptor,
    &pg_query__join_expr__descriptor,
    &pg_query__select_stmt__descriptor,
    &pg_query__with_clause__descriptor,
    &pg_query__common_table_expr__descriptor,
    &pg_query__ctesearch_clause__descriptor,
    &pg_query__ctecycle_clause__descriptor,
    &pg_query__res_target__descriptor,
    &pg_query__column_ref__descriptor,
    &pg_query__column_def__descriptor,
    &pg_query__a__star__descriptor,
    &pg_query__a__const__descriptor,
    &pg_query__integer__descriptor,
    &pg_query__float__descriptor,
    &pg_query__boolean__descriptor,
    &pg_query__string__descriptor,
    &pg_query__bit_string__descriptor,
    &pg_query__list__descriptor,
    &pg_query__a__expr__descriptor,
    &pg_query__bool_expr__descriptor,
    &pg_query__null_test__descriptor,
    &pg_query__boolean_test__descriptor,
    &pg_query__func_call__descriptor,
    &pg_query__named_arg_expr__descriptor,
    &pg_query__type_cast__descriptor,
    &pg_query__type_name__descriptor,
    &pg_query__sub_link__descriptor,
    &pg_query__case_expr__descriptor,
    &pg_query__case_when__descriptor,
    &pg_query__coalesce_expr__descriptor,
    &pg_query__min_max_expr__descriptor,
    &pg_query__row_expr__descriptor,
    &pg_query__a__array_expr__descriptor,
    &pg_query__a__indirection__descriptor,
    &pg_query__a__indices__descriptor,
    &pg_query__sort_by__descriptor,
    &pg_query__window_def__descriptor,
    &pg_query__grouping_set__descriptor,
    &pg_query__grouping_func__descriptor,
    &pg_query__sqlvalue_function__descriptor,
    &pg_query__collate_clause__descriptor,
    &pg_query__xml_expr__descriptor,
    &pg_query__xml_serialize__descriptor,
};

class Collector {
 public:
  explicit Collector(Parameters parameters) : parameters_(parameters) {}

  void Visit(const ProtobufCMessage& message) {
    if (problem_ != ReadProblem::kNone) return;
    const ProtobufCMessageDescriptor* const type = message.descriptor;
    if (type == &pg_query__param_ref__descriptor && parameters_ == Parameters::kAllowed) return;
    if (std::ranges::find(kHarmless, type) == kHarmless.end()) {
      problem_ = ProblemOf(type);
      return;
    }
    Collect(message);
    ForEachChild(message, [this](const ProtobufCMessage& child) { Visit(child); });
  }

  ReadProblem problem() const { return problem_; }

  CalledNames Take() && {
    // JOIN USING, IN, BETWEEN, CASE x WHEN and comparisons of rows do not spell their operators.
    for (const char* const name : {"=", "<>", "<", "<=", ">", ">="}) operators_.insert({.schema = "", .name = name});
    CalledNames names;
    names.functions.assign(functions_.begin(), functions_.end());
    names.operators.assign(operators_.begin(), operators_.end());
    names.types.assign(types_.begin(), types_.end());
    names.attributes.assign(attributes_.begin(), attributes_.end());
    return names;
  }

 private:
  static ReadProblem ProblemOf(const ProtobufCMessageDescriptor* type) {
    if (type == &pg_query__locking_clause__descriptor) return ReadProblem::kLocksRows;
    if (type == &pg_query__param_ref__descriptor) return ReadProblem::kParameters;
    const std::string_view name = type->short_name;
    return name.ends_with("Stmt") || name == "IntoClause" ? ReadProblem::kWrites : ReadProblem::kUnknown;
  }

  static std::string_view StringOf(const PgQuery__Node& node) {
    return node.node_case == PG_QUERY__NODE__NODE_STRING ? std::string_view(node.string->sval) : std::string_view();
  }

  // The last two parts of a dotted name.
  static RelationName NameOf(PgQuery__Node* const* parts, std::size_t count) {
    RelationName name;
    if (count > 0) name.name = StringOf(*parts[count - 1]);
    if (count > 1) name.schema = StringOf(*parts[count - 2]);
    return name;
  }

  static void Add(std::set<RelationName>& names, PgQuery__Node* const* parts, std::size_t count) {
    if (count > 0) names.insert(NameOf(parts, count));
  }

  void Collect(const ProtobufCMessage& message) {
    const ProtobufCMessageDescriptor* const type = message.descriptor;
    if (type == &pg_query__func_call__descriptor) {
      const auto& call = As<PgQuery__FuncCall>(message);
      Add(functions_, call.funcname, call.n_funcname);
    } else if (type == &pg_query__range_table_sample__descriptor) {
      const auto& sample = As<PgQuery__RangeTableSample>(message);
      Add(functions_, sample.method, sample.n_method);
    } else if (type == &pg_query__a__expr__descriptor) {
      const auto& expression = As<PgQuery__AExpr>(message);
      Add(operators_, expression.name, expression.n_name);
    } else if (type == &pg_query__sub_link__descriptor) {
      const auto& link = As<PgQuery__SubLink>(message);
      Add(operators_, link.oper_name, link.n_oper_name);
    } else if (type == &pg_query__sort_by__descriptor) {
      const auto& sort = As<PgQuery__SortBy>(message);
      Add(operators_, sort.use_op, sort.n_use_op);
    } else if (type == &pg_query__type_name__descriptor) {
      const auto& name = As<PgQuery__TypeName>(message);
      Add(types_, name.names, name.n_names);
    } else if (type == &pg_query__column_ref__descriptor) {
      const auto& reference = As<PgQuery__ColumnRef>(message);
      if (reference.n_fields > 1) AddAttribute(*reference.fields[reference.n_fields - 1]);
    } else if (type == &pg_query__a__indirection__descriptor) {
      const auto& indirection = As<PgQuery__AIndirection>(message);
      for (std::size_t i = 0; i < indirection.n_indirection; ++i) AddAttribute(*indirection.indirection[i]);
    }
  }

  void AddAttribute(const PgQuery__Node& node) {
    if (const std::string_view name = StringOf(node); !name.empty()) attributes_.emplace(name);
  }

  std::set<RelationName> functions_, operators_, types_;
  std::set<std::string> attributes_;
  const Parameters parameters_;
  ReadProblem problem_ = ReadProblem::kNone;
};

}  // namespace

absl::StatusOr<ReadCheck> CheckRead(std::string_view statement, Parameters parameters) {
  PGASSAY_ASSIGN_OR_RETURN(const Tree tree, ParseOne(statement));
  const PgQuery__Node& node = StatementNode(*tree, 0);
  ReadCheck check;
  if (node.node_case != PG_QUERY__NODE__NODE_SELECT_STMT) {
    check.problem = ReadProblem::kWrites;
    return check;
  }
  Collector collector(parameters);
  collector.Visit(node.base);
  check.problem = collector.problem();
  check.names = std::move(collector).Take();
  check.names.relations = FindNames(node.base).relations;
  return check;
}

}  // namespace pgassay::sql
