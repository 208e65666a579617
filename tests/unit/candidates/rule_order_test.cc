#include <gtest/gtest.h>

#include "candidates/rules.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

TEST(ProposeOrder, OrderAlone) {
  EXPECT_EQ(Show(ProposeOrder(View({.orders = {Order({{1, true, true}})}}))), "a");
  EXPECT_EQ(Show(ProposeOrder(View({.orders = {Order({{1, true, true}, {2}})}}))), "aB");
}

TEST(ProposeOrder, EqualityThenOrder) {
  EXPECT_EQ(
      Show(ProposeOrder(View({.clauses = {Clause(ClauseKind::kEquality, 1)}, .orders = {Order({{2, true, true}})}}))),
      "ab b");
}

TEST(ProposeOrder, LimitAlsoWantsTheOrderWithAFilter) {
  EXPECT_EQ(
      Show(ProposeOrder(View({.limit_tuples = 20,
                              .clauses = {Clause(ClauseKind::kEquality, 1, 0.1), Clause(ClauseKind::kRange, 3, 0.5)},
                              .orders = {Order({{2}})}}))),
      "ab b abc ba bc");
}

TEST(ProposeOrder, InListsAndNullsFollow) {
  EXPECT_EQ(Show(ProposeOrder(View({.clauses = {Clause(ClauseKind::kEquality, 1), Clause(ClauseKind::kInList, 2, 0.3),
                                                Clause(ClauseKind::kIsNull, 3, 0.2)},
                                    .orders = {Order({{4}})}}))),
            "ad d adc adcb");
}

TEST(ProposeOrder, ConstantColumnsLeaveTheOrder) {
  EXPECT_EQ(Show(ProposeOrder(View({.clauses = {Clause(ClauseKind::kEquality, 1)}, .orders = {Order({{1}, {2}})}}))),
            "ab b");
  EXPECT_EQ(Show(ProposeOrder(View({.clauses = {Clause(ClauseKind::kEquality, 1)}, .orders = {Order({{1}})}}))), "");
}

TEST(ProposeOrder, CutsTheOrderWithoutLimitAndTheEqualityWithIt) {
  catalog::IndexRequest request{
      .clauses = {Clause(ClauseKind::kEquality, 1, 0.5), Clause(ClauseKind::kEquality, 2, 0.1)},
      .orders = {Order({{3}, {4}})}};
  EXPECT_EQ(Show(ProposeOrder(View(request, 3))), "bacd bac cd");
  request.limit_tuples = 1;
  EXPECT_EQ(Show(ProposeOrder(View(request, 3))), "bacd bcd cd cdb cda");
  EXPECT_EQ(Show(ProposeOrder(View(request, 1))), "bacd cd c");
}

TEST(ProposeOrder, GroupingIsAnotherRule) {
  EXPECT_EQ(Show(ProposeOrder(View({.orders = {Order({{1}}, catalog::OrderPurpose::kGroup)}}))), "");
}

}  // namespace
}  // namespace pgassay::candidates
