#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sql/plannable.h"
#include "sql/statement.h"

namespace pgassay::sql {
namespace {

struct Case {
  const char* text;
  const char* parsable;
};

// Texts as pg_stat_statements of PostgreSQL 13 to 18 writes them.
TEST(MakeParsable, RewritesWhatPostgreSqlRefuses) {
  const Case cases[] = {
      {"select interval $1", "select CAST($1 AS interval)"},
      {"select interval $1 day, x from t", "select CAST($1 AS interval day), x from t"},
      {"select interval $1 year to month", "select CAST($1 AS interval year to month)"},
      {"select interval $1 day to second(3), $2", "select CAST($1 AS interval day to second(3)), $2"},
      {"select interval $4 second(2)", "select CAST($4 AS interval second(2))"},
      {"select interval $4 second (2)", "select CAST($4 AS interval second (2))"},
      {"select interval(3) $3", "select CAST($3 AS interval(3))"},
      {"select a from t where d >= date $5", "select a from t where d >= CAST($5 AS date)"},
      {"select time $1, timestamp $2", "select CAST($1 AS time), CAST($2 AS timestamp)"},
      {"select timestamp with time zone $2", "select CAST($2 AS timestamp with time zone)"},
      {"select timestamp(2) with time zone $8", "select CAST($8 AS timestamp(2) with time zone)"},
      {"select time with time zone $9", "select CAST($9 AS time with time zone)"},
      {"select mood $1, public.mood $2, \"My mood\" $3",
       "select CAST($1 AS mood), CAST($2 AS public.mood), CAST($3 AS \"My mood\")"},
      {"select numeric $12, numeric(10,2) $13", "select CAST($12 AS numeric), CAST($13 AS numeric(10,2))"},
      {"select int $1, float(3) $2, double precision $3, bool $4",
       "select CAST($1 AS int), CAST($2 AS float(3)), CAST($3 AS double precision), CAST($4 AS bool)"},
      {"select bit $18, bit(3) $19, varchar $22, varchar(3) $23, character varying $24",
       "select CAST($18 AS pg_catalog.bit), CAST($19 AS bit(3)), CAST($22 AS varchar), CAST($23 AS varchar(3)), "
       "CAST($24 AS character varying)"},
      {"select char $25, N$26, national char $27, n$28",
       "select CAST($25 AS pg_catalog.bpchar), CAST($26 AS pg_catalog.bpchar), CAST($27 AS pg_catalog.bpchar), "
       "CAST($28 AS pg_catalog.bpchar)"},
      {"select json $1 ->> $2, point $3", "select CAST($1 AS json) ->> $2, CAST($3 AS point)"},
      {"select date /* d */ $1, date -- e\n $2", "select CAST($1 AS date /* d */ ), CAST($2 AS date -- e\n )"},
      {"select x at time zone interval $1 from t", "select x at time zone CAST($1 AS interval) from t"},
      {"select now() - interval $1 as day", "select now() - CAST($1 AS interval) as day"},
      {"select now() - interval $1 days", "select now() - CAST($1 AS interval) days"},
      {"select \"timestamp\" $1", "select CAST($1 AS \"timestamp\")"},
      {"select extract($1 from ts) from t", "select extract('year' from ts) from t"},
      {"select extract($2 from interval $1)", "select extract('year' from CAST($1 AS interval))"},
      {"select a from t where v = $1 and w = $2 uescape '!'", "select a from t where v = $1 and w = $2 "},
      {"select x is $1 normalized, x is not $2 normalized, normalize(x, $3), normalize(x)",
       "select x is NFC normalized, x is not NFC normalized, normalize(x, NFC), normalize(x)"},
      {"select $1as y from t where a=$2and b=$3or c=$4", "select $1 as y from t where a=$2 and b=$3 or c=$4"},
      {"select 1 from t where a=$1and$2=b or b like$3", "select 1 from t where a=$1 and $2=b or b like $3"},
      {"select 1 from t where d > date$1 and e < interval$2 and N$3 = f",
       "select 1 from t where d > CAST($1 AS date) and e < CAST($2 AS interval) and CAST($3 AS pg_catalog.bpchar) = f"},
      {"select case when a then$1else$2end", "select case when a then $1 else $2 end"},
  };
  for (const Case& test : cases) {
    const auto parsable = MakeParsable(test.text);
    ASSERT_TRUE(parsable.ok()) << parsable.status() << "\n" << test.text;
    EXPECT_EQ(parsable->text, test.parsable);
    const auto again = MakeParsable(parsable->text);
    ASSERT_TRUE(again.ok()) << again.status() << "\n" << test.text;
    EXPECT_EQ(again, parsable) << test.text;
  }
}

TEST(MakeParsable, LeavesTheRestAlone) {
  for (const char* text : {
           "select * from t where a in ($1 /*, ... */) and b = $10 and c = $1",
           "/*app='x'*/ select a from t where a = $1 /*controller='a%20b',action='c'*/",
           "select $1::date, cast($2 as interval), $3::interval day, $4::numeric(5,1)",
           "select $1 one, $x$ $1 $x$, '$2', \"$3\", E'\\'$4' /* $5 */ -- $6",
           "select a$1, date$1, v.like$3, \"date$4\" from t where b = $1",
           "select a - $1, a-$2, $3, +$5, a + $6, $7-$8 from t fetch first $9 rows only",
           "select x like $7 escape $8, position($1 in v), substring(v from $2 for $3), trim($4 from v) from t",
           "insert into t(a) values ($1),($2) on conflict do nothing returning a",
           "select a from t tablesample bernoulli ($1) repeatable ($2)",
           "select array[$1, $2 /*, ... */], row($3,$4), x[$5], x[$6:$7], ($8).f",
           "select count(*) filter (where a = $1) over (rows between $2 preceding and current row) from t",
           "select * from t where a = $1 limit all",
       }) {
    const auto parsable = MakeParsable(text);
    ASSERT_TRUE(parsable.ok()) << parsable.status() << "\n" << text;
    EXPECT_EQ(parsable->text, text);
  }
}

TEST(MakeParsable, KeepsTheFingerprint) {
  for (const char* text : {"select interval '1 day'", "select interval '1' day to second(3)", "select interval(3) '1'",
                           "select date '2020-01-01'", "select timestamp(2) with time zone '2020-01-01'",
                           "select char 'a', bit '1', national char 'x', bit(3) '101', varchar 'x'",
                           "select extract(year from a) from t", "select mood 'x', s.mood(3) 'y'"}) {
    const auto facts = Examine(text);
    ASSERT_TRUE(facts.ok()) << facts.status();
    const auto parsable = MakeParsable(facts->normalized);
    ASSERT_TRUE(parsable.ok()) << parsable.status() << "\n" << facts->normalized;
    EXPECT_NE(parsable->text, facts->normalized);
    EXPECT_EQ(Examine(parsable->text)->fingerprint, facts->fingerprint) << parsable->text;
  }
}

TEST(MakeParsable, ForcedValues) {
  const auto forced = [](std::string_view text) {
    const auto parsable = MakeParsable(text);
    EXPECT_TRUE(parsable.ok()) << parsable.status() << "\n" << text;
    std::string all;
    for (const ForcedValue& value : parsable->forced) {
      all += std::to_string(value.number) + "=" + value.literal + " ";
    }
    return all;
  };
  EXPECT_EQ(forced("select date_trunc($3, ts), ts at time zone $4, ts at time zone interval $5 from t"),
            "3='day' 4='UTC' ");
  EXPECT_EQ(forced("select date_part($1::text, a), DATE_TRUNC($2, a, $3) from t"), "1='year' 2='day' 3='UTC' ");
  EXPECT_EQ(forced("select encode(a, $2), to_tsvector($3, $4), to_tsvector($5), to_tsvector($6::regconfig, b)"),
            "2='hex' 3='simple' 6='simple' ");
  EXPECT_EQ(forced("select a from t tablesample system ($1) where b like $2 escape $3"), "1=10 3='!' ");
  EXPECT_EQ(forced("select nextval($1::regclass), regclass $2, $3::regclass[]"),
            "1='pg_catalog.pg_class' 2='pg_catalog.pg_class' ");
  EXPECT_EQ(forced("select extract($1 from a), f($2), date_trunc($3, $3)"), "3='day' ");
  EXPECT_EQ(forced("select to_timestamp($1), to_timestamp($2, $3)"), "2='2020-01-01' 3='YYYY-MM-DD' ");
}

TEST(MakeParsable, Errors) {
  for (const char* text : {"", "selec", "select $1; select $2", "select 'secret", "select ?", "fetch $1 from c"}) {
    EXPECT_EQ(MakeParsable(text).status().code(), absl::StatusCode::kInvalidArgument) << text;
  }
  EXPECT_EQ(MakeParsable(std::string_view("select $1\0and", 13)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(MakeParsable, ManyGluedParametersEnd) {
  std::string text = "select ";
  for (int i = 0; i < 300'000; ++i) {
    text += "$1or$2or ";
  }
  EXPECT_EQ(MakeParsable(text).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(WithParameterTypes, CastsWhatIsDeclared) {
  const std::vector<std::string> types = {"numeric(10,2)", "unknown", "int[]"};
  EXPECT_EQ(*WithParameterTypes("select $1, $2, $3 [1], ($3), $4, $10 -- $1", types),
            "select CAST($1 AS numeric(10,2)), $2, (CAST($3 AS int[])) [1], (CAST($3 AS int[])), $4, $10 -- $1");
  EXPECT_EQ(*WithParameterTypes("select $1", {}), "select $1");
}

}  // namespace
}  // namespace pgassay::sql
