#include "workload/value_type.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "workload/value_scalar.h"

namespace pgassay::workload {
namespace {

struct TypeEntry {
  std::string_view name;
  TypeFamily family = TypeFamily::kOther;
  std::array<std::string_view, 3> typical;
};

using enum TypeFamily;

// The types of pg_catalog that have an input function, and typical values in ascending order; those of points of time
// are made from the clock of the capture.
constexpr TypeEntry kTypes[] = {
    {"smallint", kInteger, {"1", "10", "100"}},
    {"integer", kInteger, {"1", "10", "100"}},
    {"bigint", kInteger, {"1", "10", "100"}},
    {"numeric", kDecimal, {"1", "10", "100"}},
    {"real", kFloat, {"1", "10", "100"}},
    {"double precision", kFloat, {"1", "10", "100"}},
    {"money", kOther, {"1", "10", "100"}},
    {"text", kText, {"a", "b", "c"}},
    {"character varying", kText, {"a", "b", "c"}},
    {"character", kText, {"a", "b", "c"}},
    {"bpchar", kText, {"a", "b", "c"}},
    {"name", kText, {"a", "b", "c"}},
    {"\"char\"", kText, {"a", "b", "c"}},
    {"boolean", kBoolean, {"true", "false", "true"}},
    {"date", kDate, {}},
    {"timestamp without time zone", kTimestamp, {}},
    {"timestamp with time zone", kTimestampTz, {}},
    {"time without time zone", kTime, {"08:00:00", "12:00:00", "18:00:00"}},
    {"time with time zone", kTime, {"08:00:00+00", "12:00:00+00", "18:00:00+00"}},
    {"interval", kInterval, {"1 day", "7 days", "30 days"}},
    {"uuid",
     kUuid,
     {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001",
      "00000000-0000-0000-0000-000000000002"}},
    {"json", kJson, {"{}", R"({"a": 1})", R"({"a": 2})"}},
    {"jsonb", kJson, {"{}", R"({"a": 1})", R"({"a": 2})"}},
    {"jsonpath", kOther, {"$", "$.a", "$.b"}},
    {"xml", kOther, {"<a/>", "<b/>", "<c/>"}},
    {"bytea", kOther, {"\\x", "\\x01", "\\x02"}},
    {"bit", kOther, {"0", "1", "10"}},
    {"bit varying", kOther, {"0", "1", "10"}},
    {"inet", kOther, {"10.0.0.1", "10.0.0.2", "10.0.0.3"}},
    {"cidr", kOther, {"10.0.0.0/8", "10.1.0.0/16", "10.1.1.0/24"}},
    {"macaddr", kOther, {"00:00:00:00:00:01", "00:00:00:00:00:02", "00:00:00:00:00:03"}},
    {"macaddr8", kOther, {"00:00:00:00:00:00:00:01", "00:00:00:00:00:00:00:02", "00:00:00:00:00:00:00:03"}},
    {"point", kOther, {"(0,0)", "(1,1)", "(2,2)"}},
    {"line", kOther, {"{1,1,0}", "{1,1,1}", "{1,1,2}"}},
    {"lseg", kOther, {"[(0,0),(1,1)]", "[(0,0),(2,2)]", "[(0,0),(3,3)]"}},
    {"box", kOther, {"(1,1),(0,0)", "(2,2),(0,0)", "(3,3),(0,0)"}},
    {"path", kOther, {"[(0,0),(1,1)]", "[(0,0),(2,2)]", "[(0,0),(3,3)]"}},
    {"polygon", kOther, {"((0,0),(1,1),(1,0))", "((0,0),(2,2),(2,0))", "((0,0),(3,3),(3,0))"}},
    {"circle", kOther, {"<(0,0),1>", "<(0,0),2>", "<(0,0),3>"}},
    {"int4range", kRange, {"[1,10)", "[10,100)", "[100,1000)"}},
    {"int8range", kRange, {"[1,10)", "[10,100)", "[100,1000)"}},
    {"numrange", kRange, {"[1,10)", "[10,100)", "[100,1000)"}},
    {"int4multirange", kRange, {"{[1,10)}", "{[10,100)}", "{[100,1000)}"}},
    {"int8multirange", kRange, {"{[1,10)}", "{[10,100)}", "{[100,1000)}"}},
    {"nummultirange", kRange, {"{[1,10)}", "{[10,100)}", "{[100,1000)}"}},
    {"daterange", kRange, {}},
    {"tsrange", kRange, {}},
    {"tstzrange", kRange, {}},
    {"datemultirange", kRange, {}},
    {"tsmultirange", kRange, {}},
    {"tstzmultirange", kRange, {}},
    {"tsvector", kOther, {"'a'", "'b'", "'c'"}},
    {"tsquery", kTsQuery, {"'a'", "'b'", "'c'"}},
    {"oid", kOther, {"1", "10", "100"}},
    {"regclass", kOther, {"pg_catalog.pg_class", "pg_catalog.pg_type", "pg_catalog.pg_proc"}},
    {"regcollation", kOther, {"pg_catalog.\"C\"", "pg_catalog.\"POSIX\"", "pg_catalog.\"default\""}},
    {"regconfig", kOther, {"pg_catalog.simple", "pg_catalog.english", "pg_catalog.german"}},
    {"regdictionary", kOther, {"pg_catalog.simple", "pg_catalog.english_stem", "pg_catalog.german_stem"}},
    {"regnamespace", kOther, {"pg_catalog", "public", "information_schema"}},
    {"regoper", kOther, {"0", "0", "0"}},
    {"regoperator", kOther, {"0", "0", "0"}},
    {"regproc", kOther, {"0", "0", "0"}},
    {"regprocedure", kOther, {"0", "0", "0"}},
    {"regrole", kOther, {"10", "10", "10"}},  // the role that initdb made
    {"regtype", kOther, {"integer", "bigint", "text"}},
    {"xid", kOther, {"3", "4", "5"}},
    {"xid8", kOther, {"3", "4", "5"}},
    {"cid", kOther, {"0", "1", "2"}},
    {"tid", kOther, {"(0,1)", "(0,2)", "(0,3)"}},
    {"pg_lsn", kOther, {"0/1", "0/2", "0/3"}},
    {"pg_snapshot", kOther, {"3:3:", "4:4:", "5:5:"}},
    {"txid_snapshot", kOther, {"3:3:", "4:4:", "5:5:"}},
    {"int2vector", kOther, {"1", "1 2", "1 2 3"}},
    {"oidvector", kOther, {"1", "1 2", "1 2 3"}},
    {"refcursor", kText, {"a", "b", "c"}},
};

// Types of extensions, which may be in any schema.
constexpr TypeEntry kExtensionTypes[] = {
    {"citext", kText, {"a", "b", "c"}},
    {"hstore", kOther, {"a=>1", "a=>2", "a=>3"}},
    {"ltree", kOther, {"a", "a.b", "a.b.c"}},
    {"lquery", kOther, {"a", "a.b", "a.b.c"}},
    {"ltxtquery", kOther, {"a", "b", "c"}},
    {"cube", kOther, {"(0)", "(1)", "(2)"}},
    {"seg", kOther, {"1", "2", "3"}},
    {"geometry", kOther, {"POINT(0 0)", "POINT(1 1)", "POINT(2 2)"}},
    {"geography", kOther, {"POINT(0 0)", "POINT(1 1)", "POINT(2 2)"}},
};

const TypeEntry* FindType(std::string_view bare) {
  const auto named = [](std::string_view name) {
    return [name](const TypeEntry& entry) { return entry.name == name; };
  };
  if (const auto* found = std::ranges::find_if(kTypes, named(bare)); found != std::end(kTypes)) return found;
  const std::string_view last = bare.substr(bare.rfind('.') + 1);
  const auto* found = std::ranges::find_if(kExtensionTypes, named(last));
  return found != std::end(kExtensionTypes) ? found : nullptr;
}

// The element type of an array type's name; empty for anything else.
std::string_view ElementName(std::string_view name) {
  return name.ends_with("[]") ? name.substr(0, name.size() - 2) : std::string_view();
}

TypeFamily FamilyOf(const ValueType& type, char category) {
  if (type.base.ends_with("[]")) return kArray;
  if (!type.labels.empty()) return category == 'A' ? kArray : kEnum;
  const TypeEntry* const entry = FindType(WithoutModifiers(type.base));
  if (category == 'R') return kRange;
  if (category == 'A' && entry == nullptr) return kArray;  // int2vector has its own syntax
  return entry != nullptr ? entry->family : kOther;
}

std::string TypicalRange(std::string_view bare, absl::Time now, int variant) {
  const std::string from = FormatMoment(now + absl::Hours(24) * (variant - 2));
  const std::string to = FormatMoment(now + absl::Hours(24) * (variant - 1));
  const bool dates = bare.starts_with("date");
  const std::string range =
      dates ? absl::StrCat("[", from.substr(0, from.find(' ')), ",", to.substr(0, to.find(' ')), ")")
            : absl::StrCat("[\"", from, "\",\"", to, "\")");
  return bare.ends_with("multirange") ? absl::StrCat("{", range, "}") : range;
}

}  // namespace

std::string WithoutModifiers(std::string_view name) {
  std::string bare(name);
  if (name == "\"bit\"") return "bit";     // so that no length of 1 is meant
  if (name.starts_with('"')) return bare;  // a quoted name may hold parentheses
  const std::size_t open = bare.find('(');
  const std::size_t close = bare.find(')', open == std::string::npos ? 0 : open);
  if (open != std::string::npos && close != std::string::npos) bare.erase(open, close + 1 - open);
  return bare;
}

bool IsNumber(TypeFamily family) {
  return family == kInteger || family == kDecimal || family == kFloat;
}

bool IsTime(TypeFamily family) {
  return family == kDate || family == kTimestamp || family == kTimestampTz;
}

ValueType TypeOf(const catalog::Parameter& parameter) {
  ValueType type{.name = parameter.type, .base = parameter.base_type, .labels = parameter.enum_labels};
  if (type.base.empty()) type.base = type.name;
  type.family = FamilyOf(type, parameter.category);
  return type;
}

ValueType ElementTypeOf(const catalog::Parameter& parameter) {
  if (parameter.element_type.empty()) return TypeOf(parameter);
  ValueType type{.name = parameter.element_type, .base = parameter.element_type, .labels = parameter.enum_labels};
  type.family = FamilyOf(type, 'X');
  return type;
}

ValueType TypeNamed(std::string_view name) {
  ValueType type{.name = std::string(name), .base = std::string(name), .labels = {}};
  type.family = FamilyOf(type, 'X');
  return type;
}

std::string TypicalValue(const ValueType& type, absl::Time now, int variant) {
  const auto index = static_cast<std::size_t>(variant);
  if (type.family == kArray) {
    const std::string_view element_name = ElementName(type.base);
    ValueType element = TypeNamed(element_name.empty() ? "text" : element_name);
    if (!type.labels.empty()) element.labels = type.labels;
    if (!type.labels.empty()) element.family = kEnum;
    if (element.family == kOther && FindType(WithoutModifiers(element.base)) == nullptr) return "{}";
    const std::string value = TypicalValue(element, now, variant);
    return ArrayText(std::span(&value, 1), element);
  }
  if (type.family == kEnum) return type.labels[index % type.labels.size()];
  if (IsTime(type.family)) {
    const std::string moment = FormatMoment(now + absl::Hours(24) * (variant - 1));
    return type.family == kDate ? moment.substr(0, moment.find(' ')) : moment;
  }
  const std::string bare = WithoutModifiers(type.base);
  const TypeEntry* const entry = FindType(bare);
  if (entry == nullptr) return type.family == kRange ? "empty" : "a";
  if (entry->typical[0].empty()) return TypicalRange(bare, now, variant);
  return std::string(entry->typical[index % entry->typical.size()]);
}

}  // namespace pgassay::workload
