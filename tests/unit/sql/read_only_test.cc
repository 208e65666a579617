#include "sql/read_only.h"

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"

namespace pgassay::sql {
namespace {

ReadProblem ProblemOf(std::string_view statement) {
  const absl::StatusOr<ReadCheck> check = CheckRead(statement);
  EXPECT_TRUE(check.ok()) << statement << ": " << check.status();
  return check.ok() ? check->problem : ReadProblem::kUnknown;
}

bool Has(const std::vector<RelationName>& names, const std::string& schema, const std::string& name) {
  return std::ranges::find(names, RelationName{.schema = schema, .name = name}) != names.end();
}

TEST(CheckRead, PlainQueriesPass) {
  for (const char* const statement :
       {"SELECT 1", "VALUES (1), (2)", "TABLE t",
        "SELECT * FROM a JOIN b USING (id) WHERE a.x IN (1, 2) ORDER BY 1 LIMIT 5",
        "WITH RECURSIVE r AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM r WHERE n < 5) SELECT * FROM r",
        "SELECT count(*) FILTER (WHERE x) OVER (PARTITION BY y) FROM t GROUP BY GROUPING SETS ((a), (b))",
        "SELECT (a.b).c, arr[1:2], CASE WHEN x THEN 1 END, ROW(1, 2), ARRAY[1], coalesce(a, b), x COLLATE \"C\" FROM t",
        "SELECT * FROM t TABLESAMPLE system (1), LATERAL f(t.x) AS g(a int), xmltable('/a' PASSING x COLUMNS b int)",
        "SELECT CURRENT_DATE, EXISTS (SELECT 1), x = ANY (SELECT 1), greatest(1, 2), grouping(a) FROM t GROUP BY a"}) {
    EXPECT_EQ(ProblemOf(statement), ReadProblem::kNone) << statement;
  }
}

TEST(CheckRead, WritesAreFoundAtAnyDepth) {
  for (const char* const statement :
       {"INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DELETE FROM t", "CREATE TABLE t (a int)", "SELECT 1 INTO t",
        "WITH d AS (DELETE FROM t RETURNING *) SELECT * FROM d", "TRUNCATE t", "CALL p()", "EXPLAIN ANALYZE SELECT 1",
        "WITH a AS (WITH b AS (UPDATE t SET x = 1 RETURNING x) SELECT * FROM b) SELECT * FROM a",
        "MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN DELETE", "COPY t TO PROGRAM 'x'"}) {
    EXPECT_EQ(ProblemOf(statement), ReadProblem::kWrites) << statement;
  }
}

TEST(CheckRead, RowLocksAndParametersAreFound) {
  EXPECT_EQ(ProblemOf("SELECT * FROM t FOR UPDATE"), ReadProblem::kLocksRows);
  EXPECT_EQ(ProblemOf("SELECT * FROM (SELECT * FROM t FOR SHARE SKIP LOCKED) s"), ReadProblem::kLocksRows);
  EXPECT_EQ(ProblemOf("SELECT * FROM t WHERE a = $1"), ReadProblem::kParameters);
  EXPECT_EQ(CheckRead("SELECT * FROM t WHERE a = $1", Parameters::kAllowed)->problem, ReadProblem::kNone);
  EXPECT_FALSE(CheckRead("SELECT 1; SELECT 2").ok());
  EXPECT_FALSE(CheckRead("SELEC 1").ok());
}

TEST(CheckRead, NamesWhateverIsCalled) {
  const absl::StatusOr<ReadCheck> check = CheckRead(
      "SELECT app.score(o.id), o.full_name, (o.address).city, x::app.money, o.a OPERATOR(app.+) 1 "
      "FROM shop.orders o TABLESAMPLE app.sampler (1) WHERE o.a <@ 2 AND pg_sleep(1) IS NULL AND v = ANY (SELECT 1) "
      "ORDER BY b USING <<");
  ASSERT_TRUE(check.ok());
  EXPECT_EQ(check->problem, ReadProblem::kNone);
  EXPECT_TRUE(Has(check->names.functions, "app", "score"));
  EXPECT_TRUE(Has(check->names.functions, "app", "sampler"));
  EXPECT_TRUE(Has(check->names.functions, "", "pg_sleep"));
  EXPECT_TRUE(Has(check->names.operators, "app", "+"));
  EXPECT_TRUE(Has(check->names.operators, "", "<@"));
  EXPECT_TRUE(Has(check->names.operators, "", "<<"));
  EXPECT_TRUE(Has(check->names.operators, "", "="));
  EXPECT_TRUE(Has(check->names.types, "app", "money"));
  EXPECT_TRUE(Has(check->names.relations, "shop", "orders"));
  for (const char* const attribute : {"full_name", "city"}) {
    EXPECT_NE(std::ranges::find(check->names.attributes, attribute), check->names.attributes.end()) << attribute;
  }
}

}  // namespace
}  // namespace pgassay::sql
