#include "select/ranking.h"

#include <gtest/gtest.h>

#include <limits>

namespace pgassay::select {
namespace {

TEST(Band, TakesRoundingErrorsTogether) {
  EXPECT_EQ(Band(0.1 + 0.2), Band(0.3));
  EXPECT_EQ(Band(1e15 + 0.25), Band(1e15));
  EXPECT_NE(Band(1.00000001), Band(1.0));
  EXPECT_EQ(Band(-0.3), -Band(0.3));
  EXPECT_EQ(Band(0), 0);
  EXPECT_EQ(Band(std::numeric_limits<double>::infinity()), std::numeric_limits<double>::infinity());
}

TEST(DefinitionRanks, FollowDefinitionsNotPositions) {
  std::vector<catalog::Candidate> candidates(3);
  candidates[0] = {.id = {0}, .def = {.table = {2}, .keys = {{.column = 1}}}};
  candidates[1] = {.id = {1}, .def = {.table = {1}, .keys = {{.column = 2}}}};
  candidates[2] = {.id = {2}, .def = {.table = {1}, .keys = {{.column = 1}}}};
  EXPECT_EQ(DefinitionRanks(candidates), (std::vector<std::uint32_t>{2, 1, 0}));
}

}  // namespace
}  // namespace pgassay::select
