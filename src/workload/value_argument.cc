#include "workload/value_argument.h"

#include <algorithm>
#include <iterator>
#include <string_view>

#include "workload/value_type.h"

namespace pgassay::workload {
namespace {

struct LegalArgument {
  std::string_view function;
  int argument = 0;        // from 1; 0: every one
  std::string_view value;  // for a number, boolean, text, interval or array, as the function has it there
  TypeFamily family = TypeFamily::kText;
};

using enum TypeFamily;

// src/backend/utils/adt, by the names of pg_proc and of the operators. The same function may have an entry for each
// type that the argument can have.
constexpr LegalArgument kLegal[] = {
    {"date_trunc", 1, "day"},
    {"date_trunc", 3, "UTC"},
    {"date_part", 1, "day"},
    {"extract", 1, "day"},
    {"date_bin", 1, "1 day", kInterval},
    {"timezone", 1, "UTC"},
    {"timezone", 1, "00:00:00", kInterval},
    {"encode", 2, "hex"},
    {"decode", 1, "00"},
    {"decode", 2, "hex"},
    {"convert", 2, "UTF8"},
    {"convert", 3, "UTF8"},
    {"convert_to", 2, "UTF8"},
    {"convert_from", 2, "UTF8"},
    {"digest", 2, "sha256"},
    {"hmac", 3, "sha256"},
    {"to_char", 2, "YYYY-MM-DD"},
    {"to_date", 1, "2000-01-01"},
    {"to_date", 2, "YYYY-MM-DD"},
    {"to_timestamp", 1, "2000-01-01"},
    {"to_timestamp", 2, "YYYY-MM-DD"},
    {"to_number", 1, "1"},
    {"to_number", 2, "9"},
    {"generate_series", 1, "1", kInteger},
    {"generate_series", 2, "10", kInteger},
    {"generate_series", 3, "1", kInteger},
    {"generate_series", 1, "1", kDecimal},
    {"generate_series", 2, "10", kDecimal},
    {"generate_series", 3, "1", kDecimal},
    {"generate_series", 3, "1 day", kInterval},
    {"round", 2, "2", kInteger},
    {"trunc", 2, "2", kInteger},
    {"split_part", 2, ","},
    {"split_part", 3, "1", kInteger},
    {"substring", 2, "1", kInteger},
    {"substring", 3, "10", kInteger},
    {"substr", 2, "1", kInteger},
    {"substr", 3, "10", kInteger},
    {"left", 2, "3", kInteger},
    {"right", 2, "3", kInteger},
    {"lpad", 2, "10", kInteger},
    {"rpad", 2, "10", kInteger},
    {"repeat", 2, "1", kInteger},
    {"chr", 1, "97", kInteger},
    {"overlay", 3, "1", kInteger},
    {"overlay", 4, "1", kInteger},
    {"make_date", 1, "2000", kInteger},
    {"make_date", 2, "1", kInteger},
    {"make_date", 3, "1", kInteger},
    {"make_time", 0, "1", kInteger},
    {"make_time", 3, "1", kFloat},
    {"make_timestamp", 1, "2000", kInteger},
    {"make_timestamp", 0, "1", kInteger},
    {"make_timestamp", 6, "1", kFloat},
    {"make_timestamptz", 1, "2000", kInteger},
    {"make_timestamptz", 0, "1", kInteger},
    {"make_timestamptz", 6, "1", kFloat},
    {"make_timestamptz", 7, "UTC"},
    {"nth_value", 2, "1", kInteger},
    {"ntile", 1, "4", kInteger},
    {"lag", 2, "1", kInteger},
    {"lead", 2, "1", kInteger},
    {"width_bucket", 2, "0", kDecimal},
    {"width_bucket", 3, "100", kDecimal},
    {"width_bucket", 2, "0", kFloat},
    {"width_bucket", 3, "100", kFloat},
    {"width_bucket", 4, "10", kInteger},
    {"setseed", 1, "0.5", kFloat},
    {"percentile_cont", 1, "0.5", kFloat},
    {"percentile_disc", 1, "0.5", kFloat},
    {"sqrt", 1, "1", kFloat},
    {"ln", 1, "1", kFloat},
    {"log", 0, "10", kDecimal},
    {"pg_sleep", 1, "0", kFloat},
    {"set_config", 1, "pgassay.value"},
    {"current_setting", 1, "search_path"},
    {"jsonb_set", 2, "{a}", kArray},
    {"jsonb_insert", 2, "{a}", kArray},
    {"->", 2, "0", kInteger},
    {"->>", 2, "0", kInteger},
    {"#>", 2, "{a}", kArray},
    {"#>>", 2, "{a}", kArray},
    {"/", 2, "2", kInteger},
    {"/", 2, "2", kDecimal},
    {"/", 2, "2", kFloat},
    {"regexp_replace", 4, "g"},
    {"regexp_matches", 3, "g"},
    {"regexp_match", 3, "i"},
    {"regexp_split_to_table", 3, "i"},
    {"regexp_split_to_array", 3, "i"},
    {"range", 3, "[)"},  // of a function that makes a range
    {"%", 2, "10", kInteger},
    {"%", 2, "10", kDecimal},
    {"has_table_privilege", 3, "SELECT"},
    {"has_table_privilege", 2, "SELECT"},
};

}  // namespace

std::optional<std::string> ArgumentValue(const catalog::ParameterUse& use, const catalog::Parameter& parameter,
                                         const Snapshot& snapshot) {
  const ValueType type = TypeOf(parameter);
  if (WithoutModifiers(type.base) == "regconfig") {
    return std::string(snapshot.FindSetting("default_text_search_config").value_or("pg_catalog.simple"));
  }
  const std::string_view function = use.function.empty() ? use.op : use.function;
  const auto fits = [&](const LegalArgument& legal) {
    return legal.function == function && (legal.argument == use.argument || legal.argument == 0) &&
           legal.family == type.family;
  };
  const auto* const found = std::ranges::find_if(kLegal, fits);
  if (found == std::end(kLegal)) return std::nullopt;
  return std::string(found->value);
}

}  // namespace pgassay::workload
