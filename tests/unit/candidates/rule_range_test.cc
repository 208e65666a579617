#include <gtest/gtest.h>

#include "candidates/rules.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

TEST(ProposeRange, RangeAlone) {
  EXPECT_EQ(Show(ProposeRange(View({.clauses = {Clause(ClauseKind::kRange, 3)}}))), "c");
}

TEST(ProposeRange, EqualityThenEachRangeMostSelectiveFirst) {
  EXPECT_EQ(
      Show(ProposeRange(View({.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kInList, 2),
                                          Clause(ClauseKind::kRange, 3, 0.5), Clause(ClauseKind::kRange, 4, 0.2)}}))),
      "abd d abc c");
}

TEST(ProposeRange, KeepsTheMostSelectiveEqualityColumns) {
  EXPECT_EQ(Show(ProposeRange(View({.clauses = {Clause(ClauseKind::kEquality, 1, 0.5),
                                                Clause(ClauseKind::kEquality, 2, 0.1), Clause(ClauseKind::kRange, 3)}},
                                   2))),
            "bac bc c");
  EXPECT_EQ(Show(ProposeRange(View({.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kRange, 3)}}, 1))),
            "ac c c");
}

TEST(ProposeRange, NothingWithoutRange) {
  EXPECT_EQ(
      Show(ProposeRange(View({.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kIsNotNull, 2)}}))), "");
}

}  // namespace
}  // namespace pgassay::candidates
