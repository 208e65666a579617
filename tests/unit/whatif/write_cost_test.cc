#include "whatif/write_cost.h"

#include <gtest/gtest.h>

namespace pgassay::whatif {
namespace {

constexpr BtreeSize kLarge{.pages = 5000, .tuples = 1e6, .tree_height = 2};
// What the planner asks for a lookup in it: two random pages, 20 comparisons, three pages looked at.
constexpr double kLookup = 2 * 4 + 0.0025 * (20 + 150);

Snapshot Table(double distinct, std::string correlation) {
  Snapshot snapshot;
  Relation item{.oid = {1}, .name = {"public", "item"}};
  item.pages = item.statistics_pages = 30'000;
  item.statistics_tuples = 1e6;
  item.columns = {{.number = 1, .name = "key", .type = "bigint", .type_length = 8, .type_align = 'd'}};
  snapshot.relations = {item};
  snapshot.statistics = {{.relation = {1}, .column = 1, .average_width = 8, .distinct = distinct}};
  snapshot.statistics[0].slots.push_back({.kind = 3, .numbers = std::move(correlation)});
  return snapshot;
}

const IndexDef kIndex{.table = {1}, .keys = {{.column = 1}}};

TEST(EstimateWriteCost, OfGrowingKeysIsThatOfAnEntry) {
  const WriteCost cost = EstimateWriteCost(kIndex, kLarge, Table(-1, "{1}"), 20'000);
  EXPECT_LT(cost.entry, 0.2 * kLookup);
  EXPECT_GT(cost.moved, 5 * cost.entry) << "any row may be updated";
}

TEST(EstimateWriteCost, OfKeysWithoutOrderIsThatOfPages) {
  const Snapshot table = Table(-1, "{0.01}");
  const WriteCost seldom = EstimateWriteCost(kIndex, kLarge, table, 100);
  const WriteCost often = EstimateWriteCost(kIndex, kLarge, table, 1e6);
  EXPECT_NEAR(seldom.entry, 5 * kLookup, 0.2 * kLookup) << "nearly every entry logs a page of its own";
  EXPECT_LT(often.entry, 0.2 * kLookup) << "two hundred share one";
  EXPECT_NEAR(seldom.entry, seldom.moved, 1e-3);
}

TEST(EstimateWriteCost, FewKeysGoToFewLeaves) {
  const WriteCost few = EstimateWriteCost(kIndex, kLarge, Table(50, "{0.01}"), 20'000);
  const WriteCost many = EstimateWriteCost(kIndex, kLarge, Table(-1, "{0.01}"), 20'000);
  EXPECT_LT(few.entry, many.entry / 5);
}

TEST(EstimateWriteCost, OfDeadRowsFallsWithTheShareThatVacuumWaitsFor) {
  Snapshot table = Table(-1, "{0.01}");
  const WriteCost fifth = EstimateWriteCost(kIndex, kLarge, table);
  table.settings = {{.name = "autovacuum_vacuum_scale_factor", .value = "0.05", .source = "configuration file"}};
  EXPECT_NEAR(EstimateWriteCost(kIndex, kLarge, table).dead, 4 * fifth.dead, 1e-6);
}

TEST(EstimateWriteCost, IsFiniteForAnyInput) {
  const Snapshot table = Table(0, "{nonsense}");
  for (const char* method : {"btree", "hash", "gin", "gist", "spgist", "brin"}) {
    IndexDef def = kIndex;
    def.method = method;
    const WriteCost cost = EstimateWriteCost(def, {.pages = 1, .tuples = 0}, table, 0);
    EXPECT_TRUE(cost.entry >= 0 && cost.moved >= 0 && cost.dead >= 0 && cost.entry + cost.moved + cost.dead < 1e9);
  }
  EXPECT_EQ(EstimateWriteCost({.table = {1}, .keys = {}}, kLarge, table), WriteCost{});
}

}  // namespace
}  // namespace pgassay::whatif
