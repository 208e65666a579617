#include "advisor/logged_bindings.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgassay::advisor {
namespace {

Binding Call(const std::string& sql, double weight, const std::string& note) {
  return {.sql = sql, .weight = weight, .source = "log", .note = note};
}

double Weight(const std::vector<Binding>& bindings, const std::string& note) {
  double sum = 0;
  for (const Binding& binding : bindings) sum += binding.note == note ? binding.weight : 0;
  return sum;
}

TEST(Representatives, KeepTheWeightOfTheirClass) {
  std::vector<Binding> calls;
  for (int i = 0; i < 13; ++i) calls.push_back(Call("common " + std::to_string(i), 10, "common"));
  calls.push_back(Call("rare", 10, "rare"));
  calls.push_back(Call("null", 20, "NULL"));
  const std::vector<Binding> kept = Representatives(calls, 8);
  ASSERT_EQ(kept.size(), 5u);
  EXPECT_EQ(kept[0].sql, "common 0");
  EXPECT_DOUBLE_EQ(Weight(kept, "common"), 130);
  EXPECT_DOUBLE_EQ(Weight(kept, "rare"), 10);
  EXPECT_DOUBLE_EQ(Weight(kept, "NULL"), 20);
}

TEST(Representatives, LightestClassesGiveTheirWeightToTheOthers) {
  const std::vector<Binding> kept = Representatives({Call("a", 60, "a"), Call("b", 30, "b"), Call("c", 10, "c")}, 2);
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_DOUBLE_EQ(kept[0].weight + kept[1].weight, 100);
  EXPECT_DOUBLE_EQ(kept[0].weight / kept[1].weight, 2);
}

TEST(Representatives, HeaviestOfAClassStandForIt) {
  const std::vector<Binding> kept = Representatives({Call("seldom", 1, "x"), Call("often", 9, "x")}, 1);
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].sql, "often");
  EXPECT_DOUBLE_EQ(kept[0].weight, 10);
  EXPECT_TRUE(Representatives({}, 8).empty());
}

}  // namespace
}  // namespace pgassay::advisor
