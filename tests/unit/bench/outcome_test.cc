#include "bench/outcome.h"

#include "gtest/gtest.h"

namespace pgassay::bench {
namespace {

// Two queries, one with two bindings, and one set with an index that the first is to use.
class OutcomeTest : public testing::Test {
 protected:
  OutcomeTest() {
    plan_.queries = {{.id = "q1", .weight = 4}, {.id = "q2", .weight = 1, .writes = true}};
    plan_.statements = {{.query = 0, .sql = "1", .weight = 3},
                        {.query = 0, .sql = "2", .weight = 1},
                        {.query = 1, .sql = "3", .weight = 1}};
    plan_.sets = {{.name = "current"},
                  {.name = "new",
                   .changes = {{.create = true, .definition = "t (a)", .recommendation = "r1"}},
                   .predicted = {{.before = 100, .after = 10, .used = {"t (a)"}}, {.before = 5, .after = 5}}}};
    sets_.resize(2);
    for (SetRecord& set : sets_) {
      set.rounds = 1;
      set.statements.resize(3);
    }
    sets_[1].indexes = {{.name = "i", .size_bytes = 8192, .build_ms = {3, 5}, .scans = 7}};
    Times(0, {{10, 10, 10}, {20, 20, 20}, {1, 1, 1}});
    Times(1, {{1, 1, 1}, {2, 2, 2}, {1, 1, 1}});
  }

  void Times(std::size_t set, const std::vector<std::vector<double>>& ms) {
    for (std::size_t i = 0; i < ms.size(); ++i) {
      sets_[set].statements[i].ms = {ms[i]};
      sets_[set].statements[i].digests = {{.rows = 1, .hash = 5}, {.rows = 1, .hash = 5}};
    }
  }

  BenchResult Result() { return MakeResult(plan_, sets_, {"", ""}, 0.1); }

  BenchPlan plan_;
  std::vector<SetRecord> sets_;
};

TEST_F(OutcomeTest, QueriesAreMeansOfTheirBindingsAndSetsOfTheirQueries) {
  const BenchResult result = Result();
  EXPECT_EQ(result.sets[0].queries[0].ms->median, 12.5);
  EXPECT_EQ(result.sets[1].queries[0].ms->median, 1.25);
  EXPECT_EQ(result.sets[1].queries[0].ratio->median, 0.1);
  EXPECT_EQ(*result.sets[0].total_ms, 51);
  EXPECT_EQ(*result.sets[1].total_ms, 6);
  EXPECT_EQ(result.sets[1].indexes[0].build_ms, 4);
  EXPECT_EQ(result.sets[1].size_bytes, 8192);
  EXPECT_FALSE(result.answers_differ);
}

TEST_F(OutcomeTest, WhatOneSetCannotRunIsLeftOutOfTheComparison) {
  sets_[0].statements[1].ms.clear();
  sets_[0].statements[1].problem_code = "statement-timeout";
  const BenchResult result = Result();
  EXPECT_EQ(result.sets[1].queries[0].ms->median, 1);  // the other binding alone
  EXPECT_EQ(result.sets[0].queries[0].problem_code, "statement-timeout");
  sets_[0].statements[0].ms.clear();
  const BenchResult without = Result();
  EXPECT_FALSE(without.sets[0].queries[0].ms);
  EXPECT_EQ(without.sets[1].queries[0].ms->median, 1.25);
  EXPECT_FALSE(without.sets[1].queries[0].ratio);
  EXPECT_EQ(*without.sets[1].total_ms, 1);
}

TEST_F(OutcomeTest, ASlowerQueryIsARegressionUnlessItMayBeNoise) {
  Times(1, {{13, 13, 13}, {26, 26, 26}, {1, 1, 1}});
  EXPECT_TRUE(Result().sets[1].queries[0].regression);
  Times(1, {{10.5, 10.5, 10.5}, {21, 21, 21}, {1, 1, 1}});
  EXPECT_FALSE(Result().sets[1].queries[0].regression);
  Times(1, {{5, 12, 30}, {8, 25, 60}, {1, 1, 1}});
  EXPECT_FALSE(Result().sets[1].queries[0].regression);
}

TEST_F(OutcomeTest, SlowerByTheSamePlanOnTheSameBlocksIsNoRegression) {
  Times(1, {{13, 13, 13}, {26, 26, 26}, {1, 1, 1}});
  for (SetRecord& set : sets_) {
    for (StatementRecord& statement : set.statements) {
      statement.plan = 7;
      statement.blocks_hit = 3;
      statement.blocks_read = 0;
    }
  }
  EXPECT_TRUE(Result().sets[1].queries[0].same_work);
  EXPECT_FALSE(Result().sets[1].queries[0].regression);
  sets_[1].statements[1].blocks_read = 1;
  EXPECT_FALSE(Result().sets[1].queries[0].same_work);
  EXPECT_TRUE(Result().sets[1].queries[0].regression);
  sets_[1].statements[1].blocks_read = 0;
  sets_[1].statements[0].plan = 8;
  EXPECT_TRUE(Result().sets[1].queries[0].regression);
}

TEST_F(OutcomeTest, GainsAreInTimeWhereItIsPredictedForAll) {
  EXPECT_FALSE(Result().sets[1].agreement->in_time);
  plan_.sets[1].predicted[0].ms_before = 10;
  plan_.sets[1].predicted[0].ms_after = 9;
  EXPECT_FALSE(Result().sets[1].agreement->in_time);
  EXPECT_EQ(Result().sets[1].agreement->gains, 1);
  plan_.sets[1].predicted[1].ms_before = 1;
  plan_.sets[1].predicted[1].ms_after = 1;
  EXPECT_TRUE(Result().sets[1].agreement->in_time);
  EXPECT_EQ(Result().sets[1].agreement->gains, 0);  // a tenth of the time, whatever the cost
}

TEST_F(OutcomeTest, AnswersThatDifferAreFound) {
  sets_[1].statements[1].digests[1].hash = 6;
  const BenchResult result = Result();
  EXPECT_TRUE(result.answers_differ);
  EXPECT_EQ(result.sets[1].queries[0].answer, "differs");
  EXPECT_EQ(result.sets[1].queries[1].answer, "same");
}

TEST_F(OutcomeTest, OfSomeAnswersOnlyTheNumberOfRowsCounts) {
  plan_.queries[0].check = AnswerCheck::kCount;
  sets_[1].statements[1].digests[1].hash = 6;
  EXPECT_EQ(Result().sets[1].queries[0].answer, "count");
  sets_[1].statements[1].digests[1].rows = 2;
  EXPECT_EQ(Result().sets[1].queries[0].answer, "differs");
  plan_.queries[0].check = AnswerCheck::kNothing;
  EXPECT_EQ(Result().sets[1].queries[0].answer, "not-compared");
}

TEST_F(OutcomeTest, AnswersThatDifferFromRunToRunSayNothing) {
  sets_[0].statements[0].digests[1].hash = 9;
  sets_[1].statements[0].digests[1].hash = 8;
  const BenchResult result = Result();
  EXPECT_FALSE(result.answers_differ);
  EXPECT_EQ(result.sets[1].queries[0].answer, "not-compared");
}

TEST_F(OutcomeTest, LabelsAreEarned) {
  EXPECT_EQ(Result().sets[1].indexes[0].label, "measured");
  Times(1, {{11, 11, 11}, {21, 21, 21}, {1, 1, 1}});
  EXPECT_EQ(Result().sets[1].indexes[0].label, "planned");
  sets_[1].indexes[0].scans = 0;
  EXPECT_EQ(Result().sets[1].indexes[0].label, "unused");
}

TEST_F(OutcomeTest, PredictionAndMeasurementAgree) {
  const BenchAgreement agreement = *Result().sets[1].agreement;
  EXPECT_EQ(agreement.gains, 1);
  EXPECT_EQ(agreement.same_sign, 1);
  EXPECT_EQ(*agreement.cost_before, 405);
  EXPECT_EQ(*agreement.cost_after, 45);
  EXPECT_EQ(agreement.ranked, 1);
  EXPECT_FALSE(agreement.rank);
  Times(1, {{11, 11, 11}, {21, 21, 21}, {1, 1, 1}});
  EXPECT_EQ(Result().sets[1].agreement->same_sign, 0);
}

TEST_F(OutcomeTest, WritesAreComparedByTheirWal) {
  sets_[0].statements[2].wal_bytes = 100;
  sets_[1].statements[2].wal_bytes = 150;
  EXPECT_EQ(*Result().sets[1].write_amplification, 1.5);
}

TEST_F(OutcomeTest, ASetWithoutARoundHasItsProblemAndTheOthersTheirResults) {
  sets_[1] = {.problem_code = "disk-full", .problem = "no space left"};
  sets_[1].statements.resize(3);
  const BenchResult result = Result();
  EXPECT_EQ(result.sets[1].problem_code, "disk-full");
  EXPECT_TRUE(result.sets[1].queries.empty());
  EXPECT_EQ(*result.sets[0].total_ms, 51);
}

TEST_F(OutcomeTest, TheRecordHasWhatWasMeasuredBesideWhatWasPredicted) {
  const RecordedBench record = MakeRecord(plan_, Result());
  ASSERT_EQ(record.sets.size(), 2U);
  EXPECT_EQ(record.sets[1].queries[0].template_id, "q1");
  EXPECT_EQ(*record.sets[1].queries[0].median_ms, 1.25);
  EXPECT_EQ(*record.sets[1].queries[0].cost_after, 10);
  EXPECT_FALSE(record.sets[0].queries[0].cost_after);
  EXPECT_EQ(record.sets[1].indexes[0].recommendation, "r1");
  EXPECT_EQ(record.sets[1].indexes[0].label, "measured");
}

}  // namespace
}  // namespace pgassay::bench
