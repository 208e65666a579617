#include <gtest/gtest.h>

#include "candidates/rules.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

catalog::IndexRequest Equalities(int columns) {
  catalog::IndexRequest request;
  for (int column = 1; column <= columns; ++column) {
    request.clauses.push_back(Clause(ClauseKind::kEquality, column, 0.1 * column));
  }
  return request;
}

TEST(ProposeEquality, OneColumn) {
  EXPECT_EQ(Show(ProposeEquality(View(Equalities(1)))), "a");
}

TEST(ProposeEquality, TwoColumns) {
  EXPECT_EQ(Show(ProposeEquality(View(Equalities(2)))), "ab a b");
}

TEST(ProposeEquality, PairsOfThree) {
  EXPECT_EQ(Show(ProposeEquality(View(Equalities(3)))), "abc a b c ab ac bc");
}

TEST(ProposeEquality, InListsAndNullsCount) {
  EXPECT_EQ(Show(ProposeEquality(
                View({.clauses = {Clause(ClauseKind::kInList, 1, 0.2), Clause(ClauseKind::kIsNull, 2, 0.1)}}))),
            "ba b a");
}

TEST(ProposeEquality, TooWideListsThenTheMostSelective) {
  EXPECT_EQ(Show(ProposeEquality(View(Equalities(3), 2))), "abc ab a b c ab ac bc");
  EXPECT_EQ(Show(ProposeEquality(View(Equalities(3), 1))), "abc a a b c");
}

TEST(ProposeEquality, NothingWithoutEquality) {
  EXPECT_EQ(Show(ProposeEquality(View({.clauses = {Clause(ClauseKind::kRange, 1), Clause(ClauseKind::kIsNotNull, 2),
                                                   Clause(ClauseKind::kJoinEquality, 3, 0.1, {2})}}))),
            "");
}

}  // namespace
}  // namespace pgassay::candidates
