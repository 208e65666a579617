#include "workload/statement_class.h"

#include <string>

#include "gtest/gtest.h"

namespace pgassay::workload {
namespace {

TEST(StatementClass, PlannableStatements) {
  for (const char* const text :
       {"SELECT 1", "select * from t where a = $1", "/* tag='x' */ SELECT 1", "-- note\n/* a /* b */ c */ SELECT 1",
        "INSERT INTO t VALUES ($1)", "UPDATE t SET a = $1", "DELETE FROM t", "WITH x AS (SELECT 1) SELECT * FROM x",
        "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE", "VALUES (1)", "TABLE t",
        "(SELECT 1) UNION SELECT 2", "WITH x AS (INSERT INTO t VALUES ($1) RETURNING a) SELECT * FROM x",
        "SELECT 'into'", "SELECT * FROM pg_class"}) {
    EXPECT_EQ(ClassifyStatement(text).use, StatementUse::kPlannable) << text;
  }
}

TEST(StatementClass, Wrappers) {
  for (const char* const text :
       {"PREPARE p AS SELECT 1", "DECLARE c CURSOR FOR SELECT 1", "EXPLAIN ANALYZE SELECT 1",
        "CREATE TABLE t AS SELECT 1", "CREATE MATERIALIZED VIEW v AS SELECT 1", "SELECT a INTO b FROM t",
        "COPY (SELECT 1) TO STDOUT", "copy/**/(select 1) to stdout", "/* c */ COPY -- (\n ( VALUES (1) ) TO STDOUT"}) {
    EXPECT_EQ(ClassifyStatement(text).use, StatementUse::kWrapper) << text;
  }
  const StatementClass into = ClassifyStatement("SELECT a INTO b FROM s.t WHERE note = 'secret'");
  EXPECT_EQ(into.normalized.find("secret"), std::string::npos);
  EXPECT_EQ(into.node, "SelectStmt");
}

TEST(StatementClass, UtilityStatements) {
  const StatementClass role = ClassifyStatement("CREATE ROLE r PASSWORD 'secret'");
  EXPECT_EQ(role.use, StatementUse::kUtility);
  EXPECT_EQ(role.node, "CreateRoleStmt");
  for (const char* const text : {"SET work_mem = '1MB'", "BEGIN", "COPY t TO STDOUT", "COPY t (a) FROM STDIN",
                                 "REFRESH MATERIALIZED VIEW v", "DO $$ BEGIN END $$", "CALL p()",
                                 "COPY (SELECT 1) TO PROGRAM 'curl -u me:secret'", "CREATE VIEW v AS SELECT 1"}) {
    EXPECT_EQ(ClassifyStatement(text).use, StatementUse::kUtility) << text;
  }
}

// Servers newer than our grammar have statements that it does not know.
TEST(StatementClass, UnparsableTexts) {
  for (const char* const text : {"SELECT FROM WHERE", "(SELECT", "WITH x", "INSERT INTO", "select pg_catalog.f((",
                                 "SELECT * INTO x FROM FROM"}) {
    EXPECT_EQ(ClassifyStatement(text).use, StatementUse::kPlannable) << text;
  }
  for (const char* const text : {"", "  ", "/* open", "ALTER ROLE r NEWFANGLED PASSWORD 'secret'", "\xff", "'",
                                 "selection", "COPY (SELECT 1", "EXPLAIN (NEWFANGLED) (SELECT", "$1"}) {
    const StatementClass found = ClassifyStatement(text);
    EXPECT_EQ(found.use, StatementUse::kUtility) << text;
    EXPECT_EQ(found.node, "") << text;
  }
  EXPECT_EQ(ClassifyStatement(std::string("SELECT 1 \0 FROM pg_class", 24)).use, StatementUse::kPlannable);
  EXPECT_EQ(ClassifyStatement(std::string(100000, '(')).use, StatementUse::kPlannable);
}

TEST(StatementClass, NamesRelationsWhereTheSystemCatalogMayBeMeant) {
  const StatementClass found = ClassifyStatement(
      "WITH x AS (SELECT 1) SELECT * FROM x, pg_class, PG_CATALOG.pg_index, Information_Schema.columns");
  EXPECT_EQ(found.relations, (std::vector<QualifiedName>{
                                 {"", "pg_class"}, {"information_schema", "columns"}, {"pg_catalog", "pg_index"}}));
  EXPECT_EQ(ClassifyStatement("DELETE FROM \"pg_x\"").relations, (std::vector<QualifiedName>{{"", "pg_x"}}));
}

}  // namespace
}  // namespace pgassay::workload
