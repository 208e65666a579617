#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/bench_parts.h"
#include "report/render.h"
#include "unit/report/sample_advice.h"

namespace pgassay::report {
namespace {

using nlohmann::json;

BenchPlan SamplePlan() {
  BenchPlan plan;
  plan.workload.templates = {{.id = "a000000000000000",
                              .fingerprint = "f1",
                              .sql = "SELECT 1 WHERE a = $1",
                              .bindings = {{.sql = "SELECT 1 WHERE a = 4711"}}},
                             {.id = "b000000000000000",
                              .fingerprint = "f2",
                              .sql = "UPDATE t SET a = $1",
                              .bindings = {{.sql = "UPDATE t SET a = 4711"}}}};
  plan.queries = {{.id = "a000000000000000", .weight = 9},
                  {.id = "b000000000000000", .weight = 1, .writes = true, .check_note = "it writes"}};
  plan.statements = {{.query = 0, .sql = "SELECT 1 WHERE a = 4711", .weight = 9}, {.query = 1, .weight = 1}};
  plan.sets = {{.name = "current"},
               {.name = "evil<&\"\x1b[31m",
                .changes = {{.definition = "t (a)"}},
                .predicted = {{.before = 100, .after = 10, .used = {"t (a)"}}, {.before = 5, .after = 5}}}};
  return plan;
}

BenchResult SampleResult() {
  BenchResult result{
      .run = "0123456789ab", .ran_at = "2026-11-30T12:00:00Z", .database = "copy", .server_version = 150008};
  BenchSetResult current{.name = "current", .rounds = 3, .total_ms = 100, .mean_ms = BenchFigure{10, 9, 11}};
  current.queries = {{.ms = BenchFigure{10, 9, 11}, .samples = 9}, {.ms = BenchFigure{1, 1, 1}, .samples = 9}};
  BenchSetResult set{
      .name = "evil<&\"\x1b[31m",
      .rounds = 3,
      .size_bytes = 1048576,
      .build_ms = 12,
      .total_ms = 12,
      .mean_ms = BenchFigure{1.2, 1, 1.4},
      .ratio = BenchFigure{0.12, 0.1, 0.14},
      .indexes = {{.definition = "t (a)", .name = "t_a", .size_bytes = 1048576, .scans = 7, .label = "measured"}}};
  set.queries = {{.ms = BenchFigure{1, 1, 1}, .samples = 9, .ratio = BenchFigure{0.1, 0.1, 0.1}, .answer = "same"},
                 {.ms = BenchFigure{2, 2, 2},
                  .samples = 9,
                  .ratio = BenchFigure{2, 1.9, 2.1},
                  .regression = true,
                  .answer = "count"}};
  set.agreement = BenchAgreement{.cost_before = 905, .cost_after = 95, .gains = 1, .same_sign = 1};
  result.sets = {current, set};
  result.notes = {"invalid input syntax for type integer: \"secret 4711\""};
  return result;
}

TEST(PredictedRatio, IsOfTimesWhereTheseArePredicted) {
  PredictedCost cost{.before = 100, .after = 10, .ms_before = {}, .ms_after = {}, .used = {}};
  EXPECT_EQ(PredictedRatio(cost), 0.1);
  cost.ms_before = 4;
  cost.ms_after = 8;
  EXPECT_EQ(PredictedRatio(cost), 2) << "dearer than the planner thinks";
}

TEST(BenchJson, HasTheContractsFields) {
  const json document = json::parse(BenchJson(SamplePlan(), SampleResult(), {}));
  const json& set = document["sets"][1];
  EXPECT_EQ(set["median_ms"], 1.2);
  EXPECT_EQ(set["size_bytes"], 1048576);
  EXPECT_EQ(set["build_ms"], 12);
  EXPECT_EQ(set["queries"][0]["id"], "a000000000000000");
  EXPECT_EQ(set["queries"][0]["median_ms"], 1);
  EXPECT_EQ(set["queries"][0]["predicted_ratio"], 0.1);
  EXPECT_EQ(set["indexes"][0]["label"], "measured");
  EXPECT_EQ(document["regressions"].size(), 1U);
  EXPECT_EQ(document["regressions"][0]["id"], "b000000000000000");
  EXPECT_EQ(document["regressions"][0]["ratio"], 2);
  EXPECT_EQ(document["templates"].size(), 2U);
}

TEST(BenchText, ListsRegressionsBeforeTheSets) {
  const std::string text = BenchText(SamplePlan(), SampleResult(), {});
  const std::size_t slower = text.find("Slower than before");
  ASSERT_NE(slower, std::string::npos);
  EXPECT_LT(slower, text.find("Set evil"));
  EXPECT_TRUE(Has(text, "####################"));
  EXPECT_TRUE(Has(text, "2.0x worse"));
  EXPECT_FALSE(Has(text, "4711"));
  EXPECT_FALSE(HasControlCharacters(text));
  EXPECT_FALSE(HasControlCharacters(BenchMarkdown(SamplePlan(), SampleResult(), {})));
}

TEST(BenchText, SaysWhereAnswersDiffer) {
  BenchResult result = SampleResult();
  result.answers_differ = true;
  result.sets[1].queries[0].answer = "differs";
  EXPECT_TRUE(Has(BenchText(SamplePlan(), result, {}), "its answer differs from the one without the set"));
}

TEST(BenchJunit, IsXmlWithAFailureForEachRegression) {
  const std::string xml = BenchJunit(SamplePlan(), SampleResult(), {});
  EXPECT_TRUE(xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites "));
  EXPECT_TRUE(Has(xml, "<testsuite name=\"evil&lt;&amp;&quot;\\x1b[31m\" tests=\"2\" failures=\"1\" errors=\"0\""));
  EXPECT_TRUE(Has(xml, "<failure type=\"regression\" message=\"2.0x worse\"/>"));
  EXPECT_FALSE(HasControlCharacters(xml));
}

TEST(BenchJunit, ASetThatFailedIsAnError) {
  BenchResult result = SampleResult();
  result.sets[1] = {.name = "new", .problem_code = "disk-full", .problem = "no space"};
  EXPECT_TRUE(Has(BenchJunit(SamplePlan(), result, {}), "<error type=\"disk-full\" message=\"no space\"/>"));
}

}  // namespace
}  // namespace pgassay::report
