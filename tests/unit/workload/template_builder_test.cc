#include "workload/template_builder.h"

#include <gtest/gtest.h>

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
  TemplateBuilder builder(Shop(std::move(search_path)), std::move(executor));
  for (const Binding& binding : bindings) {
    builder.Add(*sql::Examine(binding.sql), binding);
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
