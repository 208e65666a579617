// Where the time of ingesting a log goes: each stage does all that the stage before it does, and one thing more. One
// thread, blocks as the scan cuts them, everything held in memory.
//
// PGASSAY_BENCH_LOG=FILE: that log instead of one like pgbench's with all statements logged.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "ingest/detect_format.h"
#include "ingest/log_event.h"
#include "ingest/log_reader.h"
#include "nplusone/log_loops.h"
#include "sql/statement_memo.h"
#include "workload/log_tally.h"
#include "workload/log_totals.h"

namespace {

using pgassay::ingest::LogRecord;

constexpr std::size_t kBlockBytes = std::size_t{1} << 19;  // ingest::ScanOptions::block_bytes

// Eight sessions that take turns, five statements and two of transactions each, as pgbench's default script.
std::string Pgbench() {
  std::mt19937_64 random(7);
  const auto number = [&](std::uint64_t most) { return std::to_string(random() % most); };
  std::string text;
  for (int step = 0; text.size() < (std::size_t{64} << 20); ++step) {
    const std::string session = std::to_string(step % 8);
    const std::string prefix = "2025-11-25 10:11:" + std::to_string(10 + step / 100'000 % 50) + "." +
                               std::to_string(100 + step / 100 % 900) + " UTC [479" + session +
                               "] app@shop LOG:  duration: 0." + std::to_string(100 + random() % 900) +
                               " ms  statement: ";
    const std::string aid = number(200'000);
    const std::string tid = number(20);
    const std::string bid = number(2);
    const std::string delta = number(5000);
    switch (step / 8 % 7) {
      case 0:
        text += prefix + "BEGIN;\n";
        break;
      case 1:
        text += prefix + "UPDATE pgbench_accounts SET abalance = abalance + " + delta + " WHERE aid = " + aid + ";\n";
        break;
      case 2:
        text += prefix + "SELECT abalance FROM pgbench_accounts WHERE aid = " + aid + ";\n";
        break;
      case 3:
        text += prefix + "UPDATE pgbench_tellers SET tbalance = tbalance + " + delta + " WHERE tid = " + tid + ";\n";
        break;
      case 4:
        text += prefix + "UPDATE pgbench_branches SET bbalance = bbalance + " + delta + " WHERE bid = " + bid + ";\n";
        break;
      case 5:
        text += prefix + "INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (" + tid + ", " + bid +
                ", " + aid + ", " + delta + ", CURRENT_TIMESTAMP);\n";
        break;
      default:
        text += prefix + "END;\n";
        break;
    }
  }
  return text;
}

struct Log {
  std::string text;
  pgassay::ingest::LogFormat format;
  std::unique_ptr<pgassay::ingest::LogReader> reader;
  std::vector<std::string_view> blocks;
};

const Log& TheLog() {
  static const Log log = [] {
    Log made;
    if (const char* const file = std::getenv("PGASSAY_BENCH_LOG")) {
      std::ifstream in(file, std::ios::binary);
      made.text.assign(std::istreambuf_iterator<char>(in), {});
    } else {
      made.text = Pgbench();
    }
    made.format = *pgassay::ingest::DetectFormat(std::string_view(made.text).substr(0, 256 << 10), {});
    made.reader = *pgassay::ingest::MakeReader(made.format);
    std::string_view rest = made.text;
    while (!rest.empty()) {
      std::size_t cut = rest.size() <= kBlockBytes ? rest.size() : made.reader->LastEntry(rest.substr(0, kBlockBytes));
      if (cut == 0) cut = rest.size();
      made.blocks.push_back(rest.substr(0, cut));
      rest.remove_prefix(cut);
    }
    return made;
  }();
  return log;
}

// Gives each block's entries to `sink`, and then the block's end to `end`.
template <typename Sink, typename End>
void EachEntry(const Sink& sink, const End& end) {
  const Log& log = TheLog();
  pgassay::ingest::LineCounts counts;
  for (const std::string_view block : log.blocks) {
    log.reader->Read(block, true, false, sink, counts);
    end();
  }
}

void Finish(benchmark::State& state) {
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(TheLog().text.size()));
}

// What any reader of lines has to do.
void Memchr(benchmark::State& state) {
  const std::string& text = TheLog().text;
  for (auto _ : state) {
    std::size_t lines = 0;
    for (const char* at = text.data(); at < text.data() + text.size(); ++lines) {
      const void* const newline = std::memchr(at, '\n', static_cast<std::size_t>(text.data() + text.size() - at));
      if (newline == nullptr) break;
      at = static_cast<const char*>(newline) + 1;
    }
    benchmark::DoNotOptimize(lines);
  }
  Finish(state);
}

void Entries(benchmark::State& state) {
  for (auto _ : state) {
    std::int64_t sum = 0;
    EachEntry([&](const LogRecord& record) { sum += record.time_us; }, [] {});
    benchmark::DoNotOptimize(sum);
  }
  Finish(state);
}

void Events(benchmark::State& state) {
  for (auto _ : state) {
    std::int64_t sum = 0;
    EachEntry([&](const LogRecord& record) { sum += pgassay::ingest::ReadEvent(record).duration_us; }, [] {});
    benchmark::DoNotOptimize(sum);
  }
  Finish(state);
}

void Hashes(benchmark::State& state) {
  for (auto _ : state) {
    std::uint64_t sum = 0;
    pgassay::sql::StatementMemo memo;
    EachEntry([&](const LogRecord& record) { sum += memo.Hash(pgassay::ingest::ReadEvent(record).text).shape; }, [] {});
    benchmark::DoNotOptimize(sum);
  }
  Finish(state);
}

// The cache of known statements, samples, sketches, the order of each session.
void Tallies(benchmark::State& state) {
  for (auto _ : state) {
    pgassay::workload::LogTally tally;
    EachEntry([&](const LogRecord& record) { tally.Add(record); },
              [&] {
                tally.Finish();
                tally.Clear();
              });
  }
  Finish(state);
}

void AddUp(benchmark::State& state, bool loops) {
  for (auto _ : state) {
    pgassay::workload::LogTally tally;
    pgassay::nplusone::LogLoops watched;
    pgassay::workload::LogTotals totals(loops ? pgassay::workload::LogTotalsOptions{.watch = watched.Watch()}
                                              : pgassay::workload::LogTotalsOptions{});
    EachEntry([&](const LogRecord& record) { tally.Add(record); },
              [&] {
                totals.Take(tally);
                tally.Clear();
              });
    if (loops) benchmark::DoNotOptimize(watched.Finish(totals));
    benchmark::DoNotOptimize(std::move(totals).Finish());
  }
  Finish(state);
}

void Totals(benchmark::State& state) {
  AddUp(state, false);
}
void Loops(benchmark::State& state) {
  AddUp(state, true);
}

BENCHMARK(Memchr)->Unit(benchmark::kMillisecond);
BENCHMARK(Entries)->Unit(benchmark::kMillisecond);
BENCHMARK(Events)->Unit(benchmark::kMillisecond);
BENCHMARK(Hashes)->Unit(benchmark::kMillisecond);
BENCHMARK(Tallies)->Unit(benchmark::kMillisecond);
BENCHMARK(Totals)->Unit(benchmark::kMillisecond);
BENCHMARK(Loops)->Unit(benchmark::kMillisecond);

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
  TheLog();  // not within the first benchmark's time
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
