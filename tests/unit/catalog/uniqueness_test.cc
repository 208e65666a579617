#include "catalog/uniqueness.h"

#include <gtest/gtest.h>

namespace pgassay::catalog {
namespace {

constexpr Oid kTable{16384};

IndexDef Wide() {
  return {.table = kTable, .keys = {{.column = 1}, {.column = 2}}, .include = {3}};
}

// A table with a unique index on its first two columns.
Snapshot Unique() {
  Snapshot snapshot;
  snapshot.relations = {{.oid = kTable, .name = {"public", "t"}}};
  Index index{
      .oid = {20000}, .name = {"public", "t_a_b"}, .def = Wide(), .sql = "CREATE UNIQUE INDEX t_a_b ON t (a, b)"};
  index.def.include.clear();
  index.def.unique = true;
  snapshot.indexes = {index};
  return snapshot;
}

TEST(ProvenUniqueBy, TheSameKeysWithMoreIncluded) {
  const Snapshot snapshot = Unique();
  ASSERT_NE(ProvenUniqueBy(Wide(), snapshot), nullptr);
  EXPECT_EQ(ProvenUniqueBy(Wide(), snapshot)->name.name, "t_a_b");
}

TEST(ProvenUniqueBy, OtherKeysRowsOrMethodsProveNothing) {
  const Snapshot snapshot = Unique();
  IndexDef wider = Wide();
  wider.keys.push_back({.column = 4});
  EXPECT_EQ(ProvenUniqueBy(wider, snapshot), nullptr);
  IndexDef narrower = Wide();
  narrower.keys.pop_back();
  EXPECT_EQ(ProvenUniqueBy(narrower, snapshot), nullptr);
  IndexDef partial = Wide();
  partial.predicate = "(c IS NULL)";
  EXPECT_EQ(ProvenUniqueBy(partial, snapshot), nullptr);
  IndexDef collated = Wide();
  collated.keys[0].collation = "\"C\"";
  EXPECT_EQ(ProvenUniqueBy(collated, snapshot), nullptr);
  IndexDef hash = Wide();
  hash.method = "hash";
  EXPECT_EQ(ProvenUniqueBy(hash, snapshot), nullptr);
  Snapshot some_rows = Unique();
  some_rows.indexes[0].def.predicate = "(c IS NULL)";
  EXPECT_EQ(ProvenUniqueBy(Wide(), some_rows), nullptr);
  EXPECT_NE(ProvenUniqueBy(partial, some_rows), nullptr);
  Snapshot plain = Unique();
  plain.indexes[0].def.unique = false;
  EXPECT_EQ(ProvenUniqueBy(Wide(), plain), nullptr);
}

TEST(CanHandOverUniqueness, NotWhatSomethingElseNeeds) {
  const auto can = [](void (*change)(Snapshot&)) {
    Snapshot snapshot = Unique();
    change(snapshot);
    return CanHandOverUniqueness(snapshot.indexes[0], snapshot);
  };
  EXPECT_TRUE(can([](Snapshot&) {}));
  EXPECT_FALSE(can([](Snapshot& s) { s.indexes[0].primary = true; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.indexes[0].backs_constraint = true; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.indexes[0].replica_identity = true; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.indexes[0].clustered = true; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.indexes[0].valid = false; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.indexes[0].sql += " NULLS NOT DISTINCT"; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.relations[0].parent = {1}; }));
  EXPECT_FALSE(can([](Snapshot& s) { s.relations[0].kind = 'p'; }));
  EXPECT_FALSE(can([](Snapshot& s) {
    s.constraints = {{.kind = 'f', .foreign_table = kTable, .foreign_columns = {2, 1}}};
  }));
  EXPECT_TRUE(can([](Snapshot& s) {
    s.constraints = {{.kind = 'f', .foreign_table = kTable, .foreign_columns = {1, 4}}};
  }));
}

}  // namespace
}  // namespace pgassay::catalog
