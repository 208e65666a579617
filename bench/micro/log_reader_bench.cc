// Bytes of each log format that one core reads in a second.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "ingest/log_reader.h"

namespace {

using pgassay::ingest::FormatKind;
using pgassay::ingest::LogFormat;

constexpr int kEntries = 20'000;
constexpr std::string_view kSql =
    "SELECT o.id, o.placed_at, sum(l.quantity * l.unit_cents) FROM shop.orders o JOIN shop.order_line l ON l.order_id = "
    "o.id WHERE o.customer_id = $1 AND o.status IN ('paid', 'packed') GROUP BY o.id ORDER BY o.placed_at DESC LIMIT 20";

std::string Csv() {
  std::string text;
  for (int i = 0; i < kEntries; ++i) {
    const std::string number = std::to_string(i);
    text += "2025-11-25 10:11:12.345 UTC,\"app\",\"shop\",4711,\"10.0.0.1:5432\",6565f1a2.1267," + number +
            ",\"SELECT\",2025-11-25 10:00:00 UTC,3/" + number + ",0,LOG,00000,\"duration: 0." + number +
            " ms  execute <unnamed>: " + std::string(kSql) + (i % 10 == 0 ? " \"\"x\"\"" : "") +
            "\",\"parameters: $1 = '" + number + "'\",,,,,,,,\"psql\",\"client backend\",,-77\n";
  }
  return text;
}

std::string Json() {
  std::string text;
  for (int i = 0; i < kEntries; ++i) {
    const std::string number = std::to_string(i);
    text += R"({"timestamp":"2025-11-25 10:11:12.345 UTC","user":"app","dbname":"shop","pid":4711,"remote_host":)"
            R"("10.0.0.1","remote_port":5432,"session_id":"6565f1a2.1267","line_num":)" +
            number + R"(,"ps":"SELECT","session_start":"2025-11-25 10:00:00 UTC","vxid":"3/)" + number +
            R"(","txid":0,"error_severity":"LOG","state_code":"00000","message":"duration: 0.)" + number +
            " ms  execute <unnamed>: " + std::string(kSql) + (i % 10 == 0 ? R"( \"x\")" : "") +
            R"(","detail":"parameters: $1 = ')" + number +
            R"('","application_name":"psql","backend_type":"client backend","query_id":-77})" + "\n";
  }
  return text;
}

std::string Plain() {
  std::string text;
  for (int i = 0; i < kEntries; ++i) {
    const std::string number = std::to_string(i);
    const std::string prefix = "2025-11-25 10:11:12.345 UTC [4711] ";
    text += prefix + "LOG:  duration: 0." + number + " ms  execute <unnamed>: " + std::string(kSql) + "\n" + prefix +
            "DETAIL:  parameters: $1 = '" + number + "'\n";
  }
  return text;
}

std::string Syslog() {
  std::string text;
  for (int i = 0; i < kEntries; ++i) {
    const std::string number = std::to_string(i);
    const std::string header = "Nov 25 10:11:12 db1 postgres[4711]: [" + number;
    text += header + "-1] user=app,db=shop LOG:  duration: 0." + number + " ms  execute <unnamed>: " + std::string(kSql) +
            "\n" + header + "-2] user=app,db=shop DETAIL:  parameters: $1 = '" + number + "'\n";
  }
  return text;
}

std::string Logplex() {
  std::string text;
  for (int i = 0; i < kEntries; ++i) {
    const std::string number = std::to_string(i);
    text += "2025-11-25T10:11:12.345678+00:00 app[postgres.4711]: [DATABASE] [" + number +
            "-1] sql_error_code = 00000 LOG:  duration: 0." + number + " ms  statement: " + std::string(kSql) + "\n";
  }
  return text;
}

std::string Cloud() {
  std::string text;
  for (int i = 0; i < kEntries; ++i) {
    const std::string number = std::to_string(i);
    text += R"({"insertId":"s=0df7;i=27;b=ed6a","logName":"projects/shop/logs/cloudsql.googleapis.com%2Fpostgres.log",)"
            R"("resource":{"labels":{"database_id":"shop:main"},"type":"cloudsql_database"},"severity":"INFO",)"
            R"("textPayload":"2025-11-25 10:11:12.345 UTC [4711]: [7-1] db=shop,user=app LOG:  duration: 0.)" +
            number + " ms  statement: " + std::string(kSql) + R"(","timestamp":"2025-11-25T10:11:12.345617Z"})" + "\n";
  }
  return text;
}

void Run(benchmark::State& state, const LogFormat& format, const std::string& text) {
  const auto reader = pgassay::ingest::MakeReader(format);
  std::uint64_t entries = 0;
  for (auto _ : state) {
    pgassay::ingest::LineCounts counts;
    (*reader)->Read(text, true, false,
                    [&](const pgassay::ingest::LogRecord& record) { entries += record.message.size() > 10 ? 1 : 0; },
                    counts);
  }
  if (entries != state.iterations() * std::uint64_t{kEntries}) state.SkipWithError("not every entry was read");
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations()) * static_cast<std::int64_t>(text.size()));
}

void ReadCsv(benchmark::State& state) { Run(state, {.kind = FormatKind::kCsv}, Csv()); }
void ReadJson(benchmark::State& state) { Run(state, {.kind = FormatKind::kJson}, Json()); }
void ReadStderr(benchmark::State& state) { Run(state, {.kind = FormatKind::kStderr}, Plain()); }
void ReadSyslog(benchmark::State& state) {
  Run(state, {.kind = FormatKind::kSyslog, .line_prefix = "user=%u,db=%d "}, Syslog());
}
void ReadLogplex(benchmark::State& state) {
  Run(state, {.kind = FormatKind::kLogplex, .line_prefix = "sql_error_code = %e "}, Logplex());
}
void ReadCloud(benchmark::State& state) {
  Run(state, {.kind = FormatKind::kCloud, .line_prefix = "%m [%p]: [%l-1] db=%d,user=%u "}, Cloud());
}
BENCHMARK(ReadCsv);
BENCHMARK(ReadJson);
BENCHMARK(ReadStderr);
BENCHMARK(ReadSyslog);
BENCHMARK(ReadLogplex);
BENCHMARK(ReadCloud);

}  // namespace

BENCHMARK_MAIN();
