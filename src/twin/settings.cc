#include "twin/settings.h"

#include <algorithm>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "base/text.h"

namespace pgassay::twin {
namespace {

// Settings outside the categories 'Query Tuning' that change plans or how literals are read. Sources: guc.c of
// PostgreSQL 15 (all that costsize.c, planner.c, selfuncs.c and the input functions look at).
constexpr std::string_view kOthers[] = {
    "work_mem",
    "hash_mem_multiplier",
    "effective_io_concurrency",
    "max_parallel_workers_per_gather",
    "parallel_leader_participation",
    "force_parallel_mode",
    "debug_parallel_query",
    "TimeZone",
    "DateStyle",
    "IntervalStyle",
    "extra_float_digits",
    "search_path",
    "default_text_search_config",
    "bytea_output",
    "xmlbinary",
    "xmloption",
    "array_nulls",
    "transform_null_equals",
    "standard_conforming_strings",
    "backslash_quote",
    "escape_string_warning",
    "lo_compat_privileges",
    "row_security",
    "default_statistics_target",
};

// The condition on pg_settings for what a session may set and plans depend on.
std::string IsPlannerSetting() {
  std::string others;
  for (const std::string_view name : kOthers) {
    absl::StrAppend(&others, others.empty() ? "" : ", ", QuoteLiteral(name));
  }
  return absl::StrCat("s.context = 'user' AND (s.category LIKE 'Query Tuning%' OR s.name IN (", others, "))");
}

}  // namespace

std::string PlannerSettingsSql() {
  return absl::StrCat("SELECT s.name, s.boot_val FROM pg_catalog.pg_settings s WHERE ", IsPlannerSetting());
}

std::string PlanningSettingsSql(const Snapshot& snapshot) {
  std::string values;
  for (const Setting& setting : snapshot.settings) {
    absl::StrAppend(&values, values.empty() ? "" : ", ", "(", QuoteLiteral(setting.name), ", ",
                    QuoteLiteral(setting.value), ")");
  }
  std::string sql;
  if (!values.empty()) {
    // Only what a session may set, so a capture cannot reach anything else of the server.
    absl::StrAppend(&sql, "SELECT pg_catalog.set_config(s.name, v.value, false) FROM (VALUES ", values,
                    ") AS v(name, value) JOIN pg_catalog.pg_settings s ON s.name = v.name WHERE ", IsPlannerSetting(),
                    " ORDER BY s.name;");
  }
  absl::StrAppend(&sql, "SELECT pg_catalog.pgassay_clock(", QuoteLiteral(snapshot.captured_at), "::timestamptz)");
  return sql;
}

}  // namespace pgassay::twin
