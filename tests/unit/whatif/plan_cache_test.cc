#include "whatif/plan_cache.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace pgassay::whatif {
namespace {

IndexSet Set(std::initializer_list<std::uint32_t> ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return IndexSet(std::move(result));
}

PlanQuestion Ask(std::uint32_t statement, std::initializer_list<std::uint32_t> enabled, std::vector<Oid> hidden = {}) {
  return {.statement = {statement}, .enabled = Set(enabled), .hidden = std::move(hidden)};
}

// Uses the smallest enabled candidate; statement 9 cannot be planned, statement 99 breaks the connection.
class SmallestFirst : public CostOracle {
 public:
  absl::StatusOr<std::vector<absl::StatusOr<PlanAnswer>>> PlanUntil(std::span<const PlanQuestion> questions,
                                                                    const std::function<bool()>& stop) override {
    ++batches;
    std::vector<absl::StatusOr<PlanAnswer>> answers;
    for (const PlanQuestion& question : questions) {
      if (stop && stop()) {
        answers.emplace_back(absl::CancelledError("not asked"));
        continue;
      }
      asked.push_back(question);
      if (question.statement == StatementId{99}) return absl::UnavailableError("gone");
      if (question.statement == StatementId{9}) {
        answers.emplace_back(absl::InvalidArgumentError("cannot be planned"));
        continue;
      }
      PlanAnswer answer{.total = 100};
      if (!question.enabled.empty()) {
        answer.used = IndexSet({*question.enabled.begin()});
        answer.total = 10 + question.enabled.begin()->value;
      }
      answers.emplace_back(answer);
    }
    return answers;
  }
  int batches = 0;
  std::vector<PlanQuestion> asked;
};

TEST(PlanCache, AsksEachQuestionOnce) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  const std::vector<PlanQuestion> questions = {Ask(1, {2, 3}), Ask(1, {}), Ask(1, {2, 3}), Ask(2, {2, 3})};
  const auto answers = cache.Plan(questions);
  ASSERT_TRUE(answers.ok());
  EXPECT_EQ(answers->size(), 4u);
  EXPECT_EQ((*answers)[0]->total, 12);
  EXPECT_EQ((*answers)[1]->total, 100);
  EXPECT_EQ((*answers)[2]->total, 12);
  EXPECT_EQ(oracle.asked.size(), 3u);
  EXPECT_EQ(oracle.batches, 1);
  ASSERT_TRUE(cache.Plan(questions).ok());
  EXPECT_EQ(oracle.asked.size(), 3u);
  EXPECT_EQ(cache.planner_calls(), 3);
  EXPECT_EQ(cache.exact_hits(), 4);
}

TEST(PlanCache, DerivesFromASupersetWhoseUsedIndexesAreThere) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  ASSERT_TRUE(cache.Plan(std::vector{Ask(1, {2, 3, 4})}).ok());
  const auto* derived = cache.Find(Ask(1, {2, 4}));
  ASSERT_NE(derived, nullptr);
  EXPECT_EQ((*derived)->used, Set({2}));
  EXPECT_EQ(cache.derived_hits(), 1);
  EXPECT_EQ(cache.Find(Ask(1, {3, 4})), nullptr) << "without the used index the plan is another one";
  EXPECT_EQ(cache.Find(Ask(1, {2, 5})), nullptr) << "not a superset";
  EXPECT_EQ(cache.Find(Ask(2, {2, 4})), nullptr) << "another statement";
}

TEST(PlanCache, HiddenIndexesMakeAnotherQuestion) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  ASSERT_TRUE(cache.Plan(std::vector{Ask(1, {2, 3}, {Oid{7}})}).ok());
  EXPECT_EQ(cache.Find(Ask(1, {2, 3})), nullptr);
  EXPECT_EQ(cache.Find(Ask(1, {2}, {Oid{8}})), nullptr);
  EXPECT_NE(cache.Find(Ask(1, {2}, {Oid{7}})), nullptr);
}

TEST(PlanCache, KeepsTheLargestSupersetOfAPlan) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  ASSERT_TRUE(cache.Plan(std::vector{Ask(1, {2, 3}), Ask(1, {2, 5}), Ask(1, {2, 3, 4})}).ok());
  EXPECT_NE(cache.Find(Ask(1, {2, 4})), nullptr);
  EXPECT_NE(cache.Find(Ask(1, {2})), nullptr);
  EXPECT_EQ(cache.Find(Ask(1, {2, 3, 5})), nullptr);
}

TEST(PlanCache, RemembersFailuresOfTheVeryQuestion) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  const auto answers = cache.Plan(std::vector{Ask(9, {1, 2}), Ask(1, {1, 2})});
  ASSERT_TRUE(answers.ok());
  EXPECT_FALSE((*answers)[0].ok());
  EXPECT_TRUE((*answers)[1].ok());
  ASSERT_NE(cache.Find(Ask(9, {1, 2})), nullptr);
  EXPECT_FALSE(cache.Find(Ask(9, {1, 2}))->ok());
  EXPECT_EQ(cache.Find(Ask(9, {1})), nullptr);
}

TEST(PlanCache, WhatWasNotAskedIsAskedLater) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  ASSERT_TRUE(cache.Plan(std::vector{Ask(1, {2, 3})}).ok());
  int left = 1;
  const std::vector<PlanQuestion> questions = {Ask(1, {4}), Ask(1, {5}), Ask(1, {2, 3}), Ask(1, {5})};
  const auto stopped = cache.PlanUntil(questions, [&] { return left-- == 0; });
  ASSERT_TRUE(stopped.ok());
  EXPECT_EQ((*stopped)[0]->total, 14);
  EXPECT_EQ((*stopped)[1].status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ((*stopped)[2]->total, 12) << "known before";
  EXPECT_EQ((*stopped)[3].status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(cache.planner_calls(), 2);
  const auto all = cache.Plan(questions);
  ASSERT_TRUE(all.ok());
  EXPECT_EQ((*all)[1]->total, 15);
  EXPECT_EQ(cache.planner_calls(), 3);
}

TEST(PlanCache, PassesOnThatNoAnswersCanBeHad) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  const auto answers = cache.Plan(std::vector{Ask(1, {1}), Ask(99, {})});
  EXPECT_EQ(answers.status().code(), absl::StatusCode::kUnavailable);
  EXPECT_EQ(cache.planner_calls(), 0);
}

TEST(PlanCache, StaysFastWithThousandsOfPlans) {
  SmallestFirst oracle;
  PlanCache cache(oracle);
  std::vector<PlanQuestion> questions;
  for (std::uint32_t i = 0; i < 3000; ++i) questions.push_back(Ask(1, {i, i + 5000, i + 6000}));
  ASSERT_TRUE(cache.Plan(questions).ok());
  for (std::uint32_t i = 0; i < 3000; ++i) ASSERT_NE(cache.Find(Ask(1, {i, i + 6000})), nullptr);
  EXPECT_EQ(cache.derived_hits(), 3000);
}

}  // namespace
}  // namespace pgassay::whatif
