#include "select/search_state.h"

#include <gtest/gtest.h>

#include <random>

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

whatif::IndexSet Set(const Ids& ids) {
  std::vector<CandidateId> result;
  for (const std::uint32_t id : ids) result.push_back({id});
  return whatif::IndexSet(std::move(result));
}

class SearchStateTest : public ::testing::Test {
 protected:
  SearchStateTest() {
    columns_.Add(0, 100, Set({}));
    columns_.Add(0, 60, Set({0}));
    columns_.Add(0, 10, Set({0, 1}));
    columns_.Add(1, 50, Set({}));
    columns_.Add(1, 20, Set({1}));
  }
  PlanColumns columns_{2, 3};
  std::vector<double> weights_{1, 10};
  std::vector<Bytes> sizes_{100, 200, 400};
  std::vector<Cost> prices_{0, 0, 0};
  Limits limits_;
};

TEST_F(SearchStateTest, CountsGainsOfChanges) {
  SearchBase base(columns_, weights_, sizes_, prices_, limits_);
  SearchState state(base);
  EXPECT_EQ(state.total(), 600);
  EXPECT_EQ(state.GainOf(Ids{0}, {}), 40);
  EXPECT_EQ(state.GainOf(Ids{1}, {}), 300);
  EXPECT_EQ(state.GainOf(Ids{0, 1}, {}), 390);
  state.Apply(Ids{0, 1, 2}, {});
  EXPECT_EQ(state.total(), 210);
  EXPECT_EQ(state.bytes(), 700);
  EXPECT_EQ(state.count(), 3);
  EXPECT_EQ(state.GainOf({}, Ids{1}), -350);
  EXPECT_EQ(state.Losses(), (std::vector<Cost>{90, 350, 0}));
  state.RemoveUnused();
  EXPECT_EQ(state.chosen(), (Ids{0, 1}));
  state.Apply({}, Ids{1});
  EXPECT_EQ(state.total(), 560);
}

TEST_F(SearchStateTest, VersionsTellWhichGainsMayHaveChanged) {
  SearchBase base(columns_, weights_, sizes_, prices_, limits_);
  SearchState state(base);
  const std::uint64_t before = state.version(Ids{0});
  SearchState copy = state;
  copy.Apply(Ids{1}, {});
  EXPECT_NE(copy.version(Ids{0}), before) << "0 and 1 share a statement";
  EXPECT_EQ(state.version(Ids{0}), before);
  EXPECT_EQ(copy.version(Ids{2}), state.version(Ids{2}));
}

// Whatever the order of changes, sums agree with a state built from scratch.
TEST(SearchState, AgreesWithRecomputation) {
  std::mt19937 random(7);
  PlanColumns columns(5, 8);
  for (std::size_t i = 0; i < 5; ++i) {
    columns.Add(i, 1000, Set({}));
    for (int j = 0; j < 12; ++j) {
      Ids used;
      for (std::uint32_t id = 0; id < 8; ++id) {
        if (random() % 4 == 0) used.push_back(id);
      }
      columns.Add(i, static_cast<double>(random() % 1000), Set(used));
    }
  }
  const std::vector<double> weights{1, 2, 3, 4, 5};
  const std::vector<Bytes> sizes(8, 10);
  const std::vector<Cost> prices(sizes.size(), 0);
  const Limits limits;
  SearchBase base(columns, weights, sizes, prices, limits);
  SearchState state(base);
  for (int step = 0; step < 500; ++step) {
    Ids add;
    Ids remove;
    for (std::uint32_t id = 0; id < 8; ++id) {
      if (random() % 3 != 0) continue;
      (state.contains(id) ? remove : add).push_back(id);
    }
    const Cost before = state.total();
    const Cost gain = state.GainOf(add, remove);
    EXPECT_EQ(state.total(), before);
    state.Apply(add, remove);
    EXPECT_DOUBLE_EQ(state.total(), before - gain);
    SearchState fresh(base);
    fresh.Apply(state.chosen(), {});
    EXPECT_EQ(state.total(), fresh.total());
  }
}

}  // namespace
}  // namespace pgassay::select
