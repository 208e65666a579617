#include "sql/plannable.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "sql/statement.h"

namespace pgassay::sql {
namespace {

using Strings = std::vector<std::string>;

Strings TextsOf(std::string_view text) {
  const auto found = FindPlannable(text);
  EXPECT_TRUE(found.ok()) << found.status() << "\n" << text;
  Strings texts;
  if (found.ok()) {
    for (const PlannableText& statement : found->statements) {
      texts.push_back(statement.text);
    }
  }
  return texts;
}

struct Case {
  const char* text;
  Strings statements;
};

TEST(FindPlannable, Unwraps) {
  const Case cases[] = {
      {"select 1", {"select 1"}},
      {" /*a='b'*/ select a /* ; */ from t -- c\n;  ", {"select a /* ; */ from t"}},
      {"prepare p as select * from t where a = $1", {"select * from t where a = $1"}},
      {"PREPARE \"as\"(int, text) AS (select $1)", {"(select $1)"}},
      {"prepare p(numeric(10,2)[], \"as\") as insert into t values ($1) returning a",
       {"insert into t values ($1) returning a"}},
      {"declare c cursor for select * from t where a = $1 for update", {"select * from t where a = $1 for update"}},
      {"DECLARE \"for\" BINARY NO SCROLL CURSOR WITH HOLD FOR WITH x AS (SELECT 1) SELECT * FROM x",
       {"WITH x AS (SELECT 1) SELECT * FROM x"}},
      {"explain select 1", {"select 1"}},
      {"explain (select 1)", {"(select 1)"}},
      {"explain analyze verbose (select 1) union select 2", {"(select 1) union select 2"}},
      {"explain (analyze, format json, costs off) delete from t where a in (1, 2)",
       {"delete from t where a in (1, 2)"}},
      {"explain (buffers) (select 1)", {"(select 1)"}},
      {"create table t2 as select * from t where a = 1", {"select * from t where a = 1"}},
      {"create unlogged table if not exists s.t2(x, y) using heap with (fillfactor=50) as select a, n from t with no "
       "data",
       {"select a, n from t"}},
      {"create temp table t2 on commit drop as (select a as b from t) with data", {"(select a as b from t)"}},
      {"create materialized view m as select a as \"as\" from t with data", {"select a as \"as\" from t"}},
      {"select * into t3 from t where a = $1", {"select * from t where a = $1"}},
      {"select a into temporary table pg_temp.\"into\" /* x */ from t", {"select a from t"}},
      {"select*into unlogged\"t\"from x", {"select* from x"}},
      {"select 1 as one into t", {"select 1 as one"}},
      {"with x as (select 1) select * into t from x union select 2",
       {"with x as (select 1) select * from x union select 2"}},
      {"copy (select * from t where a = (select 5)) to stdout with (format csv)",
       {"select * from t where a = (select 5)"}},
      {"copy (delete from t returning a) to '/tmp/x'", {"delete from t returning a"}},
      {"explain analyze create table t4 as select * from t where a=1", {"select * from t where a=1"}},
      {"explain (costs off) declare c cursor for select 1", {"select 1"}},
      {"explain create materialized view m as table t with no data", {"table t"}},
      {"select 1; ; update t set a = 2 ;explain select 3", {"select 1", "update t set a = 2", "select 3"}},
      {"merge into a using b on a.x = b.x when matched then delete",
       {"merge into a using b on a.x = b.x when matched then delete"}},
      {"values (1), (2)", {"values (1), (2)"}},
      {"insert into t select * from u", {"insert into t select * from u"}},
      {"select a from t where v = $1 and w = $2 uescape '!'", {"select a from t where v = $1 and w = $2 "}},
  };
  for (const Case& test : cases) {
    Strings expected = test.statements;
    for (std::string& text : expected) {
      text.erase(text.find_last_not_of(' ') + 1);
    }
    EXPECT_EQ(TextsOf(test.text), expected) << test.text;
    for (const std::string& text : TextsOf(test.text)) {
      const auto facts = Examine(text);
      ASSERT_TRUE(facts.ok()) << facts.status() << "\n" << text;
      EXPECT_NE(facts->kind, StatementKind::kUtility) << text;
    }
  }
}

TEST(FindPlannable, UnwrappedHasTheFingerprintOfTheQuery) {
  const std::string query = "SELECT a, 'x;' /* ) */ FROM t WHERE b = $1 AND c IN (1, 2) ORDER BY a LIMIT 5";
  const std::string expected = Examine(query)->fingerprint;
  for (const std::string& wrapper :
       {"PREPARE p(int) AS " + query, "DECLARE c CURSOR FOR " + query, "EXPLAIN (ANALYZE) " + query,
        "CREATE TABLE x AS " + query + " WITH NO DATA", "COPY (" + query + ") TO STDOUT",
        std::string("SELECT a, 'x;' INTO z FROM t WHERE b = $1 AND c IN (1, 2) ORDER BY a LIMIT 5")}) {
    const Strings texts = TextsOf(wrapper);
    ASSERT_EQ(texts.size(), 1U) << wrapper;
    EXPECT_EQ(Examine(texts[0])->fingerprint, expected) << wrapper;
  }
}

TEST(FindPlannable, FactsAreThoseOfTheText) {
  for (const char* text : {"select extract($1 from ts) from t", "select interval $1 day from t",
                           "explain select a into s.b from t where c = $1", "select 1; update u set a = date $1"}) {
    const auto found = FindPlannable(text);
    ASSERT_TRUE(found.ok()) << found.status();
    for (const PlannableText& statement : found->statements) {
      EXPECT_EQ(statement.facts, *Examine(statement.text)) << statement.text;
      EXPECT_EQ(statement.forced, MakeParsable(statement.text)->forced) << statement.text;
    }
  }
  EXPECT_FALSE(FindPlannable("select extract($1 from ts) from t")->statements[0].facts.has_parameters);
}

TEST(FindPlannable, ParameterTypes) {
  EXPECT_EQ(FindPlannable("prepare p(int, numeric( 10, 2 )[], shop.\"Status,\") as select $1, $2")
                ->statements[0]
                .parameter_types,
            (Strings{"int", "numeric( 10, 2 )[]", "shop.\"Status,\""}));
  EXPECT_EQ(FindPlannable("prepare p as select $1")->statements[0].parameter_types, Strings{});
  EXPECT_EQ(FindPlannable("prepare p(int) as select $1; select 2")->statements[1].parameter_types, Strings{});
}

TEST(FindPlannable, Utilities) {
  const Case cases[] = {
      {"execute p(1)", {"ExecuteStmt"}},
      {"explain execute p(1)", {"ExecuteStmt"}},
      {"create table t2 as execute p(1)", {"ExecuteStmt"}},
      {"create view v as select 1", {"ViewStmt"}},
      {"copy t to stdout", {"CopyStmt"}},
      {"begin", {"TransactionStmt"}},
      {"set x = $1", {"VariableSetStmt"}},
      {"refresh materialized view m", {"RefreshMatViewStmt"}},
      {"call p($1)", {"CallStmt"}},
      {"begin; select 1; commit", {"TransactionStmt", "TransactionStmt"}},
      {"fetch $1 from c", {"FETCH"}},
      {"/* c */ Move $1 in c", {"MOVE"}},
      {"savepoint $1", {"SAVEPOINT"}},
      {"prepare transaction $1 x", {"PREPARE"}},
      {"", {}},
  };
  for (const Case& test : cases) {
    const auto found = FindPlannable(test.text);
    ASSERT_TRUE(found.ok()) << found.status() << "\n" << test.text;
    EXPECT_EQ(found->utilities, test.statements) << test.text;
  }
}

TEST(FindPlannable, Errors) {
  EXPECT_EQ(FindPlannable("selec 1", 4).status().message(), "line 4: syntax error at or near \"selec\"");
  EXPECT_EQ(FindPlannable("select 'secret").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FindPlannable("select ?").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(FindPlannable(std::string_view("select \0", 8)).status().code(), absl::StatusCode::kInvalidArgument);
}

// The scanner needs time in the square of the comments that are opened.
TEST(FindPlannable, TooManyCommentsAreRefusedAtOnce) {
  std::string text = "SELECT 1 ";
  for (int i = 0; i < 100000; ++i) text += "/*";
  EXPECT_EQ(FindPlannable(text).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(FindPlannable("SELECT /* one */ 1 /* two */").ok());
}

}  // namespace
}  // namespace pgassay::sql
