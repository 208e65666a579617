#include "whatif/btree_size.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

#include "unit/whatif/btree_measured.h"

namespace pgassay::whatif {
namespace {

constexpr Oid kOrders{1};
constexpr Oid kOddTable{2};

StatisticSlot Slot(int kind, std::string_view numbers, std::string_view values) {
  StatisticSlot slot{.kind = kind};
  if (!numbers.empty()) slot.numbers = numbers;
  if (!values.empty()) slot.values = values;
  return slot;
}

Snapshot MeasuredSnapshot() {
  Snapshot snapshot;
  snapshot.settings = {{.name = "default_statistics_target", .value = "20", .source = "session"}};
  for (const MeasuredTable& table : kMeasuredTables) {
    Relation relation{.oid = {table.oid}, .name = {"public", std::string(table.name)}};
    relation.pages = relation.statistics_pages = table.pages;
    relation.statistics_tuples = table.tuples;
    snapshot.relations.push_back(relation);
  }
  for (const MeasuredColumn& measured : kMeasuredColumns) {
    Column column{.number = measured.number, .name = std::string(measured.name), .type = std::string(measured.type)};
    column.type_length = measured.type_length;
    column.type_align = measured.type_align;
    snapshot.relations[measured.table - 1].columns.push_back(column);
    ColumnStatistics statistics{.relation = {measured.table}, .column = measured.number};
    statistics.null_fraction = measured.null_fraction;
    statistics.average_width = measured.average_width;
    statistics.distinct = measured.distinct;
    if (!measured.common_frequencies.empty()) {
      statistics.slots.push_back(Slot(1, measured.common_frequencies, measured.common_values));
    }
    if (!measured.histogram.empty()) statistics.slots.push_back(Slot(2, "", measured.histogram));
    statistics.slots.push_back(Slot(3, measured.correlation, ""));
    snapshot.statistics.push_back(statistics);
  }
  Index unique{.oid = {100}};
  unique.def = {.table = kOrders, .keys = {{.column = 1}}, .unique = true};
  snapshot.indexes.push_back(unique);
  return snapshot;
}

IndexDef OnColumns(Oid table, const std::vector<int>& keys, std::vector<int> include = {}) {
  IndexDef def{.table = table, .include = std::move(include)};
  for (const int column : keys) def.keys.push_back({.column = column});
  return def;
}

// An index that PostgreSQL 15 built, with its pages and height; `error` is that of the estimate when this was written,
// in percent.
struct Built {
  std::string name;
  Oid table;
  std::vector<int> keys;
  std::vector<int> include;
  std::int64_t pages;
  int height;
  double error;
};

const std::vector<Built>& BuiltIndexes() {
  static const std::vector<Built> kBuilt = {
      {"unique bigint", kOrders, {1}, {}, 2745, 2, 0.0},
      {"four texts, skewed", kOrders, {3}, {}, 850, 2, -0.1},
      {"uuid", kOrders, {4}, {}, 3853, 2, 0.0},
      {"timestamp, increasing", kOrders, {5}, {}, 2745, 2, 0.0},
      {"numeric: no deduplication", kOrders, {6}, {}, 2747, 2, 0.0},
      {"bigint, 9 of 10 NULL", kOrders, {7}, {}, 1038, 2, -0.5},
      {"boolean", kOrders, {8}, {}, 849, 2, -0.4},
      {"text of 96 to 104 bytes", kOrders, {9}, {}, 16462, 3, -0.3},
      {"50 texts", kOrders, {10}, {}, 866, 2, -0.1},
      {"20,000 values, 3 of 10 NULL", kOrders, {12}, {}, 887, 2, -0.2},
      {"300,000 values, a third of the rows", kOrders, {13}, {}, 1704, 2, -3.6},
      {"1,500 dates", kOrders, {14}, {}, 891, 2, 2.0},
      {"three columns, few values", kOrders, {3, 8, 10}, {}, 879, 2, -1.1},
      {"two columns with NULLs", kOrders, {12, 7}, {}, 1212, 2, -0.3},
      {"two columns, nearly unique", kOrders, {10, 13}, {}, 3796, 2, -0.2},
      {"unique and INCLUDE of a wide text", kOrders, {1}, {9}, 17303, 2, -0.4},
      {"boolean and uuid", kOrders, {8, 4}, {}, 4961, 2, 0.0},
      {"date and numeric", kOrders, {14, 6}, {}, 3853, 2, 0.0},
      {"three columns with NULLs and text", kOrders, {12, 14, 3}, {}, 3031, 2, 0.1},
      {"text and unique bigint", kOrders, {3, 1}, {}, 3954, 2, -0.1},
      {"char(12): no deduplication", kOddTable, {2}, {}, 389, 2, 0.0},
      {"40,000 values of 100,000 rows", kOddTable, {3}, {}, 192, 1, 0.5},
      {"9 of 10 empty, the others 64 bytes", kOddTable, {4}, {}, 197, 2, -1.5},
      {"smallint", kOddTable, {7}, {}, 92, 1, 1.1},
      {"array: no deduplication", kOddTable, {6}, {}, 611, 2, 0.0},
      {"char(12) and smallint", kOddTable, {2, 7}, {}, 389, 2, 0.0},
  };
  return kBuilt;
}

TEST(BtreeSize, AgreesWithBuiltIndexes) {
  const Snapshot snapshot = MeasuredSnapshot();
  for (const Built& built : BuiltIndexes()) {
    SCOPED_TRACE(built.name);
    const double rows = built.table == kOrders ? 1'000'000 : 100'000;
    const BtreeSize size = EstimateBtreeSize(OnColumns(built.table, built.keys, built.include), snapshot, rows);
    const double error = 100.0 * static_cast<double>(size.pages - built.pages) / static_cast<double>(built.pages);
    EXPECT_NEAR(error, built.error, 0.3);
    EXPECT_LT(std::abs(error), 10);
    EXPECT_EQ(size.tree_height, built.height);
    EXPECT_EQ(size.tuples, rows);
    EXPECT_EQ(EstimateTreeHeight(OnColumns(built.table, built.keys, built.include), snapshot, built.pages),
              built.height);
  }
}

TEST(BtreeSize, DirectionDoesNotMatter) {
  const Snapshot snapshot = MeasuredSnapshot();
  IndexDef def = OnColumns(kOrders, {3, 1});
  const BtreeSize ascending = EstimateBtreeSize(def, snapshot, 1e6);
  def.keys[1].descending = def.keys[1].nulls_first = true;
  EXPECT_EQ(EstimateBtreeSize(def, snapshot, 1e6), ascending);
}

TEST(BtreeSize, UniqueIndexIsNotDeduplicated) {
  const Snapshot snapshot = MeasuredSnapshot();
  IndexDef def = OnColumns(kOddTable, {7, 1});
  def.unique = true;
  EXPECT_EQ(EstimateBtreeSize(def, snapshot, 100'000).pages, 276);  // as built
}

TEST(BtreeSize, SaysWhatRestsOnEstimates) {
  Snapshot snapshot = MeasuredSnapshot();
  EXPECT_FALSE(EstimateBtreeSize(OnColumns(kOrders, {3}), snapshot, 1e6).rests_on_estimate);
  EXPECT_TRUE(EstimateBtreeSize(OnColumns(kOrders, {3, 8}), snapshot, 1e6).rests_on_estimate)
      << "combinations are guessed";
  EXPECT_FALSE(EstimateBtreeSize(OnColumns(kOrders, {3, 1}), snapshot, 1e6).rests_on_estimate) << "the key is unique";
  EXPECT_FALSE(EstimateBtreeSize(OnColumns(kOddTable, {2, 7}), snapshot, 1e5).rests_on_estimate)
      << "duplicates do not matter";
  for (ColumnStatistics& statistics : snapshot.statistics) {
    if (statistics.relation == kOrders && statistics.column == 13) statistics.slots = {Slot(3, "{0.97}", "")};
  }
  EXPECT_TRUE(EstimateBtreeSize(OnColumns(kOrders, {13}), snapshot, 1e6).rests_on_estimate) << "clustered";
}

TEST(BtreeSize, WithoutStatisticsAllValuesAreDistinct) {
  Snapshot snapshot = MeasuredSnapshot();
  snapshot.statistics.clear();
  const BtreeSize size = EstimateBtreeSize(OnColumns(kOrders, {14}), snapshot, 1e6);
  EXPECT_EQ(size.pages, 2745);
  EXPECT_TRUE(size.rests_on_estimate);
}

// Names of 400 rows each take three posting lists, so two of three page boundaries lie within a name, and the tuples
// above need the row too: a page has 169 children then, where it would have 193.
TEST(BtreeSize, BoundariesWithinAKeyNeedTheRow) {
  Snapshot snapshot;
  Relation account{.oid = {1}, .name = {"public", "account"}};
  account.pages = account.statistics_pages = 4000;
  account.statistics_tuples = 215'000;
  account.columns = {{.number = 1, .name = "name", .type = "text", .type_length = -1, .type_align = 'i'}};
  snapshot.relations = {account};
  snapshot.statistics = {{.relation = {1}, .column = 1, .average_width = 11, .distinct = 537}};
  snapshot.statistics[0].slots.push_back(Slot(2, "", "{\"Anna Berg\",\"Ida Falk-L\",\"Otto Weiss\",\"Zoe Ziegler\"}"));
  const BtreeSize size = EstimateBtreeSize(OnColumns({1}, {1}), snapshot, 215'000);
  EXPECT_NEAR(static_cast<double>(size.pages), 181, 5);
  EXPECT_EQ(size.tree_height, 2);
}

TEST(BtreeSize, HostileStatisticsGiveSomeSize) {
  Snapshot snapshot = MeasuredSnapshot();
  for (ColumnStatistics& statistics : snapshot.statistics) {
    statistics.distinct = -7;
    statistics.null_fraction = 1.5;
    statistics.average_width = -3;
    for (StatisticSlot& slot : statistics.slots) slot.numbers = "{0.9,0.9,-1,not a number";
  }
  for (const int column : {3, 7, 9}) {
    EXPECT_GE(EstimateBtreeSize(OnColumns(kOrders, {column, 99}), snapshot, 1e6).pages, 1);
  }
}

TEST(BtreeSize, SmallIndexes) {
  const Snapshot snapshot = MeasuredSnapshot();
  EXPECT_EQ(EstimateBtreeSize(OnColumns(kOrders, {1}), snapshot, 0).pages, 1);
  EXPECT_EQ(EstimateBtreeSize(OnColumns(kOrders, {1}), snapshot, 1).pages, 2);
  EXPECT_EQ(EstimateBtreeSize(OnColumns(kOrders, {1}), snapshot, 367).pages, 2);
  EXPECT_EQ(EstimateBtreeSize(OnColumns(kOrders, {1}), snapshot, 368).pages, 4);
  EXPECT_EQ(EstimateBtreeSize(OnColumns(kOrders, {1}), snapshot, 368).tree_height, 1);
}

TEST(EstimateTuples, FollowsThePlanner) {
  Relation relation;
  relation.pages = 200;
  relation.statistics_pages = 100;
  relation.statistics_tuples = 5000;
  EXPECT_EQ(EstimateTuples(relation), 10000) << "density when analysed times the pages of today";
  relation.pages = 0;
  EXPECT_EQ(EstimateTuples(relation), 0);
  relation.statistics_tuples = -1;
  relation.statistics_pages = 0;
  relation.columns = {{.number = 1, .name = "a", .type = "bigint", .type_length = 8, .type_align = 'd'}};
  EXPECT_EQ(EstimateTuples(relation), 10 * (8168 / 36)) << "never analysed: at least ten pages";
}

}  // namespace
}  // namespace pgassay::whatif
