#include "evidence/estimates.h"

#include <string>

#include "gtest/gtest.h"

namespace pgassay::evidence {
namespace {

Snapshot TwoTables() {
  Snapshot snapshot;
  for (const char* const name : {"orders", "customer"}) {
    Relation table;
    table.oid = {static_cast<std::uint32_t>(snapshot.relations.size() + 1)};
    table.name = {"shop", name};
    table.pages = table.statistics_pages = 1000;
    table.statistics_tuples = 100000;
    Column a, b;
    a.number = 1;
    a.name = "a";
    b.number = 2;
    b.name = "b";
    table.columns = {a, b};
    snapshot.relations.push_back(table);
  }
  return snapshot;
}

Workload OneTemplate() {
  Workload workload;
  Template of;
  of.id = "t1";
  of.relations = {"shop.orders"};
  workload.templates = {of};
  return workload;
}

NodeEvidence Scan(int depth, const std::string& table, const std::string& condition, double estimated, double actual) {
  return {.depth = depth,
          .type = "Seq Scan",
          .relation = "shop." + table,
          .alias = table,
          .condition = condition,
          .estimated_rows = estimated,
          .actual_rows = actual,
          .loops = 1};
}

Evidence With(std::vector<NodeEvidence> nodes) {
  Evidence evidence;
  PlanEvidence plan;
  plan.template_id = "t1";
  plan.nodes = std::move(nodes);
  evidence.plans = {plan};
  return evidence;
}

TEST(FindMisestimates, SeveralColumnsMayDependOnEachOther) {
  Evidence evidence = With({Scan(0, "orders", "((orders.a = 1) AND (orders.b = 2))", 5, 1000)});
  FindMisestimates(OneTemplate(), TwoTables(), nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].kind, "create-statistics");
  EXPECT_EQ(evidence.findings[0].subject, "shop.orders (a, b)");
  EXPECT_EQ(evidence.findings[0].ratio, 200);
  EXPECT_NE(evidence.findings[0].checked.find("Not checked"), std::string::npos);
}

TEST(FindMisestimates, StaleStatisticsComeBeforeAnyGuess) {
  Snapshot snapshot = TwoTables();
  snapshot.relations[0].counters.modified_since_analyze = 50000;
  snapshot.relations[0].counters.tuples_updated = 50000;
  Evidence evidence = With({Scan(0, "orders", "((orders.a = 1) AND (orders.b = 2))", 5, 1000)});
  FindMisestimates(OneTemplate(), snapshot, nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].kind, "analyze");
  ASSERT_EQ(evidence.findings[0].ddl.size(), 1U);
  EXPECT_EQ(evidence.findings[0].ddl[0].sql, "ANALYZE shop.orders");
}

TEST(FindMisestimates, OneColumnWantsAHigherTarget) {
  Evidence evidence = With({Scan(0, "orders", "(orders.a = 1)", 5, 1000)});
  FindMisestimates(OneTemplate(), TwoTables(), nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].kind, "statistics-target");
}

TEST(FindMisestimates, AJoinOfGoodEstimatesIsSkewed) {
  NodeEvidence join{.depth = 0, .type = "Hash Join", .estimated_rows = 200, .actual_rows = 120000, .loops = 1};
  Evidence evidence =
      With({join, Scan(1, "orders", "", 200000, 200000), Scan(1, "customer", "(customer.a = 1)", 1, 1)});
  FindMisestimates(OneTemplate(), TwoTables(), nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].kind, "join-skew");
  EXPECT_TRUE(evidence.findings[0].ddl.empty());
}

TEST(FindMisestimates, AJoinThatFindsFewerRowsIsNotSkewed) {
  NodeEvidence join{.depth = 0, .type = "Hash Join", .estimated_rows = 120000, .actual_rows = 3, .loops = 1};
  Evidence evidence =
      With({join, Scan(1, "orders", "", 200000, 200000), Scan(1, "customer", "(customer.a = 1)", 1, 1)});
  FindMisestimates(OneTemplate(), TwoTables(), nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].kind, "unexplained-estimate");
  EXPECT_NE(evidence.findings[0].summary.find("few or none"), std::string::npos);
  EXPECT_TRUE(evidence.findings[0].ddl.empty());
}

TEST(FindMisestimates, WhatIsInheritedFromBelowIsNoFindingOfItsOwn) {
  NodeEvidence join{.depth = 0, .type = "Hash Join", .estimated_rows = 5, .actual_rows = 1000, .loops = 1};
  Evidence evidence = With({join, Scan(1, "orders", "((orders.a = 1) AND (orders.b = 2))", 5, 1000),
                            Scan(1, "customer", "", 100000, 100000)});
  FindMisestimates(OneTemplate(), TwoTables(), nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].subject, "shop.orders (a, b)");
}

TEST(FindMisestimates, NearEnoughIsNoFinding) {
  Evidence evidence = With({Scan(0, "orders", "(orders.a = 1)", 120, 1000)});
  FindMisestimates(OneTemplate(), TwoTables(), nullptr, evidence);
  EXPECT_TRUE(evidence.findings.empty());
}

TEST(FindMisestimates, LoggedPlansCountWithoutRunningAnything) {
  Workload workload = OneTemplate();
  workload.templates[0].logged = LoggedTimes{.analyzed_plans = 5, .misestimated = 3, .worst_misestimate = 240};
  Evidence evidence;
  FindMisestimates(workload, TwoTables(), nullptr, evidence);
  ASSERT_EQ(evidence.findings.size(), 1U);
  EXPECT_EQ(evidence.findings[0].kind, "logged-misestimate");
  EXPECT_EQ(evidence.findings[0].ratio, 240);
  workload.templates[0].logged->worst_misestimate = 9;
  Evidence none;
  FindMisestimates(workload, TwoTables(), nullptr, none);
  EXPECT_TRUE(none.findings.empty());
}

TEST(MergeFindings, TheWorstComesFirstAndTemplatesAddUp) {
  Evidence evidence;
  const auto add = [&](const char* id, double ratio, const char* of) {
    EvidenceFinding finding;
    finding.id = id;
    finding.subject = id;
    finding.ratio = ratio;
    finding.templates = {of};
    evidence.findings.push_back(finding);
  };
  add("cast", 0, "t1");
  add("small", 12, "t1");
  add("large", 90, "t2");
  add("large", 300, "t1");
  MergeFindings(evidence);
  ASSERT_EQ(evidence.findings.size(), 3U);
  EXPECT_EQ(evidence.findings[0].id, "large");
  EXPECT_EQ(evidence.findings[0].ratio, 300);
  EXPECT_EQ(evidence.findings[0].templates, (std::vector<std::string>{"t1", "t2"}));
  EXPECT_EQ(evidence.findings[2].id, "cast");
}

}  // namespace
}  // namespace pgassay::evidence
