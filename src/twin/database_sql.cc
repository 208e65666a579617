#include "twin/database_sql.h"

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "catalog/database_clauses.h"

namespace pgassay::twin {

std::string FunctionsSql(const std::string& library) {
  const std::string as = absl::StrCat(" LANGUAGE c AS ", QuoteLiteral(library), ", ");
  std::string sql;
  const auto add = [&](std::string_view signature, std::string_view result, std::string_view symbol) {
    absl::StrAppend(&sql, "CREATE FUNCTION pg_catalog.", ToAbsl(symbol), "(", ToAbsl(signature), ") RETURNS ",
                    ToAbsl(result), " STRICT VOLATILE", as, QuoteLiteral(symbol), ";");
  };
  add("oid[], float8[], float8[], float8[], float8[]", "void", "pgassay_tables");
  add("oid[], float8[], float8[], float8[], float8[], float8[], float8[], bool", "void", "pgassay_indexes");
  add("timestamptz", "void", "pgassay_clock");
  add("int4, text", "void", "pgassay_prepare");
  add("int4", "text", "pgassay_requests");
  add("int4, oid[], oid[], OUT total float8, OUT startup float8, OUT penalty float8, OUT used oid[]", "record",
      "pgassay_plan");
  add("int4, oid[], oid[], OUT total float8, OUT startup float8, OUT penalty float8, OUT used oid[], "
      "OUT pages float8, OUT page_cost float8",
      "record", "pgassay_plan_pages");
  add("int4, oid[], oid[], oid[], float8[], float8, float8, OUT total float8, OUT startup float8, OUT penalty float8, "
      "OUT used oid[]",
      "record", "pgassay_plan_charged");
  add("oid[], oid[]", "void", "pgassay_enable");
  add("oid, text", "bool", "pgassay_end_point");
  add("oid, float8, int4, int4", "bool", "pgassay_range_map");
  add("oid, float8, float8, float8, float8, float8", "bool", "pgassay_inverted_counts");
  add("oid, int4[], int2[], float8[]", "pg_ndistinct", "pgassay_distinct_groups");
  add("oid, int4[], int2[], float8[]", "pg_dependencies", "pgassay_dependencies");
  add("oid, text[], float8[], float8[]", "pg_mcv_list", "pgassay_common_values");
  add("oid, int2, int4", "oid", "pgassay_expression_type");
  add("oid[], float8[]", "void", "pgassay_statistics_order");
  add("text", "text", "pgassay_parameters");
  add("", "fdw_handler", "pgassay_foreign");
  add("text, int4", "text", "pgassay_variables");
  add("text, oid", "int4[]", "pgassay_array_in");
  // Only built-in functions may be declared to return anyarray from plain arguments, as array_in does.
  absl::StrAppend(&sql,
                  "UPDATE pg_catalog.pg_proc SET prorettype = 'anyarray'::regtype WHERE proname = 'pgassay_array_in';");
  return sql;
}

std::string CreateDatabaseSql(const Snapshot& snapshot, std::string_view database, std::string_view owner,
                              bool with_locale) {
  return absl::StrCat("CREATE DATABASE ", ToAbsl(database), " OWNER ", ToAbsl(owner),
                      catalog::DatabaseClauses(snapshot, with_locale));
}

}  // namespace pgassay::twin
