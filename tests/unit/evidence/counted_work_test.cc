#include "evidence/counted_work.h"

#include <optional>
#include <string>

#include "evidence/plan_node.h"
#include "evidence/plan_reading.h"
#include "evidence/row_factors.h"
#include "gtest/gtest.h"

namespace pgassay::evidence {
namespace {

// Posts of verified people: ten were expected, and a thousand came. The topic has nothing to do with it.
constexpr char kExecuted[] = R"json([{"Plan": {"Node Type": "Nested Loop", "Join Type": "Inner", "Total Cost": 900,
  "Plan Rows": 20, "Actual Rows": 2000, "Actual Loops": 1, "Plans": [
    {"Node Type": "Hash Join", "Join Type": "Inner", "Parent Relationship": "Outer", "Total Cost": 800,
     "Hash Cond": "(o.author_id = p.id)", "Plan Rows": 10, "Actual Rows": 1000, "Actual Loops": 1, "Plans": [
       {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "post", "Alias": "o", "Total Cost": 500,
        "Plan Rows": 5000, "Actual Rows": 5000, "Actual Loops": 1},
       {"Node Type": "Hash", "Parent Relationship": "Inner", "Total Cost": 100, "Plan Rows": 10, "Actual Rows": 10,
        "Actual Loops": 1, "Plans": [
          {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "person", "Alias": "p",
           "Filter": "p.verified", "Total Cost": 100, "Plan Rows": 10, "Actual Rows": 10, "Actual Loops": 1}]}]},
    {"Node Type": "Index Scan", "Parent Relationship": "Inner", "Relation Name": "topic", "Alias": "t",
     "Index Name": "topic_post", "Index Cond": "(t.post_id = o.id)", "Startup Cost": 0.3, "Total Cost": 0.6, "Plan Rows": 2,
     "Actual Rows": 2, "Actual Loops": 1000}]}}])json";

// The same with an index on the author: people first, and a loop for each of their posts.
constexpr char kLoops[] = R"json([{"Plan": {"Node Type": "Nested Loop", "Join Type": "Inner", "Total Cost": 28,
  "Plan Rows": 20, "Plans": [
    {"Node Type": "Nested Loop", "Join Type": "Inner", "Parent Relationship": "Outer", "Total Cost": 22, "Plan Rows": 10, "Plans": [
       {"Node Type": "Seq Scan", "Parent Relationship": "Outer", "Relation Name": "person", "Alias": "p", "Filter": "p.verified",
        "Total Cost": 17, "Plan Rows": 10},
       {"Node Type": "Index Scan", "Parent Relationship": "Inner", "Relation Name": "post", "Alias": "o", "Index Name": "author",
        "Index Cond": "(o.author_id = p.id)", "Startup Cost": 0.3, "Total Cost": 0.5, "Plan Rows": 1}]},
    {"Node Type": "Index Scan", "Parent Relationship": "Inner", "Relation Name": "topic", "Alias": "t",
     "Index Name": "topic_post", "Index Cond": "(t.post_id = o.id)", "Startup Cost": 0.3, "Total Cost": 0.6, "Plan Rows": 2}]}}])json";

RowFactors FactorsOf(const std::string& executed) {
  const absl::StatusOr<PlanEvidence> evidence = ReadExecutedPlan(executed);
  EXPECT_TRUE(evidence.ok()) << evidence.status();
  const std::optional<PlanNode> plan = ExecutedPlan(*evidence);
  EXPECT_TRUE(plan);
  return RowFactors(*plan);
}

TEST(RowFactors, AWrongJoinBelongsToTheTablesThatItCompares) {
  const RowFactors factors = FactorsOf(kExecuted);
  EXPECT_EQ(factors.Of({"p"}), 1);
  EXPECT_EQ(factors.Of({"o"}), 1);
  EXPECT_EQ(factors.Of({"o", "p"}), 100);
  EXPECT_EQ(factors.Of({"o", "p", "t"}), 100);
  EXPECT_EQ(factors.Of({"o", "t"}), 1) << "the topic was joined as expected";
  EXPECT_EQ(factors.Joined({"p"}, {"o"}), 100);
  EXPECT_EQ(factors.Joined({"o", "p"}, {"t"}), 1);
  EXPECT_EQ(factors.Joined({}, {"o"}), 1);
  EXPECT_EQ(factors.worst(), 100);
}

TEST(RowFactors, ColumnsThatAreEqualAreOne) {
  // The handle's person is the post's author too: a join through it meets the same people.
  std::string executed = kExecuted;
  executed.replace(executed.find("p.verified"), 10, "(p.id = h.person_id)");
  const RowFactors factors = FactorsOf(executed);
  EXPECT_EQ(factors.Of({"h", "o", "p"}), 100) << "the tables compared are those of the executed join";
  EXPECT_EQ(factors.Of({"h", "o"}), 1);
}

TEST(RowFactors, RowsThatNobodyWantedSayNothing) {
  // Below a LIMIT fewer rows come, however many there are.
  std::string executed = kExecuted;
  executed.replace(executed.find("\"Actual Rows\": 2000"), 19, "\"Actual Rows\": 1");
  executed.replace(executed.find("\"Actual Rows\": 1000"), 19, "\"Actual Rows\": 1");
  executed.insert(executed.find("{\"Node Type\": \"Nested Loop\""),
                  R"({"Node Type": "Limit", "Plan Rows": 1, "Actual Rows": 1, "Actual Loops": 1, "Plans": [)");
  executed.insert(executed.rfind("}]"), "]}");
  EXPECT_EQ(FactorsOf(executed).Of({"o", "p"}), 1);
}

TEST(CountWork, LoopsAreAsLongAsTheyAre) {
  Snapshot snapshot;
  snapshot.relations.push_back({.oid = Oid{1}, .name = {"s", "person"}, .pages = 10, .statistics_tuples = 1000});
  snapshot.relations.push_back({.oid = Oid{2}, .name = {"s", "post"}, .pages = 100, .statistics_tuples = 5000});
  snapshot.relations.push_back({.oid = Oid{3}, .name = {"s", "topic"}, .pages = 50, .statistics_tuples = 10000});
  const std::optional<PlanNode> plan = ParsePlan(kLoops);
  ASSERT_TRUE(plan);
  const CountedWork believed = CountWork(*plan, RowFactors(), snapshot);
  EXPECT_NEAR(believed.total(), 28, 1) << "as the planner says";
  const CountedWork counted = CountWork(*plan, FactorsOf(kExecuted), snapshot);
  // 1,000 descents of the topics' index instead of 10, and their pages at most once each.
  EXPECT_GT(counted.other_cost, 300);
  EXPECT_LT(counted.total(), 600);
  EXPECT_NEAR(counted.blocks, 10 + 10 * 2 + 1000 + 1000 * 2 + 2000, 100);
  EXPECT_LT(believed.blocks, 100);
}

TEST(ParsePlan, WhatIsNoPlanIsNone) {
  EXPECT_FALSE(ParsePlan("[]"));
  EXPECT_FALSE(ParsePlan(R"([{"Plan": 5}])"));
  EXPECT_FALSE(ParsePlan(R"([{"Plan": {"Node Type": "Sort", "Plans": [7]}}])"));
  EXPECT_FALSE(ExecutedPlan(PlanEvidence()));
}

TEST(ParsePlan, SubqueriesInExpressionsGiveNoRows) {
  const std::optional<PlanNode> plan =
      ParsePlan(R"([{"Plan": {"Node Type": "Seq Scan", "Relation Name": "t", "Alias": "t",
    "Plans": [{"Node Type": "Result", "Parent Relationship": "SubPlan"}]}}])");
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->children.empty());
  EXPECT_TRUE(IsTableScan(*plan));
}

}  // namespace
}  // namespace pgassay::evidence
