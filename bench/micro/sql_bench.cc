// What reading a workload costs for each statement.

#include <benchmark/benchmark.h>

#include <string>

#include "sql/statement.h"

namespace {

constexpr const char* kStatement =
    "SELECT o.id, o.placed_at, sum(l.quantity * l.unit_cents) FROM shop.orders o JOIN shop.order_line l ON l.order_id "
    "= o.id "
    "WHERE o.customer_id = 4711 AND o.status IN ('paid', 'packed') AND o.placed_at >= '2026-01-01' "
    "GROUP BY o.id, o.placed_at ORDER BY o.placed_at DESC LIMIT 20";

void Examine(benchmark::State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(pgassay::sql::Examine(kStatement));
}
BENCHMARK(Examine);

void Split(benchmark::State& state) {
  std::string text;
  for (int i = 0; i < state.range(0); ++i) text += std::string(kStatement) + ";\n";
  for (auto _ : state) benchmark::DoNotOptimize(pgassay::sql::Split(text));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(Split)->Arg(1)->Arg(1000);

}  // namespace

BENCHMARK_MAIN();
