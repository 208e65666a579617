#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sql/plannable.h"
#include "sql/statement.h"

namespace pgassay::sql {
namespace {

using Literals = std::vector<std::optional<std::string>>;

TEST(ParameterPlaces, OnlyRealOnes) {
  EXPECT_EQ(ParameterPlaces("select $1,$10 '$2' \"$3\" $$ $4 $$ /* $5 */ a$6 -- $7\n+$2"),
            (std::vector<ParameterPlace>{{1, 7, 9}, {10, 10, 13}, {2, 53, 55}}));
  EXPECT_EQ(ParameterPlaces("$99999999999 $0 $007"),
            (std::vector<ParameterPlace>{{0, 0, 12}, {0, 13, 15}, {7, 16, 20}}));
  EXPECT_TRUE(ParameterPlaces("").empty());
  EXPECT_EQ(ParameterPlaces("$1 ' $2").size(), 1U);
}

struct Case {
  const char* text;
  Literals literals;
  const char* result;
};

TEST(Substitute, PutsLiteralsIn) {
  const Case cases[] = {
      {"select 1", {}, "select 1"},
      {"select $1, $10, $2 from t", {"1", "'b'", {}, {}, {}, {}, {}, {}, {}, "10"}, "select 1, 10, 'b' from t"},
      {"select a from t where a=$1 and b in ($2,$1)", {"-5", "'x'"}, "select a from t where a= -5 and b in ('x',-5)"},
      {"select -$1, a-$1, a - $1, @$1", {"-5"}, "select -(-5), a-(-5), a - (-5), @(-5)"},
      {"select $1::int, $1[1], $1 is null", {"-5"}, "select (-5)::int, (-5)[1], (-5) is null"},
      {"select $1::int, $1 is null", {"5"}, "select 5::int, 5 is null"},
      {"select ($1).a, ($1)[1]", {"'{1}'::int[]"}, "select ('{1}'::int[]).a, ('{1}'::int[])[1]"},
      {"select $1[2]", {"ARRAY[1, 2]"}, "select (ARRAY[1, 2])[2]"},
      {"select a from t where a = any($1)", {"ARRAY['a', 'b)']"}, "select a from t where a = any(ARRAY['a', 'b)'])"},
      {"select a from t where a = $1 and b>$2 or c between $3 and $4",
       {"'x'::shop.status", "'2020-01-01'::timestamp with time zone", "1::numeric(3)", "- 2"},
       "select a from t where a = 'x'::shop.status and b>'2020-01-01'::timestamp with time zone or c between "
       "1::numeric(3) and - 2"},
      {"select a&$1, a = $1", {"'a'"}, "select a& 'a', a = 'a'"},
      {"select '$1', \"$1\", $$ $1 $$, /* $1 */ $1 -- $1", {"2"}, "select '$1', \"$1\", $$ $1 $$, /* $1 */ 2 -- $1"},
      {"select a from t where b = $1", {"1 + 2"}, "select a from t where b = (1 + 2)"},
      {"select a from t where b = $1", {"true or false"}, "select a from t where b = (true or false)"},
      {"select a from t where b = $1 and c", {"NULL"}, "select a from t where b = NULL and c"},
      {"select interval $1", {"'1 day'"}, "select interval '1 day'"},
      {"select CAST($1 AS interval day)", {"'1'"}, "select CAST('1' AS interval day)"},
      {"select a from t where b = $1", {"E'it''s \\\\ $1'"}, "select a from t where b = E'it''s \\\\ $1'"},
      {"select a from t limit $1 offset $2", {"10", "'0'::bigint"}, "select a from t limit 10 offset ('0'::bigint)"},
      {"select $1\"x\", $1.f", {"5"}, "select 5\"x\", (5).f"},
      {"select x where a in ($1 /*, ... */)", {"5"}, "select x where a in (5 /*, ... */)"},
      {"insert into t values ($1, $2)", {"-1", "'ä'"}, "insert into t values (-1, 'ä')"},
      {"select '[1,2]'::jsonb - $1", {"-1"}, "select '[1,2]'::jsonb - (-1)"},
  };
  for (const Case& test : cases) {
    const auto result = Substitute(test.text, test.literals);
    ASSERT_TRUE(result.ok()) << result.status() << "\n" << test.text;
    EXPECT_EQ(*result, test.result);
  }
}

TEST(Substitute, Errors) {
  const Case cases[] = {
      {"select $1, $2", {"1"}, "no value for $2"},
      {"select $2", {"1", {}}, "no value for $2"},
      {"select $0", {"1"}, "no value for $0"},
      {"select $99999999999", {"1"}, "no value for $99999999999"},
      {"select $1", {""}, "the value for $1 is empty"},
      {"select $1", {"/* x */"}, "the value for $1 is no single expression"},
      {"select $1", {"1 -- x"}, "the value for $1 is no single expression"},
      {"select $1", {"1; drop table t"}, "the value for $1 is no single expression"},
      {"select ($1)", {"1), (2"}, "the value for $1 is no single expression"},
      {"select $1", {"1, 2"}, "the value for $1 is no single expression"},
      {"select $1", {"(1"}, "the value for $1 is no single expression"},
      {"select $1", {"$1"}, "the value for $1 is no single expression"},
      {"select $1", {"'secret"}, "the value for $1 cannot be read as SQL"},
      {"select $1", {std::string("1\0", 2)}, "the value for $1 cannot be read as SQL"},
      {"select $1", {"'secret' from"}, "line 1: syntax error at or near \"from\""},
      {"select $1; select 2", {"1"}, "line 1: 2 statements where one is expected"},
  };
  for (const Case& test : cases) {
    const auto result = Substitute(test.text, test.literals);
    EXPECT_EQ(result.status().code(), absl::StatusCode::kInvalidArgument) << test.text;
    EXPECT_EQ(result.status().message(), test.result) << test.text;
  }
}

}  // namespace
}  // namespace pgassay::sql
