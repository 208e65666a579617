#include "advisor/referential.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace pgassay::advisor {
namespace {

constexpr Oid kCustomer{1};
constexpr Oid kOrder{2};
constexpr Oid kLine{3};

Relation Table(Oid oid, const std::string& name, const std::vector<std::string>& columns, double rows) {
  Relation table{
      .oid = oid, .name = {"shop", name}, .pages = 1000, .statistics_pages = 1000, .statistics_tuples = rows};
  for (const std::string& column : columns) {
    table.columns.push_back({.number = static_cast<int>(table.columns.size()) + 1,
                             .name = column,
                             .type = "bigint",
                             .type_oid = {20},
                             .type_length = 8,
                             .type_align = 'd'});
  }
  return table;
}

Constraint ForeignKey(std::uint32_t oid, Oid table, std::vector<int> columns, Oid parent, std::vector<int> referenced,
                      const std::string& actions = "") {
  return {.oid = {oid},
          .table = table,
          .name = "fk" + std::to_string(oid),
          .kind = 'f',
          .columns = std::move(columns),
          .foreign_table = parent,
          .foreign_columns = std::move(referenced),
          .sql = "FOREIGN KEY (c) REFERENCES shop.p(id)" + actions};
}

// A customer has 10 orders, an order 5 lines.
Snapshot Shop() {
  Snapshot snapshot;
  snapshot.relations = {Table(kCustomer, "customer", {"id", "name"}, 10000),
                        Table(kOrder, "order", {"id", "customer_id", "Note"}, 100000),
                        Table(kLine, "line", {"order_id", "number", "amount"}, 500000)};
  return snapshot;
}

std::vector<ReferentialQuery> Queries(const Snapshot& snapshot, const std::vector<TableWrites>& writes,
                                      const std::set<ReferentialSearch>& known = {}) {
  return ReferentialQueries(writes, known, snapshot);
}

std::vector<TableWrites> Deletes(Oid table, double rows) {
  return {{.table = table, .command = 'd', .columns = {}, .rows = rows}};
}

TEST(ReferentialQueries, ASearchForEachDeletedRow) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}), ForeignKey(11, kLine, {1}, kOrder, {1})};
  const auto queries = Queries(snapshot, Deletes(kCustomer, 30));
  ASSERT_EQ(queries.size(), 1U);
  EXPECT_EQ(queries[0].sql, R"(SELECT 1 FROM ONLY shop."order" AS x WHERE x.customer_id = $1 FOR KEY SHARE OF x)");
  EXPECT_DOUBLE_EQ(queries[0].weight, 30);
  EXPECT_EQ(queries[0].parents, (std::vector<std::pair<Oid, int>>{{kCustomer, 1}}));
  EXPECT_EQ(queries[0].foreign_keys, (std::vector<std::string>{"fk10"}));
  EXPECT_EQ(queries[0].search_path, "pg_catalog");
}

TEST(ReferentialQueries, NoneWithoutDeletesOrChangedKeys) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1})};
  EXPECT_TRUE(Queries(snapshot, {}).empty());
  EXPECT_TRUE(Queries(snapshot, Deletes(kOrder, 5)).empty());
  EXPECT_TRUE(Queries(snapshot, Deletes(kCustomer, 0)).empty());
  EXPECT_TRUE(Queries(snapshot, {{.table = kCustomer, .command = 'u', .columns = {2}, .rows = 5}}).empty());
  EXPECT_TRUE(Queries(snapshot, {{.table = kCustomer, .command = 'i', .columns = {1}, .rows = 5}}).empty());
  EXPECT_EQ(Queries(snapshot, {{.table = kCustomer, .command = 'u', .columns = {1}, .rows = 5}}).size(), 1U);
}

TEST(ReferentialQueries, AnUpdateOfEveryColumnWritesBackItsKey) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1})};
  EXPECT_TRUE(Queries(snapshot, {{.table = kCustomer, .command = 'u', .columns = {1, 2}, .rows = 5}}).empty());
}

TEST(ReferentialQueries, DeletesAndChangesOfOneKeyAreOneSearch) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1})};
  const auto queries = Queries(snapshot, {{.table = kCustomer, .command = 'd', .columns = {}, .rows = 5},
                                          {.table = kCustomer, .command = 'u', .columns = {1}, .rows = 7}});
  ASSERT_EQ(queries.size(), 1U);
  EXPECT_DOUBLE_EQ(queries[0].weight, 12);
  EXPECT_EQ(queries[0].foreign_keys.size(), 1U);
}

TEST(ReferentialQueries, CascadesAreFollowed) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}, " ON DELETE CASCADE"),
                          ForeignKey(11, kLine, {1}, kOrder, {1})};
  const auto queries = Queries(snapshot, Deletes(kCustomer, 30));
  ASSERT_EQ(queries.size(), 2U);
  EXPECT_EQ(queries[0].sql, R"(DELETE FROM ONLY shop."order" AS x WHERE x.customer_id = $1)");
  EXPECT_EQ(queries[1].sql, "SELECT 1 FROM ONLY shop.line AS x WHERE x.order_id = $1 FOR KEY SHARE OF x");
  EXPECT_DOUBLE_EQ(queries[1].weight, 300);
}

TEST(ReferentialQueries, NullsHaveNoParent) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}, " ON DELETE CASCADE"),
                          ForeignKey(11, kLine, {1}, kOrder, {1})};
  snapshot.statistics = {{.relation = kOrder, .column = 2, .null_fraction = 0.5}};
  EXPECT_DOUBLE_EQ(Queries(snapshot, Deletes(kCustomer, 30))[1].weight, 150);
}

TEST(ReferentialQueries, SetNullAndSetDefaultUpdateTheChild) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}, " ON UPDATE SET DEFAULT ON DELETE SET NULL"),
                          ForeignKey(11, kLine, {1}, kOrder, {2}), ForeignKey(12, kLine, {2}, kOrder, {1})};
  const auto deleted = Queries(snapshot, Deletes(kCustomer, 1));
  ASSERT_EQ(deleted.size(), 2U);  // fk12 references another column
  EXPECT_EQ(deleted[0].sql, R"(UPDATE ONLY shop."order" AS x SET customer_id = NULL WHERE x.customer_id = $1)");
  EXPECT_EQ(deleted[1].foreign_keys, (std::vector<std::string>{"fk11"}));
  const auto changed = Queries(snapshot, {{.table = kCustomer, .command = 'u', .columns = {1}, .rows = 1}});
  EXPECT_EQ(changed[0].sql, R"(UPDATE ONLY shop."order" AS x SET customer_id = DEFAULT WHERE x.customer_id = $1)");
}

TEST(ReferentialQueries, CompositeKeysOfOtherTypes) {
  Snapshot snapshot = Shop();
  snapshot.relations[2].columns[1].type = "integer";
  snapshot.relations[2].columns[1].type_oid = {23};
  snapshot.constraints = {
      ForeignKey(10, kLine, {1, 2}, kOrder, {1, 2}, " MATCH FULL ON DELETE SET NULL (number) DEFERRABLE"),
      ForeignKey(11, kLine, {2, 1}, kOrder, {2, 1}, " ON UPDATE CASCADE INITIALLY DEFERRED")};
  const auto queries = Queries(snapshot, Deletes(kOrder, 2));
  ASSERT_EQ(queries.size(), 2U);
  EXPECT_EQ(queries[0].sql,
            "UPDATE ONLY shop.line AS x SET number = NULL "
            "WHERE x.order_id = $1 AND x.number = CAST($2 AS bigint)");
  EXPECT_EQ(queries[0].parents, (std::vector<std::pair<Oid, int>>{{kOrder, 1}, {kOrder, 2}}));
  const auto changed = Queries(snapshot, {{.table = kOrder, .command = 'u', .columns = {2}, .rows = 2}});
  EXPECT_EQ(changed[1].sql,
            "UPDATE ONLY shop.line AS x SET number = $1, order_id = $2 "
            "WHERE x.number = CAST($1 AS bigint) AND x.order_id = $2");
}

TEST(ReferentialQueries, CirclesEnd) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kOrder, {1}, " ON DELETE CASCADE"),
                          ForeignKey(11, kLine, {1}, kOrder, {1}, " ON DELETE CASCADE"),
                          ForeignKey(12, kOrder, {2}, kLine, {1}, " ON DELETE CASCADE")};
  EXPECT_EQ(Queries(snapshot, Deletes(kOrder, 1)).size(), 2U);  // fk10 and fk12 make the same search
}

TEST(ReferentialQueries, TwoKeysThatSearchAlikeAreOneStatement) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kLine, {1}, kOrder, {1}), ForeignKey(11, kLine, {1}, kCustomer, {1})};
  auto writes = Deletes(kCustomer, 3);
  writes.push_back(Deletes(kOrder, 4).front());
  const auto queries = Queries(snapshot, writes);
  ASSERT_EQ(queries.size(), 1U);
  EXPECT_DOUBLE_EQ(queries[0].weight, 7);
  EXPECT_EQ(queries[0].foreign_keys, (std::vector<std::string>{"fk10", "fk11"}));
}

TEST(ReferentialQueries, KnownOnesAreNotAddedNorFollowed) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}, " ON DELETE CASCADE"),
                          ForeignKey(11, kLine, {1}, kOrder, {1})};
  const std::vector<TableWrites> writes = Deletes(kCustomer, 30);
  EXPECT_TRUE(Queries(snapshot, writes, {{.child = kOrder, .columns = {2}, .command = 'd'}}).empty());
  EXPECT_EQ(Queries(snapshot, writes, {{.child = kOrder, .columns = {2}, .command = 's'}}).size(), 2U);
  EXPECT_EQ(Queries(snapshot, writes, {{.child = kOrder, .columns = {1, 2}, .command = 'd'}}).size(), 2U);
}

// `oid` becomes a table below `parent`.
void AddBelow(Snapshot& snapshot, Oid oid, Oid parent, double rows) {
  Relation table = *snapshot.FindRelation(parent);
  table.oid = oid;
  table.name.name += std::to_string(oid.value);
  table.kind = 'r';
  table.parent = parent;
  table.statistics_tuples = rows;
  snapshot.relations.push_back(table);
}

TEST(ReferentialQueries, PartitionsOfTheChildAreSearchedThroughIt) {
  Snapshot snapshot = Shop();
  snapshot.relations[1].kind = 'p';
  AddBelow(snapshot, {5}, kOrder, 50000);
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}), ForeignKey(11, {5}, {2}, kCustomer, {1})};
  const auto queries = Queries(snapshot, Deletes(kCustomer, 30));
  ASSERT_EQ(queries.size(), 1U);
  EXPECT_EQ(queries[0].sql, R"(SELECT 1 FROM shop."order" AS x WHERE x.customer_id = $1 FOR KEY SHARE OF x)");
  snapshot.constraints.erase(snapshot.constraints.begin());
  EXPECT_EQ(Queries(snapshot, Deletes(kCustomer, 30))[0].sql,
            "SELECT 1 FROM ONLY shop.order5 AS x WHERE x.customer_id = $1 FOR KEY SHARE OF x");
}

TEST(ReferentialQueries, PartitionsOfTheParentHaveItsKey) {
  Snapshot snapshot = Shop();
  snapshot.relations[0].kind = 'p';
  AddBelow(snapshot, {5}, kCustomer, 5000);
  AddBelow(snapshot, {6}, kCustomer, 5000);
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}), ForeignKey(11, kOrder, {2}, {5}, {1}),
                          ForeignKey(12, kOrder, {2}, {6}, {1})};
  for (const Oid table : {kCustomer, Oid{5}, Oid{6}}) {
    const auto queries = Queries(snapshot, Deletes(table, 30));
    ASSERT_EQ(queries.size(), 1U);
    EXPECT_DOUBLE_EQ(queries[0].weight, 30);
    EXPECT_EQ(queries[0].foreign_keys, (std::vector<std::string>{"fk10"}));
  }
}

TEST(ReferentialQueries, TablesThatInheritHaveNoneOfTheParentsKeys) {
  Snapshot snapshot = Shop();
  AddBelow(snapshot, {5}, kCustomer, 30000);
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}), ForeignKey(11, kLine, {1}, {5}, {1})};
  const auto of_all = Queries(snapshot, Deletes(kCustomer, 40));
  ASSERT_EQ(of_all.size(), 2U);
  EXPECT_DOUBLE_EQ(of_all[0].weight, 10);
  EXPECT_DOUBLE_EQ(of_all[1].weight, 30);
  EXPECT_EQ(Queries(snapshot, Deletes({5}, 40)).size(), 1U);
}

TEST(ReferentialQueries, WhatTheGrammarDoesNotKnowIsLeftOut) {
  Snapshot snapshot = Shop();
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1}, " NOT ENFORCED")};
  EXPECT_TRUE(Queries(snapshot, Deletes(kCustomer, 1)).empty());
}

TEST(ReferentialQueries, ExtensionsBringOperators) {
  Snapshot snapshot = Shop();
  snapshot.extensions = {{.name = "citext", .version = "1", .schema = "Ext"},
                         {.name = "plpgsql", .version = "1", .schema = "pg_catalog"}};
  snapshot.constraints = {ForeignKey(10, kOrder, {2}, kCustomer, {1})};
  EXPECT_EQ(Queries(snapshot, Deletes(kCustomer, 1))[0].search_path, "pg_catalog, \"Ext\"");
}

}  // namespace
}  // namespace pgassay::advisor
