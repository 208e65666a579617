#include "sql/tree.h"

#include <gtest/gtest.h>

#include <string>

#include "sql/statement.h"

namespace pgassay::sql {
namespace {

std::string Relations(std::string_view statement) {
  const auto facts = Examine(statement);
  if (!facts.ok()) {
    return std::string(facts.status().message());
  }
  std::string names;
  for (const RelationName& relation : facts->relations) {
    names += (names.empty() ? "" : " ") + (relation.schema.empty() ? "" : relation.schema + ".") + relation.name;
  }
  return names;
}

TEST(FindNames, FindsEveryPlaceOfARelation) {
  EXPECT_EQ(Relations("select 1"), "");
  EXPECT_EQ(Relations("select * from b, s.a, \"C d\" join e on true"), "C d b e s.a");
  EXPECT_EQ(Relations("select (select 1 from a) from b where exists (select from c) order by (select 1 from d)"),
            "a b c d");
  EXPECT_EQ(Relations("select 1 from a union select 2 from b except (select 3 from c)"), "a b c");
  EXPECT_EQ(Relations("table a"), "a");
  EXPECT_EQ(Relations("select * from a tablesample system (1), lateral (select * from b) x"), "a b");
  EXPECT_EQ(Relations("select count(*) filter (where x in (select y from a)) over (partition by (select 1 from b))"),
            "a b");
}

TEST(FindNames, TargetsCount) {
  EXPECT_EQ(Relations("insert into a select * from b on conflict (x) do update set y = (select 1 from c) returning "
                      "(select 1 from d)"),
            "a b c d");
  EXPECT_EQ(Relations("update a set x = (select 1 from b) from c where y = 1"), "a b c");
  EXPECT_EQ(Relations("delete from a using b where x = (select 1 from c)"), "a b c");
  EXPECT_EQ(Relations("merge into a using b on a.x = b.x when matched then update set y = (select 1 from c)"), "a b c");
}

TEST(FindNames, LockedNamesAreAliases) {
  EXPECT_EQ(Relations("select * from orders o for update of o"), "orders");
}

TEST(FindNames, CommonTableExpressionsHideTables) {
  EXPECT_EQ(Relations("with a as (select * from b) select * from a"), "b");
  EXPECT_EQ(Relations("with a as (select * from b) select * from s.a, a"), "b s.a");
  EXPECT_EQ(Relations("with a as (select 1) select (select 1 from a) from (select * from a) x union select * from a"),
            "");
}

TEST(FindNames, CommonTableExpressionsAreVisibleToLaterOnesOnly) {
  EXPECT_EQ(Relations("with a as (select * from a) select * from a"), "a");
  EXPECT_EQ(Relations("with a as (select * from b), b as (select * from a) select * from b"), "b");
  EXPECT_EQ(Relations("with recursive a as (select * from b), b as (select * from a) select * from b"), "");
  EXPECT_EQ(Relations("with recursive t as (select 1 union all select * from t) select * from t"), "");
}

TEST(FindNames, CommonTableExpressionsEndWithTheirStatement) {
  EXPECT_EQ(Relations("select * from (with a as (select 1) select * from a) x, a"), "a");
  EXPECT_EQ(Relations("(with a as (select 1) select * from a) union select * from a"), "a");
  EXPECT_EQ(Relations("with a as (with b as (select 1) select * from b) select * from a, b"), "b");
}

TEST(FindNames, TargetsAreNeverCommonTableExpressions) {
  EXPECT_EQ(Relations("with a as (select 1) insert into a select * from a"), "a");
  EXPECT_EQ(Relations("with a as (select 1 x) update a set x = 1 from a b"), "a");
  EXPECT_EQ(Relations("with a as (delete from b returning *) insert into c select * from a"), "b c");
  EXPECT_EQ(Relations("with a as (select 1) delete from b using a"), "b");
}

TEST(FindNames, Parameters) {
  EXPECT_TRUE(Examine("select * from a where x = (select max(y) from b where z = $1)")->has_parameters);
  EXPECT_FALSE(Examine("select '$1', $$ $1 $$ from a -- $1")->has_parameters);
  EXPECT_TRUE(Examine("select 1 limit $1")->has_parameters);
}

}  // namespace
}  // namespace pgassay::sql
