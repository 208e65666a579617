#include "sql/statement.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

namespace pgassay::sql {
namespace {

TEST(Examine, Facts) {
  const auto facts = Examine("SELECT o.id FROM shop.orders o WHERE customer_id = 42 AND note = 'x'");
  ASSERT_TRUE(facts.ok()) << facts.status();
  EXPECT_EQ(facts->kind, StatementKind::kSelect);
  EXPECT_EQ(facts->node, "SelectStmt");
  EXPECT_EQ(facts->fingerprint.size(), 16U);
  EXPECT_EQ(facts->normalized, "SELECT o.id FROM shop.orders o WHERE customer_id = $1 AND note = $2");
  EXPECT_EQ(facts->relations, (std::vector<RelationName>{{"shop", "orders"}}));
  EXPECT_FALSE(facts->has_parameters);
}

TEST(Examine, Kinds) {
  EXPECT_EQ(Examine("values (1)")->kind, StatementKind::kSelect);
  EXPECT_EQ(Examine("with a as (delete from t returning 1) select 1")->kind, StatementKind::kSelect);
  EXPECT_EQ(Examine("insert into t values (1)")->kind, StatementKind::kInsert);
  EXPECT_EQ(Examine("update t set a = 1")->kind, StatementKind::kUpdate);
  EXPECT_EQ(Examine("delete from t")->kind, StatementKind::kDelete);
  EXPECT_EQ(Examine("merge into a using b on true when matched then delete")->kind, StatementKind::kMerge);
  EXPECT_EQ(Examine("explain select 1")->kind, StatementKind::kUtility);
  EXPECT_EQ(Examine("explain select 1")->node, "ExplainStmt");
  EXPECT_EQ(Examine("select 1 into t")->kind, StatementKind::kUtility);
  EXPECT_EQ(Examine("select 1 into t union select 2")->kind, StatementKind::kUtility);
  EXPECT_EQ(Examine("begin")->node, "TransactionStmt");
}

TEST(Examine, Errors) {
  EXPECT_EQ(Examine("selec 1").status().message(), "line 1: syntax error at or near \"selec\"");
  EXPECT_EQ(Examine("select ä,\n\n from 'secret'", 10).status().message(), "line 12: syntax error at or near \"from\"");
  EXPECT_EQ(Examine("select 1 2").status().message(), "line 1: syntax error");
  EXPECT_EQ(Examine("").status().message(), "line 1: 0 statements where one is expected");
  EXPECT_EQ(Examine("select 1; select 2", 3).status().message(), "line 3: 2 statements where one is expected");
  EXPECT_EQ(Examine("select 1").status(), absl::OkStatus());
  EXPECT_EQ(Examine(std::string_view("select\n\0 1", 10)).status().message(), "line 2: NUL byte");
}

TEST(Examine, Limits) {
  std::string deep = "select ";
  for (int i = 0; i < 4000; ++i) {
    deep += "- ";
  }
  EXPECT_EQ(Examine(deep + "a").status().message(), "line 1: nested deeper than 1000 levels; split the statement");
  EXPECT_EQ(Examine("select '" + std::string(5'000'000, 'x') + "'").status().message(), "line 1: longer than 4.0 MB");
}

TEST(Examine, FromSeveralThreads) {
  const std::string expected = Examine("select * from a where b = 1")->fingerprint;
  std::vector<std::string> seen(4);
  std::vector<std::thread> threads;
  for (std::string& fingerprint : seen) {
    threads.emplace_back([&fingerprint] {
      for (int i = 0; i < 100; ++i) {
        fingerprint = Examine("select * from a where b = " + std::to_string(i))->fingerprint;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(seen, std::vector<std::string>(4, expected));
}

TEST(NodeNames, OfSeveralStatements) {
  EXPECT_EQ(*NodeNames("create table t (a int); do $$ begin end $$; create index on t (a)"),
            (std::vector<std::string>{"CreateStmt", "DoStmt", "IndexStmt"}));
  EXPECT_EQ(NodeNames("create tabl").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ExamineIndexStatement, Create) {
  const auto index = ExamineIndexStatement("create unique index concurrently \"I x\" on s.t using gin (a)");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_TRUE(index->create);
  EXPECT_EQ(index->index_name, "I x");
  EXPECT_EQ(index->table, (RelationName{"s", "t"}));
  EXPECT_EQ(index->method, "gin");
  EXPECT_TRUE(index->unique);
  EXPECT_TRUE(index->concurrently);
  const auto plain = ExamineIndexStatement("create index on t (a)");
  EXPECT_EQ(plain->index_name, "");
  EXPECT_EQ(plain->method, "btree");
  EXPECT_FALSE(plain->unique);
  EXPECT_FALSE(plain->concurrently);
}

TEST(ExamineIndexStatement, Drop) {
  const auto index = ExamineIndexStatement("drop index concurrently if exists s.i");
  ASSERT_TRUE(index.ok()) << index.status();
  EXPECT_FALSE(index->create);
  EXPECT_EQ(index->index_schema, "s");
  EXPECT_EQ(index->index_name, "i");
  EXPECT_TRUE(index->concurrently);
  EXPECT_EQ(ExamineIndexStatement("drop index i")->index_schema, "");
}

TEST(ExamineIndexStatement, Refuses) {
  for (const char* statement :
       {"drop index a, b", "drop table a", "select 1", "create index", "", "drop index a; drop index b"}) {
    EXPECT_EQ(ExamineIndexStatement(statement).status().code(), absl::StatusCode::kInvalidArgument) << statement;
  }
}

}  // namespace
}  // namespace pgassay::sql
