#include "unit/report/sample_queries.h"

#include <string>
#include <utility>

#include "unit/report/sample_advice.h"

namespace pgassay::report {
namespace {

Template Counted(const std::string& id, const std::string& sql, const std::string& user, std::int64_t calls,
                 double total_ms) {
  Template made;
  made.id = id;
  made.fingerprint = "f" + id.substr(1);
  made.sql = sql;
  made.user = user;
  made.source = "pg_stat_statements";
  made.weight = static_cast<double>(calls);
  made.query_ids = {-7234567890123456789};
  StatementCounters counters;
  counters.calls = calls;
  counters.total_ms = total_ms;
  counters.rows = calls * 5;
  counters.shared_blocks_hit = calls * 30;
  counters.shared_blocks_read = calls * 10;
  made.observed = counters;
  return made;
}

constexpr char kBefore[] = R"json([{"Plan": {"Node Type": "Limit", "Startup Cost": 900.5, "Total Cost": 1000.0,
  "Plan Rows": 5, "Plan Width": 8, "Plans": [
  {"Node Type": "Sort", "Parent Relationship": "Outer", "Startup Cost": 900.5, "Total Cost": 950, "Plan Rows": 10,
   "Plan Width": 8, "Sort Key": ["placed_at DESC", "id"], "Plans": [
   {"Node Type": "Seq Scan", "Relation Name": "orders", "Alias": "o", "Startup Cost": 0, "Total Cost": 890.25,
    "Plan Rows": 10, "Plan Width": 8, "Filter": "(customer_id = 4711)"}]}]}}])json";

constexpr char kAfter[] = R"json([{"Plan": {"Node Type": "Limit", "Startup Cost": 0.42, "Total Cost": 8.45,
  "Plan Rows": 5, "Plan Width": 8, "Plans": [
  {"Node Type": "Index Scan", "Scan Direction": "Backward", "Index Name": "pgassay_candidate_7",
   "Relation Name": "orders", "Alias": "o", "Startup Cost": 0.42, "Total Cost": 8.44, "Plan Rows": 10, "Plan Width": 8,
   "Index Cond": "(customer_id = 4711)"}]}}])json";

}  // namespace

Snapshot SampleSource() {
  Snapshot snapshot = SampleSnapshot();
  snapshot.statement_source.version = "1.10";
  snapshot.statement_source.installed_in = "postgres";
  snapshot.statement_source.reset_at = "2024-12-31T00:00:00Z";
  snapshot.statement_source.evictions = 3;
  snapshot.statement_source.max_statements = 5000;
  snapshot.statement_source.track = "top";
  snapshot.statement_source.database_active_ms = 2000;
  return snapshot;
}

Workload SampleCounters() {
  Workload workload;
  workload.templates = {
      Counted("a000000000000001", "SELECT * FROM orders WHERE customer_id = $1 /* for Max Mustermann */", "app", 100,
              300),
      Counted("a000000010000002", "SELECT note FROM orders WHERE email = $1", "app", 10, 600),
      Counted("c000000000000003", "INSERT INTO orders VALUES ($1, $2)", "loader", 1000, 50)};
  workload.templates[1].observed->temp_blocks_written = 128;
  workload.templates[2].observed->wal_bytes = 2097152;
  workload.templates[0].tags = {"comment=Mustermann", "controller=orders"};
  workload.skipped = {{"c0", "pg_stat_statements", "unknown-relation", "there is no table 'gone'", 2, 30}};
  workload.not_kept = {{"other-database", "", 12, 400, 5000}, {"utility-statement", "VariableSetStmt", 4, 90, 20}};
  return workload;
}

Explanation SampleExplanation() {
  const Advice advice = SampleAdvice();
  Explanation explanation;
  explanation.subject = "a000";
  explanation.kind = "template";
  explanation.cost_before = 10000.25;
  explanation.cost_after = 1076.3;
  explanation.index_names = {{"pgassay_candidate_7", "orders_customer_id_idx"}};
  ExplainedTemplate explained;
  explained.of = advice.workload.templates[0];
  explained.cost = advice.costs[0];
  explained.bindings = {
      {{"SELECT 1 WHERE customer_id = 4711", 8, "q.sql:1", "customer_id: common (35 %)"}, 1000, 8.45, 0, 0, kBefore, kAfter},
      {{"SELECT 1 WHERE customer_id = 4712", 1, "q.sql:2", ""}, 1000, 8.45, 0, 0, kBefore, kAfter}};
  explained.requests = {"orders: customer_id = ?, order by placed_at DESC"};
  explained.recommendations = {"0123456789ab"};
  explained.rejected = {advice.rejected[1]};
  explanation.templates = {std::move(explained)};
  return explanation;
}

}  // namespace pgassay::report
