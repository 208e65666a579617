#include "candidates/hot_columns.h"

#include <gtest/gtest.h>

#include "unit/candidates/fixtures.h"

namespace pgassay::candidates {
namespace {

std::vector<StatementRequests> Updates(Oid table, std::vector<int> columns) {
  StatementRequests statement;
  statement.targets = {{.table = table, .command = 'u', .columns = std::move(columns)}};
  return {statement};
}

TEST(HotColumns, UpdatedAndNotIndexed) {
  const Snapshot snapshot = OneTable();
  const std::vector<StatementRequests> statements = Updates(kTable, {1, 77});
  const HotColumns hot(statements, snapshot);
  EXPECT_TRUE(hot.Contains(kTable, 1));
  EXPECT_FALSE(hot.Contains(kTable, 2));
  EXPECT_FALSE(hot.Contains(kTable, 77));
  EXPECT_FALSE(hot.Contains({99}, 1));
}

TEST(HotColumns, IndexedInAnyPlace) {
  Snapshot snapshot = OneTable();
  Index index = Existing(1, "a");
  index.def.include = {2};
  index.def.keys.push_back({.column = 0, .expression = "lower(c)"});
  index.def.predicate = "((d > 0) AND (ee IS NULL))";
  index.valid = false;  // it is written all the same
  snapshot.indexes = {index};
  const std::vector<StatementRequests> statements = Updates(kTable, {1, 2, 3, 4, 5});
  const HotColumns hot(statements, snapshot);
  for (const int column : {1, 2, 3, 4}) {
    EXPECT_FALSE(hot.Contains(kTable, column)) << column;
  }
  EXPECT_TRUE(hot.Contains(kTable, 5));
}

TEST(HotColumns, QuotedNames) {
  Snapshot snapshot = OneTable();
  snapshot.relations[0].columns[0].name = "a b\"";
  Index index = Existing(1, "c");
  index.def.predicate = "(\"a b\"\"\" > 0)";
  snapshot.indexes = {index};
  const std::vector<StatementRequests> statements = Updates(kTable, {1});
  EXPECT_FALSE(HotColumns(statements, snapshot).Contains(kTable, 1));
}

TEST(HotColumns, CountersMayShowThatNothingIsLost) {
  Snapshot snapshot = OneTable();
  const std::vector<StatementRequests> statements = Updates(kTable, {1});
  TableCounters& counters = snapshot.relations[0].counters;
  counters = {.tuples_updated = 1000, .tuples_hot_updated = 50};
  EXPECT_TRUE(HotColumns(statements, snapshot).Contains(kTable, 1));
  counters.tuples_hot_updated = 49;
  EXPECT_FALSE(HotColumns(statements, snapshot).Contains(kTable, 1));
  counters = {.tuples_updated = 999};
  EXPECT_TRUE(HotColumns(statements, snapshot).Contains(kTable, 1));
}

TEST(HotColumns, PartitionsCountByName) {
  Snapshot snapshot = OneTable();
  snapshot.relations[0].kind = 'p';
  Relation leaf{.oid = {20000}, .name = {"public", "leaf"}, .parent = kTable, .columns = {{.number = 5, .name = "a"}}};
  snapshot.relations.push_back(leaf);
  for (const auto& [table, column] : {std::pair(kTable, 1), std::pair(Oid{20000}, 5)}) {
    const std::vector<StatementRequests> statements = Updates(table, {column});
    const HotColumns hot(statements, snapshot);
    EXPECT_TRUE(hot.Contains(kTable, 1));
    EXPECT_TRUE(hot.Contains({20000}, 5));
    EXPECT_FALSE(hot.Contains(kTable, 5));
  }
}

}  // namespace
}  // namespace pgassay::candidates
