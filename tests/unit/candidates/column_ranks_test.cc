#include "candidates/column_ranks.h"

#include <gtest/gtest.h>

#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

TEST(StableSum, DoesNotDependOnTheOrder) {
  EXPECT_EQ(StableSum({1e16, 1, 1, 0.3}), StableSum({0.3, 1, 1e16, 1}));
  EXPECT_EQ(StableSum({}), 0);
}

TEST(ColumnRanks, WeightThenSelectivityThenNumber) {
  const std::vector<StatementRequests> statements = {
      Statement(1, 10, {.clauses = {Clause(ClauseKind::kEquality, 3, 0.5), Clause(ClauseKind::kEquality, 2, 0.1)}}),
      Statement(2, 5, {.clauses = {Clause(ClauseKind::kInList, 4, 0.1), Clause(ClauseKind::kIsNull, 1, 0.9)}}),
      Statement(3, 6, {.clauses = {Clause(ClauseKind::kEquality, 4, 0.9), Clause(ClauseKind::kRange, 5)}})};
  const ColumnRanks ranks(statements);
  EXPECT_LT(ranks.Of(kTable, 4), ranks.Of(kTable, 2));  // 11 against 10
  EXPECT_LT(ranks.Of(kTable, 2), ranks.Of(kTable, 3));  // equal weights: 0.1 against 0.5
  EXPECT_LT(ranks.Of(kTable, 3), ranks.Of(kTable, 1));
  EXPECT_GT(ranks.Of(kTable, 5), ranks.Of(kTable, 1));  // a range does not count
  EXPECT_EQ(ranks.Of({1}, 4), ranks.Of(kTable, 5));
}

TEST(ColumnRanks, AStatementCountsOnce) {
  std::vector<StatementRequests> statements = {
      Statement(1, 6, {.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kEquality, 1)}}),
      Statement(2, 10, {.clauses = {Clause(ClauseKind::kEquality, 2)}})};
  statements[0].requests.push_back(statements[0].requests[0]);  // a self-join
  const ColumnRanks ranks(statements);
  EXPECT_LT(ranks.Of(kTable, 2), ranks.Of(kTable, 1));
}

}  // namespace
}  // namespace pgassay::candidates
