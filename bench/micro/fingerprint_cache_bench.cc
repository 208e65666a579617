// What it costs to know a statement's fingerprint when statements like it were seen before, as in a log: the memo of
// statements alone, and with the table from shapes to fingerprints behind it, which libpg_query fills. Beside them the
// hash of each text token by token, and libpg_query for each.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "sql/statement.h"
#include "sql/statement_hash.h"
#include "sql/statement_memo.h"
#include "statement_texts.h"

namespace {

using namespace pgassay::bench_micro;

// Each with a comment of its own, as tracing libraries write them.
Texts Tagged() {
  Texts texts = Oltp();
  std::mt19937 random(6);
  for (std::string& text : texts)
    text += " /*controller='orders',traceparent='00-" + Number(random, 1'000'000'000) + "'*/";
  return texts;
}

// No two of one shape.
Texts Distinct() {
  Texts texts;
  for (int i = 0; i < kTexts; ++i) {
    const std::string number = std::to_string(i);
    texts.push_back("SELECT column_" + number + " FROM table_" + std::to_string(i % 97) + " WHERE key_" + number +
                    " = " + number + " ORDER BY column_" + number + " LIMIT 10");
  }
  return texts;
}

void Memo(benchmark::State& state, Texts (*make)()) {
  const auto memo = std::make_unique<pgassay::sql::StatementMemo>();
  std::uint64_t asked = 0;
  Measure(state, make(), [&](std::string_view text) {
    benchmark::DoNotOptimize(memo->Hash(text));
    ++asked;
  });
  state.counters["found"] = static_cast<double>(memo->found()) / static_cast<double>(asked);
}

void Cache(benchmark::State& state, Texts (*make)()) {
  const auto memo = std::make_unique<pgassay::sql::StatementMemo>();
  absl::flat_hash_map<std::uint64_t, std::string> fingerprints;
  Measure(state, make(), [&](std::string_view text) {
    const std::uint64_t shape = memo->Hash(text).shape;
    auto at = fingerprints.find(shape);
    if (at == fingerprints.end()) {
      auto facts = pgassay::sql::Examine(text);
      at = fingerprints.emplace(shape, facts.ok() ? std::move(facts->fingerprint) : "").first;
    }
    benchmark::DoNotOptimize(at->second.data());
  });
}

void Scan(benchmark::State& state, Texts (*make)()) {
  Measure(state, make(), [](std::string_view text) { benchmark::DoNotOptimize(pgassay::sql::HashStatement(text)); });
}

void Parse(benchmark::State& state, Texts (*make)()) {
  Measure(state, make(), [](std::string_view text) { benchmark::DoNotOptimize(pgassay::sql::Examine(text)); });
}

BENCHMARK_CAPTURE(Memo, pgbench, Pgbench);
BENCHMARK_CAPTURE(Memo, oltp, Oltp);
BENCHMARK_CAPTURE(Memo, orm, Orm);
BENCHMARK_CAPTURE(Memo, tagged, Tagged);
BENCHMARK_CAPTURE(Memo, distinct, Distinct);
BENCHMARK_CAPTURE(Cache, pgbench, Pgbench);
BENCHMARK_CAPTURE(Cache, oltp, Oltp);
BENCHMARK_CAPTURE(Cache, orm, Orm);
BENCHMARK_CAPTURE(Cache, tagged, Tagged);
BENCHMARK_CAPTURE(Scan, pgbench, Pgbench);
BENCHMARK_CAPTURE(Scan, oltp, Oltp);
BENCHMARK_CAPTURE(Scan, orm, Orm);
BENCHMARK_CAPTURE(Scan, tagged, Tagged);
BENCHMARK_CAPTURE(Scan, distinct, Distinct);
BENCHMARK_CAPTURE(Parse, pgbench, Pgbench);

}  // namespace

BENCHMARK_MAIN();
