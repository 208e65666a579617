#include "whatif/cost_oracle.h"

#include <gtest/gtest.h>

namespace pgassay::whatif {
namespace {

IndexSet Set(std::initializer_list<std::uint32_t> ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return IndexSet(std::move(result));
}

TEST(IndexSet, IsSortedAndUnique) {
  EXPECT_EQ(Set({3, 1, 3, 2}), Set({1, 2, 3}));
  EXPECT_EQ(Set({3, 1, 3, 2}).size(), 3u);
  EXPECT_TRUE(Set({}).empty());
}

TEST(IndexSet, MembershipAndSubsets) {
  EXPECT_TRUE(Set({1, 5}).Contains({5}));
  EXPECT_FALSE(Set({1, 5}).Contains({2}));
  EXPECT_TRUE(Set({1, 5}).IsSubsetOf(Set({1, 3, 5})));
  EXPECT_TRUE(Set({}).IsSubsetOf(Set({})));
  EXPECT_FALSE(Set({1, 4}).IsSubsetOf(Set({1, 3, 5})));
}

TEST(IndexSet, Algebra) {
  EXPECT_EQ(Set({1, 5}).With({3}), Set({1, 3, 5}));
  EXPECT_EQ(Set({1, 5}).With({5}), Set({1, 5}));
  EXPECT_EQ(Set({1, 5}).Without({1}), Set({5}));
  EXPECT_EQ(Set({1, 5}).Without({2}), Set({1, 5}));
  EXPECT_EQ(Set({1, 5}).Union(Set({2, 5})), Set({1, 2, 5}));
  EXPECT_EQ(Set({1, 5}).Intersection(Set({2, 5})), Set({5}));
  EXPECT_EQ(Set({1, 5}).Minus(Set({2, 5})), Set({1}));
}

}  // namespace
}  // namespace pgassay::whatif
