#include "workload/template_builder.h"

#include <gtest/gtest.h>

#include "advice/reason_codes.h"

namespace pgassay::workload {
namespace {

Snapshot Shop(std::string search_path) {
  Snapshot snapshot;
  snapshot.relations = {{.oid = {1}, .name = {"public", "t"}}, {.oid = {2}, .name = {"shop", "t"}}};
  snapshot.settings = {{.name = "search_path", .value = std::move(search_path)}};
  return snapshot;
}

Workload Build(const std::vector<Binding>& bindings, std::string search_path = "public",
               Executor executor = {"db", "anna"}) {
  const Snapshot snapshot = Shop(std::move(search_path));
  TemplateBuilder builder(snapshot);
  for (const Binding& binding : bindings) {
    builder.Add({.executor = executor, .source = "file", .place = binding.source}, *sql::Examine(binding.sql), binding);
  }
  return std::move(builder).Take();
}

TEST(TemplateBuilder, OneTemplateForAllLiterals) {
  const Workload workload = Build({{"select 1 from t where a = 1", 2, "f:1"},
                                   {"SELECT 1 FROM t WHERE a = 2", 3, "f:2"},
                                   {"select 1 from t", 1, "f:3"}});
  ASSERT_EQ(workload.templates.size(), 2U);
  const Template& first = workload.templates[0];
  EXPECT_EQ(first.sql, "select $1 from t where a = $2");
  EXPECT_EQ(first.weight, 5);
  EXPECT_EQ(first.bindings.size(), 2U);
  EXPECT_EQ(first.relations, (std::vector<std::string>{"public.t"}));
  EXPECT_EQ(first.id.size(), 16U);
  EXPECT_EQ(first.database, "db");
  EXPECT_EQ(first.user, "anna");
  EXPECT_TRUE(first.top_level);
  EXPECT_EQ(first.fingerprint_version, sql::GrammarVersion());
  EXPECT_EQ(first.source, "file");
  EXPECT_FALSE(first.observed);
}

TEST(TemplateBuilder, IdenticalBindingsAreMerged) {
  const Workload workload = Build({{"select 1 from t where a = 1", 2, "f:1"},
                                   {"select 1 from t where a = 2", 1, "f:2"},
                                   {"select 1 from t where a = 1", 5, "f:3"}});
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].weight, 8);
  EXPECT_EQ(workload.templates[0].bindings, (std::vector<Binding>{{"select 1 from t where a = 1", 7, "f:1"},
                                                                  {"select 1 from t where a = 2", 1, "f:2"}}));
}

TEST(TemplateBuilder, TextsWithParametersAreUnbound) {
  const Workload workload = Build({{"select 1 from t where a in ($1)", 2, "f:1"},
                                   {"select 1 from t where a in (5)", 3, "f:2"},
                                   {"select 1 from t where a in ($1, $2)", 4, "f:3"},
                                   {"select 1 from t where a in ($1)", 1, "f:4"}});
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].weight, 10);
  EXPECT_EQ(workload.templates[0].unbound, (std::vector<Binding>{{"select 1 from t where a in ($1)", 3, "f:1"},
                                                                 {"select 1 from t where a in ($1, $2)", 4, "f:3"}}));
  EXPECT_EQ(workload.templates[0].bindings, (std::vector<Binding>{{"select 1 from t where a in (5)", 3, "f:2"}}));
}

TEST(TemplateBuilder, WhatIsKnownIsUnited) {
  const Snapshot snapshot = Shop("public");
  TemplateBuilder builder(snapshot);
  const sql::StatementFacts facts = *sql::Examine("select 1 from t");
  Occurrence occurrence{.executor = {"db", "anna"},
                        .source = "pg_stat_statements",
                        .query_ids = {7},
                        .counters = StatementCounters{.calls = 2, .total_ms = 6},
                        .tags = {"b=2", "c=3"}};
  builder.Add(occurrence, facts, {"select 1 from t", 2});
  occurrence.query_ids = {-3};
  occurrence.tags = {"a=1", "b=2"};
  builder.Add(occurrence, facts, {"select 1 from t", 2});
  builder.Add(occurrence, facts, {"select 1 from t", 2});
  const Workload workload = std::move(builder).Take();
  ASSERT_EQ(workload.templates.size(), 1U);
  EXPECT_EQ(workload.templates[0].query_ids, (std::vector<std::int64_t>{-3, 7}));
  EXPECT_EQ(workload.templates[0].tags, (std::vector<std::string>{"a=1", "b=2", "c=3"}));
  ASSERT_TRUE(workload.templates[0].observed);
  EXPECT_EQ(workload.templates[0].observed->calls, 6);
  EXPECT_EQ(workload.templates[0].observed->total_ms, 18);
}

TEST(TemplateBuilder, AmbiguousNamesAreSkipped) {
  const Workload workload = Build({{"select 1 from t", 5, "f:1"}}, "elsewhere", {"My db", "anna"});
  EXPECT_TRUE(workload.templates.empty());
  ASSERT_EQ(workload.skipped.size(), 1U);
  const Skipped& skipped = workload.skipped[0];
  EXPECT_EQ(skipped.code, reason::kAmbiguousName);
  EXPECT_EQ(skipped.source, "f:1");
  EXPECT_EQ(skipped.weight, 5);
  EXPECT_EQ(skipped.fingerprint.size(), 16U);
  EXPECT_EQ(skipped.reason,
            "t may be in the schemas public, shop, and the search path names none of them; say which one is meant with "
            "ALTER ROLE anna IN DATABASE \"My db\" SET search_path = public and capture again, or write the schema in "
            "front of the name.");
}

TEST(TemplateBuilder, EveryPartOfTheIdentityCounts) {
  const std::vector<Binding> bindings = {{"select 1 from t where a = 1", 1, "f:1"}};
  const Template base = Build(bindings).templates[0];
  EXPECT_EQ(Build(bindings).templates[0].id, base.id);
  const Template other_path = Build(bindings, "shop").templates[0];
  EXPECT_EQ(other_path.fingerprint, base.fingerprint);
  EXPECT_NE(other_path.id, base.id);
  EXPECT_NE(Build(bindings, "public", {"db2", "anna"}).templates[0].id, base.id);
  EXPECT_NE(Build(bindings, "public", {"db", "bert"}).templates[0].id, base.id);
  EXPECT_NE(Build(bindings, "public", {"db", "anna", false}).templates[0].id, base.id);
  Template other_version = base;
  other_version.fingerprint_version = 99;
  EXPECT_NE(TemplateId(other_version), base.id);
}

// Ids are stored: a change of this value breaks histories.
TEST(TemplateId, IsStable) {
  const Template identity{.fingerprint = "0123456789abcdef",
                          .fingerprint_version = 15,
                          .database = "shop",
                          .user = "app",
                          .relations = {"public.orders"}};
  EXPECT_EQ(TemplateId(identity), "d3d19bd625b1b7ff");
}

}  // namespace
}  // namespace pgassay::workload
