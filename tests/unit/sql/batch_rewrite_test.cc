#include "sql/batch_rewrite.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgassay::sql {
namespace {

std::string Batched(std::string_view text, const std::vector<std::string>& types = {}) {
  const absl::StatusOr<BatchText> batch = BatchOf(text, types);
  return batch.ok() ? batch->sql : "refused: " + std::string(batch.status().message());
}

TEST(BatchRewrite, PlainLookupTakesAnArray) {
  EXPECT_EQ(Batched("SELECT name FROM authors WHERE id = $1"), "SELECT name, id FROM authors WHERE id = ANY($1)");
  EXPECT_EQ(Batched("SELECT * FROM authors a WHERE a.id = $1 AND NOT a.gone"),
            "SELECT * FROM authors a WHERE a.id = ANY($1) AND NOT a.gone");
  EXPECT_EQ(Batched("SELECT \"a\".* FROM \"a\" WHERE \"a\".\"Id\" = $1;"),
            "SELECT \"a\".* FROM \"a\" WHERE \"a\".\"Id\" = ANY($1)");
}

TEST(BatchRewrite, RowsThatDependOnTheirKeyGoIntoLateral) {
  EXPECT_EQ(
      Batched("SELECT id FROM posts WHERE author_id = $1 ORDER BY id DESC LIMIT 3", {"bigint"}),
      "SELECT batch.key1, each_row.* FROM unnest($1::bigint[]) AS batch (key1) CROSS JOIN LATERAL (SELECT id FROM "
      "posts WHERE author_id = batch.key1 ORDER BY id DESC LIMIT 3) AS each_row");
  EXPECT_EQ(Batched("SELECT count(*) FROM batch WHERE a = $1 AND b = $2"),
            "SELECT batch_.key1, batch_.key2, each_row.* FROM unnest($1, $2) AS batch_ (key1, key2) CROSS JOIN LATERAL "
            "(SELECT count(*) FROM batch WHERE a = batch_.key1 AND b = batch_.key2) AS each_row");
}

TEST(BatchRewrite, LimitKeepsItsParameter) {
  EXPECT_EQ(
      Batched("SELECT id FROM posts WHERE author_id = $1 LIMIT $2"),
      "SELECT batch.key1, each_row.* FROM unnest($1) AS batch (key1) CROSS JOIN LATERAL (SELECT id FROM posts WHERE "
      "author_id = batch.key1 LIMIT $2) AS each_row");
}

TEST(BatchRewrite, InsertTakesArrays) {
  EXPECT_EQ(
      Batched("INSERT INTO line (head, n, at) VALUES ($1, $2 + 1, now()) RETURNING id"),
      "INSERT INTO line (head, n, at) SELECT batch.key1, batch.key2 + 1, now() FROM unnest($1, $2) AS batch (key1, "
      "key2) RETURNING id");
  EXPECT_EQ(Batched("INSERT INTO line (head) VALUES ($1) ON CONFLICT DO NOTHING"),
            "INSERT INTO line (head) SELECT batch.key1 FROM unnest($1) AS batch (key1) ON CONFLICT DO NOTHING");
}

TEST(BatchRewrite, UpdateAndDelete) {
  EXPECT_EQ(
      Batched("UPDATE stock SET n = n - $1 WHERE product_id = $2"),
      "UPDATE stock SET n = n - batch.key1 FROM unnest($1, $2) AS batch (key1, key2) WHERE product_id = batch.key2");
  EXPECT_EQ(Batched("DELETE FROM stock WHERE id = $1"), "DELETE FROM stock WHERE id = ANY($1)");
  EXPECT_EQ(Batched("DELETE FROM stock WHERE id = $1 AND shop = $2"),
            "DELETE FROM stock USING unnest($1, $2) AS batch (key1, key2) WHERE id = batch.key1 AND shop = batch.key2");
}

TEST(BatchRewrite, SaysWhyThereIsNone) {
  for (const char* text : {"SELECT now()", "INSERT INTO t (a) VALUES (DEFAULT)", "INSERT INTO t SELECT 1",
                           "INSERT INTO t (a) VALUES ($1), ($2)", "UPDATE t SET a = $1", "DELETE FROM t",
                           "UPDATE t SET a = $1 FROM u WHERE t.id = $2", "UPDATE t SET a = $1 WHERE CURRENT OF c",
                           "VACUUM", "SELECT * FROM t WHERE a = ?", "DELETE FROM t USING u WHERE t.id = $1"}) {
    EXPECT_FALSE(BatchOf(text).ok()) << text;
  }
}

TEST(BatchRewrite, InsertThatDoesNotRace) {
  EXPECT_EQ(WithoutConflict("INSERT INTO t (a) VALUES ($1) RETURNING id")->sql,
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING RETURNING id");
  EXPECT_EQ(WithoutConflict("INSERT INTO t (a) VALUES ($1)")->sql,
            "INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING");
  EXPECT_FALSE(WithoutConflict("INSERT INTO t (a) VALUES ($1) ON CONFLICT DO NOTHING").ok());
  EXPECT_FALSE(WithoutConflict("SELECT 1").ok());
}

}  // namespace
}  // namespace pgassay::sql
