// What hashing the text of a statement costs. Every benchmark goes round many different texts, so that the processor
// cannot learn one of them by heart; memchr over the same bytes is the yardstick.

#include <benchmark/benchmark.h>

#include <cstring>
#include <string_view>
#include <vector>

#include "sql/statement.h"
#include "sql/statement_hash.h"
#include "statement_texts.h"

namespace {

using namespace pgassay::bench_micro;

void Hash(benchmark::State& state, Texts (*make)()) {
  Measure(state, make(), [](std::string_view text) { benchmark::DoNotOptimize(pgassay::sql::HashStatement(text)); });
}

void HashWithSpans(benchmark::State& state, Texts (*make)()) {
  std::vector<pgassay::sql::LiteralSpan> spans;
  Measure(state, make(),
          [&spans](std::string_view text) { benchmark::DoNotOptimize(pgassay::sql::HashStatement(text, spans)); });
}

void HashPortably(benchmark::State& state, Texts (*make)()) {
  Measure(state, make(),
          [](std::string_view text) { benchmark::DoNotOptimize(pgassay::sql::HashStatementPortably(text)); });
}

void Memchr(benchmark::State& state, Texts (*make)()) {
  Measure(state, make(),
          [](std::string_view text) { benchmark::DoNotOptimize(std::memchr(text.data(), '\1', text.size())); });
}

void Examine(benchmark::State& state, Texts (*make)()) {
  Measure(state, make(), [](std::string_view text) { benchmark::DoNotOptimize(pgassay::sql::Examine(text)); });
}

BENCHMARK_CAPTURE(Hash, oltp, Oltp);
BENCHMARK_CAPTURE(Hash, pgbench, Pgbench);
BENCHMARK_CAPTURE(Hash, orm, Orm);
BENCHMARK_CAPTURE(Hash, insert, Insert);
BENCHMARK_CAPTURE(HashWithSpans, oltp, Oltp);
BENCHMARK_CAPTURE(HashPortably, oltp, Oltp);
BENCHMARK_CAPTURE(Memchr, oltp, Oltp);
BENCHMARK_CAPTURE(Memchr, insert, Insert);
BENCHMARK_CAPTURE(Examine, oltp, Oltp);

}  // namespace

BENCHMARK_MAIN();
