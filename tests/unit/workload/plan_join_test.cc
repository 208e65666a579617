#include "workload/plan_join.h"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "ingest/log_record.h"
#include "workload/latency_sketch.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace pgassay::workload {
namespace {

constexpr std::int64_t kStart = std::int64_t{1'764'072'000} * 1'000'000;

// Writes a log of one session, with the time going on.
class Log {
 public:
  Log& At(std::int64_t ms) {
    time_us_ = kStart + ms * 1000;
    return *this;
  }
  Log& Line(const std::string& message, std::string_view detail = {}, std::uint64_t session = 1) {
    tally_.Add({.time_us = time_us_,
                .severity = ingest::Severity::kLog,
                .session = session,
                .database = "shop",
                .user = "ann",
                .message = message,
                .detail = detail});
    return *this;
  }
  Log& Plan(const std::string& ms, const std::string& query, const std::string& parameters = "") {
    return Line("duration: " + ms + " ms  plan:\nQuery Text: " + query + "\n" +
                (parameters.empty() ? "" : "Query Parameters: " + parameters + "\n") +
                "Result  (cost=0.00..0.01 rows=40 width=4) (actual rows=2 loops=1)");
  }
  Log& Simple(const std::string& ms, const std::string& query) {
    return Line("duration: " + ms + " ms  statement: " + query);
  }
  Log& Execute(const std::string& ms, const std::string& query) {
    return Line("duration: " + ms + " ms  execute <unnamed>: " + query, "parameters: $1 = '7'");
  }

  // What `before` left open goes on here.
  Log& GoOn(const Log& before) {
    totals_.Reopen(before.totals_.Open());
    return *this;
  }

  // Ends the block that is being written.
  Log& Block() {
    totals_.Take(tally_);
    tally_.Clear();
    return *this;
  }
  LogWorkload Finish() {
    Block();
    return std::move(totals_).Finish();
  }
  // Of the only template.
  LogTemplate Only() {
    LogWorkload workload = Finish();
    EXPECT_EQ(workload.templates.size(), 1U);
    return workload.templates.empty() ? LogTemplate{} : workload.templates.front();
  }

 private:
  LogTally tally_;
  LogTotals totals_;
  std::int64_t time_us_ = kStart;
};

TEST(PlanJoin, PlansAloneAreCalls) {
  const LogTemplate of = Log()
                             .Plan("2.000", "SELECT a FROM t WHERE b = 1")
                             .At(3'600'000)
                             .Plan("5.000", "SELECT a FROM t WHERE b = 2")
                             .Only();
  EXPECT_EQ(of.sql, "SELECT a FROM t WHERE b = $1");
  EXPECT_EQ(of.counters.calls, 2);
  EXPECT_EQ(of.counters.timed_calls, 2);
  EXPECT_EQ(of.counters.total_us, 7000);
  EXPECT_EQ(of.counters.min_us, 2000);
  EXPECT_EQ(of.counters.max_us, 5000);
  EXPECT_EQ(of.counters.plans, 2);
  EXPECT_EQ(of.counters.plan_us, 7000);
  EXPECT_EQ(of.counters.analyzed_plans, 2);
  EXPECT_EQ(of.counters.plan_rows, 4);
  EXPECT_EQ(of.counters.misestimated, 2);
  EXPECT_EQ(of.counters.worst_misestimate, 20);
  EXPECT_EQ(of.samples.size(), 2U);
  ASSERT_EQ(of.slowest.size(), 1U);
  EXPECT_EQ(of.slowest[0].sql, "SELECT a FROM t WHERE b = 2");
  ASSERT_EQ(of.hours.size(), 2U);
  EXPECT_EQ(of.hours.begin()->second, (LogHour{.calls = 1, .total_us = 2000}));
}

TEST(PlanJoin, ASimpleCallTakesThePlanBeforeIt) {
  Log log;
  for (int i = 0; i < 10; ++i)
    log.Plan("2.000", "SELECT a FROM t WHERE b = 1").Simple("2.500", "SELECT a FROM t WHERE b = 1");
  const LogTemplate of = log.Only();
  EXPECT_EQ(of.counters.calls, 10);
  EXPECT_EQ(of.counters.plans, 10);
  EXPECT_EQ(of.counters.total_us, 25'000);
  EXPECT_EQ(of.samples.size(), 1U) << "the plans give no further samples";
}

TEST(PlanJoin, AnExtendedCallTakesThePlanBehindIt) {
  const std::string read = "SELECT a FROM t WHERE b = $1";
  Log log;
  for (int i = 0; i < 10; ++i) log.At(i * 10).Execute("2.500", read).Block().Plan("2.000", read, "$1 = '7'");
  const LogTemplate of = log.Only();
  EXPECT_EQ(of.counters.calls, 10);
  EXPECT_EQ(of.counters.plans, 10);
}

TEST(PlanJoin, AnExtendedCallThatWritesTakesThePlanBeforeIt) {
  const std::string write = "INSERT INTO t VALUES ($1)";
  const LogTemplate of =
      Log().Plan("2.000", write).Execute("2.500", write).Plan("2.000", write).Execute("2.500", write).Only();
  EXPECT_EQ(of.counters.calls, 2);
}

TEST(PlanJoin, PartsOfRowsAreOneCall) {
  const std::string read = "SELECT a FROM t WHERE b = $1";
  const LogTemplate of = Log()
                             .Execute("5.000", read)
                             .Line("duration: 4.000 ms  execute fetch from C_1: " + read)
                             .Line("duration: 4.000 ms  execute fetch from C_1: " + read)
                             .Plan("12.900", read)
                             .Only();
  EXPECT_EQ(of.counters.calls, 1);
  EXPECT_EQ(of.counters.total_us, 13'000);
}

TEST(PlanJoin, AStringOfSeveralStatementsIsOneCall) {
  const std::string both = "SELECT 1 FROM t WHERE b = 1; SELECT 2 FROM t WHERE b = 2";
  const LogTemplate of = Log().Plan("2.000", both).Plan("3.000", both).Simple("5.500", both).Only();
  EXPECT_EQ(of.counters.calls, 1);
  EXPECT_EQ(of.counters.plans, 2);
}

TEST(PlanJoin, EachAboveADurationOfItsOwn) {
  // Only plans are logged below 10 ms, and those of 1 ms just before the longer call are not of it.
  const std::string text = "SELECT a FROM t WHERE b = 1";
  const LogTemplate few =
      Log().Plan("1.000", text).At(2).Plan("1.000", text).At(16).Plan("12.000", text).Simple("12.500", text).Only();
  EXPECT_EQ(few.counters.calls, 3);
  EXPECT_EQ(few.counters.total_us, 14'500);
  // Only calls below 10 ms.
  const LogTemplate many =
      Log().Simple("1.000", text).Simple("1.000", text).At(16).Plan("12.000", text).Simple("12.500", text).Only();
  EXPECT_EQ(many.counters.calls, 3);
  EXPECT_EQ(many.counters.total_us, 14'500);
}

TEST(PlanJoin, ALineThatComesLate) {
  const std::string text = "SELECT a FROM t WHERE b = 1";
  EXPECT_EQ(Log().Plan("0.100", text).At(4).Simple("0.300", text).Only().counters.calls, 1);
  EXPECT_EQ(Log().Plan("0.100", text).At(400).Simple("0.300", text).Only().counters.calls, 2) << "of another execution";
  // Of plans just before it, a single statement takes one.
  EXPECT_EQ(Log().Plan("0.020", text).Plan("0.100", text).Simple("0.300", text).Only().counters.calls, 2);
}

TEST(PlanJoin, WholeSeconds) {
  // As %t writes them: the plan of a call that ended in the next second.
  const std::string text = "SELECT a FROM t WHERE b = 1";
  EXPECT_EQ(Log().At(0).Plan("100.000", text).At(1000).Simple("100.500", text).Only().counters.calls, 1);
}

TEST(PlanJoin, OtherSessionsAndStatements) {
  const std::string text = "SELECT a FROM t WHERE b = 1";
  Log other;
  other.Plan("2.000", text).Line("duration: 2.500 ms  statement: " + text, {}, 2);
  EXPECT_EQ(other.Only().counters.calls, 2);
  // A statement within a function is a call of its own.
  const LogWorkload nested =
      Log().Plan("1.000", "SELECT a FROM t").Plan("1.500", "SELECT f(3)").Simple("2.000", "SELECT f(3)").Finish();
  ASSERT_EQ(nested.templates.size(), 2U);
  for (const LogTemplate& of : nested.templates) {
    EXPECT_EQ(of.counters.calls, 1) << of.sql;
    EXPECT_EQ(of.counters.plans, 1) << of.sql;
  }
}

TEST(PlanJoin, StatementsInLinesOfTheirOwn) {
  const std::string text = "SELECT a FROM t WHERE b = 1";
  // With its duration behind the plan.
  const LogTemplate timed = Log().Line("statement: " + text).Plan("2.000", text).Line("duration: 2.500 ms").Only();
  EXPECT_EQ(timed.counters.calls, 1);
  EXPECT_EQ(timed.counters.total_us, 2500);
  // Without any: the plan has it.
  Log log;
  for (int i = 0; i < 3; ++i) log.Line("statement: " + text).Plan("2.000", text);
  const LogTemplate planned = log.Line("statement: " + text).Only();
  EXPECT_EQ(planned.counters.calls, 4);
  EXPECT_EQ(planned.counters.timed_calls, 3);
  EXPECT_EQ(planned.counters.total_us, 6000);
  // By the extended protocol the plan comes last.
  const std::string read = "SELECT a FROM t WHERE b = $1";
  const LogTemplate extended = Log()
                                   .Line("execute <unnamed>: " + read, "parameters: $1 = '7'")
                                   .Line("duration: 2.500 ms")
                                   .Plan("2.000", read, "$1 = '7'")
                                   .Only();
  EXPECT_EQ(extended.counters.calls, 1);
  EXPECT_EQ(extended.counters.total_us, 2500);
}

// A look at a growing log ends between the two entries of an execution.
TEST(PlanJoin, ACutBetweenAPlanAndItsCall) {
  const std::string sql = "SELECT a FROM t WHERE b = $1";
  using Write = std::function<void(Log&)>;
  const Write plan = [&](Log& log) { log.Plan("2.000", sql); };
  const Write simple = [&](Log& log) { log.Simple("2.500", sql); };
  const Write execute = [&](Log& log) { log.Execute("2.500", sql); };
  for (const auto& [first, second] : {std::pair(plan, simple), std::pair(plan, execute), std::pair(execute, plan)}) {
    Log before, after, whole;
    for (Log* const log : {&before, &whole}) first(*log);
    before.Block();
    after.GoOn(before);
    for (Log* const log : {&after, &whole}) second(log->At(1));
    const LogWorkload parts = Merge(before.Finish(), after.Finish());
    const LogTemplate of = whole.Only();
    ASSERT_EQ(parts.templates.size(), 1U);
    EXPECT_EQ(parts.templates[0].counters.calls, 1);
    EXPECT_EQ(parts.templates[0].counters.timed_calls, 1);
    EXPECT_EQ(parts.templates[0].counters.total_us, 2500);
    EXPECT_EQ(parts.templates[0].hours, of.hours);
    EXPECT_EQ(Count(parts.templates[0].latency), 1U);
  }
  Log before, after;
  before.Plan("2.000", sql).Block();
  after.GoOn(before).At(20'000).Simple("2.500", sql);
  EXPECT_EQ(Merge(before.Finish(), after.Finish()).templates[0].counters.calls, 2) << "the plan was of another one";
}

TEST(PlanJoin, ValuesOfPlans) {
  const std::string read = "SELECT a FROM t WHERE b = $1";
  const LogTemplate with = Log().Plan("2.000", read, "$1 = '7'").Only();
  ASSERT_EQ(with.samples.size(), 1U);
  EXPECT_EQ(with.samples[0].parameters, "$1 = '7'");
  EXPECT_TRUE(Log().Plan("2.000", read).Only().samples.empty()) << "before PostgreSQL 16 they are not told";
}

TEST(PlanJoin, APlanWithoutItsStatementIsCountedOnly) {
  const LogWorkload workload = Log().Line("duration: 1.000 ms  plan:\nQuery Text: SELECT a, b FR").Finish();
  EXPECT_TRUE(workload.templates.empty());
  EXPECT_EQ(workload.events.at("plan"), 1);
}

TEST(PlanJoin, NothingIsLostWhereMuchWaits) {
  std::int64_t alone = 0;
  PlanJoin join([&](const LoggedExecution& /*plan*/) { ++alone; });
  const std::int64_t plans = 300'000;
  for (std::int64_t i = 0; i < plans; ++i)
    join.AddPlan(static_cast<std::uint64_t>(i % 70'000), {.time_us = i, .duration_us = 1});
  for (std::int64_t i = 0; i < 1000; ++i) join.AddPlan(1, {.time_us = i, .duration_us = 1});
  join.Finish();
  EXPECT_EQ(alone, plans + 1000);
}

}  // namespace
}  // namespace pgassay::workload
