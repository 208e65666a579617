#include <utility>

#include "report/json_values.h"
#include "report/queries.h"
#include "report/render.h"
#include "report/statements.h"

namespace pgassay::report {
namespace {

Json SourceJson(const Workload& workload, const Snapshot& snapshot) {
  const StatementSource& source = snapshot.statement_source;
  const double active_share = ActiveShare(workload, snapshot);
  return Json{
      {"kind", "pg_stat_statements"},
      {"version", source.version},
      {"installed_in", source.installed_in},
      {"reset_at", source.reset_at ? Json(*source.reset_at) : Json(nullptr)},
      {"evictions", source.evictions},
      {"max_statements", source.max_statements},
      {"track", source.track},
      {"database_active_ms", source.database_active_ms ? MillisecondsJson(*source.database_active_ms) : Json(nullptr)},
      {"active_share", active_share >= 0 ? Json(active_share) : Json(nullptr)}};
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
                         {"not_kept", TimeGroupsJson(time.not_kept, time)},
                         {"skipped", SkippedJson(workload, statements)}});
}

}  // namespace pgassay::report
