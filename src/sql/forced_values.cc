#include "sql/forced_values.h"

#include <algorithm>
#include <iterator>

namespace pgassay::sql {
namespace {

struct Argument {
  std::string_view function;
  std::size_t argument;
  std::size_t count;  // of arguments that the function has then; 0: any
  std::string_view literal;
};

// The functions are immutable or stable: the planner computes them, and an illegal value is an error at planning. AT
// TIME ZONE is timezone(), ESCAPE is like_escape() or similar_to_escape().
constexpr Argument kArguments[] = {
    {"date_trunc", 1, 0, "'day'"},
    {"date_trunc", 3, 3, "'UTC'"},
    {"date_part", 1, 2, "'year'"},
    {"extract", 1, 2, "'year'"},
    {"timezone", 1, 2, "'UTC'"},
    {"encode", 2, 2, "'hex'"},
    {"decode", 1, 2, "''"},
    {"decode", 2, 2, "'hex'"},
    {"convert_from", 2, 2, "'UTF8'"},
    {"convert_to", 2, 2, "'UTF8'"},
    {"to_tsvector", 1, 2, "'simple'"},
    {"to_tsquery", 1, 2, "'simple'"},
    {"plainto_tsquery", 1, 2, "'simple'"},
    {"phraseto_tsquery", 1, 2, "'simple'"},
    {"websearch_to_tsquery", 1, 2, "'simple'"},
    {"ts_headline", 1, 4, "'simple'"},
    {"like_escape", 2, 2, "'!'"},
    {"similar_to_escape", 2, 2, "'!'"},
    {"to_date", 1, 2, "'2020-01-01'"},
    {"to_date", 2, 2, "'YYYY-MM-DD'"},
    {"to_timestamp", 1, 2, "'2020-01-01'"},
    {"to_timestamp", 2, 2, "'YYYY-MM-DD'"},
    {"to_number", 1, 2, "'1'"},
    {"to_number", 2, 2, "'9'"},
    {"current_setting", 1, 0, "'TimeZone'"},
    {"digest", 2, 2, "'sha256'"},
    {"hmac", 3, 3, "'sha256'"},
    {"st_geomfromtext", 1, 0, "'POINT(0 0)'"},
    {"st_geomfromewkt", 1, 1, "'POINT(0 0)'"},
};

struct NamedObject {
  std::string_view type;
  std::string_view literal;
};

constexpr NamedObject kTypes[] = {
    {"regclass", "'pg_catalog.pg_class'"},
    {"regtype", "'pg_catalog.int4'"},
    {"regproc", "'pg_catalog.version'"},
    {"regprocedure", "'pg_catalog.version()'"},
    {"regoper", "'pg_catalog.|/'"},
    {"regoperator", "'pg_catalog.=(integer,integer)'"},
    {"regnamespace", "'pg_catalog'"},
    {"regrole", "'pg_monitor'"},
    {"regconfig", "'simple'"},
    {"regdictionary", "'simple'"},
    {"regcollation", "'pg_catalog.\"C\"'"},
};

}  // namespace

std::optional<std::string_view> ForcedArgument(std::string_view function, std::size_t argument, std::size_t count) {
  const auto* const found = std::find_if(std::begin(kArguments), std::end(kArguments), [&](const Argument& entry) {
    return entry.function == function && entry.argument == argument && (entry.count == 0 || entry.count == count);
  });
  return found == std::end(kArguments) ? std::nullopt : std::optional(found->literal);
}

std::optional<std::string_view> ForcedForType(std::string_view type) {
  const auto* const found = std::find_if(std::begin(kTypes), std::end(kTypes),
                                         [type](const NamedObject& entry) { return entry.type == type; });
  return found == std::end(kTypes) ? std::nullopt : std::optional(found->literal);
}

}  // namespace pgassay::sql
