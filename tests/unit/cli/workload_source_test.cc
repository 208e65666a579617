#include "cli/workload_source.h"

#include <string>

#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

Template MakeTemplate(const std::string& id, const std::string& sql, double weight) {
  Template made;
  made.id = id;
  made.sql = sql;
  made.weight = weight;
  return made;
}

Snapshot WithStatements() {
  Snapshot snapshot;
  snapshot.database = "shop";
  snapshot.statement_source.version = "1.10";
  snapshot.settings = {{"search_path", "public", "default"}};
  Relation orders;
  orders.oid = Oid{16384};
  orders.name = {"public", "orders"};
  snapshot.relations = {orders};
  Statement statement;
  statement.query_id = 42;
  statement.user = "app";
  statement.text = "SELECT * FROM orders WHERE id = $1";
  statement.counters.calls = 7;
  statement.counters.total_ms = 12.5;
  snapshot.statements = {statement};
  snapshot.statement_groups = {{"utility-statement", "VariableSetStmt", 1, 2, 3}};
  return snapshot;
}

TEST(WorkloadSource, TheSameTemplateOfBothIsOne) {
  Workload files;
  files.templates = {MakeTemplate("a", "SELECT 1", 3)};
  files.templates[0].bindings = {{"SELECT 1", 3, "q.sql:1", ""}};
  Workload captured;
  captured.templates = {MakeTemplate("b", "SELECT b", 5), MakeTemplate("a", "SELECT $1", 10)};
  captured.templates[1].unbound = {{"SELECT $1", 10, "pg_stat_statements", ""}};
  captured.templates[1].observed = StatementCounters{.calls = 10};
  captured.templates[1].query_ids = {1};
  captured.skipped = {{"", "pg_stat_statements", "unparsable", "", 1}};
  captured.not_kept = {{"other-database", "", 1, 1, 1}};
  AppendWorkload(files, captured);
  ASSERT_EQ(files.templates.size(), 2u);
  EXPECT_EQ(files.templates[0].weight, 13);
  EXPECT_EQ(files.templates[0].bindings.size(), 1u);
  EXPECT_EQ(files.templates[0].unbound.size(), 1u);
  EXPECT_EQ(files.templates[0].observed->calls, 10);
  EXPECT_EQ(files.templates[1].id, "b");
  EXPECT_EQ(files.skipped.size(), 1u);
  EXPECT_EQ(files.not_kept.size(), 1u);
}

TEST(WorkloadSource, WithoutFilesTheCaptureIsTheWorkload) {
  const WorkloadResult result = LoadWorkload("advise", {}, WithStatements(), {});
  ASSERT_TRUE(result.workload.ok()) << result.workload.status();
  ASSERT_EQ(result.workload->templates.size(), 1u);
  EXPECT_EQ(result.workload->templates[0].source, "pg_stat_statements");
  EXPECT_EQ(result.workload->templates[0].observed->total_ms, 12.5);
  EXPECT_EQ(result.workload->not_kept.size(), 1u);
}

TEST(WorkloadSource, NothingCapturedIsAMistakeOfUsageThatSaysWhatToDo) {
  Snapshot snapshot = WithStatements();
  snapshot.statement_source.version = "";
  snapshot.statement_source.unavailable = "the extension is not loaded; add it to shared_preload_libraries";
  const WorkloadResult result = LoadWorkload("advise", {}, snapshot, {});
  EXPECT_EQ(result.stage, Stage::kUsage);
  const std::string message(result.workload.status().message());
  EXPECT_NE(message.find("advise: the capture has no statements: the extension is not loaded"), std::string::npos);
  EXPECT_NE(message.find("--workload PATH"), std::string::npos);
  EXPECT_EQ(CapturedWorkload(snapshot, {}).status().code(), absl::StatusCode::kFailedPrecondition);

  snapshot = WithStatements();
  snapshot.statements.clear();
  const WorkloadResult none = LoadWorkload("whatif", {}, snapshot, {});
  EXPECT_EQ(none.stage, Stage::kUsage);
  EXPECT_NE(std::string(none.workload.status().message()).find("no readable statement of database shop"), std::string::npos);
  EXPECT_TRUE(CapturedWorkload(snapshot, {}).ok()) << "queries lists none";
}

TEST(WorkloadSource, FilesThatAreMissingAreBadInput) {
  const WorkloadResult result = LoadWorkload("advise", {.workload = {"/nonexistent/q.sql"}}, WithStatements(), {});
  EXPECT_FALSE(result.workload.ok());
  EXPECT_EQ(result.stage, Stage::kInput);
}

}  // namespace
}  // namespace pgassay::cli
