#include "advisor/maintenance.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "whatif/write_cost.h"

namespace pgassay::advisor {
namespace {

using Strings = std::vector<std::string>;

constexpr Oid kOrders{16384};
constexpr double kCalls = 100;

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

// orders (id, status, note, amount) with an index on id, that was never written to.
Snapshot Shop() {
  Snapshot snapshot{.captured_at = "2026-11-11T00:00:00Z", .server_version = 150000};
  Relation orders{.oid = kOrders,
                  .name = {"public", "orders"},
                  .pages = 1000,
                  .statistics_pages = 1000,
                  .statistics_tuples = 100'000};
  int number = 0;
  for (const char* const name : {"id", "status", "note", "amount"})
    orders.columns.push_back({.number = ++number, .name = name});
  snapshot.relations = {orders};
  snapshot.indexes = {Existing(1, On({1}))};
  return snapshot;
}

// One statement that writes so, a row at a time.
struct Writer {
  explicit Writer(catalog::WriteTarget target) {
    target.table = kOrders;
    workload.templates.push_back({.id = "q", .weight = kCalls});
    statements.push_back({.weight = kCalls, .targets = {std::move(target)}});
  }
  Maintenance Of(const Snapshot& snapshot, const IndexDef& def, std::vector<IndexDef> beside = {}) const {
    return WriteLoad(snapshot, workload, statements)
        .Of(def, {{.def = def, .size = {.pages = 300, .tuples = 100'000, .tree_height = 1}}}, 1, beside);
  }
  Workload workload;
  std::vector<PlannedStatement> statements;
};

Writer Updates(std::vector<int> columns) {
  return Writer({.command = 'u', .columns = std::move(columns), .rows = 1});
}

whatif::WriteCost CostOf(const Snapshot& snapshot, const IndexDef& def) {
  return whatif::EstimateWriteCost(def, {.pages = 300, .tuples = 100'000, .tree_height = 1}, snapshot);
}

TEST(WriteLoad, AnIndexOnAnUpdatedColumnEndsHotInAllIndexes) {
  const Snapshot snapshot = Shop();
  const Maintenance of = Updates({2}).Of(snapshot, On({2}));
  EXPECT_EQ(of.hot_columns, Strings{"status"});
  EXPECT_EQ(of.hot_templates, Strings{"q"});
  const whatif::WriteCost own = CostOf(snapshot, On({2}));
  const whatif::WriteCost key = CostOf(snapshot, On({1}));
  EXPECT_DOUBLE_EQ(of.cost, kCalls * (own.moved + own.dead + key.moved + key.dead));
}

TEST(WriteLoad, AnIndexOnOtherColumnsCostsUpdatesNothing) {
  const Maintenance of = Updates({2}).Of(Shop(), On({3, 4}));
  EXPECT_EQ(of.hot_columns, Strings{});
  EXPECT_EQ(of.cost, 0);
}

TEST(WriteLoad, IncludedColumnsPredicatesAndExpressionsEndHotToo) {
  IndexDef included = On({3});
  included.include = {2};
  IndexDef partial = On({3});
  partial.predicate = "(status = 'open'::text)";
  IndexDef expression = On({3});
  expression.keys.push_back({.column = 0, .expression = "lower(status)"});
  for (const IndexDef& def : {included, partial, expression}) {
    EXPECT_EQ(Updates({2}).Of(Shop(), def).hot_columns, Strings{"status"}) << def.predicate;
  }
}

TEST(WriteLoad, WhereAnExistingIndexHasTheColumnNothingIsLost) {
  IndexDef included = On({3});
  included.include = {2};
  IndexDef partial = On({3});
  partial.predicate = "(status = 'open'::text)";
  IndexDef expression{.table = kOrders, .keys = {{.column = 0, .expression = "lower(status)"}}};
  for (const IndexDef& has : {On({4, 2}), included, partial, expression}) {
    Snapshot snapshot = Shop();
    snapshot.indexes.push_back(Existing(2, has));
    const Maintenance of = Updates({2}).Of(snapshot, On({2}));
    EXPECT_EQ(of.hot_columns, Strings{});
    const whatif::WriteCost own = CostOf(snapshot, On({2}));
    EXPECT_DOUBLE_EQ(of.cost, kCalls * (own.moved + own.dead));
  }
}

TEST(WriteLoad, BesideAnotherNewIndexOnTheColumnItsOwnEntriesRemain) {
  const Snapshot snapshot = Shop();
  const whatif::WriteCost own = CostOf(snapshot, On({2, 3}));
  const Maintenance of = Updates({2}).Of(snapshot, On({2, 3}), {On({2})});
  EXPECT_EQ(of.hot_columns, Strings{});
  EXPECT_EQ(of.hot_templates, Strings{});
  EXPECT_EQ(of.hot_updates_lost, 0);
  EXPECT_DOUBLE_EQ(of.cost, kCalls * (own.moved + own.dead));
  // Also one that has none of the updated columns gets an entry then.
  EXPECT_DOUBLE_EQ(Updates({2}).Of(snapshot, On({3}), {On({2})}).cost,
                   kCalls * (CostOf(snapshot, On({3})).moved + CostOf(snapshot, On({3})).dead));
  // An index on another table or on other columns changes nothing.
  IndexDef elsewhere = On({2});
  elsewhere.table = {1};
  EXPECT_EQ(Updates({2}).Of(snapshot, On({2, 3}), {elsewhere, On({4})}), Updates({2}).Of(snapshot, On({2, 3})));
}

TEST(WriteLoad, SummariesKeepHotFromSixteenOn) {
  IndexDef brin = On({2});
  brin.method = "brin";
  Snapshot snapshot = Shop();
  EXPECT_EQ(Updates({2}).Of(snapshot, brin).hot_columns, Strings{"status"});
  snapshot.server_version = 160000;
  EXPECT_EQ(Updates({2}).Of(snapshot, brin).hot_columns, Strings{});
  snapshot.indexes.push_back(Existing(2, brin));
  EXPECT_EQ(Updates({2}).Of(snapshot, On({2})).hot_columns, Strings{"status"});
}

TEST(WriteLoad, InsertsAndDeletes) {
  const Snapshot snapshot = Shop();
  const whatif::WriteCost own = CostOf(snapshot, On({3}));
  EXPECT_DOUBLE_EQ(Writer({.command = 'i', .rows = 3}).Of(snapshot, On({3})).cost, 3 * kCalls * own.entry);
  EXPECT_DOUBLE_EQ(Writer({.command = 'd', .rows = 3}).Of(snapshot, On({3})).cost, 3 * kCalls * own.dead);
  // A third of what a MERGE writes.
  EXPECT_DOUBLE_EQ(Writer({.command = 'd', .rows = 1, .share = 1.0 / 3}).Of(snapshot, On({3})).cost, kCalls * own.dead);
  EXPECT_DOUBLE_EQ(Writer({.command = 'd', .rows = 0, .share = 0.25}).Of(snapshot, On({3})).cost,
                   kCalls / 4 * own.dead);
}

TEST(WriteLoad, RatesComeFromTheTablesCounters) {
  Snapshot snapshot = Shop();
  EXPECT_FALSE(Updates({2}).Of(snapshot, On({2})).days);
  snapshot.statistics_reset = "2026-11-01T00:00:00Z";
  snapshot.relations[0].counters = {.tuples_inserted = 1000, .tuples_updated = 500, .tuples_hot_updated = 400};
  const Maintenance of = Updates({2}).Of(snapshot, On({2}));
  ASSERT_TRUE(of.days);
  EXPECT_DOUBLE_EQ(*of.days, 10);
  EXPECT_DOUBLE_EQ(of.inserts, 100);
  EXPECT_DOUBLE_EQ(of.updates, 10);
  EXPECT_DOUBLE_EQ(of.hot_updates, 40);
  EXPECT_DOUBLE_EQ(of.hot_updates_lost, 40);
  EXPECT_DOUBLE_EQ(Updates({3}).Of(snapshot, On({2})).hot_updates_lost, 0);
}

}  // namespace
}  // namespace pgassay::advisor
