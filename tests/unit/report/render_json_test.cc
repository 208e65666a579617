#include <limits>
#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/render.h"
#include "unit/report/sample_advice.h"

namespace pgassay::report {
namespace {

using nlohmann::json;

json Render(const Advice& advice, const Style& style = {}) {
  return json::parse(AdviceJson(advice, SampleSnapshot(), style));
}

TEST(RenderJson, HasTheFieldsOfTheContract) {
  const json document = Render(SampleAdvice());
  EXPECT_EQ(document["schema_version"], 1);
  EXPECT_EQ(document["database"]["name"], "shop");
  EXPECT_EQ(document["database"]["server_version"], "15.8");
  EXPECT_EQ(document["partial"], false);
  EXPECT_EQ(document["workload"]["templates"], 2);
  EXPECT_EQ(document["workload"]["planned"], 2);
  EXPECT_EQ(document["workload"]["skipped"].size(), 2u);
  EXPECT_EQ(document["workload"]["skipped"][0]["fingerprint"], "c0");
  EXPECT_EQ(document["workload"]["skipped"][0]["code"], "cannot-be-planned");
  EXPECT_TRUE(document["workload"]["skipped"][1]["fingerprint"].is_null());

  const json& item = document["recommendations"][0];
  EXPECT_EQ(item["id"], "0123456789ab");
  EXPECT_EQ(item["kind"], "create-index");
  EXPECT_EQ(item["table"], "shop.orders");
  EXPECT_EQ(item["ddl"].size(), 3u);
  EXPECT_EQ(item["ddl"][1]["lock"], "ShareUpdateExclusiveLock on shop.orders");
  EXPECT_EQ(item["undo"][0]["sql"], "DROP INDEX CONCURRENTLY shop.orders_customer_id_idx");
  EXPECT_EQ(item["size_bytes"], 1048576);
  EXPECT_EQ(item["gain"]["cost"], 8000);
  EXPECT_EQ(item["gain"]["share"], 0.8);
  EXPECT_TRUE(item["gain"]["ms_per_call"].is_null());
  EXPECT_EQ(item["templates"][0]["cost_after"], 8.45);
  EXPECT_EQ(item["label"], "estimated");
  EXPECT_EQ(item["confidence"], "high");
  EXPECT_EQ(item["why"][0], "customer_id is compared for equality.");

  const json& rejected = document["rejected"][2];
  EXPECT_EQ(rejected["reason"], "exists");
  EXPECT_EQ(rejected["by"], "shop.orders_pkey");
  EXPECT_TRUE(document["rejected"][0]["by"].is_null());

  const json& certificate = document["certificate"];
  EXPECT_EQ(certificate["cost_before"], 10000.25);
  EXPECT_EQ(certificate["candidates"], 4);
  EXPECT_EQ(certificate["planner_calls"], 17);
  EXPECT_TRUE(certificate["lower_bound"].is_null());
  EXPECT_TRUE(certificate["gap"].is_null());
  EXPECT_TRUE(document["frontier"].is_null());
  EXPECT_EQ(document["warnings"].size(), 1u);
}

TEST(RenderJson, CostsAreRoundedAsExplainPrints) {
  Advice advice = SampleAdvice();
  advice.costs[0].cost_before = 1000.004999;
  advice.costs[0].binding_costs_before = {1000.004999};
  const json document = Render(advice);
  EXPECT_EQ(document["templates"][0]["cost_before"], 1000.0);
  EXPECT_EQ(document["templates"][0]["bindings"][0]["cost_before"], 1000.0);
  EXPECT_TRUE(document["templates"][1]["bindings"][1]["cost_before"].is_null()) << "a binding that was not planned";
}

TEST(RenderJson, PenaltiesStandBesideTheCosts) {
  Advice advice = SampleAdvice();
  EXPECT_EQ(Render(advice)["templates"][0]["penalty_before"], 0);
  advice.costs[0].cost_before = 1e10 + 1000;
  advice.costs[0].penalty_before = 1e10;
  advice.recommendations[0].templates[0].penalty_without = 2e10;
  const json document = Render(advice);
  EXPECT_EQ(document["templates"][0]["cost_before"], 1e10 + 1000) << "as EXPLAIN prints it";
  EXPECT_EQ(document["templates"][0]["penalty_before"], 1e10);
  EXPECT_EQ(document["templates"][0]["penalty_after"], 0);
  EXPECT_EQ(document["recommendations"][0]["templates"][0]["penalty_without"], 2e10);
}

TEST(RenderJson, LiteralsOnlyOnRequest) {
  Advice advice = SampleAdvice();
  advice.workload.templates[0].sql += " /* for Max Mustermann */";
  const std::string redacted = AdviceJson(advice, SampleSnapshot(), {});
  for (const char* const secret : {"4711", "max@example", "'open'", "top secret", "Mustermann"}) {
    EXPECT_EQ(redacted.find(secret), std::string::npos) << secret;
  }
  const json document = Render(advice, {.show_literals = true});
  EXPECT_EQ(document["templates"][0]["bindings"][0]["sql"], "SELECT * FROM orders WHERE customer_id = 4711");
  EXPECT_EQ(document["rejected"][1]["definition"], "shop.orders (status) WHERE (status = 'open'::text)");
}

TEST(RenderJson, HostileBytesNeverReachTheTerminal) {
  Advice advice = SampleAdvice();
  const std::string hostile =
      "\x1b]0;x\x07\n\xc2\x9b"
      "31m\x7f\xff\xfe \xe2\x80\xae\"'";
  advice.workload.templates[0].sql = hostile;
  advice.recommendations[0].definition = hostile;
  advice.recommendations[0].ddl[1].sql = hostile;
  advice.warnings = {hostile};
  const std::string text = AdviceJson(advice, SampleSnapshot(), {.show_literals = true});
  EXPECT_FALSE(HasControlCharacters(text));
  EXPECT_EQ(text.find("\xe2\x80\xae"), std::string::npos);
  EXPECT_TRUE(json::accept(text));
}

TEST(RenderJson, ReadableNamesStayReadable) {
  Advice advice = SampleAdvice();
  advice.recommendations[0].table = {"Lager Süd", "Höhe"};
  EXPECT_EQ(Render(advice)["recommendations"][0]["table"], "\"Lager Süd\".\"Höhe\"");
  EXPECT_NE(AdviceJson(advice, SampleSnapshot(), {}).find("Lager Süd"), std::string::npos);
}

TEST(RenderJson, NumbersThatJsonLacksAreNull) {
  Advice advice = SampleAdvice();
  advice.costs[0].cost_after = std::numeric_limits<double>::infinity();
  EXPECT_TRUE(Render(advice)["templates"][0]["cost_after"].is_null());
}

TEST(RenderJson, BoundIsPrintedOnceItExists) {
  Advice advice = SampleAdvice();
  advice.certificate.lower_bound = 1000;
  advice.certificate.gap = 0.0763;
  const json document = Render(advice);
  EXPECT_EQ(document["certificate"]["lower_bound"], 1000);
  EXPECT_EQ(document["certificate"]["gap"], 0.0763);
}

}  // namespace
}  // namespace pgassay::report
