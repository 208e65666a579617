#include <gtest/gtest.h>

#include "candidates/rules.h"
#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

using catalog::ClauseKind;
using catalog::OrderPurpose;

catalog::RequestOrder Group(std::vector<catalog::OrderColumn> columns) {
  return Order(std::move(columns), OrderPurpose::kGroup);
}

std::string Proposed(catalog::IndexRequest request, std::size_t max_width = 4) {
  return Show(ProposeGroup(View(std::move(request), max_width)));
}

TEST(ProposeGroup, AloneAndBehindEquality) {
  EXPECT_EQ(Proposed({.orders = {Group({{1}, {2}})}}), "ab");
  EXPECT_EQ(Proposed({.clauses = {Clause(ClauseKind::kEquality, 3)}, .orders = {Group({{2}, {1}})}}), "cba ba");
  EXPECT_EQ(Proposed({.clauses = {Clause(ClauseKind::kEquality, 1)}, .orders = {Group({{1}, {2}})}}), "ab b");
}

TEST(ProposeGroup, OneFilterBehind) {
  EXPECT_EQ(Proposed({.clauses = {Clause(ClauseKind::kRange, 3, 0.3), Clause(ClauseKind::kRange, 4, 0.2),
                                  Clause(ClauseKind::kInList, 5, 0.25)},
                      .orders = {Group({{1}})}}),
            "a ad");
  EXPECT_EQ(Proposed({.clauses = {Clause(ClauseKind::kRange, 1)}, .orders = {Group({{1}})}}), "a");
}

TEST(ProposeGroup, NothingWithoutGroupsOrWithOneValueForAll) {
  EXPECT_EQ(Proposed({.orders = {Order({{1}})}}), "");
  EXPECT_EQ(Proposed({.clauses = {Clause(ClauseKind::kEquality, 1)}, .orders = {Group({{1}})}}), "");
  EXPECT_EQ(Proposed({.clauses = {Clause(ClauseKind::kInList, 1)}, .orders = {Group({{1}})}}), "a");
}

TEST(ProposeGroup, SortOrderThatBeginsWithTheGroup) {
  EXPECT_EQ(Proposed({.orders = {Order({{2}, {1}, {3, true, true}}), Group({{1}, {2}})}}), "baC ab");
  EXPECT_EQ(Proposed({.orders = {Order({{1}, {2}}), Group({{1}, {2}})}}), "ab");
  EXPECT_EQ(Proposed({.orders = {Order({{3}, {1}, {2}}), Group({{1}, {2}})}}), "ab");
}

TEST(ProposeGroup, TheOrderKeepsItsPlace) {
  const catalog::IndexRequest request{
      .clauses = {Clause(ClauseKind::kEquality, 3, 0.2), Clause(ClauseKind::kEquality, 4)},
      .orders = {Group({{1}, {2}})}};
  EXPECT_EQ(Proposed(request, 3), "dcab dab ab");
  EXPECT_EQ(Proposed(request, 2), "dcab ab ab");
  EXPECT_EQ(Proposed(request, 1), "dcab a a");
}

}  // namespace
}  // namespace pgassay::candidates
