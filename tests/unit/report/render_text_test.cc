#include <string>

#include "gtest/gtest.h"
#include "report/render.h"
#include "unit/report/sample_advice.h"

namespace pgassay::report {
namespace {

std::string Render(const Advice& advice, const Style& style = {}) {
  return AdviceText(advice, SampleSnapshot(), style);
}

TEST(RenderText, SaysWhatAnEngineerAsks) {
  const std::string text = Render(SampleAdvice());
  EXPECT_TRUE(Has(text, "Index advice for database shop"));
  EXPECT_TRUE(Has(text, "PostgreSQL 15.8, captured 2025-01-02T03:04:05.000000Z"));
  EXPECT_TRUE(Has(text, "10,000.25 -> 1,076.30 (9.3x, 89.2 % saved) with 1 new index"));
  EXPECT_TRUE(Has(text, "1. shop.orders (customer_id)"));
  EXPECT_TRUE(Has(text, "80.0 % of the total cost (8,000.00), estimated, confidence high"));
  EXPECT_TRUE(Has(text, "a0000000  SELECT * FROM orders WHERE customer_id = $1"));
  EXPECT_TRUE(Has(text, "1,000.00 -> 8.45 (118x), weight 9\n"));
  EXPECT_TRUE(Has(text, "CREATE INDEX CONCURRENTLY orders_customer_id_idx ON shop.orders (customer_id);\n"));
  EXPECT_TRUE(Has(text, "-- undo: DROP INDEX CONCURRENTLY shop.orders_customer_id_idx;"));
  EXPECT_TRUE(Has(text, "Not recommended: 3 indexes"));
  EXPECT_TRUE(Has(text, "Skipped: 2 statements"));
  EXPECT_TRUE(Has(text, "run ANALYZE shop.orders"));
  EXPECT_TRUE(Has(text, "examined 3 statements in 2 templates, 4 candidates, 17 planner calls."));
}

TEST(RenderText, FactorsAreThoseWithoutPenalties) {
  Advice advice = SampleAdvice();
  TemplateGain& gain = advice.recommendations[0].templates[0];
  gain.cost_before += 1e10;
  gain.cost_without += 1e10;
  gain.penalty_before = gain.penalty_without = 1e10;
  EXPECT_TRUE(Has(Render(advice), "10,000,001,000.00 -> 8.45 (118x without penalties), weight 9\n"));
}

TEST(RenderText, TheMostInterestingRejectionsComeFirst) {
  const std::string text = Render(SampleAdvice());
  EXPECT_LT(text.find("below-floor"), text.find("exists"));
  EXPECT_LT(text.find("exists"), text.find("never-used"));
}

TEST(RenderText, LongListsAreCutButCounted) {
  Advice advice = SampleAdvice();
  for (int i = 0; i < 100; ++i)
    advice.rejected.push_back({"shop.orders (c" + std::to_string(i) + ")", "never-used", "", "", {}});
  const std::string text = Render(advice);
  EXPECT_TRUE(Has(text, "Not recommended: 103 indexes"));
  EXPECT_TRUE(Has(text, "97 more with --verbose"));
  EXPECT_FALSE(Has(text, "(c99)"));
  EXPECT_TRUE(Has(Render(advice, {.verbose = true}), "(c99)"));
}

TEST(RenderText, NothingIsOnlySaidWithWhatWasExamined) {
  Advice advice = SampleAdvice();
  advice.recommendations.clear();
  const std::string text = Render(advice);
  EXPECT_TRUE(Has(text, "Nothing to recommend"));
  EXPECT_TRUE(Has(text, "None of the 4 candidates"));
  EXPECT_TRUE(Has(text, "examined 3 statements in 2 templates"));
  EXPECT_FALSE(Has(text, "To apply"));
}

TEST(RenderText, WhatTheLimitsShutOutIsNotCalledWorthless) {
  Advice advice = SampleAdvice();
  advice.recommendations.clear();
  EXPECT_TRUE(Has(Render(advice), "is worth building; examined"));
  advice.rejected.push_back({"shop.orders (a)", "over-budget", "", "", {}});
  EXPECT_TRUE(
      Has(Render(advice), "is both worth building and within the\n  limits asked for (1 is beyond them); examined"));
  advice.rejected.push_back({"shop.orders (b)", "over-count", "", "", {}});
  EXPECT_TRUE(Has(Render(advice), "(2 are beyond them)"));
}

TEST(RenderText, APartialResultSaysSo) {
  Advice advice = SampleAdvice();
  advice.partial = true;
  EXPECT_TRUE(Has(Render(advice), "stopped at a limit"));
}

TEST(RenderText, AnIndexIsNotCreditedWithTheWorkOfOthers) {
  Advice advice = SampleAdvice();
  advice.recommendations[0].templates[0].cost_without = 20;
  const std::string text = Render(advice);
  EXPECT_TRUE(Has(text, "without this index"));
  EXPECT_TRUE(Has(text, "without this index 20.00"));
  EXPECT_FALSE(Has(Render(SampleAdvice()), "without this index"));
}

TEST(RenderText, LiteralsOnlyOnRequest) {
  const std::string text = Render(SampleAdvice(), {.verbose = true});
  for (const char* const secret : {"4711", "max@example", "'open'", "top secret"}) EXPECT_FALSE(Has(text, secret));
  const std::string open = Render(SampleAdvice(), {.show_literals = true, .verbose = true});
  for (const char* const secret : {"4711", "'open'", "top secret"}) EXPECT_TRUE(Has(open, secret));
}

TEST(RenderText, HostileNamesStayHarmlessAndDdlStaysExact) {
  Advice advice = SampleAdvice();
  const std::string hostile = "\x1b[2J\r\x07\xff\"";
  advice.workload.templates[0].sql = hostile;
  advice.workload.skipped[0].source = hostile;
  advice.recommendations[0].definition = hostile;
  advice.recommendations[0].why = {hostile};
  advice.recommendations[0].ddl[1].sql = hostile;
  advice.recommendations[0].ddl[0].sql = "SELECT 1\n  FROM \"Süd\"";
  advice.warnings = {hostile};
  const std::string text = Render(advice, {.show_literals = true});
  EXPECT_FALSE(HasControlCharacters(text));
  EXPECT_TRUE(Has(text, "holds control characters"));
  EXPECT_TRUE(Has(text, "\nSELECT 1\n  FROM \"Süd\";\n"));
}

TEST(RenderText, TheScriptIsSqlOnEveryLineAndExplainsOnce) {
  Advice advice = SampleAdvice();
  advice.recommendations[0].ddl[0].note = std::string(30, 'n') + " " + std::string(90, 'm');
  advice.recommendations.push_back(advice.recommendations[0]);
  const std::string text = Render(advice);
  EXPECT_TRUE(Has(text, "-- " + std::string(30, 'n') + "\n-- " + std::string(90, 'm') + "\nSELECT 'check';\n"));
  // A query that is the same for both is asked once.
  EXPECT_TRUE(Has(text, "-- 2. shop.orders (customer_id)\nCREATE INDEX CONCURRENTLY"));
}

TEST(RenderText, LinesKeepTheWidthExceptDdl) {
  Advice advice = SampleAdvice();
  advice.workload.templates[0].sql = "SELECT " + std::string(300, 'x');
  const std::string text = Render(advice, {.width = 90});
  std::size_t at = text.find("To apply");
  std::string before = text.substr(0, at);
  for (std::size_t begin = 0; begin < before.size();) {
    const std::size_t end = before.find('\n', begin);
    if (end == std::string::npos) break;
    EXPECT_LE(end - begin, 90u) << before.substr(begin, end - begin);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace pgassay::report
