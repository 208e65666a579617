// What the detectors of loops cost for each execution.

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "nplusone/client_split.h"
#include "nplusone/loop_detector.h"
#include "sql/lexical_facts.h"

namespace {

using pgassay::nplusone::ClientSplit;
using pgassay::nplusone::LoopDetector;
using pgassay::nplusone::SessionEvent;
using pgassay::nplusone::StatementTraits;

constexpr std::uint32_t kStatements = 500;

StatementTraits TraitsOf(std::uint32_t number) {
  const std::string sql = "SELECT * FROM t" + std::to_string(number) + " WHERE k = $1";
  return {.database = "shop",
          .user = "app",
          .shape = number + 1,
          .text = sql,
          .tags = {},
          .facts = pgassay::sql::ReadLexicalFacts(sql)};
}

void DefineAll(LoopDetector& detector) {
  for (std::uint32_t i = 0; i < kStatements; ++i) detector.Define(i, TraitsOf(i));
}

// Requests of ten different statements, one in `loops` (0: none) with 20 more of one of them; `sessions` take turns.
std::vector<SessionEvent> Traffic(int sessions, int loops) {
  std::mt19937_64 random(1);
  std::vector<std::vector<std::uint32_t>> plans(static_cast<std::size_t>(sessions));
  std::vector<std::int64_t> now(plans.size(), 1'700'000'000'000'000);
  std::vector<SessionEvent> events;
  while (events.size() < (std::size_t{1} << 20)) {
    const std::size_t session = random() % plans.size();
    std::vector<std::uint32_t>& plan = plans[session];
    if (plan.empty()) {
      now[session] += 800'000;
      const auto first = static_cast<std::uint32_t>(random() % (kStatements - 10));
      if (loops != 0 && random() % static_cast<std::uint64_t>(loops) == 0) plan.assign(20, first + 9);
      for (std::uint32_t i = 10; i > 0; --i) plan.push_back(first + i - 1);
    }
    SessionEvent event;
    event.session = session * 0x9e3779b97f4a7c15u;
    event.begin_us = now[session] += 500;
    event.end_us = now[session] += 300;
    event.statement = plan.back();
    event.values = random();
    plan.pop_back();
    events.push_back(event);
  }
  return events;
}

void Detect(benchmark::State& state) {
  const std::vector<SessionEvent> events = Traffic(static_cast<int>(state.range(0)), static_cast<int>(state.range(1)));
  LoopDetector detector;
  DefineAll(detector);
  for (auto _ : state) {
    for (const SessionEvent& event : events) detector.Add(event);
    benchmark::DoNotOptimize(detector.Finish());
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * events.size()));
  state.counters["ns/event"] = benchmark::Counter(static_cast<double>(state.iterations() * events.size()) / 1e9,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(Detect)->ArgNames({"sessions", "loop_in"})->Args({20, 0})->Args({200, 0})->Args({2000, 0})->Args({200, 4});

// Before the detector: whether sessions are those of clients, and where a pooler mixes them, whose each event is.
void Split(benchmark::State& state) {
  std::vector<SessionEvent> events = Traffic(static_cast<int>(state.range(0)), 0);
  if (state.range(1) != 0) {
    std::ranges::sort(events, {}, &SessionEvent::end_us);
    std::mt19937_64 random(2);
    for (SessionEvent& event : events) event.session = random() % 4;
  }
  std::uint64_t sum = 0;
  for (auto _ : state) {
    ClientSplit split([&](const SessionEvent& event) { sum += event.session; });
    for (std::uint32_t i = 0; i < kStatements; ++i) split.Define(i, TraitsOf(i));
    for (const SessionEvent& event : events) split.Add(event);
    split.Flush(true);
  }
  benchmark::DoNotOptimize(sum);
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * events.size()));
  state.counters["ns/event"] = benchmark::Counter(static_cast<double>(state.iterations() * events.size()) / 1e9,
                                                  benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}
BENCHMARK(Split)->ArgNames({"sessions", "pooler"})->Args({20, 0})->Args({20, 1})->Args({2000, 1});

}  // namespace

BENCHMARK_MAIN();
