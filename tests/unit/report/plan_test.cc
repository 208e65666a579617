#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/plan_text.h"
#include "report/plan_tree.h"
#include "report/render.h"
#include "unit/report/sample_advice.h"
#include "unit/report/sample_queries.h"

namespace pgassay::report {
namespace {

using nlohmann::json;

std::vector<PlanNode> Nodes(const std::string& fields) {
  return ReadPlan(R"([{"Plan": {)" + fields + "}}]", {});
}

TEST(PlanTree, NodesAreCalledAsExplainCallsThem) {
  const struct {
    const char* fields;
    const char* title;
  } kCases[] = {
      {R"("Node Type": "Hash Join", "Join Type": "Left")", "Hash Left Join"},
      {R"("Node Type": "Hash Join", "Join Type": "Inner")", "Hash Join"},
      {R"("Node Type": "Nested Loop", "Join Type": "Semi")", "Nested Loop Semi Join"},
      {R"("Node Type": "Aggregate", "Strategy": "Hashed", "Partial Mode": "Partial")", "Partial HashAggregate"},
      {R"("Node Type": "Aggregate", "Strategy": "Plain", "Partial Mode": "Simple")", "Aggregate"},
      {R"("Node Type": "ModifyTable", "Operation": "Update", "Relation Name": "t", "Alias": "t")", "Update on t"},
      {R"("Node Type": "Seq Scan", "Parallel Aware": true, "Relation Name": "T x", "Alias": "a")",
       "Parallel Seq Scan on \"T x\" a"},
      {R"("Node Type": "Bitmap Index Scan", "Index Name": "i")", "Bitmap Index Scan on i"},
      {R"("Node Type": "Index Only Scan", "Index Name": "i", "Relation Name": "t", "Alias": "t")",
       "Index Only Scan using i on t"},
      {R"-("Node Type": "Result", "Subplan Name": "InitPlan 1 (returns $0)")-", "InitPlan 1 (returns $0): Result"}};
  for (const auto& [fields, title] : kCases) EXPECT_EQ(Nodes(fields).front().title, title);
}

TEST(PlanTree, ConstantsOfConditionsAreRedacted) {
  const std::string fields = R"-("Node Type": "Seq Scan", "Filter": "((email = 'max@example'::text) AND (a1 > 12))")-";
  EXPECT_EQ(Nodes(fields).front().details.front(), "Filter: ((email = ?::text) AND (a1 > ?))");
  const std::vector<PlanNode> open =
      ReadPlan(R"([{"Plan": {)" + fields + "}}]", {.index_names = {}, .show_literals = true});
  EXPECT_EQ(open.front().details.front(), "Filter: ((email = 'max@example'::text) AND (a1 > 12))");
}

TEST(PlanTree, WhatIsNoPlanIsSaidToBeNone) {
  for (const std::string text :
       {"", "{", "null", "[]", "[1]", "[{}]", R"([{"Plan": 5}])", "\xff\xfe", R"([{"Plan": {"Total Cost": 1e999}}])"}) {
    ASSERT_EQ(ReadPlan(text, {}).size(), 1u) << text;
    EXPECT_EQ(ReadPlan(text, {}).front().title, "The plan is not readable") << text;
  }
  EXPECT_EQ(ReadPlan(std::string(1000000, '['), {}).front().title, "The plan is not readable");
}

TEST(PlanTree, FieldsOfWrongTypesAreIgnored) {
  const std::vector<PlanNode> nodes =
      Nodes(R"("Node Type": 7, "Index Name": [], "Filter": {"a": 1}, "Total Cost": "x", "Plans": [null, 3, {}])");
  EXPECT_EQ(nodes.front().figures, "cost=0.00..0.00 rows=0 width=0");
  EXPECT_EQ(nodes.back().title, "The plan goes on; the rest is not shown");
}

TEST(PlanTree, DepthAndLengthAreBounded) {
  std::string deep = R"({"Node Type": "Result"})";
  for (int i = 0; i < 300; ++i) deep = R"({"Node Type": "Append", "Plans": [)" + deep + "]}";
  const std::vector<PlanNode> nodes = ReadPlan(R"([{"Plan": )" + deep + "}]", {});
  EXPECT_LE(nodes.size(), 202u);
  EXPECT_EQ(nodes.back().title, "The plan goes on; the rest is not shown");
  std::string wide = R"({"Node Type": "Append", "Plans": [)";
  for (int i = 0; i < 5000; ++i) wide += R"({"Node Type": "Result"},)";
  wide.back() = ']';
  EXPECT_EQ(ReadPlan(R"([{"Plan": )" + wide + "}}]", {}).size(), 2001u);
}

TEST(PlanTree, OnlyWhatDiffersIsMarked) {
  const ExplainedBinding binding = SampleExplanation().templates[0].bindings[0];
  const PlanWords words{.index_names = {{"pgassay_candidate_7", "orders_customer_id_idx"}}, .show_literals = false};
  const std::vector<PlanRow> rows =
      ComparePlans(ReadPlan(binding.plan_before, words), ReadPlan(binding.plan_after, words));
  ASSERT_EQ(rows.size(), 3u);
  EXPECT_FALSE(rows[0].before->changed) << "Limit is above both";
  EXPECT_EQ(rows[0].after->title, "Limit");
  EXPECT_EQ(rows[1].before->title, "Sort");
  EXPECT_TRUE(rows[1].before->changed);
  EXPECT_EQ(rows[1].after->title, "Index Scan Backward using orders_customer_id_idx on orders o");
  EXPECT_TRUE(rows[1].after->changed);
  EXPECT_FALSE(rows[2].after.has_value());
}

TEST(PlanTree, EqualNodesStandBesideEachOther) {
  const auto node = [](const std::string& title) {
    return PlanNode{.depth = 0, .title = title, .figures = "", .details = {}};
  };
  const std::vector<PlanRow> rows =
      ComparePlans({node("a"), node("b"), node("x")}, {node("a"), node("c"), node("d"), node("x"), node("e")});
  ASSERT_EQ(rows.size(), 5u);
  EXPECT_EQ(rows[1].before->title, "b");
  EXPECT_EQ(rows[1].after->title, "c");
  EXPECT_FALSE(rows[2].before.has_value());
  EXPECT_EQ(rows[3].before->title, "x");
  EXPECT_EQ(rows[3].after->title, "x");
  EXPECT_FALSE(rows[3].after->changed);
  EXPECT_EQ(rows[4].after->title, "e");
}

TEST(PlanText, LongConditionsAreWrappedAndCut) {
  PlanPair plans;
  PlanNode node{.depth = 60, .title = "Seq Scan", .figures = "cost=1", .details = {"Filter: " + std::string(900, 'x')}};
  plans.rows = {{node, node}};
  const std::vector<PlanLine> lines = PlanLines(plans, false, 60);
  EXPECT_EQ(lines.size(), 5u);
  for (const PlanLine& line : lines) EXPECT_LE(TextWidth(line.text), 60u) << line.text;
  EXPECT_TRUE(lines.back().text.ends_with("..."));
}

TEST(PlanText, WideTerminalsShowBothBesideEachOther) {
  const Explanation explanation = SampleExplanation();
  const std::string wide = ExplainText(explanation, SampleSnapshot(), {.width = 140});
  EXPECT_TRUE(Has(wide, "*   Sort (cost=900.50..950.00 rows=10 width=8)"));
  const std::size_t row = wide.find("*   Sort (");
  const std::size_t end = wide.find('\n', row);
  EXPECT_NE(wide.substr(row, end - row).find("*   Index Scan Backward using"), std::string::npos) << wide;
  const std::string narrow = ExplainText(explanation, SampleSnapshot(), {.width = 100});
  EXPECT_LT(narrow.find("Plan before"), narrow.find("*   Sort ("));
  EXPECT_LT(narrow.find("*   Sort ("), narrow.find("Plan after"));
  EXPECT_TRUE(Has(ExplainText(explanation, SampleSnapshot(), {.color = true, .width = 140}), "\x1b[1m* "));
}

TEST(Explain, TellsTheWholeStory) {
  const std::string text = ExplainText(SampleExplanation(), SampleSnapshot(), {});
  EXPECT_TRUE(Has(text, "1,000.00 -> 8.45 (118x) a call, weight 9, from file"));
  EXPECT_TRUE(Has(text, "by 0123456789ab"));
  EXPECT_TRUE(Has(text, "customer_id: common (35 %)"));
  EXPECT_TRUE(Has(text, "Index Cond: (customer_id = ?)"));
  EXPECT_TRUE(Has(text, "below-floor"));
  EXPECT_EQ(text.find("Plan before"), text.rfind("Plan before")) << "the same plans are shown once";
  EXPECT_FALSE(Has(text, "4711"));
  EXPECT_TRUE(Has(ExplainText(SampleExplanation(), SampleSnapshot(), {.show_literals = true}), "4711"));
}

TEST(Explain, JsonAndMarkdownHaveThePlans) {
  Explanation explanation = SampleExplanation();
  explanation.subject = "0123";
  const json document = json::parse(ExplainJson(explanation, SampleSnapshot(), {}));
  EXPECT_EQ(document["subject"], "0123") << "an id is no constant";
  EXPECT_EQ(document["kind"], "template");
  EXPECT_TRUE(document["index"].is_null());
  const json& plan = document["templates"][0]["bindings"][0]["plan_after"];
  EXPECT_EQ(plan[1]["node"], "Index Scan Backward using orders_customer_id_idx on orders o");
  EXPECT_EQ(plan[1]["changed"], true);
  const std::string markdown = ExplainMarkdown(explanation, SampleSnapshot(), {});
  EXPECT_TRUE(Has(markdown, "**Plan before**\n\n```text\n  Limit (cost=900.50..1000.00 rows=5 width=8)\n"));
}

TEST(Explain, AProposedIndexHasAVerdict) {
  Explanation explanation = SampleExplanation();
  explanation.kind = "index";
  explanation.subject = "CREATE INDEX ON shop.orders (status) WHERE status = 'open'";
  ExplainedIndex index;
  index.definition = "shop.orders (status) WHERE (status = 'open'::text)";
  index.recommendation = SampleAdvice().recommendations[0];
  index.gain_alone = 500;
  index.verdict = "Plans use shop.orders (customer_id) instead.";
  index.substitutes = {"shop.orders (customer_id)"};
  index.templates = std::move(explanation.templates);
  explanation.templates.clear();
  explanation.index = index;
  const std::string text = ExplainText(explanation, SampleSnapshot(), {});
  EXPECT_TRUE(Has(text, "not recommended"));
  EXPECT_TRUE(Has(text, "saves 5.0 % of the total cost (500.00) with no other new index"));
  EXPECT_TRUE(Has(text, "CREATE INDEX CONCURRENTLY orders_customer_id_idx"));
  EXPECT_FALSE(Has(text, "'open'"));
  const json document = json::parse(ExplainJson(explanation, SampleSnapshot(), {}));
  EXPECT_EQ(document["index"]["advised"], false);
  EXPECT_EQ(document["index"]["gain_alone"], 500.0);
  EXPECT_EQ(document["subject"], "CREATE INDEX ON shop.orders (status) WHERE status = ?");
}

}  // namespace
}  // namespace pgassay::report
