#include "advisor/replacements.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "advisor/run.h"

namespace pgassay::advisor {
namespace {

constexpr Oid kOrders{16384};
constexpr Bytes kNarrow = 300 * kPageBytes;
constexpr Bytes kWide = 500 * kPageBytes;

IndexDef On(std::vector<int> columns) {
  IndexDef def{.table = kOrders};
  for (const int column : columns) def.keys.push_back({.column = column});
  return def;
}

Index Existing(std::uint32_t oid, IndexDef def) {
  return {.oid = {oid},
          .name = {"public", "i" + std::to_string(oid)},
          .def = std::move(def),
          .pages = 300,
          .statistics_tuples = 100'000,
          .tree_height = 1};
}

Snapshot Shop() {
  Snapshot snapshot{.server_version = 150000};
  Relation orders{.oid = kOrders,
                  .name = {"public", "orders"},
                  .pages = 1000,
                  .statistics_pages = 1000,
                  .statistics_tuples = 100'000};
  for (int number = 1; number <= 4; ++number)
    orders.columns.push_back({.number = number, .name = std::string(1, static_cast<char>('a' + number - 1))});
  snapshot.relations = {orders};
  snapshot.indexes = {Existing(1, On({2}))};
  return snapshot;
}

// Inserts, and the candidates (b, c), (b, d) and (c), of which the first two replace the existing (b).
class ReplacementsTest : public testing::Test {
 protected:
  void SetUp() override {
    run_.workload.templates.push_back({.id = "q", .weight = 100});
    run_.statements.push_back({.weight = 100, .targets = {{.table = kOrders, .command = 'i', .rows = 1}}});
    run_.writes = std::make_shared<WriteLoad>(snapshot_, run_.workload, run_.statements);
    given_back_ = run_.writes->OfExisting(snapshot_.indexes[0]).cost;
    for (const IndexDef& def : {On({2, 3}), On({2, 4}), On({3})}) {
      run_.generated.candidates.push_back({.id = {static_cast<std::uint32_t>(run_.usable.size())}, .def = def});
      run_.usable.push_back(true);
      run_.problem.sizes.push_back(kWide);
      run_.problem.write_costs.push_back(2 * given_back_);
    }
    run_.problem.candidates = run_.generated.candidates;
  }

  // The candidates that gain `gain` each are chosen.
  void Choose(std::vector<std::uint32_t> candidates, Cost gain) {
    std::vector<CandidateId> ids;
    run_.selection = {};
    for (const std::uint32_t id : candidates) {
      ids.push_back({id});
      run_.selection.marginals.push_back({.candidate = {id}, .gain = gain});
    }
    run_.selection.chosen = whatif::IndexSet(ids);
  }

  void DropFor(std::uint32_t candidate) {
    run_.drops.drops = {
        {.index = snapshot_.indexes.data(), .reason = Drop::Reason::kReplaced, .by_candidate = CandidateId{candidate}}};
  }

  bool TakeBack(Replacements& replacements, std::optional<Bytes> budget_bytes) {
    return replacements.TakeBack(run_, {.budget_bytes = budget_bytes, .min_share = 0.001}, 1000 * given_back_);
  }

  std::vector<Bytes> SizesOf(const Replacements& replacements) {
    replacements.Apply(run_.problem);
    return run_.problem.sizes;
  }

  Snapshot snapshot_ = Shop();
  advisor::Run run_;
  Cost given_back_ = 0;
};

using Sizes = std::vector<Bytes>;

TEST_F(ReplacementsTest, WhatReplacesAnIndexCostsTheDifference) {
  const Replacements replacements(run_, snapshot_);
  EXPECT_EQ(SizesOf(replacements), (Sizes{kWide - kNarrow, kWide - kNarrow, kWide}));
  ASSERT_GT(given_back_, 0);
  EXPECT_DOUBLE_EQ(run_.problem.write_costs[0], given_back_);
  EXPECT_DOUBLE_EQ(run_.problem.write_costs[2], 2 * given_back_);
}

TEST_F(ReplacementsTest, NothingCostsLessThanNothing) {
  run_.problem.sizes = {kNarrow - kPageBytes, kNarrow, kPageBytes};
  run_.problem.write_costs = {given_back_ / 2, given_back_, 0};
  const Replacements replacements(run_, snapshot_);
  EXPECT_EQ(SizesOf(replacements), (Sizes{kPageBytes, kPageBytes, kPageBytes}));
  EXPECT_EQ(run_.problem.write_costs, (std::vector<Cost>{0, 0, 0}));
}

TEST_F(ReplacementsTest, NotWhatStaysOrGoesAnyway) {
  const Sizes own{kWide, kWide, kWide};
  snapshot_.indexes[0].def.unique = true;
  EXPECT_EQ(SizesOf(Replacements(run_, snapshot_)), own);
  snapshot_ = Shop();
  snapshot_.indexes.push_back(Existing(2, On({2, 1})));
  EXPECT_EQ(SizesOf(Replacements(run_, snapshot_)), own);
  snapshot_ = Shop();
  DropFor(0);
  EXPECT_EQ(SizesOf(Replacements(run_, snapshot_)), own);
  run_.drops = {};
  run_.usable = {false, true, true};
  EXPECT_EQ(SizesOf(Replacements(run_, snapshot_)), (Sizes{kWide, kWide - kNarrow, kWide}));
}

TEST_F(ReplacementsTest, WhatCameTrueIsKept) {
  Replacements replacements(run_, snapshot_);
  Choose({0, 2}, 0);
  DropFor(0);
  EXPECT_FALSE(TakeBack(replacements, 2 * kWide - kNarrow));
  EXPECT_EQ(SizesOf(replacements), (Sizes{kWide - kNarrow, kWide - kNarrow, kWide}));
}

TEST_F(ReplacementsTest, AnIndexThatStaysIsTakenBackWhereItMatters) {
  Replacements replacements(run_, snapshot_);
  Choose({0}, 1000 * given_back_);
  EXPECT_FALSE(TakeBack(replacements, std::nullopt));
  EXPECT_FALSE(TakeBack(replacements, kWide));
  // Worth the difference, but not the whole.
  Choose({0}, 2.5 * given_back_);
  Replacements other = replacements;
  EXPECT_TRUE(TakeBack(other, std::nullopt));
  EXPECT_EQ(SizesOf(other), (Sizes{kWide, kWide, kWide}));
  EXPECT_FALSE(TakeBack(other, std::nullopt));
  Choose({0}, 1000 * given_back_);
  EXPECT_TRUE(TakeBack(replacements, kWide - 1));
  EXPECT_EQ(SizesOf(replacements), (Sizes{kWide, kWide, kWide}));
}

TEST_F(ReplacementsTest, WhatIsPinnedNeedNotBeWorthIt) {
  Replacements replacements(run_, snapshot_);
  Choose({0}, 0);
  select::Constraints constraints{.pinned = run_.selection.chosen};
  EXPECT_FALSE(replacements.TakeBack(run_, constraints, 1000 * given_back_));
  constraints.max_write_share = 0.0021;
  EXPECT_FALSE(replacements.TakeBack(run_, constraints, 1000 * given_back_));
  constraints.max_write_share = 0.0019;
  EXPECT_TRUE(replacements.Exceeds(run_, constraints, 1000 * given_back_));
  EXPECT_TRUE(replacements.TakeBack(run_, constraints, 1000 * given_back_));
}

TEST_F(ReplacementsTest, ThePointsOfTheFrontierSayWhatWasKept) {
  const Replacements replacements(run_, snapshot_);
  Choose({0, 1}, 1000 * given_back_);
  DropFor(1);
  for (const std::vector<CandidateId>& chosen : std::vector<std::vector<CandidateId>>{{{2}}, {{0}}, {{0}, {1}}}) {
    run_.selection.frontier.push_back({.budget = kPageBytes, .chosen = whatif::IndexSet(chosen), .bytes = 0});
  }
  replacements.CorrectFrontier(run_);
  EXPECT_EQ(run_.selection.frontier[0].bytes, kWide);
  EXPECT_EQ(run_.selection.frontier[0].budget, kWide);
  EXPECT_EQ(run_.selection.frontier[1].bytes, kWide - kNarrow);
  EXPECT_EQ(run_.selection.frontier[2].bytes, 2 * kWide - kNarrow);
  run_.drops = {};
  replacements.CorrectFrontier(run_);
  EXPECT_EQ(run_.selection.frontier[1].bytes, kWide);
}

TEST_F(ReplacementsTest, TwoThatReplaceTheSameGiveItBackOnce) {
  Replacements replacements(run_, snapshot_);
  Choose({0, 1}, 1000 * given_back_);
  DropFor(1);
  EXPECT_FALSE(TakeBack(replacements, 2 * kWide - kNarrow));
  EXPECT_TRUE(TakeBack(replacements, 2 * kWide - kNarrow - 1));
  EXPECT_EQ(SizesOf(replacements), (Sizes{kWide, kWide - kNarrow, kWide}));
}

}  // namespace
}  // namespace pgassay::advisor
