#include <gtest/gtest.h>

#include "candidates/rules.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

TEST(ProposeJoin, OneColumn) {
  EXPECT_EQ(Show(ProposeJoin(View({.clauses = {Clause(ClauseKind::kJoinEquality, 1, 0.1, {2})}}))), "a");
}

TEST(ProposeJoin, WithEqualityAndRange) {
  EXPECT_EQ(Show(ProposeJoin(View({.clauses = {Clause(ClauseKind::kJoinEquality, 1, 0.1, {2}),
                                               Clause(ClauseKind::kEquality, 2), Clause(ClauseKind::kRange, 3)}}))),
            "a ba ab ac bac");
}

TEST(ProposeJoin, CompositeOfOnePeerOnly) {
  EXPECT_EQ(Show(ProposeJoin(View({.clauses = {Clause(ClauseKind::kJoinEquality, 1, 0.1, {2}),
                                               Clause(ClauseKind::kJoinEquality, 2, 0.2, {2, 3}),
                                               Clause(ClauseKind::kJoinEquality, 3, 0.3, {4})}}))),
            "ab a b c");
}

TEST(ProposeJoin, TooWideListsThenWhatFits) {
  const catalog::IndexRequest request{.clauses = {Clause(ClauseKind::kJoinEquality, 1, 0.1, {2}),
                                                  Clause(ClauseKind::kJoinEquality, 2, 0.2, {2}),
                                                  Clause(ClauseKind::kEquality, 3)}};
  EXPECT_EQ(Show(ProposeJoin(View(request, 2))), "ab cab a ca ac b cb bc");
  EXPECT_EQ(Show(ProposeJoin(View(request, 1))), "ab a ca a ca b cb");
}

// The room for equality columns must not wrap around.
TEST(ProposeJoin, UnitsWiderThanTheWidth) {
  const catalog::IndexRequest request{
      .clauses = {Clause(ClauseKind::kJoinEquality, 1, 0.1, {2}), Clause(ClauseKind::kJoinEquality, 2, 0.2, {2}),
                  Clause(ClauseKind::kJoinEquality, 3, 0.3, {2}), Clause(ClauseKind::kEquality, 4),
                  Clause(ClauseKind::kEquality, 5), Clause(ClauseKind::kRange, 6)}};
  EXPECT_EQ(Show(ProposeJoin(View(request, 2))),
            "abc ab deab abf deabf a dea da ad af deaf b deb db bd bf debf c dec dc cd cf decf");
}

TEST(ProposeJoin, NothingWithoutJoin) {
  EXPECT_EQ(Show(ProposeJoin(View({.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kRange, 2)}}))),
            "");
}

}  // namespace
}  // namespace pgassay::candidates
