#include "pg/catalog_queries.h"

namespace pgassay::pg {
namespace {

// User relations are those outside pg_catalog, information_schema, pg_toast and the temporary schemas; nobody else may
// make a schema whose name begins with pg_. Literal operators are qualified nowhere because search_path is pg_catalog
// alone.

// An allow-list: settings that a planner, a rule or a reader of the capture wants, and none that can hold a secret
// (primary_conninfo, *_command, ssl_*, settings of unknown extensions). What pgassay itself sets is not the source's.
constexpr std::string_view kSettings15 = R"sql(
SELECT /* pgassay */ s.name, pg_catalog.current_setting(s.name), s.source
FROM pg_catalog.pg_settings AS s
WHERE (s.category LIKE 'Query Tuning%'
       OR s.category LIKE 'Resource Usage%'
       OR s.category LIKE 'Statistics%'
       OR s.category LIKE 'Version and Platform Compatibility%'
       OR s.category IN ('Autovacuum', 'Lock Management', 'Preset Options', 'Write-Ahead Log / Settings',
                         'Write-Ahead Log / Checkpoints', 'Client Connection Defaults / Statement Behavior',
                         'Client Connection Defaults / Locale and Formatting', 'Reporting and Logging / When to Log',
                         'Reporting and Logging / What to Log')
       OR s.name IN ('force_parallel_mode', 'debug_parallel_query', 'max_connections', 'superuser_reserved_connections',
                     'shared_preload_libraries', 'password_encryption', 'ssl', 'hot_standby', 'hot_standby_feedback',
                     'max_wal_senders', 'max_replication_slots', 'max_slot_wal_keep_size', 'max_standby_streaming_delay',
                     'max_standby_archive_delay', 'dynamic_library_path')
       OR s.name LIKE 'pg\_stat\_statements.%'
       OR s.name LIKE 'auto\_explain.%')
  AND s.name NOT IN ('default_transaction_read_only', 'transaction_read_only', 'transaction_isolation',
                     'transaction_deferrable', 'application_name', 'client_encoding')
ORDER BY s.name COLLATE "C"
)sql";

// pg_database.daticulocale is called datlocale from 17 on.
constexpr std::string_view kIdentity15 = R"sql(
SELECT /* pgassay */ d.oid, d.datname, pg_is_in_recovery(),
       to_char(transaction_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       version(), session_user, pg_encoding_to_char(d.encoding), d.datlocprovider, d.datcollate, d.datctype,
       coalesce(to_jsonb(d) ->> 'daticulocale', to_jsonb(d) ->> 'datlocale'),
       pg_database_size(d.oid),
       to_char(pg_stat_get_db_stat_reset_time(d.oid) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       has_function_privilege('pg_control_system()', 'EXECUTE'),
       has_table_privilege('pg_statistic', 'SELECT'), has_table_privilege('pg_statistic_ext_data', 'SELECT'),
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       current_setting('block_size'), pg_stat_get_db_active_time(d.oid)
FROM pg_database AS d
WHERE d.datname = current_database()
)sql";

constexpr std::string_view kSystemIdentifier15 = "SELECT /* pgassay */ system_identifier FROM pg_control_system()";

constexpr std::string_view kRelations15 = R"sql(
SELECT /* pgassay */ c.oid, n.nspname, c.relname, c.relkind, c.relpersistence,
       CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid, 'main') / current_setting('block_size')::bigint ELSE 0 END,
       c.relpages, c.reltuples, c.relallvisible,
       (SELECT i.inhparent FROM pg_inherits AS i WHERE i.inhrelid = c.oid ORDER BY i.inhseqno LIMIT 1),
       c.relrowsecurity, pg_get_userbyid(c.relowner),
       has_table_privilege(c.oid, 'SELECT') AND has_schema_privilege(n.oid, 'USAGE'),
       (SELECT o.option_value FROM pg_options_to_table(c.reloptions) AS o WHERE o.option_name = 'fillfactor'),
       row_security_active(c.oid),
       pg_stat_get_numscans(c.oid), pg_stat_get_tuples_returned(c.oid),
       pg_stat_get_tuples_inserted(c.oid), pg_stat_get_tuples_updated(c.oid), pg_stat_get_tuples_hot_updated(c.oid),
       pg_stat_get_tuples_deleted(c.oid), pg_stat_get_live_tuples(c.oid), pg_stat_get_dead_tuples(c.oid),
       pg_stat_get_mod_since_analyze(c.oid),
       to_char(greatest(pg_stat_get_last_analyze_time(c.oid), pg_stat_get_last_autoanalyze_time(c.oid)) AT TIME ZONE 'UTC',
               'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
)sql";

constexpr std::string_view kColumns15 = R"sql(
SELECT /* pgassay */ a.attrelid, a.attnum, a.attname, format_type(a.atttypid, a.atttypmod), a.atttypid, a.attlen, a.attalign, a.attnotnull,
       CASE WHEN a.attstattarget >= 0 THEN a.attstattarget END
FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attrelid, a.attnum
)sql";

constexpr std::string_view kIndexes15 = R"sql(
SELECT /* pgassay */ i.indexrelid, n.nspname, c.relname, i.indrelid, am.amname,
       (SELECT string_agg(k.attnum::text, ' ' ORDER BY k.position)
        FROM unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position) WHERE k.position > i.indnkeyatts),
       pg_get_expr(i.indpred, i.indrelid, false),
       i.indisunique, i.indisprimary, i.indisexclusion, i.indisvalid, i.indisready, i.indisreplident, i.indisclustered,
       EXISTS (SELECT FROM pg_constraint AS k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')),
       CASE WHEN c.relkind = 'i' THEN pg_relation_size(c.oid, 'main') / current_setting('block_size')::bigint ELSE 0 END,
       c.relpages, c.reltuples, pg_get_indexdef(i.indexrelid),
       pg_stat_get_numscans(c.oid), pg_stat_get_tuples_returned(c.oid), pg_stat_get_tuples_fetched(c.oid),
       (SELECT o.option_value FROM pg_options_to_table(c.reloptions) AS o
        WHERE am.amname = 'brin' AND o.option_name = 'pages_per_range' AND o.option_value <> '128')
FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
     JOIN pg_namespace AS n ON n.oid = c.relnamespace JOIN pg_am AS am ON am.oid = c.relam
WHERE t.relkind IN ('r', 'p', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY i.indexrelid
)sql";

// The default operator class of a type (GetDefaultOpClass in src/backend/commands/indexcmds.c): the one for the type
// itself, else one for a preferred or a polymorphic type that it is binary-coercible to. Domains count as their base
// type. The catalog keeps neither the type of an expression whose class stores another type (GIN), nor an expression's
// own collation: there the class counts as the default one if it is one, and the database's collation as inherited.
constexpr std::string_view kIndexKeys15 = R"sql(
WITH /* pgassay */ RECURSIVE base(domain, type) AS (
  SELECT t.oid, t.typbasetype FROM pg_type AS t WHERE t.typtype = 'd'
  UNION ALL
  SELECT b.domain, t.typbasetype FROM base AS b JOIN pg_type AS t ON t.oid = b.type WHERE t.typtype = 'd'
), base_type AS (
  SELECT b.domain, b.type FROM base AS b JOIN pg_type AS t ON t.oid = b.type WHERE t.typtype <> 'd'
), keys AS (
  SELECT i.indexrelid, i.indrelid, k.position::int AS position, k.attnum, c.relam,
         (i.indoption::int2[])[k.position - 1] AS option,
         (i.indclass::oid[])[k.position - 1] AS opclass,
         (i.indcollation::oid[])[k.position - 1] AS collation
  FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
       JOIN pg_namespace AS n ON n.oid = c.relnamespace
       CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k(attnum, position)
  WHERE t.relkind IN ('r', 'p', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND k.position <= i.indnkeyatts
)
SELECT k.indexrelid, k.attnum,
       CASE WHEN k.attnum = 0 THEN pg_get_indexdef(k.indexrelid, k.position, false) END,
       NOT (oc.opcdefault
            AND (oc.opcintype = ty.type
                 OR (k.attnum = 0 AND oc.opckeytype <> 0)
                 OR ((it.typispreferred OR it.typtype = 'p')
                     AND NOT EXISTS (SELECT FROM pg_opclass AS e
                                     WHERE e.opcmethod = k.relam AND e.opcdefault AND e.opcintype = ty.type)))),
       CASE WHEN ocn.nspname = 'pg_catalog' THEN quote_ident(oc.opcname) ELSE format('%I.%I', ocn.nspname, oc.opcname) END,
       k.collation <> 0 AND k.collation <> coalesce(a.attcollation, 'pg_catalog."default"'::regcollation),
       CASE WHEN cn.nspname = 'pg_catalog' THEN quote_ident(co.collname)
            WHEN co.oid IS NOT NULL THEN format('%I.%I', cn.nspname, co.collname) END,
       CASE WHEN co.oid IS NOT NULL THEN format('%I.%I', cn.nspname, co.collname) END,
       (k.option & 1) <> 0, (k.option & 2) <> 0,
       (SELECT format('OPERATOR(%I.%s)', opn.nspname, op.oprname)
        FROM pg_amop AS ao JOIN pg_operator AS op ON op.oid = ao.amopopr JOIN pg_namespace AS opn ON opn.oid = op.oprnamespace
        WHERE ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
          AND ao.amopstrategy = 1 AND ao.amoppurpose = 's'),
       (SELECT format('OPERATOR(%I.%s)', opn.nspname, op.oprname)
        FROM pg_amop AS ao JOIN pg_operator AS op ON op.oid = ao.amopopr JOIN pg_namespace AS opn ON opn.oid = op.oprnamespace
        WHERE ao.amopfamily = oc.opcfamily AND ao.amoplefttype = oc.opcintype AND ao.amoprighttype = oc.opcintype
          AND ao.amopstrategy = 5 AND ao.amoppurpose = 's')
FROM keys AS k
     JOIN pg_opclass AS oc ON oc.oid = k.opclass JOIN pg_namespace AS ocn ON ocn.oid = oc.opcnamespace
     JOIN pg_type AS it ON it.oid = oc.opcintype
     JOIN pg_attribute AS ia ON ia.attrelid = k.indexrelid AND ia.attnum = k.position
     LEFT JOIN pg_attribute AS a ON a.attrelid = k.indrelid AND a.attnum = k.attnum AND k.attnum <> 0
     LEFT JOIN pg_collation AS co ON co.oid = k.collation LEFT JOIN pg_namespace AS cn ON cn.oid = co.collnamespace
     CROSS JOIN LATERAL (
       SELECT coalesce((SELECT b.type FROM base_type AS b WHERE b.domain = coalesce(a.atttypid, ia.atttypid)),
                       coalesce(a.atttypid, ia.atttypid)) AS type) AS ty
ORDER BY k.indexrelid, k.position
)sql";

constexpr std::string_view kConstraints15 = R"sql(
SELECT /* pgassay */ k.oid, k.conrelid, k.conname, k.contype, k.conkey, k.confrelid, k.confkey, k.conindid, pg_get_constraintdef(k.oid)
FROM pg_constraint AS k JOIN pg_class AS c ON c.oid = k.conrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND k.contype IN ('p', 'u', 'f', 'c', 'x')
ORDER BY k.oid
)sql";

#define PGASSAY_STATISTIC_SLOT(n)                                                                     \
  "stakind" #n ", CASE WHEN staop" #n " = 0 THEN '0' ELSE staop" #n                                   \
  "::regoperator::text END, "                                                                         \
  "(SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation AS co JOIN pg_namespace AS cn " \
  "ON cn.oid = co.collnamespace WHERE co.oid = stacoll" #n "), stanumbers" #n "::text, stavalues" #n "::text"

constexpr std::string_view kStatistics15 =
    "SELECT /* pgassay */ s.starelid, s.staattnum, s.stainherit, s.stanullfrac, s.stawidth, "
    "s.stadistinct, " PGASSAY_STATISTIC_SLOT(1) ", " PGASSAY_STATISTIC_SLOT(2) ", " PGASSAY_STATISTIC_SLOT(
        3) ", " PGASSAY_STATISTIC_SLOT(4) ", " PGASSAY_STATISTIC_SLOT(5)
        R"sql(
FROM pg_statistic AS s JOIN pg_class AS c ON c.oid = s.starelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY s.starelid, s.staattnum, s.stainherit
)sql";

// An expression of which ANALYZE saw no value has NULL in place of a row.
constexpr std::string_view kExtendedExpressions15 =
    "SELECT /* pgassay */ d.stxoid, e.ordinality, d.stxdinherit, e.stanullfrac, e.stawidth, "
    "e.stadistinct, " PGASSAY_STATISTIC_SLOT(1) ", " PGASSAY_STATISTIC_SLOT(2) ", " PGASSAY_STATISTIC_SLOT(
        3) ", " PGASSAY_STATISTIC_SLOT(4) ", " PGASSAY_STATISTIC_SLOT(5)
        R"sql(
FROM pg_statistic_ext_data AS d CROSS JOIN LATERAL unnest(d.stxdexpr) WITH ORDINALITY AS e
WHERE e.stanullfrac IS NOT NULL
ORDER BY d.stxoid, d.stxdinherit, e.ordinality
)sql";

#undef PGASSAY_STATISTIC_SLOT

// pg_stats has no operators: ANALYZE takes those of the type's default B-tree class (get_sort_group_operators), and for
// elements those of the element type.
constexpr std::string_view kVisibleStatistics15 = R"sql(
WITH /* pgassay */ RECURSIVE used(type) AS (
  SELECT a.atttypid
  FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid JOIN pg_namespace AS n ON n.oid = c.relnamespace
  WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND a.attnum > 0 AND a.atttypid <> 0
  UNION
  SELECT 'text'::regtype
  UNION
  SELECT x.type FROM used AS u JOIN pg_type AS t ON t.oid = u.type
                CROSS JOIN LATERAL (VALUES (t.typbasetype), (t.typelem)) AS x(type) WHERE x.type <> 0
), base(type, base_type) AS (
  SELECT u.type, u.type FROM used AS u
  UNION ALL
  SELECT b.type, t.typbasetype FROM base AS b JOIN pg_type AS t ON t.oid = b.base_type WHERE t.typtype = 'd'
), plain AS (
  SELECT b.type, b.base_type FROM base AS b JOIN pg_type AS t ON t.oid = b.base_type WHERE t.typtype <> 'd'
), class AS MATERIALIZED (
  SELECT o.opcintype, o.opcfamily, t.typispreferred
  FROM pg_opclass AS o JOIN pg_am AS m ON m.oid = o.opcmethod JOIN pg_type AS t ON t.oid = o.opcintype
  WHERE m.amname = 'btree' AND o.opcdefault
), operators AS MATERIALIZED (
  SELECT p.type, p.base_type, o.opcfamily, o.opcintype
  FROM plain AS p JOIN pg_type AS t ON t.oid = p.base_type
       CROSS JOIN LATERAL (
         SELECT k.opcfamily, k.opcintype
         FROM class AS k
         WHERE k.opcintype = t.oid
            OR k.opcintype = CASE t.typtype WHEN 'e' THEN 'anyenum'::regtype WHEN 'r' THEN 'anyrange'::regtype
                                            WHEN 'm' THEN 'anymultirange'::regtype WHEN 'c' THEN 'record'::regtype END
            OR (k.opcintype = 'anyarray'::regtype AND t.typsubscript = 'array_subscript_handler'::regproc)
            OR (k.typispreferred AND EXISTS (SELECT FROM pg_cast AS x WHERE x.castsource = t.oid
                                             AND x.casttarget = k.opcintype AND x.castmethod = 'b'))
         ORDER BY k.opcintype = t.oid DESC, k.typispreferred DESC, k.opcintype
         LIMIT 1) AS o
)
SELECT c.oid, a.attnum, s.inherited, s.null_frac, s.avg_width, s.n_distinct,
       s.most_common_vals::text, s.most_common_freqs::text, s.histogram_bounds::text, s.correlation,
       s.most_common_elems::text, s.most_common_elem_freqs::text, s.elem_count_histogram::text,
       (SELECT ao.amopopr::regoperator::text FROM pg_amop AS ao WHERE ao.amopfamily = o.opcfamily AND ao.amopstrategy = 3
        AND ao.amoplefttype = o.opcintype AND ao.amoprighttype = o.opcintype AND ao.amoppurpose = 's'),
       (SELECT ao.amopopr::regoperator::text FROM pg_amop AS ao WHERE ao.amopfamily = o.opcfamily AND ao.amopstrategy = 1
        AND ao.amoplefttype = o.opcintype AND ao.amoprighttype = o.opcintype AND ao.amoppurpose = 's'),
       (SELECT ao.amopopr::regoperator::text FROM pg_amop AS ao JOIN operators AS eo ON eo.opcfamily = ao.amopfamily
        WHERE eo.type = CASE WHEN bt.oid = 'tsvector'::regtype THEN 'text'::regtype ELSE bt.typelem END
          AND ao.amopstrategy = 3 AND ao.amoplefttype = eo.opcintype AND ao.amoprighttype = eo.opcintype
          AND ao.amoppurpose = 's'),
       (SELECT format('%I.%I', cn.nspname, co.collname) FROM pg_collation AS co JOIN pg_namespace AS cn
        ON cn.oid = co.collnamespace WHERE co.oid = a.attcollation),
       bt.oid = 'tsvector'::regtype
FROM pg_stats AS s JOIN pg_namespace AS n ON n.nspname = s.schemaname
     JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
     JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attname = s.attname
     JOIN plain AS p ON p.type = a.atttypid JOIN pg_type AS bt ON bt.oid = p.base_type
     LEFT JOIN operators AS o ON o.type = a.atttypid
WHERE c.relkind IN ('r', 'p', 'm', 'f', 'i', 'I') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid, a.attnum, s.inherited
)sql";

constexpr std::string_view kExtendedStatistics15 = R"sql(
SELECT /* pgassay */ s.oid, n.nspname, s.stxname, s.stxrelid, s.stxkeys
FROM pg_statistic_ext AS s JOIN pg_namespace AS n ON n.oid = s.stxnamespace
     JOIN pg_class AS c ON c.oid = s.stxrelid JOIN pg_namespace AS tn ON tn.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY s.oid
)sql";

// In binary form, because the text form rounds degrees of dependencies and large numbers.
constexpr std::string_view kExtendedGroups15 = R"sql(
SELECT /* pgassay */ d.stxoid, d.stxdinherit, encode(d.stxdndistinct::bytea, 'hex'), encode(d.stxddependencies::bytea, 'hex')
FROM pg_statistic_ext_data AS d
ORDER BY d.stxoid, d.stxdinherit
)sql";

constexpr std::string_view kExtendedValues15 = R"sql(
SELECT /* pgassay */ d.stxoid, d.stxdinherit, m.values::text, m.frequency, m.base_frequency
FROM pg_statistic_ext_data AS d CROSS JOIN LATERAL pg_mcv_list_items(d.stxdmcv) AS m
ORDER BY d.stxoid, d.stxdinherit, m.index
)sql";

constexpr std::string_view kRoleSettings15 = R"sql(
SELECT /* pgassay */ coalesce(r.rolname, ''), coalesce(d.datname, ''),
       split_part(o.setting, '=', 1), substr(o.setting, strpos(o.setting, '=') + 1)
FROM pg_db_role_setting AS s CROSS JOIN unnest(s.setconfig) AS o(setting)
     LEFT JOIN pg_roles AS r ON r.oid = s.setrole LEFT JOIN pg_database AS d ON d.oid = s.setdatabase
WHERE (s.setdatabase = 0 OR d.datname = current_database()) AND (s.setrole = 0 OR r.oid IS NOT NULL)
)sql";

constexpr std::string_view kViews15 = R"sql(
SELECT /* pgassay */ c.oid, n.nspname, c.relname, pg_get_userbyid(c.relowner),
       EXISTS (SELECT FROM pg_depend AS e
               WHERE e.classid = 'pg_class'::regclass AND e.objid = c.oid AND e.objsubid = 0 AND e.deptype = 'e')
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind = 'v' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
ORDER BY c.oid
)sql";

// One row more than a capture keeps (kMaxRoles, kMaxMemberships in capture_roles.cc), to know that there are more.
constexpr std::string_view kRoles15 = R"sql(
SELECT /* pgassay */ r.rolname, r.rolsuper, r.rolbypassrls, r.rolinherit
FROM pg_roles AS r
WHERE r.rolname !~ '^pg_'
ORDER BY r.rolname COLLATE "C"
LIMIT 10001
)sql";

constexpr std::string_view kMemberships15 = R"sql(
SELECT /* pgassay */ DISTINCT r.rolname COLLATE "C", g.rolname COLLATE "C"
FROM pg_auth_members AS m JOIN pg_roles AS r ON r.oid = m.member JOIN pg_roles AS g ON g.oid = m.roleid
WHERE r.rolname !~ '^pg_'
ORDER BY 1, 2
LIMIT 100001
)sql";

constexpr std::string_view kExtensions15 = R"sql(
SELECT /* pgassay */ e.extname, e.extversion, n.nspname
FROM pg_extension AS e JOIN pg_namespace AS n ON n.oid = e.extnamespace
ORDER BY e.extname COLLATE "C"
)sql";

// Planning a query evaluates immutable functions of index expressions and predicates and of extended statistics with
// the rights of the session. Functions of extensions and of superusers are trusted.
constexpr std::string_view kForeignCode15 = R"sql(
WITH /* pgassay */ untrusted AS (
  SELECT p.oid
  FROM pg_proc AS p JOIN pg_roles AS r ON r.oid = p.proowner
  WHERE NOT r.rolsuper
    AND NOT EXISTS (SELECT FROM pg_depend AS e WHERE e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e')
), users AS (
  SELECT d.classid, d.objid FROM pg_depend AS d JOIN untrusted AS u ON u.oid = d.refobjid
  WHERE d.refclassid = 'pg_proc'::regclass
  UNION
  SELECT d.classid, d.objid
  FROM pg_depend AS d JOIN pg_operator AS o ON o.oid = d.refobjid JOIN untrusted AS u ON u.oid = o.oprcode
  WHERE d.refclassid = 'pg_operator'::regclass
)
SELECT i.indrelid FROM users AS u JOIN pg_index AS i ON i.indexrelid = u.objid WHERE u.classid = 'pg_class'::regclass
UNION
SELECT s.stxrelid FROM users AS u JOIN pg_statistic_ext AS s ON s.oid = u.objid WHERE u.classid = 'pg_statistic_ext'::regclass
)sql";

constexpr std::string_view kLocks15 = R"sql(
SELECT /* pgassay */ n.nspname, c.relname, l.pid
FROM pg_locks AS l JOIN pg_database AS d ON d.oid = l.database AND d.datname = current_database()
     JOIN pg_class AS c ON c.oid = l.relation JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE l.granted AND l.mode = 'AccessExclusiveLock' AND l.pid <> pg_backend_pid()
ORDER BY n.nspname COLLATE "C", c.relname COLLATE "C", l.pid
LIMIT 5
)sql";

// The same text serves every version from 15 to 18.
constexpr CatalogQueries kQueries = {
    .settings = kSettings15,
    .identity = kIdentity15,
    .system_identifier = kSystemIdentifier15,
    .relations = kRelations15,
    .columns = kColumns15,
    .indexes = kIndexes15,
    .index_keys = kIndexKeys15,
    .constraints = kConstraints15,
    .statistics = kStatistics15,
    .visible_statistics = kVisibleStatistics15,
    .extended_statistics = kExtendedStatistics15,
    .extended_groups = kExtendedGroups15,
    .extended_values = kExtendedValues15,
    .extended_expressions = kExtendedExpressions15,
    .role_settings = kRoleSettings15,
    .extensions = kExtensions15,
    .views = kViews15,
    .roles = kRoles15,
    .memberships = kMemberships15,
    .foreign_code = kForeignCode15,
    .locks = kLocks15,
};

}  // namespace

const CatalogQueries* FindCatalogQueries(int server_version) {
  const int major = server_version / 10000;
  return major >= kOldestServer && major <= kNewestServer ? &kQueries : nullptr;
}

}  // namespace pgassay::pg
