#include "pgassay/snapshot.h"

#include "gtest/gtest.h"

namespace pgassay {
namespace {

Snapshot Shop() {
  Snapshot snapshot;
  Relation orders{.oid = {20}, .name = {"shop", "orders"}};
  orders.columns = {{.number = 1, .name = "id"}, {.number = 4, .name = "total"}};  // 2 and 3 were dropped
  snapshot.relations = {
      {.oid = {10}, .name = {"shop", "customers"}}, orders, {.oid = {30}, .name = {"other", "orders"}}};
  snapshot.indexes = {{.oid = {21}, .name = {"shop", "orders_pkey"}}, {.oid = {31}, .name = {"other", "x"}}};
  snapshot.statistics = {{.relation = {10}, .column = 1},
                         {.relation = {20}, .column = 1, .inherited = false, .average_width = 4},
                         {.relation = {20}, .column = 1, .inherited = true, .average_width = 8},
                         {.relation = {20}, .column = 4}};
  snapshot.settings = {{.name = "random_page_cost", .value = "1.1"}, {.name = "work_mem", .value = ""}};
  return snapshot;
}

TEST(SnapshotTest, FindsRelations) {
  const Snapshot snapshot = Shop();
  for (const Relation& relation : snapshot.relations) {
    EXPECT_EQ(snapshot.FindRelation(relation.oid), &relation);
    EXPECT_EQ(snapshot.FindRelation(relation.name), &relation);
  }
  for (const Oid oid : {Oid{0}, Oid{15}, Oid{40}}) EXPECT_EQ(snapshot.FindRelation(oid), nullptr);
  EXPECT_EQ(snapshot.FindRelation(QualifiedName{"shop", "Orders"}), nullptr);
  EXPECT_EQ(snapshot.FindRelation(QualifiedName{"public", "orders"}), nullptr);
}

TEST(SnapshotTest, FindsIndexes) {
  const Snapshot snapshot = Shop();
  EXPECT_EQ(snapshot.FindIndex({21}), &snapshot.indexes[0]);
  EXPECT_EQ(snapshot.FindIndex({31}), &snapshot.indexes[1]);
  EXPECT_EQ(snapshot.FindIndex({20}), nullptr);
  EXPECT_EQ(snapshot.FindIndex({32}), nullptr);
}

TEST(SnapshotTest, FindsStatistics) {
  const Snapshot snapshot = Shop();
  EXPECT_EQ(snapshot.FindStatistics({20}, 1, false)->average_width, 4);
  EXPECT_EQ(snapshot.FindStatistics({20}, 1, true)->average_width, 8);
  EXPECT_EQ(snapshot.FindStatistics({20}, 4, false), &snapshot.statistics[3]);
  EXPECT_EQ(snapshot.FindStatistics({20}, 4, true), nullptr);
  EXPECT_EQ(snapshot.FindStatistics({20}, 2, false), nullptr);
  EXPECT_EQ(snapshot.FindStatistics({99}, 1, false), nullptr);
}

TEST(SnapshotTest, FindsSettings) {
  const Snapshot snapshot = Shop();
  EXPECT_EQ(snapshot.FindSetting("random_page_cost"), "1.1");
  EXPECT_EQ(snapshot.FindSetting("work_mem"), "");
  EXPECT_EQ(snapshot.FindSetting("seq_page_cost"), std::nullopt);
}

TEST(SnapshotTest, FindsColumnsBesideHoles) {
  const Snapshot snapshot = Shop();
  EXPECT_EQ(FindColumn(snapshot.relations[1], 1)->name, "id");
  EXPECT_EQ(FindColumn(snapshot.relations[1], 4)->name, "total");
  EXPECT_EQ(FindColumn(snapshot.relations[1], 2), nullptr);
  EXPECT_EQ(FindColumn(snapshot.relations[1], 0), nullptr);
}

TEST(SnapshotTest, EmptySnapshotHasNothing) {
  const Snapshot snapshot;
  EXPECT_EQ(snapshot.FindRelation(Oid{1}), nullptr);
  EXPECT_EQ(snapshot.FindIndex({1}), nullptr);
  EXPECT_EQ(snapshot.FindStatistics({1}, 1, false), nullptr);
  EXPECT_EQ(snapshot.FindSetting(""), std::nullopt);
}

}  // namespace
}  // namespace pgassay
