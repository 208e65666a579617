#include <cstdint>
#include <map>
#include <string>
#include <utility>

#include "report/histogram.h"
#include "report/json_values.h"
#include "report/queries.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

Json SourceJson(const Workload& workload, const Snapshot& snapshot) {
  const StatementSource& source = snapshot.statement_source;
  const double active_share = ActiveShare(workload, snapshot);
  const std::string logged = LoggedPart(workload, snapshot);
  return Json{
      {"kind", source.version.empty() ? "log" : "pg_stat_statements"},
      {"logged_part", logged.empty() ? Json(nullptr) : Json(logged)},
      {"version", source.version},
      {"installed_in", source.installed_in},
      {"reset_at", source.reset_at ? Json(*source.reset_at) : Json(nullptr)},
      {"evictions", source.evictions},
      {"max_statements", source.max_statements},
      {"track", source.track},
      {"database_active_ms", source.database_active_ms ? MillisecondsJson(*source.database_active_ms) : Json(nullptr)},
      {"active_share", active_share >= 0 ? Json(active_share) : Json(nullptr)}};
}

// Every hour that has calls; "" is the hour of entries without a time.
Json HistogramJson(const std::map<std::int32_t, LogHour>& hours) {
  Json rows = Json::array();
  for (const auto& [hour, sums] : hours) {
    std::string begin = hour == 0 ? "" : HourText(hour) + ":00Z";
    if (hour != 0) begin[begin.find(' ')] = 'T';
    rows.push_back({{"hour", std::move(begin)},
                    {"calls", sums.calls},
                    {"total_ms", MillisecondsJson(static_cast<double>(sums.total_us) / 1000)}});
  }
  return rows;
}

// Null: no log has timed a call.
Json QuantileJson(const Template& statement, std::int64_t LoggedTimes::*quantile) {
  if (!statement.logged || (*statement.logged).*quantile < 0) return nullptr;
  return MillisecondsJson(static_cast<double>((*statement.logged).*quantile) / 1000);
}

Json QueryJson(const Template& statement, const ObservedTime& time, const Statements& statements) {
  const StatementCounters& counters = *statement.observed;
  Json json{{"id", statement.id},
            {"fingerprint", statement.fingerprint},
            {"sql", statements.Text(statement)},
            {"user", statement.user},
            {"top_level", statement.top_level},
            {"query_ids", QueryIdsJson(statement)},
            {"tags", statements.Tags(statement)},
            {"relations", statement.relations},
            {"share", time.Share(Positive(counters.total_ms))}};
  json.update(CountersJson(counters));
  if (statement.source == "log") {
    // What logs do not tell is not nothing.
    for (const char* const unknown :
         {"stddev_ms", "plans", "plan_ms", "shared_blocks_hit", "shared_blocks_read", "shared_blocks_dirtied",
          "shared_blocks_written", "local_blocks_hit", "local_blocks_read", "local_blocks_dirtied",
          "local_blocks_written", "temp_blocks_read", "block_read_ms", "block_write_ms", "jit_functions", "jit_ms"}) {
      json[unknown] = nullptr;
    }
    if (!statement.logged || statement.logged->wal_plans == 0) {
      for (const char* const unknown : {"wal_records", "wal_full_page_images", "wal_bytes"}) json[unknown] = nullptr;
    }
    if (counters.rows == 0) json["rows"] = nullptr;
  }
  json["p50_ms"] = QuantileJson(statement, &LoggedTimes::p50_us);
  json["p95_ms"] = QuantileJson(statement, &LoggedTimes::p95_us);
  json["p99_ms"] = QuantileJson(statement, &LoggedTimes::p99_us);
  json["histogram"] = statement.logged ? HistogramJson(statement.logged->hours) : Json::array();
  return json;
}

}  // namespace

std::string QueriesJson(const Workload& workload, const Snapshot& snapshot, const QueriesOptions& options,
                        const Style& style) {
  const Statements statements(workload, style.show_literals);
  const RankedQueries ranked = RankQueries(workload, options);
  Json queries = Json::array();
  for (const Template* const statement : ranked.shown)
    queries.push_back(QueryJson(*statement, ranked.time, statements));
  const ObservedTime& time = ranked.time;
  return Serialized(Json{{"schema_version", kJsonSchemaVersion},
                         {"database", DatabaseJson(snapshot)},
                         {"source", SourceJson(workload, snapshot)},
                         {"order", OrderName(options.order)},
                         {"templates", ranked.counted},
                         {"total_ms", MillisecondsJson(time.total_ms)},
                         {"shown_ms", MillisecondsJson(time.selected_ms)},
                         {"shown_share", time.Share(time.selected_ms)},
                         {"queries", std::move(queries)},
                         {"histogram", HistogramJson(options.hours)},
                         {"not_kept", TimeGroupsJson(time.not_kept, time)},
                         {"skipped", SkippedJson(workload, statements)}});
}

}  // namespace pgassay::report
