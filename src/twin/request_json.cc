#include "twin/request_json.h"

#include <algorithm>
#include <map>
#include <string>

#include <nlohmann/json.hpp>

#include "absl/status/status.h"

namespace pgassay::twin {
namespace {

using nlohmann::json;

const std::map<std::string, catalog::ClauseKind, std::less<>> kClauseKinds = {
    {"equality", catalog::ClauseKind::kEquality},     {"in_list", catalog::ClauseKind::kInList},
    {"range", catalog::ClauseKind::kRange},           {"is_null", catalog::ClauseKind::kIsNull},
    {"is_not_null", catalog::ClauseKind::kIsNotNull}, {"join_equality", catalog::ClauseKind::kJoinEquality},
    {"other", catalog::ClauseKind::kOther},
};
const std::map<std::string, catalog::ParameterUseKind, std::less<>> kUseKinds = {
    {"equality", catalog::ParameterUseKind::kEquality}, {"in_list", catalog::ParameterUseKind::kInList},
    {"array", catalog::ParameterUseKind::kArray},       {"less", catalog::ParameterUseKind::kLess},
    {"greater", catalog::ParameterUseKind::kGreater},   {"not_equal", catalog::ParameterUseKind::kNotEqual},
    {"like", catalog::ParameterUseKind::kLike},         {"regex", catalog::ParameterUseKind::kRegex},
    {"operator", catalog::ParameterUseKind::kOperator}, {"assigned", catalog::ParameterUseKind::kAssigned},
    {"limit", catalog::ParameterUseKind::kLimit},       {"offset", catalog::ParameterUseKind::kOffset},
    {"argument", catalog::ParameterUseKind::kArgument},
};
const std::map<std::string, catalog::OrderPurpose, std::less<>> kPurposes = {
    {"sort", catalog::OrderPurpose::kSort},
    {"group", catalog::OrderPurpose::kGroup},
    {"distinct", catalog::OrderPurpose::kDistinct},
    {"window", catalog::OrderPurpose::kWindow},
};

// The twin's JSON is made by our own C code, so a missing field is our bug; a wrong type gives the default and no
// exception.
template <typename T>
T Field(const json& object, const char* name, T fallback) {
  const auto found = object.find(name);
  if (found == object.end()) return fallback;
  if constexpr (std::is_same_v<T, bool>) {
    return found->is_boolean() ? found->get<bool>() : fallback;
  } else if constexpr (std::is_same_v<T, std::string>) {
    return found->is_string() ? found->get<std::string>() : fallback;
  } else {
    return found->is_number() ? found->get<T>() : fallback;
  }
}

const json& Array(const json& object, const char* name) {
  static const json empty = json::array();
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? *found : empty;
}

catalog::RequestClause ParseClause(const json& object, Oid table, const Names& names) {
  catalog::RequestClause clause;
  const auto kind = kClauseKinds.find(Field<std::string>(object, "kind", "other"));
  clause.kind = kind == kClauseKinds.end() ? catalog::ClauseKind::kOther : kind->second;
  clause.column = names.ColumnToSource(table, Field(object, "column", 0));
  clause.selectivity = std::clamp(Field(object, "selectivity", 1.0), 0.0, 1.0);
  clause.constant = Field(object, "constant", false);
  clause.default_opclass = Field(object, "default_opclass", false);
  clause.text = Field<std::string>(object, "text", "");
  clause.expression = Field<std::string>(object, "expression", "");
  clause.pattern_opclass = Field<std::string>(object, "pattern_opclass", "");
  for (const json& access : Array(object, "access")) {
    clause.access.push_back({Field<std::string>(access, "method", ""), Field<std::string>(access, "opclass", "")});
  }
  if (const auto bound = object.find("bound"); bound != object.end()) {
    clause.bound = catalog::RangeBound{.lower = Field(*bound, "lower", false),
                                       .inclusive = Field(*bound, "inclusive", false),
                                       .time = Field(*bound, "time", false),
                                       .value = Field(*bound, "value", 0.0)};
  }
  for (const json& peer : Array(object, "peers")) {
    if (peer.is_number_integer()) clause.peers.push_back(peer.get<int>());
  }
  if (clause.column == 0 && clause.expression.empty()) clause.kind = catalog::ClauseKind::kOther;
  return clause;
}

// Columns up to the first that the snapshot does not know.
catalog::RequestOrder ParseOrder(const json& object, Oid table, const Names& names) {
  catalog::RequestOrder order;
  const auto purpose = kPurposes.find(Field<std::string>(object, "purpose", "sort"));
  order.purpose = purpose == kPurposes.end() ? catalog::OrderPurpose::kSort : purpose->second;
  order.complete = Field(object, "complete", false);
  for (const json& entry : Array(object, "columns")) {
    const int column = names.ColumnToSource(table, Field(entry, "column", 0));
    if (column == 0) {
      order.complete = false;
      break;
    }
    order.columns.push_back({column, Field(entry, "descending", false), Field(entry, "nulls_first", false)});
  }
  return order;
}

catalog::IndexRequest ParseRequest(const json& object, Oid table, const Names& names) {
  catalog::IndexRequest request;
  request.table = table;
  request.range_table_index = Field(object, "range_table_index", 0);
  request.query_level = Field(object, "level", 0);
  request.rows = Field(object, "rows", 0.0);
  request.tuples = Field(object, "tuples", 0.0);
  request.limit_tuples = Field(object, "limit", -1.0);
  request.dml_target = Field(object, "dml_target", false);
  request.row_mark = Field(object, "row_mark", false);
  request.only = !Field(object, "inherits", true);
  request.needs_whole_row = Field(object, "whole_row", false);
  for (const json& clause : Array(object, "clauses")) {
    request.clauses.push_back(ParseClause(clause, table, names));
    // An equality with another relation arrives from its equivalence class and sometimes from joininfo as well.
    if (std::ranges::count(request.clauses, request.clauses.back()) > 1) request.clauses.pop_back();
  }
  for (const json& order : Array(object, "orders")) {
    catalog::RequestOrder parsed = ParseOrder(order, table, names);
    if (!parsed.columns.empty()) request.orders.push_back(std::move(parsed));
  }
  for (const json& column : Array(object, "needed")) {
    const int number = names.ColumnToSource(table, column.is_number_integer() ? column.get<int>() : 0);
    if (number != 0) request.needed_columns.push_back(number);
  }
  std::ranges::sort(request.needed_columns);
  return request;
}

// For MIN and MAX the planner tries an ordered scan with nulls at either end (build_minmax_path in planagg.c), although
// it asks for a value that is not null: of two requests that differ in nothing else, the one with the unusual place of
// nulls says nothing new.
bool IsNullsVariant(const catalog::IndexRequest& request, const catalog::IndexRequest& other) {
  if (request.limit_tuples != 1 || request.orders.size() != 1 || request.orders.front().columns.size() != 1)
    return false;
  const catalog::OrderColumn& column = request.orders.front().columns.front();
  if (column.nulls_first == column.descending) return false;
  catalog::IndexRequest usual = request;
  usual.orders.front().columns.front().nulls_first = column.descending;
  usual.query_level = other.query_level;
  return usual == other;
}

catalog::WriteTarget ParseTarget(const json& object, Oid table, const Names& names) {
  catalog::WriteTarget target;
  target.table = table;
  const std::string command = Field<std::string>(object, "command", "u");
  target.command = command.empty() ? 'u' : command.front();
  target.rows = Field(object, "rows", 0.0);
  target.share = std::clamp(Field(object, "share", 1.0), 0.0, 1.0);
  for (const json& column : Array(object, "columns")) {
    const int number = names.ColumnToSource(table, column.is_number_integer() ? column.get<int>() : 0);
    if (number != 0) target.columns.push_back(number);
  }
  std::ranges::sort(target.columns);
  return target;
}

catalog::ParameterUse ParseUse(const json& object, const Names& names) {
  catalog::ParameterUse use;
  const auto kind = kUseKinds.find(Field<std::string>(object, "kind", "argument"));
  use.kind = kind == kUseKinds.end() ? catalog::ParameterUseKind::kArgument : kind->second;
  use.table = names.ToSource(TwinOid{Field<std::uint32_t>(object, "table", 0)});
  use.column = names.ColumnToSource(use.table, Field(object, "column", 0));
  if (use.column == 0) use.table = {};
  use.op = Field<std::string>(object, "op", "");
  use.expression = Field<std::string>(object, "expression", "");
  use.parameter_expression = Field<std::string>(object, "parameter_expression", "");
  use.function = Field<std::string>(object, "function", "");
  use.argument = Field(object, "argument", 0);
  return use;
}

std::vector<catalog::ParameterUse> ParseUses(const json& object, const Names& names) {
  std::vector<catalog::ParameterUse> uses;
  for (const json& use : Array(object, "uses")) uses.push_back(ParseUse(use, names));
  return uses;
}

// Names of PostgreSQL's own types need no schema.
std::string TypeName(const json& object, const char* field) {
  constexpr std::string_view kOwn = "pg_catalog.";
  std::string name = Field<std::string>(object, field, "");
  return name.starts_with(kOwn) ? name.substr(kOwn.size()) : name;
}

}  // namespace

absl::StatusOr<StatementParameters> ParseParameters(std::string_view text, const Names& names) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return absl::InternalError("the planner extension's answer is no JSON object");
  StatementParameters result;
  for (const json& object : Array(parsed, "parameters")) {
    catalog::Parameter parameter;
    parameter.number = Field(object, "number", 0);
    parameter.type = TypeName(object, "type");
    parameter.base_type = TypeName(object, "base");
    parameter.element_type = TypeName(object, "element");
    const std::string category = Field<std::string>(object, "category", "X");
    parameter.category = category.empty() ? 'X' : category.front();
    for (const json& label : Array(object, "labels")) {
      if (label.is_string()) parameter.enum_labels.push_back(label.get<std::string>());
    }
    parameter.uses = ParseUses(object, names);
    result.parameters.push_back(std::move(parameter));
  }
  for (const json& object : Array(parsed, "settings")) {
    result.settings.push_back({Field<std::string>(object, "name", ""), ParseUses(object, names)});
  }
  return result;
}

absl::StatusOr<StatementView> ParseRequests(std::string_view text, const Names& names) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_object()) return absl::InternalError("the planner extension's answer is no JSON object");
  StatementView view;
  for (const json& object : Array(parsed, "targets")) {
    const Oid table = names.ToSource(TwinOid{Field<std::uint32_t>(object, "table", 0)});
    if (table.value != 0) view.targets.push_back(ParseTarget(object, table, names));
  }
  std::vector<catalog::IndexRequest>& requests = view.requests;
  for (const json& object : Array(parsed, "requests")) {
    const Oid table = names.ToSource(TwinOid{Field<std::uint32_t>(object, "table", 0)});
    if (table.value != 0) requests.push_back(ParseRequest(object, table, names));
  }
  const std::vector<catalog::IndexRequest> all = requests;
  std::erase_if(requests, [&all](const catalog::IndexRequest& request) {
    return std::ranges::any_of(all, [&](const catalog::IndexRequest& other) { return IsNullsVariant(request, other); });
  });
  return view;
}

}  // namespace pgassay::twin
