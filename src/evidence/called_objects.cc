#include "evidence/called_objects.h"

#include <optional>
#include <span>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "pg/result_row.h"

namespace pgassay::evidence {
namespace {

using pg::Result;
using pg::ResultRow;
using Parameters = std::vector<std::optional<std::string>>;

std::string ArrayText(const std::vector<std::string>& values) {
  std::string text = "{";
  for (const std::string& value : values) {
    absl::StrAppend(&text, text.size() > 1 ? ",\"" : "\"");
    for (const char c : value) {
      if (c == '"' || c == '\\') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text + "}";
}

std::string ArrayText(const std::vector<Oid>& oids) {
  std::string text = "{";
  for (const Oid oid : oids) absl::StrAppend(&text, text.size() > 1 ? "," : "", oid.value);
  return text + "}";
}

void AddNames(const std::vector<sql::RelationName>& names, Parameters& parameters) {
  std::vector<std::string> schemas, words;
  for (const sql::RelationName& name : names) {
    schemas.push_back(name.schema);
    words.push_back(name.name);
  }
  parameters.emplace_back(ArrayText(schemas));
  parameters.emplace_back(ArrayText(words));
}

// $1 is the path; then pairs of schemas and names: relations, functions, operators, types; then attributes.
constexpr std::string_view kResolve = R"(/* pgassay */
WITH path AS (
  SELECT n.oid, p.place FROM unnest($1::text[]) WITH ORDINALITY AS p(name, place) JOIN pg_namespace n ON n.nspname = p.name
), named AS (
  SELECT 'r' AS kind, * FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS r(schema, name, number)
  UNION ALL SELECT 'f', * FROM unnest($4::text[], $5::text[]) WITH ORDINALITY
  UNION ALL SELECT 'o', * FROM unnest($6::text[], $7::text[]) WITH ORDINALITY
  UNION ALL SELECT 't', * FROM unnest($8::text[], $9::text[]) WITH ORDINALITY
), placed AS (
  SELECT named.*, n.oid AS namespace, coalesce(path.place, 0) AS place
  FROM named JOIN pg_namespace n ON named.schema = '' OR n.nspname = named.schema LEFT JOIN path ON path.oid = n.oid
  WHERE named.schema <> '' OR path.oid IS NOT NULL
)
SELECT 'r', name, (SELECT c.oid FROM placed p JOIN pg_class c ON c.relnamespace = p.namespace AND c.relname = p.name
                   WHERE p.kind = 'r' AND p.number = named.number ORDER BY p.place LIMIT 1)
FROM named WHERE kind = 'r'
UNION ALL
SELECT 'f', NULL, f.oid FROM placed p JOIN pg_proc f ON f.pronamespace = p.namespace AND f.proname = p.name WHERE p.kind = 'f'
UNION ALL
SELECT 'o', NULL, o.oid FROM placed p JOIN pg_operator o ON o.oprnamespace = p.namespace AND o.oprname = p.name WHERE p.kind = 'o'
UNION ALL
SELECT 't', NULL, t.oid FROM placed p JOIN pg_type t ON t.typnamespace = p.namespace AND t.typname = p.name
WHERE p.kind IN ('t', 'f')
UNION ALL
-- a.b may be the function b of a row of a; the built-in ones of that kind only read.
SELECT 'f', NULL, f.oid FROM unnest($10::text[]) AS a(name) JOIN pg_proc f ON f.proname = a.name JOIN path ON path.oid = f.pronamespace
WHERE f.oid >= 16384 AND f.pronargs >= 1
)";

// Trees as PostgreSQL stores them name what they call by OID; see nodes/outfuncs.c for the labels.
constexpr std::string_view kTrees = R"(
, ids AS (
  SELECT m[1] AS label, m[2] AS id FROM trees,
    regexp_matches(tree, ':(funcid|aggfnoid|winfnoid|opno|eqop|sortop|tsmhandler|relid|resulttype) ([0-9]+)', 'g') AS m
  UNION ALL
  SELECT 'opno', id FROM trees, regexp_matches(tree, ':opnos \(o ([0-9 ]+)\)', 'g') AS m, regexp_split_to_table(m[1], ' +') AS id
)
SELECT DISTINCT CASE label WHEN 'relid' THEN 'r' WHEN 'resulttype' THEN 't'
                WHEN 'opno' THEN 'o' WHEN 'eqop' THEN 'o' WHEN 'sortop' THEN 'o' ELSE 'f' END, id::oid
FROM ids WHERE id ~ '^[0-9]+$' AND id <> '0'
UNION ALL SELECT DISTINCT 'l', 0::oid FROM trees WHERE tree LIKE '%{ROWMARKCLAUSE%'
)";

constexpr std::string_view kRelations = R"(/* pgassay */
SELECT c.oid, c.relkind, quote_ident(n.nspname) || '.' || quote_ident(c.relname)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.oid = ANY ($1::oid[]) ORDER BY c.oid
)";

// $1 relations, $2 functions, $3 types.
constexpr std::string_view kTreesOf = R"(/* pgassay */
WITH trees AS (
  SELECT ev_action::text AS tree FROM pg_rewrite WHERE ev_class = ANY ($1::oid[]) AND ev_type = '1'
  UNION ALL SELECT polqual::text FROM pg_policy WHERE polrelid = ANY ($1::oid[])
  UNION ALL SELECT indexprs::text FROM pg_index WHERE indrelid = ANY ($1::oid[])
  UNION ALL SELECT indpred::text FROM pg_index WHERE indrelid = ANY ($1::oid[])
  UNION ALL SELECT prosqlbody::text FROM pg_proc WHERE oid = ANY ($2::oid[])
  UNION ALL SELECT conbin::text FROM pg_constraint WHERE contypid = ANY ($3::oid[])
)
)";

// Children, rows of types, support functions of aggregates, and functions of operators and types; built-in types need
// no look.
constexpr std::string_view kFurther = R"(/* pgassay */
SELECT 'r', inhrelid FROM pg_inherits WHERE inhparent = ANY ($1::oid[])
UNION ALL
SELECT 'f', f FROM pg_aggregate, unnest(ARRAY[aggtransfn, aggfinalfn, aggcombinefn, aggserialfn, aggdeserialfn, aggmtransfn,
  aggminvtransfn, aggmfinalfn]::oid[]) AS f WHERE aggfnoid = ANY ($2::oid[]) AND aggfnoid >= 16384 AND f <> 0
UNION ALL
SELECT 'f', oprcode::oid FROM pg_operator WHERE oid = ANY ($4::oid[]) AND oprcode <> 0
UNION ALL
SELECT 'f', f FROM pg_type, unnest(ARRAY[typinput, typoutput]::oid[]) AS f
WHERE oid = ANY ($3::oid[]) AND oid >= 16384 AND typtype = 'b' AND typelem = 0
UNION ALL
SELECT 't', t FROM pg_type, unnest(ARRAY[typbasetype, typelem]) AS t WHERE oid = ANY ($3::oid[]) AND oid >= 16384 AND t >= 16384
)";

constexpr std::string_view kFunctions = R"(/* pgassay */
SELECT p.oid, p.provolatile, n.nspname, p.proname, l.lanname, l.lanpltrusted, p.proconfig IS NOT NULL, e.extname,
  CASE WHEN l.lanname = 'sql' AND p.prosqlbody IS NULL THEN p.prosrc END, p.oid < 16384
FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang JOIN pg_namespace n ON n.oid = p.pronamespace
LEFT JOIN pg_depend d ON d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e'
LEFT JOIN pg_extension e ON d.refclassid = 'pg_extension'::regclass AND e.oid = d.refobjid
WHERE p.oid = ANY ($1::oid[]) ORDER BY p.oid
)";

void Add(const Result& rows, Called& called) {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const std::string& kind = rows.Text(i, 0);
    const Oid oid = {static_cast<std::uint32_t>(rows.Integer(i, 1))};
    if (kind == "r") called.calls.relations.push_back(oid);
    if (kind == "f") called.calls.functions.push_back(oid);
    if (kind == "o") called.calls.operators.push_back(oid);
    if (kind == "t") called.calls.types.push_back(oid);
    if (kind == "l") called.locks_rows = true;
  }
}

}  // namespace

absl::StatusOr<CalledOids> Resolve(const sql::CalledNames& names, const std::vector<std::string>& path,
                                   pg::Session& session, std::string& unknown) {
  Parameters parameters = {ArrayText(path)};
  AddNames(names.relations, parameters);
  AddNames(names.functions, parameters);
  AddNames(names.operators, parameters);
  AddNames(names.types, parameters);
  parameters.emplace_back(ArrayText(names.attributes));
  PGASSAY_ASSIGN_OR_RETURN(const Result rows, session.Query(kResolve, parameters));
  CalledOids oids;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    ResultRow row(rows, i);
    const std::string kind = row.Text();
    const std::string name = row.Text();
    const std::optional<std::string>& found = row.Optional();
    if (!found) unknown = name;
    const Oid oid = {static_cast<std::uint32_t>(rows.Integer(i, 2))};
    (kind == "r"   ? oids.relations
     : kind == "f" ? oids.functions
     : kind == "o" ? oids.operators
                   : oids.types)
        .push_back(oid);
  }
  return oids;
}

absl::StatusOr<Called> LookUp(const CalledOids& oids, pg::Session& session) {
  Called called;
  const Parameters relations = {ArrayText(oids.relations)};
  PGASSAY_ASSIGN_OR_RETURN(const Result found_relations, session.Query(kRelations, relations));
  for (std::size_t i = 0; i < found_relations.rows(); ++i) {
    ResultRow row(found_relations, i);
    CalledRelation relation{.oid = row.ReadOid(), .kind = row.Character(), .name = {}};
    relation.name = row.Text();
    called.relations.push_back(std::move(relation));
  }
  const Parameters functions = {ArrayText(oids.functions)};
  PGASSAY_ASSIGN_OR_RETURN(const Result found_functions, session.Query(kFunctions, functions));
  for (std::size_t i = 0; i < found_functions.rows(); ++i) {
    ResultRow row(found_functions, i);
    CalledFunction function;
    function.oid = row.ReadOid();
    function.volatility = row.Character();
    function.schema = row.Text();
    function.name = row.Text();
    function.language = row.Text();
    function.trusted_language = row.Boolean();
    function.configured = row.Boolean();
    function.extension = row.Text();
    function.body = row.Text();
    function.builtin = row.Boolean();
    called.functions.push_back(std::move(function));
  }
  if (called.relations.size() < oids.relations.size()) called.unknown = "a table that is gone";
  if (called.functions.size() < oids.functions.size()) called.unknown = "a function that is gone";
  const Parameters trees = {ArrayText(oids.relations), ArrayText(oids.functions), ArrayText(oids.types)};
  PGASSAY_ASSIGN_OR_RETURN(const Result in_trees, session.Query(std::string(kTreesOf) + std::string(kTrees), trees));
  Add(in_trees, called);
  const Parameters further = {ArrayText(oids.relations), ArrayText(oids.functions), ArrayText(oids.types),
                              ArrayText(oids.operators)};
  PGASSAY_ASSIGN_OR_RETURN(const Result rest, session.Query(kFurther, further));
  Add(rest, called);
  return called;
}

absl::StatusOr<std::vector<Oid>> CastFunctions(pg::Session& session) {
  PGASSAY_ASSIGN_OR_RETURN(
      const Result rows,
      session.Query("SELECT /* pgassay */ castfunc FROM pg_cast WHERE oid >= 16384 AND castfunc <> 0 ORDER BY 1"));
  std::vector<Oid> oids;
  for (std::size_t i = 0; i < rows.rows(); ++i) oids.push_back({static_cast<std::uint32_t>(rows.Integer(i, 0))});
  return oids;
}

}  // namespace pgassay::evidence
