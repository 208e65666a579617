#include "evidence/plan_reading.h"

#include <string>

#include "gtest/gtest.h"

namespace pgassay::evidence {
namespace {

// A LIMIT over a nested loop, whose outer side is a bitmap scan with lossy pages, and a sort that spilled below a join.
constexpr char kPlan[] =
    R"json([{"Plan": {"Node Type": "Limit", "Total Cost": 90.5, "Plan Rows": 10, "Actual Rows": 10, "Actual Loops": 1,
  "Shared Hit Blocks": 40, "Shared Read Blocks": 7, "WAL Bytes": 100,
  "Plans": [{"Node Type": "Nested Loop", "Join Type": "Inner", "Plan Rows": 5000, "Actual Rows": 10, "Actual Loops": 1,
    "Plans": [
      {"Node Type": "Bitmap Heap Scan", "Parent Relationship": "Outer", "Schema": "shop", "Relation Name": "Order", "Alias": "o",
       "Plan Rows": 2, "Actual Rows": 480, "Actual Loops": 1, "Filter": "(o.a = 1)", "Recheck Cond": "(o.b = 2)",
       "Rows Removed by Filter": 20, "Lossy Heap Blocks": 12},
      {"Node Type": "Sort", "Parent Relationship": "Inner", "Sort Space Type": "Disk", "Sort Method": "external merge",
       "Sort Space Used": 2048, "Plan Rows": 100, "Actual Rows": 1, "Actual Loops": 480,
       "Plans": [{"Node Type": "Index Only Scan", "Index Name": "i", "Relation Name": "line", "Schema": "shop", "Alias": "l",
                  "Plan Rows": 100, "Actual Rows": 4, "Actual Loops": 480, "Heap Fetches": 33}]}]}]},
  "Planning Time": 0.5, "Execution Time": 12.25, "Settings": {"work_mem": "64MB"}, "JIT": {"Timing": {"Total": 3.5}}}])json";

TEST(ReadExecutedPlan, ReadsWhatTheServerCounted) {
  const absl::StatusOr<PlanEvidence> plan = ReadExecutedPlan(kPlan);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->execution_ms, 12.25);
  EXPECT_EQ(plan->planning_ms, 0.5);
  EXPECT_EQ(plan->jit_ms, 3.5);
  EXPECT_EQ(plan->hit_blocks, 40);
  EXPECT_EQ(plan->read_blocks, 7);
  EXPECT_EQ(plan->wal_bytes, 100);
  EXPECT_EQ(plan->settings, std::vector<std::string>{"work_mem = 64MB"});
  ASSERT_EQ(plan->nodes.size(), 5U);
  const NodeEvidence& scan = plan->nodes[2];
  EXPECT_EQ(scan.relation, "shop.\"Order\"");
  EXPECT_EQ(scan.condition, "(o.b = 2) AND (o.a = 1)");
  EXPECT_EQ(scan.lossy_blocks, 12);
  EXPECT_EQ(scan.removed_rows, 20);
  EXPECT_EQ(plan->nodes[3].spill, "external merge, 2.0 MB");
  EXPECT_EQ(plan->nodes[4].heap_fetches, 33);
}

TEST(ReadExecutedPlan, FewerRowsBelowALimitSayNothing) {
  const absl::StatusOr<PlanEvidence> plan = ReadExecutedPlan(kPlan);
  ASSERT_TRUE(plan.ok());
  EXPECT_TRUE(plan->nodes[1].cut_short);
  EXPECT_EQ(plan->nodes[1].Misestimate(), 1) << "5000 were expected, and the LIMIT was there after 10";
  EXPECT_EQ(plan->nodes[2].Misestimate(), 240) << "more than expected is wrong all the same";
  EXPECT_FALSE(plan->nodes[4].cut_short) << "a sort reads all of its input";
  EXPECT_EQ(plan->nodes[4].Misestimate(), 25);
}

TEST(NodeEvidence, RowsBelowOneAreOne) {
  EXPECT_EQ((NodeEvidence{.estimated_rows = 1, .actual_rows = 0, .loops = 3}.Misestimate()), 1);
  EXPECT_EQ((NodeEvidence{.estimated_rows = 500, .actual_rows = 0, .loops = 0}.Misestimate()), 1) << "never executed";
  EXPECT_EQ((NodeEvidence{.estimated_rows = 500, .actual_rows = 0, .loops = 1}.Misestimate()), 500);
}

TEST(ReadExecutedPlan, RefusesWhatIsNoExecutedPlan) {
  for (const char* const text :
       {"", "[]", "{}", "[1]", "[{\"Plan\": 3}]", "[{\"Plan\": {\"Node Type\": \"Result\"}}]", "[[["}) {
    EXPECT_FALSE(ReadExecutedPlan(text).ok()) << text;
  }
}

TEST(OnlyReads, LooksAtEveryNode) {
  const auto plan = [](const std::string& type) {
    return "[{\"Plan\": {\"Node Type\": \"Limit\", \"Plans\": [{\"Node Type\": \"" + type + "\"}]}}]";
  };
  EXPECT_TRUE(OnlyReads(plan("Seq Scan")));
  for (const char* const type : {"ModifyTable", "LockRows", "Foreign Scan", "Custom Scan", ""}) {
    EXPECT_FALSE(OnlyReads(plan(type))) << type;
  }
  EXPECT_FALSE(OnlyReads("[]"));
}

}  // namespace
}  // namespace pgassay::evidence
