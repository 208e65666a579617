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
  for (const json& peer : Array(object, "peers")) {
    if (peer.is_number_integer()) clause.peers.push_back(peer.get<int>());
  }
  if (clause.column == 0) clause.kind = catalog::ClauseKind::kOther;
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

}  // namespace

absl::StatusOr<std::vector<catalog::IndexRequest>> ParseRequests(std::string_view text, const Names& names) {
  const json parsed = json::parse(text, nullptr, false);
  if (!parsed.is_array()) return absl::InternalError("the planner extension's answer is no JSON array");
  std::vector<catalog::IndexRequest> requests;
  for (const json& object : parsed) {
    const Oid table = names.ToSource(TwinOid{Field<std::uint32_t>(object, "table", 0)});
    if (table.value != 0) requests.push_back(ParseRequest(object, table, names));
  }
  const std::vector<catalog::IndexRequest> all = requests;
  std::erase_if(requests, [&all](const catalog::IndexRequest& request) {
    return std::ranges::any_of(all, [&](const catalog::IndexRequest& other) { return IsNullsVariant(request, other); });
  });
  return requests;
}

}  // namespace pgassay::twin
