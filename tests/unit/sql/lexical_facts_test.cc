#include "sql/lexical_facts.h"

#include <gtest/gtest.h>

namespace pgassay::sql {
namespace {

TEST(LexicalFacts, VerbIsTheOutermostOne) {
  EXPECT_EQ(ReadLexicalFacts("/* x */ WITH w AS (SELECT 1 FROM a) INSERT INTO s.\"T\" SELECT * FROM w").verb,
            Verb::kInsert);
  EXPECT_EQ(ReadLexicalFacts("(SELECT 1)").verb, Verb::kSelect);
  EXPECT_EQ(ReadLexicalFacts("ROLLBACK TO SAVEPOINT a").verb, Verb::kSavepoint);
  EXPECT_EQ(ReadLexicalFacts("ROLLBACK").verb, Verb::kRollback);
  EXPECT_EQ(ReadLexicalFacts("RESET ALL").verb, Verb::kDiscard);
  EXPECT_EQ(ReadLexicalFacts("DECLARE c CURSOR FOR SELECT * FROM t").verb, Verb::kDeclare);
  EXPECT_EQ(ReadLexicalFacts("VACUUM").verb, Verb::kOther);
  EXPECT_EQ(ReadLexicalFacts("").verb, Verb::kOther);
}

TEST(LexicalFacts, RelationIsTheTargetOrTheFirstInFrom) {
  EXPECT_EQ(ReadLexicalFacts("INSERT INTO shop.\"Order\" (a) VALUES ($1)").relation, "Order");
  EXPECT_EQ(ReadLexicalFacts("UPDATE ONLY Shop.T SET a = 1").relation, "t");
  EXPECT_EQ(ReadLexicalFacts("DELETE FROM t WHERE a = $1").relation, "t");
  EXPECT_EQ(ReadLexicalFacts("SELECT (SELECT max(x) FROM inner_one) FROM outer_one").relation, "outer_one");
  EXPECT_EQ(ReadLexicalFacts("SELECT 1").relation, "");
  EXPECT_EQ(ReadLexicalFacts("SELECT * FROM generate_series(1, 2)").relation, "");
  EXPECT_EQ(ReadLexicalFacts("SELECT extract(year FROM now())").relation, "");
}

TEST(LexicalFacts, Clauses) {
  EXPECT_TRUE(ReadLexicalFacts("SELECT * FROM j LIMIT 1 FOR UPDATE SKIP LOCKED").skip_locked);
  EXPECT_TRUE(ReadLexicalFacts("SELECT * FROM j FOR NO KEY UPDATE").row_lock);
  EXPECT_TRUE(ReadLexicalFacts("SELECT pg_advisory_xact_lock($1)").takes_lock);
  EXPECT_TRUE(ReadLexicalFacts("BEGIN ISOLATION LEVEL SERIALIZABLE").takes_lock);
  EXPECT_TRUE(ReadLexicalFacts("INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING").on_conflict);
  EXPECT_TRUE(ReadLexicalFacts("INSERT INTO t SELECT * FROM u").copies_rows);
  EXPECT_TRUE(ReadLexicalFacts("SELECT nextval('s') FROM dual").nextval);
  const LexicalFacts page = ReadLexicalFacts("SELECT * FROM t WHERE id > $1 ORDER BY id LIMIT $2");
  EXPECT_TRUE(page.compares && page.order_by && page.limit);
  EXPECT_FALSE(ReadLexicalFacts("SELECT * FROM (SELECT * FROM t ORDER BY a LIMIT 1) x").limit);
}

TEST(LexicalFacts, OneRow) {
  EXPECT_TRUE(ReadLexicalFacts("SELECT * FROM t WHERE \"t\".\"id\" = $1 LIMIT $2").one_row);
  EXPECT_TRUE(ReadLexicalFacts("SELECT * FROM t WHERE a = $1 LIMIT 1").one_row);
  EXPECT_FALSE(ReadLexicalFacts("SELECT * FROM t JOIN u ON u.x = t.x WHERE t.id = $1").one_row);
  EXPECT_FALSE(ReadLexicalFacts("SELECT * FROM t WHERE a_id = $1").one_row);
  EXPECT_TRUE(ReadLexicalFacts("SELECT count(*) FROM t").aggregate);
  EXPECT_FALSE(ReadLexicalFacts("SELECT count(*) FROM t GROUP BY a").aggregate);
}

}  // namespace
}  // namespace pgassay::sql
