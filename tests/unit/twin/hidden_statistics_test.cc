#include "twin/hidden_statistics.h"

#include <gtest/gtest.h>

#include <string>

namespace pgassay::twin {
namespace {

Relation MakeTable(std::uint32_t oid, const std::string& name, double rows, bool row_security) {
  Relation relation;
  relation.oid = Oid{oid};
  relation.name = {"s", name};
  relation.pages = 100;
  relation.statistics_pages = 100;
  relation.statistics_tuples = rows;
  relation.row_security = row_security;
  relation.columns = {{.number = 1, .name = "id", .type = "bigint", .type_oid = Oid{20}, .not_null = true},
                      {.number = 2, .name = "parent_id", .type = "bigint", .type_oid = Oid{20}, .not_null = true},
                      {.number = 3, .name = "other_id", .type = "bigint", .type_oid = Oid{20}}};
  return relation;
}

Constraint MakeKey(std::uint32_t oid, int column, std::uint32_t foreign_table) {
  Constraint constraint;
  constraint.oid = Oid{oid};
  constraint.table = Oid{200};
  constraint.kind = 'f';
  constraint.columns = {column};
  constraint.foreign_table = Oid{foreign_table};
  constraint.foreign_columns = {1};
  return constraint;
}

// Table 100 of 40 rows is referenced by table 200 of 5000 rows, which has row level security.
Snapshot MakeSnapshot() {
  Snapshot snapshot;
  snapshot.user = "weak";
  snapshot.roles = {{.name = "strong", .bypass_row_security = true, .member_of = {}},
                    {.name = "weak", .member_of = {}}};
  snapshot.relations = {MakeTable(100, "parent", 40, false), MakeTable(200, "child", 5000, true)};
  snapshot.constraints = {MakeKey(1, 2, 100), MakeKey(2, 3, 100)};
  snapshot.statistics = {{.relation = Oid{100}, .column = 1, .distinct = -1, .slots = {}}};
  return snapshot;
}

TEST(HiddenStatistics, AForeignKeyHasTheValuesOfItsTable) {
  const std::vector<ColumnStatistics> made = HiddenStatistics(MakeSnapshot(), {});
  ASSERT_EQ(made.size(), 1U) << "the other key may be null";
  EXPECT_EQ(made[0].relation, Oid{200});
  EXPECT_EQ(made[0].column, 2);
  EXPECT_EQ(made[0].distinct, 40);
  EXPECT_EQ(made[0].null_fraction, 0);
  EXPECT_TRUE(made[0].slots.empty());
}

TEST(HiddenStatistics, NoMoreValuesThanRowsAndTheSmallestTableDecides) {
  Snapshot snapshot = MakeSnapshot();
  snapshot.relations[0].statistics_tuples = 9000;
  EXPECT_EQ(HiddenStatistics(snapshot, {}).at(0).distinct, 5000);
  snapshot.relations.push_back(MakeTable(300, "tiny", 3, false));
  snapshot.constraints.push_back(MakeKey(3, 2, 300));
  EXPECT_EQ(HiddenStatistics(snapshot, {}).at(0).distinct, 3);
}

TEST(HiddenStatistics, NothingWhereNothingIsHidden) {
  Snapshot strong = MakeSnapshot();
  strong.user = "strong";
  EXPECT_TRUE(HiddenStatistics(strong, {}).empty()) << "who bypasses row level security reads all statistics there are";

  Snapshot readable = MakeSnapshot();
  readable.statistics.push_back({.relation = Oid{200}, .column = 1, .distinct = -1, .slots = {}});
  EXPECT_TRUE(HiddenStatistics(readable, {}).empty());

  Snapshot open = MakeSnapshot();
  open.relations[1].row_security = false;
  EXPECT_TRUE(HiddenStatistics(open, {}).empty()) << "never analysed, as on the source";

  Snapshot never = MakeSnapshot();
  never.relations[1].statistics_tuples = -1;
  EXPECT_TRUE(HiddenStatistics(never, {}).empty());

  Snapshot empty = MakeSnapshot();
  empty.relations[0].pages = 0;
  EXPECT_TRUE(HiddenStatistics(empty, {}).empty());
}

TEST(HiddenStatistics, TypesAndListsLimitTheValues) {
  Snapshot snapshot = MakeSnapshot();
  snapshot.constraints.clear();
  std::vector<Column>& columns = snapshot.relations[1].columns;
  columns.push_back({.number = 4, .name = "state", .type = "s.state", .type_oid = Oid{9000}, .not_null = true});
  columns.push_back({.number = 5, .name = "done", .type = "boolean", .type_oid = Oid{16}, .not_null = true});
  columns.push_back({.number = 6, .name = "plan", .type = "text", .type_oid = Oid{25}, .not_null = true});
  columns.push_back({.number = 7, .name = "maybe", .type = "boolean", .type_oid = Oid{16}});
  Constraint list;
  list.table = Oid{200};
  list.columns = {6};
  list.sql = "CHECK ((plan = ANY (ARRAY['small'::text, 'medium'::text, 'large'::text])))";
  snapshot.constraints.push_back(list);
  const std::vector<ColumnStatistics> made = HiddenStatistics(snapshot, {{"s.state", 4}, {"state", 9}});
  ASSERT_EQ(made.size(), 3U) << "of the last column the share of nulls is not known";
  EXPECT_EQ(made[0].distinct, 4);
  EXPECT_EQ(made[1].distinct, 2);
  EXPECT_EQ(made[2].distinct, 3);
}

TEST(HiddenStatistics, DanglingNumbersAreNoHarm) {
  Snapshot snapshot = MakeSnapshot();
  snapshot.constraints = {MakeKey(1, 77, 100), MakeKey(2, 2, 999)};
  snapshot.constraints.push_back(MakeKey(3, 2, 100));
  snapshot.constraints.back().table = Oid{888};
  snapshot.constraints.push_back(MakeKey(4, 2, 100));
  snapshot.constraints.back().columns.clear();
  EXPECT_TRUE(HiddenStatistics(snapshot, {}).empty());
}

}  // namespace
}  // namespace pgassay::twin
