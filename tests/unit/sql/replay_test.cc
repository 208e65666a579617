#include "sql/replay.h"

#include "gtest/gtest.h"

namespace pgassay::sql {
namespace {

ReplayFacts Facts(std::string_view statement) {
  const absl::StatusOr<ReplayFacts> facts = ExamineReplay(statement);
  EXPECT_TRUE(facts.ok()) << statement << ": " << facts.status();
  return facts.ok() ? *facts : ReplayFacts();
}

TEST(Replay, TellsWritesFromReads) {
  EXPECT_FALSE(Facts("SELECT 1 FROM t").writes);
  EXPECT_FALSE(Facts("WITH a AS (SELECT 1) SELECT * FROM a UNION ALL SELECT 2").writes);
  for (const char* const statement :
       {"INSERT INTO t VALUES (1)", "UPDATE t SET a = 1", "DELETE FROM t", "SELECT 1 FROM t FOR UPDATE",
        "WITH gone AS (DELETE FROM t RETURNING a) SELECT * FROM gone", "SELECT * FROM (SELECT 1 FROM t FOR SHARE) s",
        "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE"}) {
    EXPECT_TRUE(Facts(statement).writes) << statement;
  }
}

TEST(Replay, FindsLimitsOfTheWholeAndOfParts) {
  EXPECT_TRUE(Facts("SELECT a FROM t LIMIT 1").limited);
  EXPECT_TRUE(Facts("SELECT a FROM t OFFSET 3").limited);
  EXPECT_TRUE(Facts("SELECT a FROM t FETCH FIRST ROW ONLY").limited);
  EXPECT_FALSE(Facts("SELECT a FROM t LIMIT 1").limited_inside);
  const ReplayFacts inside = Facts("SELECT a FROM t WHERE a IN (SELECT b FROM u LIMIT 2)");
  EXPECT_FALSE(inside.limited);
  EXPECT_TRUE(inside.limited_inside);
  EXPECT_TRUE(Facts("UPDATE t SET a = 1 WHERE a = (SELECT b FROM u LIMIT 1)").limited_inside);
  EXPECT_TRUE(Facts("(SELECT a FROM t LIMIT 1) UNION ALL SELECT 2").limited_inside);
}

TEST(Replay, FindsAnswersThatDependOnAnOrder) {
  for (const char* const statement :
       {"SELECT DISTINCT ON (a) a, b FROM t", "SELECT array_agg(a) FROM t",
        "SELECT string_agg(a, ',') FROM t GROUP BY b", "SELECT row_number() OVER (ORDER BY a) FROM t",
        "SELECT pg_catalog.jsonb_agg(a) FROM t"}) {
    EXPECT_TRUE(Facts(statement).order_dependent) << statement;
  }
  for (const char* const statement : {"SELECT DISTINCT a FROM t", "SELECT array_agg(a ORDER BY a) FROM t",
                                      "SELECT sum(a) OVER (PARTITION BY b) FROM t", "SELECT count(*) FROM t"}) {
    EXPECT_FALSE(Facts(statement).order_dependent) << statement;
  }
}

TEST(Replay, FindsClocksAndSamples) {
  EXPECT_TRUE(Facts("SELECT a FROM t WHERE b > now() - interval '1 day'").reads_clock);
  EXPECT_TRUE(Facts("SELECT a FROM t WHERE b > CURRENT_DATE").reads_clock);
  EXPECT_TRUE(Facts("SELECT age(b) FROM t").reads_clock);
  EXPECT_FALSE(Facts("SELECT age(b, c), current_user FROM t").reads_clock);
  EXPECT_TRUE(Facts("SELECT a FROM t TABLESAMPLE SYSTEM (1)").sampled);
  EXPECT_TRUE(Facts("SELECT a FROM t FOR UPDATE SKIP LOCKED").sampled);
  EXPECT_FALSE(Facts("SELECT a FROM t FOR UPDATE").sampled);
}

TEST(Replay, NamesFunctionsAndOrders) {
  const ReplayFacts facts = Facts("SELECT shop.price(a), Lower(b) FROM shop.t x WHERE f(a) ORDER BY x.a DESC, b");
  EXPECT_EQ(facts.functions, (std::vector<std::string>{"f", "lower", "price"}));
  EXPECT_EQ(facts.table, (RelationName{"shop", "t"}));
  EXPECT_EQ(facts.order_columns, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(Facts("SELECT a FROM t JOIN u USING (a) ORDER BY a").table, RelationName());
  EXPECT_EQ(Facts("SELECT a, count(*) FROM t GROUP BY a ORDER BY a").table, RelationName());
}

TEST(Replay, AnIndexGetsANameAndBuildsWithinATransaction) {
  EXPECT_EQ(*BuildableIndex("CREATE INDEX ON t (a)", "x"), "CREATE INDEX x ON t (a)");
  EXPECT_EQ(*BuildableIndex("create unique index concurrently on only t (a)", "My x"),
            "create unique index  \"My x\" on only t (a)");
  EXPECT_EQ(*BuildableIndex("CREATE INDEX CONCURRENTLY \"on\" ON t (a)", "x"), "CREATE INDEX  \"on\" ON t (a)");
  EXPECT_EQ(*BuildableIndex("CREATE /* index */ INDEX own ON t (a) -- on\n", "x"),
            "CREATE /* index */ INDEX own ON t (a) -- on\n");
}

TEST(Replay, WhatBuildsNoIndexIsRefused) {
  EXPECT_FALSE(BuildableIndex("CREATE INDEX IF NOT EXISTS x ON t (a)", "y").ok());
  EXPECT_FALSE(BuildableIndex("DROP INDEX x", "y").ok());
  EXPECT_FALSE(BuildableIndex("CREATE INDEX ON t (a); DROP TABLE t", "y").ok());
  EXPECT_FALSE(ExamineReplay("SELECT 1; SELECT 2").ok());
}

}  // namespace
}  // namespace pgassay::sql
