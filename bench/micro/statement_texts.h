#pragma once

// Statements as applications send them, many different ones of each kind, and how fast something is done with them.

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace pgassay::bench_micro {

using Texts = std::vector<std::string>;
constexpr int kTexts = 2000;

inline std::string Number(std::mt19937& random, unsigned limit) {
  return std::to_string(random() % limit);
}

inline Texts Pgbench() {
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
inline Texts Oltp() {
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

inline Texts Orm() {
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

inline Texts Insert() {
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

}  // namespace pgassay::bench_micro
