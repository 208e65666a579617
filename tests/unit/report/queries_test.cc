#include "report/queries.h"

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "report/render.h"
#include "unit/report/sample_advice.h"
#include "unit/report/sample_queries.h"

namespace pgassay::report {
namespace {

using nlohmann::json;

std::string FirstBy(QueryOrder order) {
  const Workload workload = SampleCounters();
  return RankQueries(workload, {.order = order}).shown.front()->id.substr(0, 1) +
         RankQueries(workload, {.order = order}).shown.front()->id.substr(15);
}

TEST(Queries, AreRankedByWhatIsAskedFor) {
  EXPECT_EQ(FirstBy(QueryOrder::kTotal), "a2");
  EXPECT_EQ(FirstBy(QueryOrder::kCalls), "c3");
  EXPECT_EQ(FirstBy(QueryOrder::kMean), "a2");
  EXPECT_EQ(FirstBy(QueryOrder::kRows), "c3");
  EXPECT_EQ(FirstBy(QueryOrder::kBlocks), "c3");
  EXPECT_EQ(FirstBy(QueryOrder::kTemp), "a2");
  EXPECT_EQ(FirstBy(QueryOrder::kWal), "c3");
}

TEST(Queries, TextSaysWhereTheTimeGoesAndWhatIsMissing) {
  const std::string text = QueriesText(SampleCounters(), SampleSource(), {.limit = 2}, {});
  EXPECT_TRUE(Has(text, "pg_stat_statements 1.10 in database postgres, track top, since 2024-12-31T00:00:00Z"));
  EXPECT_TRUE(Has(text, "were dropped 3 times"));
  EXPECT_TRUE(Has(text, "50.0 % of the 2 s that the database was active"));
  EXPECT_TRUE(Has(text, "other-database 5 s, utility-statement VariableSetStmt 2.0 %"));
  EXPECT_TRUE(Has(text, "2 of 3 templates by total, 90.0 % of 1 s"));
  EXPECT_TRUE(Has(text, "1.0 MB")) << "temporary files of the slowest";
  EXPECT_TRUE(Has(text, "75.0 %")) << "hit ratio";
  EXPECT_TRUE(Has(text, "SELECT note FROM orders WHERE email = $1"));
  EXPECT_FALSE(Has(text, "INSERT")) << "beyond the limit";
  EXPECT_FALSE(Has(text, "WAL")) << "no statement shown writes any";
  EXPECT_FALSE(Has(text, "Mustermann"));
  EXPECT_FALSE(Has(text, "gone")) << "quoted text of a reason is redacted";
  EXPECT_TRUE(Has(text, "3.0 % of the observed time"));
}

// Two of three templates are in the logs, one of these with durations.
Workload WithLogs() {
  Workload workload = SampleCounters();
  workload.templates[0].logged = LoggedTimes{.hours = {{490'018, {.calls = 3, .total_us = 600'000}}},
                                             .max_us = 80'000,
                                             .p50_us = 1'000,
                                             .p95_us = 5'000,
                                             .p99_us = 77'000};
  workload.templates[2].logged = LoggedTimes{.hours = {{490'018, {.calls = 4}}}};
  return workload;
}

TEST(Queries, QuantilesAreThoseOfLogsOrNone) {
  EXPECT_FALSE(Has(QueriesText(SampleCounters(), SampleSource(), {}, {}), "p99"));
  EXPECT_TRUE(Has(QueriesText(WithLogs(), SampleSource(), {}, {}), "77 ms"));
  const json document = json::parse(QueriesJson(WithLogs(), SampleSource(), {.order = QueryOrder::kP99}, {}));
  ASSERT_EQ(document["queries"].size(), 3U);
  EXPECT_EQ(document["order"], "p99");
  EXPECT_EQ(document["queries"][0]["p50_ms"], 1.0);
  EXPECT_EQ(document["queries"][0]["p95_ms"], 5.0);
  EXPECT_EQ(document["queries"][0]["p99_ms"], 77.0);
  for (const int other : {1, 2}) EXPECT_TRUE(document["queries"][other]["p99_ms"].is_null()) << other;
  EXPECT_EQ(document["queries"][0]["histogram"][0]["calls"], 3);
  EXPECT_TRUE(document["queries"][1]["histogram"].empty());
}

TEST(Queries, WhichCallsAreLoggedIsSaid) {
  Snapshot snapshot = SampleSource();
  const auto set = [&](std::vector<Setting> settings) { snapshot.settings = std::move(settings); };
  const auto part = [&] { return LoggedPart(WithLogs(), snapshot); };
  set({{"log_min_duration_statement", "500ms", ""}});
  EXPECT_TRUE(Has(part(), "those of 500ms or more;")) << part();
  EXPECT_EQ(LoggedPart(SampleCounters(), snapshot), "") << "nothing is from logs";
  EXPECT_TRUE(Has(QueriesText(WithLogs(), snapshot, {}, {}), "those of 500ms or more"));
  EXPECT_TRUE(json::parse(QueriesJson(WithLogs(), snapshot, {}, {}))["source"]["logged_part"].is_string());
  set({{"log_min_duration_statement", "1s", ""},
       {"log_min_duration_sample", "100ms", ""},
       {"log_statement_sample_rate", "0.1", ""}});
  EXPECT_TRUE(Has(part(), "those of 1s or more, and a share of 0.1 of those of 100ms or more;")) << part();
  set({{"log_min_duration_sample", "0", ""}, {"log_statement_sample_rate", "0.1", ""}});
  EXPECT_TRUE(Has(part(), "a share of 0.1 of all;")) << part();
  set({{"log_transaction_sample_rate", "0.25", ""}});
  EXPECT_TRUE(Has(part(), "all of a share of 0.25 of the transactions;")) << part();
  // Everything is logged, whatever else is set; or the logs are of another way.
  for (const Setting& all :
       {Setting{"log_min_duration_statement", "0", ""}, Setting{"log_transaction_sample_rate", "1", ""}}) {
    set({all, {"log_min_duration_sample", "100ms", ""}, {"log_statement_sample_rate", "0.1", ""}});
    EXPECT_EQ(part(), "") << all.name;
  }
  set({{"log_duration", "on", ""}, {"log_statement", "all", ""}, {"log_min_duration_statement", "1s", ""}});
  EXPECT_EQ(part(), "");
  set({{"log_min_duration_statement", "-1", ""}});
  EXPECT_EQ(part(), "");
}

TEST(Queries, HoursOfLogsAreAChartATableAndData) {
  const QueriesOptions options{.hours = {{0, {.calls = 2}},
                                         {490'018, {.calls = 3, .total_us = 600'000}},
                                         {490'020, {.calls = 1, .total_us = 300'000}}}};
  const std::string text = QueriesText(WithLogs(), SampleSource(), options, {.width = 80});
  EXPECT_TRUE(Has(text, "Logged calls over time (UTC, rows of 1 hour)"));
  EXPECT_TRUE(Has(text, std::string(30, '#') + "\n"));
  EXPECT_TRUE(Has(text, " " + std::string(15, '#') + "\n"));
  EXPECT_TRUE(Has(text, "2025-11-25 11:00      0"));
  EXPECT_TRUE(Has(text, "2 calls of entries without a time"));
  EXPECT_TRUE(Has(QueriesMarkdown(WithLogs(), SampleSource(), options, {}), "| 2025-11-25 10:00 |"));
  const json document = json::parse(QueriesJson(WithLogs(), SampleSource(), options, {}));
  ASSERT_EQ(document["histogram"].size(), 3U);
  EXPECT_EQ(document["histogram"][0]["hour"], "");
  EXPECT_EQ(document["histogram"][1]["hour"], "2025-11-25T10:00:00Z");
  EXPECT_EQ(document["histogram"][1]["total_ms"], 600.0);
  EXPECT_FALSE(Has(QueriesText(SampleCounters(), SampleSource(), {}, {}), "over time"));
}

TEST(Queries, OneTemplateAlone) {
  const json document = json::parse(QueriesJson(WithLogs(), SampleSource(), {.only = "c000000000000003"}, {}));
  ASSERT_EQ(document["queries"].size(), 1U);
  EXPECT_EQ(document["queries"][0]["id"], "c000000000000003");
  EXPECT_LT(document["queries"][0]["share"], 0.1) << "of the time of all";
}

TEST(Queries, ShortIdsTellTemplatesApart) {
  const std::string text = QueriesText(SampleCounters(), SampleSource(), {}, {});
  EXPECT_TRUE(Has(text, "a00000000 ")) << "eight digits are the same for two of them";
  EXPECT_TRUE(Has(text, "a00000001 "));
  EXPECT_TRUE(Has(text, "loader")) << "users are told apart where there are several";
}

TEST(Queries, JsonHasEveryCounter) {
  const json document = json::parse(QueriesJson(SampleCounters(), SampleSource(), {}, {}));
  EXPECT_EQ(document["source"]["kind"], "pg_stat_statements");
  EXPECT_EQ(document["source"]["active_share"], 0.5);
  EXPECT_EQ(document["templates"], 3);
  EXPECT_EQ(document["total_ms"], 1000.0);
  const json& query = document["queries"][0];
  EXPECT_EQ(query["id"], "a000000010000002");
  EXPECT_EQ(query["fingerprint"], "f000000010000002");
  EXPECT_EQ(query["calls"], 10);
  EXPECT_EQ(query["mean_ms"], 60.0);
  EXPECT_EQ(query["share"], 0.6);
  EXPECT_EQ(query["query_ids"][0], "-7234567890123456789") << "text, because many programs would round it";
  EXPECT_EQ(query["temp_blocks_written"], 128);
  EXPECT_EQ(document["queries"][2]["wal_bytes"], 2097152);
  EXPECT_EQ(document["queries"][1]["tags"][0], "comment=?");
  EXPECT_EQ(document["queries"][1]["tags"][1], "controller=orders");
  EXPECT_EQ(document["not_kept"].size(), 2u);
  EXPECT_TRUE(document["not_kept"][0]["share"].is_null()) << "another database's";
  EXPECT_EQ(document["not_kept"][1]["share"], 0.02);
  EXPECT_EQ(document["skipped"][0]["total_ms"], 30.0);
}

TEST(Queries, CountersThatCannotBeAreHarmless) {
  constexpr double kInfinite = std::numeric_limits<double>::infinity();
  constexpr double kNaN = std::numeric_limits<double>::quiet_NaN();
  for (const double value : {kInfinite, -kInfinite, kNaN, -1.0, 1e308}) {
    Workload workload = SampleCounters();
    workload.templates[0].observed->total_ms = value;
    workload.templates[0].observed->wal_bytes = value;
    workload.templates[0].observed->calls = std::numeric_limits<std::int64_t>::max();
    workload.templates[0].observed->shared_blocks_hit = std::numeric_limits<std::int64_t>::max();
    workload.templates[0].observed->shared_blocks_read = std::numeric_limits<std::int64_t>::min();
    workload.templates[1].observed->calls = 0;
    workload.templates[1].observed->temp_blocks_read = std::numeric_limits<std::int64_t>::max();
    workload.skipped[0].total_ms = value;
    workload.not_kept[1].total_ms = value;
    for (const QueryOrder order : {QueryOrder::kTotal, QueryOrder::kMean, QueryOrder::kBlocks, QueryOrder::kWal}) {
      EXPECT_TRUE(json::accept(QueriesJson(workload, SampleSource(), {.order = order}, {})));
      const std::string text = QueriesText(workload, SampleSource(), {.order = order}, {});
      EXPECT_FALSE(Has(text, "nan")) << value;
      EXPECT_FALSE(HasControlCharacters(text));
    }
  }
}

TEST(Queries, TimeOfAnotherPeriodIsNotCompared) {
  Snapshot snapshot = SampleSource();
  snapshot.statement_source.database_active_ms = 500;
  EXPECT_FALSE(Has(QueriesText(SampleCounters(), snapshot, {}, {}), "was active"));
}

TEST(Queries, WhatRunsWithinAFunctionIsPartOfItsCaller) {
  Workload workload = SampleCounters();
  workload.templates[1].top_level = false;
  EXPECT_DOUBLE_EQ(ActiveShare(workload, SampleSource()), 0.2);
}

TEST(Queries, NoneIsSaidAsNone) {
  const std::string text = QueriesText({}, SampleSource(), {}, {});
  EXPECT_TRUE(Has(text, "0 of 0 templates"));
}

}  // namespace
}  // namespace pgassay::report
