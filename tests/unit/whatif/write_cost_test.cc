#include "whatif/write_cost.h"

#include <string>

#include "gtest/gtest.h"

namespace pgassay::whatif {
namespace {

constexpr Oid kTable{100};

// A table of a million rows with a column that grows, one without order and one of five values.
Snapshot Database() {
  Snapshot snapshot;
  Relation table;
  table.oid = kTable;
  table.name = {"public", "events"};
  for (const int number : {1, 2, 3}) {
    table.columns.push_back({.number = number, .name = "c" + std::to_string(number), .type = "bigint"});
  }
  snapshot.relations.push_back(table);
  const auto add = [&](int column, double distinct, const std::string& correlation) {
    ColumnStatistics statistics{.relation = kTable, .column = column, .average_width = 8, .distinct = distinct};
    statistics.slots.push_back({.kind = 3, .op = "0", .collation = "", .numbers = correlation, .values = {}});
    snapshot.statistics.push_back(statistics);
  };
  add(1, -1, "{1}");
  add(2, -1, "{0.01}");
  add(3, 5, "{0.2}");
  return snapshot;
}

IndexDef On(std::vector<int> columns, const std::string& method = "btree") {
  IndexDef def{.table = kTable, .method = method};
  for (const int column : columns) def.keys.push_back({.column = column});
  return def;
}

constexpr BtreeSize kSize{.pages = 2745, .tuples = 1e6, .tree_height = 2};

TEST(WriteCost, GrowingKeysCostAFractionOfScatteredOnes) {
  const Snapshot snapshot = Database();
  const WriteCost growing = EstimateWriteCost(On({1}), kSize, snapshot);
  const WriteCost scattered = EstimateWriteCost(On({2}), kSize, snapshot);
  EXPECT_GT(growing.entry, 0);
  EXPECT_GT(scattered.entry, 5 * growing.entry);
  // Few values are written to few leaves, whatever their order.
  EXPECT_LT(EstimateWriteCost(On({3}), kSize, snapshot).entry, 2 * growing.entry);
  EXPECT_GT(EstimateWriteCost(On({3, 2}), kSize, snapshot).entry, 5 * growing.entry);
  EXPECT_EQ(growing.dead, scattered.dead);
}

TEST(WriteCost, FollowsTheServersCosts) {
  Snapshot snapshot = Database();
  const Cost before = EstimateWriteCost(On({2}), kSize, snapshot).entry;
  snapshot.settings.push_back({.name = "random_page_cost", .value = "1.1", .source = "database"});
  EXPECT_NEAR(before - EstimateWriteCost(On({2}), kSize, snapshot).entry, 2.9, 0.01);
}

TEST(WriteCost, OtherAccessMethods) {
  const Snapshot snapshot = Database();
  const Cost btree = EstimateWriteCost(On({2}), kSize, snapshot).entry;
  EXPECT_LT(EstimateWriteCost(On({2}, "brin"), {.pages = 3, .tuples = 1e6}, snapshot).entry, btree / 10);
  EXPECT_GT(EstimateWriteCost(On({2}, "gin"), {.pages = 20'000, .tuples = 1e6}, snapshot).entry, 5 * btree);
  EXPECT_GE(EstimateWriteCost(On({1}, "hash"), kSize, snapshot).entry, btree);
  EXPECT_EQ(EstimateWriteCost({}, kSize, snapshot), WriteCost());
}

}  // namespace
}  // namespace pgassay::whatif
