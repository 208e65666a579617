#include "report/maintenance.h"

#include <string>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/render.h"
#include "unit/report/sample_advice.h"
#include "unit/report/sample_queries.h"

namespace pgassay::report {
namespace {

Maintenance Busy() {
  return {.days = 12.5,
          .inserts = 10000,
          .updates = 2300,
          .hot_updates = 5000,
          .hot_updates_lost = 1200,
          .hot_columns = {"status"},
          .hot_templates = {"a000000000000001"}};
}

TEST(Maintenance, IsToldInEntriesADay) {
  EXPECT_EQ(MaintenanceText(Busy()),
            "+12,300 index entries a day (10,000 inserts, 2,300 updates); ends HOT for 1,200 updates a day that set "
            "status");
  EXPECT_EQ(MaintenanceText({.days = 3, .hot_columns = {}, .hot_templates = {}}), "none seen");
  EXPECT_EQ(MaintenanceText({.days = 30, .inserts = 0.5, .hot_columns = {}, .hot_templates = {}}),
            "+0.5 index entries a day (0.5 inserts, 0 updates)");
}

TEST(Maintenance, WithoutAPeriodThereAreNoRates) {
  Maintenance unknown = Busy();
  unknown.days.reset();
  unknown.hot_columns = {"Order"};
  EXPECT_EQ(MaintenanceText(unknown),
            "how many is not known: the table's counters do not say since when they run; ends HOT for updates that set "
            "\"Order\"");
  EXPECT_TRUE(MaintenanceJson(unknown)["inserts"].is_null());
  EXPECT_EQ(MaintenanceJson(unknown)["hot_columns"][0], "Order");
  EXPECT_EQ(MaintenanceJson(Busy())["hot_updates_lost"], 1200.0);
}

TEST(AdviceOfTheServersStatements, SaysWhatItCovers) {
  Advice advice = SampleAdvice();
  advice.recommendations[0].maintenance = Busy();
  advice.recommendations[0].index_count = 12;
  const Workload counters = SampleCounters();
  advice.workload.templates[0].observed = counters.templates[0].observed;
  advice.workload.templates[0].source = "pg_stat_statements";
  advice.workload.templates[0].bindings[0].source = "statistics";
  advice.workload.skipped[0].total_ms = 80;
  advice.workload.not_kept = counters.not_kept;
  const std::string text = AdviceText(advice, SampleSource(), {.width = 160});
  EXPECT_TRUE(Has(text, "1 template from pg_stat_statements and 1 from files, with 3 sets of values, 1 of them made"));
  Advice logged = advice;
  logged.workload.templates[1].source = "log";
  EXPECT_TRUE(
      Has(AdviceText(logged, SampleSource(), {.width = 160}), "1 template from pg_stat_statements and 1 from logs"));
  EXPECT_TRUE(Has(text, "planned 75.0 % of 400 ms observed since"));
  EXPECT_TRUE(Has(text, "skipped 20.0 % (cannot-be-planned 20.0 %"));
  EXPECT_TRUE(Has(text, "; not kept 5.0 %"));
  EXPECT_TRUE(Has(text, "writes  +12,300 index entries a day"));
  EXPECT_TRUE(Has(text, "one index for each of 12 tables"));
  const nlohmann::json document = nlohmann::json::parse(AdviceJson(advice, SampleSource(), {}));
  EXPECT_EQ(document["recommendations"][0]["index_count"], 12);
  EXPECT_EQ(document["recommendations"][0]["maintenance"]["days"], 12.5);
  EXPECT_EQ(document["templates"][0]["source"], "pg_stat_statements");
  EXPECT_EQ(document["templates"][1]["source"], "file");
  EXPECT_EQ(document["templates"][1]["binding_count"], 2);
  EXPECT_EQ(document["workload"]["observed"]["planned_share"], 0.75);
  EXPECT_EQ(document["workload"]["not_kept"].size(), 2u);
  EXPECT_EQ(document["workload"]["skipped"][0]["total_ms"], 80.0);
  EXPECT_TRUE(document["workload"]["skipped"][1]["total_ms"].is_null());
}

}  // namespace
}  // namespace pgassay::report
