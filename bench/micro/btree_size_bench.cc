// The size model runs once for each candidate, thousands of times in a large problem.

#include <benchmark/benchmark.h>

#include "whatif/btree_size.h"

namespace {

pgassay::Snapshot OneTable(int columns) {
  pgassay::Snapshot snapshot;
  pgassay::Relation relation;
  relation.oid = pgassay::Oid{1000};
  relation.name = {"public", "t"};
  relation.pages = 100000;
  relation.statistics_pages = 100000;
  relation.statistics_tuples = 5e6;
  for (int number = 1; number <= columns; ++number) {
    relation.columns.push_back({.number = number,
                                .name = "c" + std::to_string(number),
                                .type = "integer",
                                .type_oid = pgassay::Oid{23},
                                .type_length = 4});
    pgassay::ColumnStatistics statistics;
    statistics.relation = relation.oid;
    statistics.column = number;
    statistics.average_width = 4;
    statistics.distinct = 1000.0 * number;
    statistics.slots.push_back(
        {.kind = 1, .op = "=(integer,integer)", .collation = "", .numbers = "{0.1,0.05,0.02}", .values = "{1,2,3}"});
    snapshot.statistics.push_back(statistics);
  }
  snapshot.relations.push_back(relation);
  return snapshot;
}

void EstimateBtreeSize(benchmark::State& state) {
  const int width = static_cast<int>(state.range(0));
  const pgassay::Snapshot snapshot = OneTable(width);
  pgassay::IndexDef def{.table = pgassay::Oid{1000}};
  for (int number = 1; number <= width; ++number) def.keys.push_back({.column = number});
  for (auto _ : state) benchmark::DoNotOptimize(pgassay::whatif::EstimateBtreeSize(def, snapshot, 5e6));
}
BENCHMARK(EstimateBtreeSize)->Arg(1)->Arg(2)->Arg(4);

}  // namespace

BENCHMARK_MAIN();
