#include "catalog/partitions.h"

#include <string>
#include <utility>
#include <vector>

#include "catalog/index_identity.h"
#include "gtest/gtest.h"

namespace pgassay::catalog {
namespace {

Relation Table(std::uint32_t oid, char kind, std::uint32_t parent, std::vector<Column> columns = {{1, "a"}, {2, "b"}}) {
  return {.oid = {oid},
          .name = {"public", "t" + std::to_string(oid)},
          .kind = kind,
          .pages = 10,
          .statistics_tuples = 100,
          .all_visible_pages = 5,
          .parent = {parent},
          .columns = std::move(columns)};
}

// 1 partitioned: leaf 5, partitioned 3 with leaves 4 and 8 and foreign 6, empty partitioned 7. 2 plain.
Snapshot Tree() {
  Snapshot snapshot;
  snapshot.relations = {
      Table(1, 'p', 0), Table(2, 'r', 0), Table(3, 'p', 1), Table(4, 'r', 3), Table(5, 'r', 1, {{2, "b"}, {7, "a"}}),
      Table(6, 'f', 3), Table(7, 'p', 1), Table(8, 'r', 3)};
  for (Relation& relation : snapshot.relations) {
    if (relation.kind == 'p') relation.pages = 0;
  }
  return snapshot;
}

using Oids = std::vector<Oid>;

TEST(PartitionsTest, IndexedTables) {
  const Snapshot snapshot = Tree();
  EXPECT_EQ(IndexedTables(snapshot, {1}), (Oids{{4}, {5}, {8}}));
  EXPECT_EQ(IndexedTables(snapshot, {2}), (Oids{{2}}));
  EXPECT_EQ(IndexedTables(snapshot, {3}), (Oids{{4}, {8}}));
  EXPECT_EQ(IndexedTables(snapshot, {6}), Oids{});
  EXPECT_EQ(IndexedTables(snapshot, {7}), Oids{});
  EXPECT_EQ(IndexedTables(snapshot, {99}), Oids{});
  EXPECT_EQ(ChildrenOf(snapshot, {1}), (Oids{{3}, {5}, {7}}));
  EXPECT_EQ(ChildrenOf(snapshot, {0}), Oids{});
  EXPECT_TRUE(HasForeignPartition(snapshot, {1}));
  EXPECT_FALSE(HasForeignPartition(snapshot, {7}));
  EXPECT_TRUE(IsParent(snapshot, {1}));
  EXPECT_TRUE(IsParent(snapshot, {7}));
  EXPECT_FALSE(IsParent(snapshot, {2}));
}

TEST(PartitionsTest, InheritanceParentsHoldRowsThemselves) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, 'r', 0), Table(2, 'r', 1), Table(3, 'r', 2), Table(4, 'r', 1), Table(5, 'm', 0)};
  snapshot.relations[3].persistence = 't';
  EXPECT_EQ(IndexedTables(snapshot, {1}), (Oids{{1}, {2}, {3}}));
  EXPECT_EQ(IndexedTables(snapshot, {2}), (Oids{{2}, {3}}));
  EXPECT_EQ(IndexedTables(snapshot, {4}), (Oids{{4}}));
  EXPECT_EQ(IndexedTables(snapshot, {5}), (Oids{{5}}));
}

TEST(PartitionsTest, CirclesEnd) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, 'p', 2), Table(2, 'p', 1), Table(3, 'r', 3)};
  EXPECT_EQ(IndexedTables(snapshot, {1}), Oids{});
  EXPECT_EQ(IndexedTables(snapshot, {3}), (Oids{{3}}));
}

TEST(PartitionsTest, DefOnMapsColumnsByName) {
  const Snapshot snapshot = Tree();
  const IndexDef def{.table = {1},
                     .keys = {{.column = 2, .descending = true}, {.column = 0, .expression = "lower(b)"}},
                     .include = {1},
                     .predicate = "(a > 0)"};
  IndexDef expected = def;
  expected.table = {5};
  expected.include = {7};
  EXPECT_EQ(DefOn(def, {5}, snapshot), expected);
  EXPECT_EQ(DefOn(expected, {1}, snapshot), def);
  EXPECT_EQ(DefOn(def, {1}, snapshot), def);
  EXPECT_EQ(DefOn(def, {99}, snapshot), std::nullopt);
  EXPECT_EQ(DefOn({.table = {1}, .keys = {{.column = 3}}}, {5}, snapshot), std::nullopt);
  EXPECT_EQ(DefOn({.table = {99}, .keys = {{.column = 1}}}, {5}, snapshot), std::nullopt);
}

Index On(std::uint32_t oid, IndexDef def) {
  return {.oid = {oid}, .name = {"public", "i" + std::to_string(oid)}, .def = std::move(def)};
}

TEST(PartitionsTest, PartsLeaveOutWhatExists) {
  Snapshot snapshot = Tree();
  const IndexDef def{.table = {1}, .keys = {{.column = 1}}, .include = {2}};
  EXPECT_EQ(Parts(def, snapshot).size(), 3U);
  snapshot.indexes = {On(20, *DefOn(def, {5}, snapshot)), On(21, *DefOn(def, {4}, snapshot))};
  snapshot.indexes[1].valid = false;
  EXPECT_EQ(Parts(def, snapshot), (std::vector<IndexDef>{*DefOn(def, {4}, snapshot), *DefOn(def, {8}, snapshot)}));
  EXPECT_EQ(Parts({.table = {2}, .keys = {{.column = 1}}}, snapshot).size(), 1U);
}

TEST(PartitionsTest, OnlyEqualDefinitionsAttach) {
  const IndexDef wanted{.table = {1}, .keys = {{.column = 1}}, .include = {2, 3}};
  Index index = On(20, wanted);
  EXPECT_TRUE(CanAttach(index, wanted));
  index.def.keys[0] = {.column = 1, .descending = true, .nulls_first = true};
  EXPECT_TRUE(CanAttach(index, wanted));
  index.def.include = {3, 2};
  EXPECT_TRUE(SameWork(index.def, wanted));
  EXPECT_FALSE(CanAttach(index, wanted));
  index.def = wanted;
  index.def.unique = true;
  EXPECT_FALSE(CanAttach(index, wanted));
  index.def = wanted;
  index.exclusion = true;
  EXPECT_FALSE(CanAttach(index, wanted));
}

TEST(PartitionsTest, FindPartTellsAttachableFromUseful) {
  Snapshot snapshot;
  snapshot.relations = {Table(1, 'r', 0)};
  const IndexDef wanted{.table = {1}, .keys = {{.column = 1}}};
  Index unique = On(20, wanted);
  unique.def.unique = true;
  snapshot.indexes = {unique};
  EXPECT_EQ(FindPart(snapshot, wanted, true), nullptr);
  EXPECT_EQ(FindPart(snapshot, wanted, false), &snapshot.indexes[0]);
  snapshot.indexes[0].valid = false;
  EXPECT_EQ(FindPart(snapshot, wanted, false), nullptr);
}

TEST(PartitionsTest, ExtentIsASum) {
  Snapshot snapshot = Tree();
  EXPECT_EQ(ExtentOf(snapshot, {1}), (TableExtent{.pages = 30, .all_visible_pages = 15, .tuples = 300}));
  EXPECT_EQ(ExtentOf(snapshot, {2}), (TableExtent{.pages = 10, .all_visible_pages = 5, .tuples = 100}));
  snapshot.relations[1].all_visible_pages = 1000;  // the table was truncated since
  snapshot.relations[1].statistics_tuples = -1;
  EXPECT_EQ(ExtentOf(snapshot, {2}), (TableExtent{.pages = 10, .all_visible_pages = 10, .tuples = 0}));
  EXPECT_EQ(ExtentOf(snapshot, {99}), TableExtent{});
}

TEST(PartitionsTest, StatisticsOfParentsCoverTheirChildren) {
  Snapshot snapshot = Tree();
  snapshot.statistics = {{.relation = {1}, .column = 1, .inherited = true, .distinct = 7},
                         {.relation = {2}, .column = 1, .distinct = 1},
                         {.relation = {2}, .column = 1, .inherited = true, .distinct = 2}};
  EXPECT_EQ(FindTableStatistics(snapshot, {1}, 1)->distinct, 7);
  EXPECT_EQ(FindTableStatistics(snapshot, {2}, 1)->distinct, 1);
  snapshot.relations[3].parent = {2};
  EXPECT_EQ(FindTableStatistics(snapshot, {2}, 1)->distinct, 2);
  EXPECT_EQ(FindTableStatistics(snapshot, {2}, 2), nullptr);
}

}  // namespace
}  // namespace pgassay::catalog
