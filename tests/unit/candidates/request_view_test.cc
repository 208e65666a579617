#include "candidates/request_view.h"

#include <gtest/gtest.h>

#include "advice/reason_codes.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;

TEST(MakeView, SortsClausesByUse) {
  const RequestView view =
      View({.limit_tuples = 10,
            .clauses = {Clause(ClauseKind::kEquality, 1, 0.5), Clause(ClauseKind::kInList, 2, 0.1),
                        Clause(ClauseKind::kIsNull, 3, 0.2), Clause(ClauseKind::kRange, 4, 0.5),
                        Clause(ClauseKind::kRange, 5, 0.1), Clause(ClauseKind::kRange, 4, 0.1),
                        Clause(ClauseKind::kIsNotNull, 6), Clause(ClauseKind::kJoinEquality, 7, 0.1, {3, 2, 3})}});
  EXPECT_TRUE(view.limited);
  EXPECT_EQ(view.equality,
            (std::vector<EqualityColumn>{{2, 0.1, false, false}, {3, 0.2, false, true}, {1, 0.5, true, false}}));
  EXPECT_EQ(view.ranges, (std::vector<RangeColumn>{{4, 0.05}, {5, 0.1}}));
  EXPECT_EQ(view.joins, (std::vector<JoinColumn>{{7, 0.1, {2, 3}}}));
  EXPECT_TRUE(view.unserved.empty());
}

TEST(MakeView, EqualityBeatsTheOtherUses) {
  const RequestView view =
      View({.clauses = {Clause(ClauseKind::kRange, 1), Clause(ClauseKind::kInList, 1), Clause(ClauseKind::kEquality, 1),
                        Clause(ClauseKind::kJoinEquality, 1, 0.1, {2})}});
  ASSERT_EQ(view.equality.size(), 1U);
  EXPECT_TRUE(view.equality[0].one_value);
  EXPECT_TRUE(view.ranges.empty());
  EXPECT_TRUE(view.joins.empty());
}

TEST(MakeView, SaysWhatIsNotServed) {
  catalog::RequestClause foreign = Clause(ClauseKind::kEquality, 1);
  foreign.default_opclass = false;
  const RequestView view = View(
      {.clauses = {Clause(ClauseKind::kOther, 0), Clause(ClauseKind::kJoinEquality, 0), Clause(ClauseKind::kOther, 2),
                   foreign, Clause(ClauseKind::kEquality, -1), Clause(ClauseKind::kEquality, 42)}});
  ASSERT_EQ(view.unserved.size(), 6U);
  EXPECT_EQ(view.unserved[0].code, reason::kNeedsExpression);
  EXPECT_EQ(view.unserved[1].code, reason::kNeedsExpression);
  EXPECT_EQ(view.unserved[2].code, reason::kForeignOperator);
  EXPECT_EQ(view.unserved[3].code, reason::kForeignOperator);
  EXPECT_EQ(view.unserved[4].code, reason::kNotIndexable);
  EXPECT_EQ(view.unserved[5].code, reason::kNotIndexable);
  EXPECT_TRUE(view.equality.empty());
}

TEST(MakeView, OrdersBeginAscending) {
  const RequestView view =
      View({.orders = {Order({{1, true, true}, {2, false, false}}), Order({{1, false, false}, {2, true, true}}),
                       Order({{3}}, catalog::OrderPurpose::kWindow), Order({{4}}, catalog::OrderPurpose::kGroup),
                       Order({{5}}, catalog::OrderPurpose::kDistinct)}});
  EXPECT_EQ(Show(view.orders), "aB c");  // the first two are one index read in two directions
  EXPECT_FALSE(view.orders[0][0].nulls_first);
  EXPECT_TRUE(view.orders[0][1].nulls_first);
}

TEST(MakeView, OrdersEndBeforeAnExpression) {
  const RequestView view = View({.orders = {Order({{1}, {1}, {0}, {2}}), Order({{-1}})}});
  EXPECT_EQ(Show(view.orders), "a");
  ASSERT_EQ(view.unserved.size(), 2U);
  EXPECT_EQ(view.unserved[0].code, reason::kNeedsExpression);
  EXPECT_EQ(view.unserved[1].code, reason::kNotIndexable);
}

TEST(MostSelective, KeepsTheOrder) {
  const std::vector<EqualityColumn> columns = {{1, 0.5}, {2, 0.1}, {3, 0.9}, {4, 0.1}};
  EXPECT_EQ(MostSelective(columns, 2), (std::vector<int>{2, 4}));
  EXPECT_EQ(MostSelective(columns, 3), (std::vector<int>{1, 2, 4}));
  EXPECT_EQ(MostSelective(columns, 9), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(MostSelective(columns, 0), (std::vector<int>{}));
}

TEST(MakeView, GroupsAreNoOrders) {
  const RequestView view =
      View({.orders = {Order({{1, true, true}, {2}}, catalog::OrderPurpose::kGroup),
                       Order({{1}, {2, true, true}}, catalog::OrderPurpose::kDistinct), Order({{3}})}});
  EXPECT_EQ(Show(view.groups), "aB");
  EXPECT_EQ(Show(view.orders), "c");
}

TEST(MakeView, NeededColumnsOnlyWhereAnIndexMayDo) {
  const catalog::IndexRequest request{.needed_columns = {1, 2}};
  EXPECT_EQ(View(request).needed, (std::vector<int>{1, 2}));
  catalog::IndexRequest other = request;
  other.needs_whole_row = true;
  EXPECT_TRUE(View(other).needed.empty());
  other = request;
  other.dml_target = true;
  EXPECT_TRUE(View(other).needed.empty());
  other = request;
  other.row_mark = true;
  EXPECT_TRUE(View(other).needed.empty());
  other = request;
  other.needed_columns = {1, 99};
  EXPECT_TRUE(View(other).needed.empty());
  other = request;
  other.clauses = {Clause(catalog::ClauseKind::kEquality, -1)};
  EXPECT_TRUE(View(other).needed.empty());
}

}  // namespace
}  // namespace pgassay::candidates
