#include "pg/capture_schema.h"

#include "absl/strings/str_cat.h"

namespace pgassay::test {
namespace {

constexpr char kZooSql[] = R"sql(
CREATE EXTENSION IF NOT EXISTS citext;
CREATE SCHEMA zoo;
CREATE TYPE zoo.mood AS ENUM ('sad','ok','happy');
CREATE DOMAIN zoo.code AS text;
CREATE TABLE zoo.t (id bigint PRIMARY KEY, a int, b text, c text COLLATE "C", d timestamptz, e numeric,
  f zoo.mood, g int[], h int4range, i citext, j varchar(20), k uuid, l bytea, m zoo.code, n char(8), o float8,
  p interval, q date, r boolean, s inet, u jsonb);
INSERT INTO zoo.t SELECT i, i%1000, 'name '||(i*791%100000), 'C'||(i*1047%99999),
  '2020-01-01'::timestamptz + i*interval '1 minute', i/7.0, (ARRAY['sad','ok','happy'])[1+i%3]::zoo.mood,
  ARRAY[i%10,i%7], int4range(i,i+10), 'Ci'||i%5000, 'v'||i%30000, md5(i::text)::uuid,
  decode(md5(i::text),'hex'), 'dom'||i%100, 'c'||i%1000, i*0.1, i*interval '1 second',
  '2020-01-01'::date+(i%3000), i%2=0, ('10.0.'||i%256||'.'||i%199)::inet,
  jsonb_build_object('k',i%100) FROM generate_series(1, current_setting('zoo.rows')::int) i;
CREATE INDEX z_a ON zoo.t(a);
CREATE INDEX z_ab ON zoo.t(a,b);
CREATE INDEX z_abc ON zoo.t(a,b,c);
CREATE INDEX z_ba ON zoo.t(b DESC, a);
CREATE INDEX z_b_pattern ON zoo.t(b text_pattern_ops);
CREATE INDEX z_b_desc_last ON zoo.t(b DESC NULLS LAST);
CREATE INDEX z_b_nf ON zoo.t(b NULLS FIRST);
CREATE INDEX z_b_coll ON zoo.t(b COLLATE "C");
CREATE INDEX z_c ON zoo.t(c);
CREATE INDEX z_c_default ON zoo.t(c COLLATE "default");
CREATE INDEX z_d_inc ON zoo.t(d) INCLUDE (e,b);
CREATE INDEX z_e ON zoo.t(e);
CREATE INDEX z_f ON zoo.t(f);
CREATE INDEX z_fd ON zoo.t(f, d DESC);
CREATE INDEX z_g ON zoo.t(g);
CREATE INDEX z_h ON zoo.t(h);
CREATE INDEX z_i ON zoo.t(i);
CREATE INDEX z_j ON zoo.t(j);
CREATE INDEX z_j_p ON zoo.t(j varchar_pattern_ops);
CREATE INDEX z_k ON zoo.t(k);
CREATE INDEX z_l ON zoo.t(l);
CREATE INDEX z_m ON zoo.t(m);
CREATE INDEX z_n ON zoo.t(n);
CREATE INDEX z_o ON zoo.t(o DESC);
CREATE INDEX z_p ON zoo.t(p);
CREATE INDEX z_q ON zoo.t(q) WHERE r;
CREATE INDEX z_q2 ON zoo.t(q, a) WHERE a < 100 AND b IS NOT NULL;
CREATE INDEX z_s ON zoo.t(s);
CREATE INDEX z_lower ON zoo.t(lower(b), d DESC);
CREATE INDEX z_expr ON zoo.t((u->>'k'), id);
CREATE INDEX z_expr2 ON zoo.t((a % 10), (lower(c)) COLLATE "C");
CREATE INDEX z_empty ON zoo.t(id) WHERE a = -5;
CREATE INDEX z_dup1 ON zoo.t(a,d);
CREATE INDEX z_dup2 ON zoo.t(a,d);
CREATE INDEX z_many ON zoo.t(a,b,c,d,e);
CREATE INDEX z_part_ge ON zoo.t(d) WHERE d >= '2020-04-01';
CREATE INDEX z_ff ON zoo.t(k, a) WITH (fillfactor=20);
CREATE INDEX z_nodedup ON zoo.t(f) WITH (deduplicate_items=off);
CREATE INDEX z_gin ON zoo.t USING gin (u);
CREATE INDEX z_hash ON zoo.t USING hash (b);
CREATE INDEX z_brin ON zoo.t USING brin (d);
CREATE INDEX z_gist ON zoo.t USING gist (h);
CREATE TABLE zoo.small (x int primary key, y int, z int unique);
CREATE INDEX s_y ON zoo.small(y); CREATE INDEX s_yz ON zoo.small(y,z);
INSERT INTO zoo.small SELECT i,i%3,i FROM generate_series(1,50) i;
CREATE TABLE zoo.nothing (x int primary key, y text);
CREATE TABLE zoo.deleted (x int primary key, y text); INSERT INTO zoo.deleted SELECT i,'x' FROM generate_series(1,50000) i;
CREATE INDEX d_y ON zoo.deleted (y, x);
DELETE FROM zoo.deleted WHERE x > 10;
CREATE TABLE zoo.parted (k int, v text) PARTITION BY RANGE (k);
CREATE TABLE zoo.parted1 PARTITION OF zoo.parted FOR VALUES FROM (0) TO (1000);
CREATE TABLE zoo.parted2 PARTITION OF zoo.parted FOR VALUES FROM (1000) TO (100000);
CREATE INDEX parted_k ON zoo.parted (k);
INSERT INTO zoo.parted SELECT i, 'v' FROM generate_series(1,50000) i;
CREATE MATERIALIZED VIEW zoo.mv AS SELECT a, count(*) n FROM zoo.t GROUP BY a; CREATE INDEX mv_a ON zoo.mv (a);
)sql";

}  // namespace

std::string ZooSql(int rows) {
  return absl::StrCat("SET zoo.rows = ", rows, ";", kZooSql);
}

const std::string_view kHostileSql = R"sql(
CREATE SCHEMA "we""ird
<b>sch'ä\";
CREATE TYPE "we""ird
<b>sch'ä\"."mo'od" AS ENUM ('it''s', 'b\c', '<i>"');
CREATE TABLE "we""ird
<b>sch'ä\"."t;DROP TABLE x;--" (
  "?column?" int PRIMARY KEY, "a""b" text, "new
line" "we""ird
<b>sch'ä\"."mo'od", "123456789012345678901234567890123456789012345678901234567890äx" int, "$1" text DEFAULT E'\\restrict x\n\\! id');
INSERT INTO "we""ird
<b>sch'ä\"."t;DROP TABLE x;--" SELECT i, 'v''' || i, 'b\c', i % 10 FROM generate_series(1, 3000) i;
CREATE INDEX "i""x
'" ON "we""ird
<b>sch'ä\"."t;DROP TABLE x;--" ("a""b" DESC, "new
line") INCLUDE ("$1") WHERE "a""b" <> E'it''s \\ "q"';
CREATE INDEX "i\2" ON "we""ird
<b>sch'ä\"."t;DROP TABLE x;--" ("123456789012345678901234567890123456789012345678901234567890äx", lower("a""b"));
CREATE INDEX "ends" ON "we""ird
<b>sch'ä\"."t;DROP TABLE x;--" ("new
line");
CREATE FUNCTION public.talks() RETURNS text LANGUAGE sql AS E'SELECT ''
\\unrestrict x
CREATE USER MAPPING FOR me SERVER s;
''';
)sql";

}  // namespace pgassay::test
