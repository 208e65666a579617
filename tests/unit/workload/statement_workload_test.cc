#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "advice/reason_codes.h"
#include "pgassay/workload_statements.h"

namespace pgassay {
namespace {

using Bindings = std::vector<Binding>;

constexpr const char* kSource = "pg_stat_statements";

Snapshot Shop(std::vector<Statement> statements) {
  Snapshot snapshot;
  snapshot.database = "shop";
  snapshot.user = "admin";
  snapshot.server_version = 150008;
  snapshot.relations = {{.oid = {1}, .name = {"public", "orders"}}};
  snapshot.statements = std::move(statements);
  return snapshot;
}

Statement Row(std::int64_t query_id, std::string text, std::int64_t calls = 1, std::string user = "app") {
  return {.query_id = query_id,
          .user = std::move(user),
          .text = std::move(text),
          .counters = {.calls = calls, .total_ms = 10.0 * static_cast<double>(calls)}};
}

TEST(ReadStatementWorkload, RowsOfOneIdentityAreOneTemplate) {
  Snapshot snapshot = Shop({Row(7, "SELECT * FROM orders WHERE id IN ($1, $2) /*app='shop'*/", 5),
                            Row(-4, "select * from orders where id in ($1 /*, ... */) /*app='web'*/", 3),
                            Row(9, "PREPARE p AS SELECT * FROM orders WHERE id IN ($1, $2)", 2),
                            Row(8, "select * from orders where id in (1, 2)", 1)});
  snapshot.statement_groups = {{.code = "other-database", .statements = 3, .calls = 4, .total_ms = 5}};
  const Workload workload = ReadStatementWorkload(snapshot);
  EXPECT_TRUE(workload.skipped.empty());
  EXPECT_EQ(workload.not_kept, snapshot.statement_groups);
  ASSERT_EQ(workload.templates.size(), 1U);
  const Template& only = workload.templates[0];
  EXPECT_EQ(only.source, kSource);
  EXPECT_EQ(only.database, "shop");
  EXPECT_EQ(only.user, "app");
  EXPECT_EQ(only.relations, (std::vector<std::string>{"public.orders"}));
  EXPECT_EQ(only.query_ids, (std::vector<std::int64_t>{-4, 7, 8, 9}));
  EXPECT_EQ(only.tags, (std::vector<std::string>{"app=shop", "app=web"}));
  EXPECT_EQ(only.weight, 11);
  EXPECT_EQ(only.unbound, (Bindings{{"SELECT * FROM orders WHERE id IN ($1, $2)", 7, kSource},
                                    {"select * from orders where id in ($1 /*, ... */)", 3, kSource}}));
  EXPECT_EQ(only.bindings, (Bindings{{"select * from orders where id in (1, 2)", 1, kSource}}));
  ASSERT_TRUE(only.observed);
  EXPECT_EQ(only.observed->calls, 11);
  EXPECT_EQ(only.observed->total_ms, 110);
}

TEST(ReadStatementWorkload, UserLevelAndResolutionKeepTemplatesApart) {
  Snapshot snapshot =
      Shop({Row(1, "select * from orders where id = $1"), Row(1, "select * from orders where id = $1", 1, "bert"),
            Row(1, "select * from orders where id = $1", 1, "")});
  snapshot.statements.push_back(snapshot.statements[0]);
  snapshot.statements.back().top_level = false;
  snapshot.relations.push_back({.oid = {2}, .name = {"bert", "orders"}});
  const Workload workload = ReadStatementWorkload(snapshot);
  ASSERT_EQ(workload.templates.size(), 4U);
  EXPECT_EQ(workload.templates[0].relations, (std::vector<std::string>{"public.orders"}));
  EXPECT_EQ(workload.templates[1].relations, (std::vector<std::string>{"bert.orders"}));
  EXPECT_EQ(workload.templates[2].user, "");
  EXPECT_FALSE(workload.templates[3].top_level);
  EXPECT_EQ(workload.templates[0].fingerprint, workload.templates[1].fingerprint);
}

TEST(ReadStatementWorkload, TextsBecomeParsable) {
  const Workload workload =
      ReadStatementWorkload(Shop({Row(1, "select extract($1 from d) from orders where d > now() - interval $2 day"),
                                  Row(2, "prepare p(bigint, text) as select * from orders where id = $1 and n = $2"),
                                  Row(3, "select 1 from orders")}));
  ASSERT_EQ(workload.templates.size(), 3U);
  EXPECT_EQ(workload.templates[0].unbound[0].sql,
            "select extract('year' from d) from orders where d > now() - CAST($2 AS interval day)");
  EXPECT_EQ(workload.templates[1].unbound[0].sql,
            "select * from orders where id = CAST($1 AS bigint) and n = CAST($2 AS text)");
  EXPECT_TRUE(workload.templates[2].unbound.empty());
  EXPECT_EQ(workload.templates[2].bindings.size(), 1U);
}

TEST(ReadStatementWorkload, TheFirstOfSeveralStatementsHasTheCounters) {
  const Workload workload = ReadStatementWorkload(Shop({Row(1, "select id from orders; delete from orders", 6)}));
  ASSERT_EQ(workload.templates.size(), 2U);
  EXPECT_EQ(workload.templates[0].weight, 6);
  EXPECT_EQ(workload.templates[1].weight, 6);
  EXPECT_EQ(workload.templates[0].observed->total_ms, 60);
  EXPECT_FALSE(workload.templates[1].observed);
}

TEST(ReadStatementWorkload, TheOnlySchemaWithTheNames) {
  Snapshot snapshot = Shop({Row(1, "select * from items where id = $1")});
  snapshot.relations.push_back({.oid = {2}, .name = {"Lager", "items"}});
  const Workload workload = ReadStatementWorkload(snapshot);
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].search_path, "\"Lager\", app, public");
  EXPECT_EQ(workload.templates[0].relations, (std::vector<std::string>{"\"Lager\".items"}));
}

TEST(ReadStatementWorkload, SkippedWithReason) {
  Snapshot snapshot = Shop({Row(1, "select * from items where id = $1", 4),
                            Row(2, "select json_object('a' value 'secret' format json) from orders"),
                            Row(3, "begin", 2), Row(4, "fetch $1 from c"), Row(5, "", 1, "")});
  snapshot.server_version = 170002;
  for (const char* schema : {"a", "b", "c", "d", "e"}) {
    snapshot.relations.push_back({.name = {schema, "items"}});
  }
  const Workload workload = ReadStatementWorkload(snapshot);
  EXPECT_TRUE(workload.templates.empty());
  ASSERT_EQ(workload.skipped.size(), 5U);
  EXPECT_EQ(workload.skipped[0].code, reason::kAmbiguousName);
  EXPECT_EQ(workload.skipped[0].weight, 4);
  EXPECT_EQ(workload.skipped[0].total_ms, 40);
  EXPECT_EQ(workload.skipped[0].source, "pg_stat_statements: query 1 of app");
  EXPECT_NE(workload.skipped[0].reason.find("in the schemas a, b, c and 2 more"), std::string::npos)
      << workload.skipped[0].reason;
  EXPECT_NE(workload.skipped[0].reason.find("ALTER ROLE app IN DATABASE shop SET search_path = a"), std::string::npos);
  EXPECT_EQ(workload.skipped[1].code, reason::kUnparsable);
  EXPECT_NE(workload.skipped[1].reason.find("The server is PostgreSQL 17"), std::string::npos);
  EXPECT_EQ(workload.skipped[1].reason.find("secret"), std::string::npos);
  EXPECT_EQ(workload.skipped[1].total_ms, 10);
  EXPECT_EQ(workload.skipped[2].code, reason::kUtilityStatement);
  EXPECT_NE(workload.skipped[2].reason.find("TransactionStmt"), std::string::npos);
  EXPECT_EQ(workload.skipped[3].code, reason::kUtilityStatement);
  EXPECT_NE(workload.skipped[3].reason.find("FETCH"), std::string::npos);
  EXPECT_EQ(workload.skipped[4].code, reason::kUtilityStatement);
  EXPECT_EQ(workload.skipped[4].source, "pg_stat_statements: query 5");
}

TEST(ReadStatementWorkload, NothingCaptured) {
  EXPECT_EQ(ReadStatementWorkload({}), Workload{});
}

}  // namespace
}  // namespace pgassay
