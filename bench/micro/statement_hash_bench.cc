// What hashing the text of a statement costs. Every benchmark goes round many different texts, so that the processor
// cannot learn one of them by heart; memchr over the same bytes is the yardstick.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstring>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "sql/statement.h"
#include "sql/statement_hash.h"

namespace {

using Texts = std::vector<std::string>;
constexpr int kTexts = 2000;

std::string Number(std::mt19937& random, unsigned limit) {
  return std::to_string(random() % limit);
}

Texts Pgbench() {
  std::mt19937 random(1);
  Texts texts;
  for (int i = 0; i < kTexts / 5; ++i) {
    const std::string account = Number(random, 10'000'000);
    const std::string delta = std::to_string(static_cast<int>(random() % 10000) - 5000);
    texts.push_back("UPDATE pgbench_accounts SET abalance = abalance + " + delta + " WHERE aid = " + account + ";");
    texts.push_back("SELECT abalance FROM pgbench_accounts WHERE aid = " + account + ";");
    texts.push_back("UPDATE pgbench_tellers SET tbalance = tbalance + " + delta +
                    " WHERE tid = " + Number(random, 1000) + ";");
    texts.push_back("UPDATE pgbench_branches SET bbalance = bbalance + " + delta +
                    " WHERE bid = " + Number(random, 100) + ";");
    texts.push_back("INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (" + Number(random, 1000) + ", " +
                    Number(random, 100) + ", " + account + ", " + delta + ", CURRENT_TIMESTAMP);");
  }
  return texts;
}

// 100 to 300 bytes, of 200 shapes.
Texts Oltp() {
  const std::vector<std::string> tables = {"orders", "order_line", "customer", "shipment", "invoice", "payment"};
  const std::vector<std::string> columns = {"id",          "customer_id", "status", "placed_at",
                                            "total_cents", "country",     "note"};
  std::mt19937 shapes(2);
  std::mt19937 random(3);
  std::vector<std::vector<std::string>> parts;
  for (int i = 0; i < 200; ++i) {
    const auto column = [&] { return "t." + columns[shapes() % columns.size()]; };
    std::vector<std::string> shape = {
        "SELECT " + column() + ", " + column() + ", count(*) AS n FROM shop." + tables[shapes() % tables.size()] +
        " t JOIN shop." + tables[shapes() % tables.size()] + " u ON u.id = t.customer_id WHERE " + column() + " = "};
    for (unsigned filters = shapes() % 4; filters > 0; --filters) shape.push_back(" AND " + column() + " >= ");
    shape.push_back(" AND u.code = '");
    shape.push_back("' ORDER BY " + column() + " DESC LIMIT ");
    parts.push_back(shape);
  }
  Texts texts;
  for (int i = 0; i < kTexts; ++i) {
    std::string text;
    for (const std::string& part : parts[random() % parts.size()]) text += part + Number(random, 100'000);
    texts.push_back(text);
  }
  return texts;
}

Texts Orm() {
  std::mt19937 random(4);
  Texts texts;
  for (int i = 0; i < kTexts; ++i) {
    const std::string table = "\"shop_entity" + Number(random, 40) + "\"";
    std::string text = "SELECT ";
    for (unsigned column = 0; column < 30; ++column) {
      text += (column > 0 ? ", " : "") + table + ".\"attribute_" + Number(random, 20) + "\"";
    }
    texts.push_back(text + " FROM " + table + " WHERE " + table + ".\"id\" IN ($1, $2, $3) LIMIT " +
                    Number(random, 100));
  }
  return texts;
}

Texts Insert() {
  std::mt19937 random(5);
  std::string text = "INSERT INTO shop.event (id, kind, at, payload) VALUES ";
  for (int row = 0; row < 1000; ++row) {
    text += (row > 0 ? ", (" : "(") + Number(random, 1'000'000) +
            ", 'page-view', '2026-06-30 12:00:00+00', '{\"user\": " + Number(random, 100'000) +
            ", \"path\": \"/catalogue/item\"}')";
  }
  return {text};
}

template <typename Work>
void Measure(benchmark::State& state, const Texts& texts, Work work) {
  std::size_t bytes = 0;
  for (const std::string& text : texts) bytes += text.size();
  for (auto _ : state) {
    for (const std::string& text : texts) work(text);
  }
  const auto rounds = static_cast<std::int64_t>(state.iterations());
  state.SetBytesProcessed(rounds * static_cast<std::int64_t>(bytes));
  // Google Benchmark prints the inverse of a rate in seconds.
  state.counters["per_statement"] = benchmark::Counter(static_cast<double>(rounds) * static_cast<double>(texts.size()),
                                                       benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
  state.counters["bytes"] = static_cast<double>(bytes) / static_cast<double>(texts.size());
}

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
