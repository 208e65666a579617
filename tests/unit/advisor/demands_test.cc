#include "advisor/demands.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "advisor/name_lookup.h"

namespace pgassay::advisor {
namespace {

Relation Table(std::uint32_t oid, QualifiedName name, std::vector<std::string> columns, std::uint32_t parent = 0) {
  Relation relation;
  relation.oid = {oid};
  relation.name = std::move(name);
  relation.parent = {parent};
  for (std::string& column : columns) {
    Column made;
    made.number = static_cast<int>(relation.columns.size()) + 1;
    made.name = std::move(column);
    relation.columns.push_back(std::move(made));
  }
  return relation;
}

// Partitions of event have their columns in another order.
Snapshot Captured() {
  Snapshot snapshot;
  snapshot.database = "shop";
  snapshot.relations = {
      Table(1, {"shop", "orders"}, {"id", "note", "email"}), Table(2, {"old", "orders"}, {"id"}),
      Table(3, {"shop", "event"}, {"day", "kind"}),          Table(4, {"shop", "event_1"}, {"kind", "day"}, 3),
      Table(5, {"shop", "event_2"}, {"kind", "day"}, 3),     Table(6, {"shop", "Odd \"one\""}, {"a b"})};
  snapshot.relations[2].kind = 'p';
  snapshot.settings = {{"search_path", "old, shop", "session"}};
  Index index;
  index.oid = {10};
  index.name = {"shop", "orders_note"};
  index.def = {.table = {1}, .keys = {{.column = 2}}, .include = {}};
  snapshot.indexes = {index};
  return snapshot;
}

IndexDef On(std::uint32_t table, std::vector<int> columns, std::vector<int> include = {}) {
  IndexDef def{.table = {table}, .keys = {}, .include = std::move(include)};
  for (const int column : columns) def.keys.push_back({.column = column});
  return def;
}

Ban BanOn(std::uint32_t table, std::vector<std::string> columns) {
  return {.text = "", .def = std::nullopt, .table = {table}, .columns = std::move(columns)};
}

TEST(Bans, ATableOrSomeOfItsColumns) {
  const Snapshot snapshot = Captured();
  EXPECT_TRUE(Bans(BanOn(1, {}), On(1, {1}), snapshot));
  EXPECT_FALSE(Bans(BanOn(1, {}), On(2, {1}), snapshot));
  EXPECT_TRUE(Bans(BanOn(1, {"note"}), On(1, {1, 2}), snapshot));
  EXPECT_TRUE(Bans(BanOn(1, {"note"}), On(1, {1}, {2}), snapshot));
  EXPECT_FALSE(Bans(BanOn(1, {"note"}), On(1, {1}, {3}), snapshot));
  EXPECT_TRUE(Bans(BanOn(1, {"email", "note"}), On(1, {2}), snapshot));
  IndexDef folded = On(1, {0});
  folded.keys[0].expression = "lower(email)";
  EXPECT_TRUE(Bans(BanOn(1, {"email"}), folded, snapshot));
  EXPECT_FALSE(Bans(BanOn(1, {"note"}), folded, snapshot));
}

TEST(Bans, AnIndexOnAParentIsOneOnItsPartitions) {
  const Snapshot snapshot = Captured();
  EXPECT_TRUE(Bans(BanOn(3, {}), On(4, {1}), snapshot));
  EXPECT_TRUE(Bans(BanOn(4, {}), On(3, {1}), snapshot));
  EXPECT_FALSE(Bans(BanOn(4, {}), On(5, {1}), snapshot));
  EXPECT_TRUE(Bans(BanOn(3, {"kind"}), On(4, {1}), snapshot)) << "by name: its number differs";
  EXPECT_FALSE(Bans(BanOn(3, {"kind"}), On(4, {2}), snapshot));
}

TEST(Bans, ADefinitionByWhatItDoes) {
  const Snapshot snapshot = Captured();
  Ban ban = BanOn(1, {});
  ban.def = On(1, {1, 2});
  ban.def->keys[0].descending = ban.def->keys[1].descending = true;
  ban.def->keys[0].nulls_first = ban.def->keys[1].nulls_first = true;
  EXPECT_TRUE(Bans(ban, On(1, {1, 2}), snapshot)) << "the mirror image";
  EXPECT_FALSE(Bans(ban, On(1, {1}), snapshot));
  EXPECT_FALSE(Bans(ban, On(1, {1, 2, 3}), snapshot));
}

TEST(AddPins, TakesWhatIsThereAndAddsWhatIsNot) {
  std::vector<catalog::Candidate> candidates{{.id = {0}, .def = On(1, {1}), .origins = {}},
                                             {.id = {1}, .def = On(1, {2}), .origins = {}}};
  const Demands demands{.pins = {{.sql = "", .def = On(1, {2})},
                                 {.sql = "", .def = On(1, {3}), .fraction = 0.5},
                                 {.sql = "", .def = On(1, {3})}},
                        .bans = {},
                        .kept = {}};
  const whatif::IndexSet pinned = AddPins(demands, candidates);
  EXPECT_EQ(pinned, whatif::IndexSet({CandidateId{1}, CandidateId{2}}));
  ASSERT_EQ(candidates.size(), 3u);
  EXPECT_EQ(candidates[2].id, CandidateId{2});
  EXPECT_EQ(candidates[2].def, On(1, {3}));
  EXPECT_EQ(candidates[2].fraction, 0.5);
}

TEST(FindTable, ByNameSearchPathOrSchema) {
  Snapshot snapshot = Captured();
  EXPECT_EQ((*FindTable({"shop", "orders"}, snapshot))->oid, Oid{1});
  EXPECT_EQ((*FindTable({"", "orders"}, snapshot))->oid, Oid{2}) << "first in the search path";
  EXPECT_EQ((*FindTable({"", "Odd \"one\""}, snapshot))->oid, Oid{6});
  snapshot.settings = {{"search_path", "public", "session"}};
  EXPECT_EQ((*FindTable({"", "event"}, snapshot))->oid, Oid{3}) << "no other schema has one";
  EXPECT_EQ(std::string(FindTable({"", "orders"}, snapshot).status().message()),
            "several schemas have a table orders: write one of old.orders, shop.orders");
}

TEST(FindTable, NamesWhatIsNear) {
  const Snapshot snapshot = Captured();
  EXPECT_EQ(std::string(FindTable({"", "ordes"}, snapshot).status().message()),
            "there is no table ordes in the capture; near to it: old.orders, shop.orders");
  EXPECT_EQ(std::string(FindTable({"", "zzz"}, snapshot).status().message()), "there is no table zzz in the capture");
  EXPECT_EQ(std::string(FindColumn("nite", snapshot.relations[0]).status().message()),
            "shop.orders has no column nite; near to it: note");
  EXPECT_EQ(std::string(FindIndex("orders_nose", snapshot).status().message()),
            "there is no index orders_nose in the capture; near to it: shop.orders_note");
  EXPECT_EQ((*FindIndex("shop.orders_note", snapshot))->oid, Oid{10});
  EXPECT_FALSE(FindIndex("orders_note(a)", snapshot).ok());
}

}  // namespace
}  // namespace pgassay::advisor
