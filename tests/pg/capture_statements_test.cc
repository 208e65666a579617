// What a capture takes from pg_stat_statements of a real server, and what it leaves there.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "pg/session.h"
#include "pgassay/assay_file.h"
#include "pgassay/capture.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr char kSql[] = R"sql(
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint, note text);
INSERT INTO orders SELECT i, i % 50, 'n' || i % 7 FROM generate_series(1, 3000) i;
CREATE TABLE pg_search_documents (id int);
CREATE SCHEMA views; CREATE VIEW views.big AS SELECT * FROM orders WHERE id > 100;
CREATE ROLE keeper; CREATE ROLE app LOGIN IN ROLE keeper; CREATE ROLE weak LOGIN NOINHERIT;
CREATE ROLE gone LOGIN; GRANT pg_read_all_data TO app, weak, gone; GRANT keeper TO weak; GRANT SELECT ON orders TO weak;
ALTER TABLE orders OWNER TO keeper; ALTER VIEW views.big OWNER TO app;
)sql";

class CaptureStatementsTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    test::TestServerOptions options;
    options.settings = {{"shared_preload_libraries", "pg_stat_statements"},
                        {"pg_stat_statements.max", "9000"},
                        {"pg_stat_statements.track", "all"}};
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    for (const char* sql : {"CREATE DATABASE shop", "CREATE DATABASE other"}) {
      ASSERT_TRUE(server_->Run("postgres", sql).ok());
    }
    const absl::Status made = server_->Run("shop", absl::StrCat(kSql, "CREATE EXTENSION pg_stat_statements"));
    ASSERT_TRUE(made.ok()) << made;
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    ASSERT_TRUE(server_->WaitUntilAlone().ok());
    ASSERT_TRUE(server_->Run("shop", "SELECT pg_stat_statements_reset()").ok());
  }

  static absl::StatusOr<Snapshot> CaptureAs(const std::string& user, const std::string& database = "shop",
                                            const std::string& from = "", bool with_values = true) {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, database);
    options.statements_from = from;
    options.with_values = with_values;
    return Capture(options);
  }

  static const Statement* Find(const Snapshot& snapshot, const std::string& part, const std::string& user = "") {
    const auto found = std::ranges::find_if(snapshot.statements, [&](const Statement& statement) {
      return absl::StrContains(statement.text, part) && (user.empty() || statement.user == user);
    });
    return found != snapshot.statements.end() ? &*found : nullptr;
  }

  static std::int64_t Counted(const Snapshot& snapshot, const std::string& code, const std::string& detail = "") {
    for (const StatementGroup& group : snapshot.statement_groups) {
      if (group.code == code && group.detail == detail) return group.statements;
    }
    return 0;
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> CaptureStatementsTest::server_;

TEST_F(CaptureStatementsTest, KeepsStatementsWithTheirUsersAndCounters) {
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(server_->Run("shop", absl::StrCat("SELECT * FROM orders WHERE customer_id = ", i), "app").ok());
  }
  ASSERT_TRUE(server_->Run("shop", "SELECT * FROM orders WHERE customer_id = 7").ok());
  ASSERT_TRUE(server_->Run("shop", "SELECT count(*) FROM pg_search_documents").ok());
  ASSERT_TRUE(server_->Run("shop", "DO $$ BEGIN PERFORM note FROM orders WHERE id = 5; END $$").ok());
  ASSERT_TRUE(server_->Run("other", "SELECT 'elsewhere'").ok());
  ASSERT_TRUE(server_->Run("shop", "SELECT count(note) FROM orders", "gone").ok());
  ASSERT_TRUE(server_->Run("shop", "REVOKE pg_read_all_data FROM gone; DROP ROLE gone").ok());
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("postgres");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();

  const StatementSource& source = snapshot->statement_source;
  EXPECT_EQ(source.version, "1.10");
  EXPECT_EQ(source.unavailable, "");
  EXPECT_EQ(source.installed_in, "shop");
  EXPECT_EQ(source.max_statements, 9000);
  EXPECT_EQ(source.track, "all") << "not what we set for reading";
  EXPECT_EQ(source.evictions, 0);
  EXPECT_EQ(source.reset_at.value_or("").size(), std::string("2024-05-06T07:08:09.123456Z").size());
  EXPECT_GT(source.database_active_ms.value_or(0), 0);

  const Statement* of_app = Find(*snapshot, "customer_id = $1", "app");
  const Statement* of_postgres = Find(*snapshot, "customer_id = $1", "postgres");
  ASSERT_NE(of_app, nullptr);
  ASSERT_NE(of_postgres, nullptr);
  EXPECT_EQ(of_app->counters.calls, 3);
  EXPECT_EQ(of_app->counters.rows, 180);
  EXPECT_GT(of_app->counters.total_ms, 0);
  EXPECT_GE(of_app->counters.max_ms, of_app->counters.min_ms);
  EXPECT_GT(of_app->counters.shared_blocks_hit, 0);
  EXPECT_EQ(of_postgres->counters.calls, 1);
  EXPECT_EQ(of_app->query_id, of_postgres->query_id);
  EXPECT_TRUE(of_app->top_level);
  EXPECT_NE(Find(*snapshot, "pg_search_documents"), nullptr) << "a table of the user's, whatever its name";
  const Statement* nested = Find(*snapshot, "SELECT note FROM orders");
  ASSERT_NE(nested, nullptr);
  EXPECT_FALSE(nested->top_level);
  const Statement* orphan = Find(*snapshot, "count(note)");
  ASSERT_NE(orphan, nullptr);
  EXPECT_EQ(orphan->user, "");
  EXPECT_EQ(Find(*snapshot, "elsewhere"), nullptr);
  EXPECT_GT(Counted(*snapshot, "other-database"), 0);
  EXPECT_EQ(Counted(*snapshot, "utility-statement", "DoStmt"), 1);
}

TEST_F(CaptureStatementsTest, KnowsRolesOwnersAndViews) {
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("weak");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  const Role* postgres = snapshot->FindRole("postgres");
  ASSERT_NE(postgres, nullptr);
  EXPECT_TRUE(postgres->superuser && postgres->bypass_row_security && postgres->inherit);
  const Role* weak = snapshot->FindRole("weak");
  ASSERT_NE(weak, nullptr);
  EXPECT_EQ(*weak, (Role{.name = "weak", .inherit = false, .member_of = {"keeper", "pg_read_all_data"}}));
  EXPECT_EQ(snapshot->FindRole("pg_monitor"), nullptr);
  EXPECT_TRUE(std::ranges::is_sorted(snapshot->roles, {}, &Role::name));
  const Relation* orders = snapshot->FindRelation(QualifiedName{"public", "orders"});
  ASSERT_NE(orders, nullptr);
  EXPECT_EQ(orders->owner, "keeper");
  const auto view = std::ranges::find(snapshot->views, QualifiedName{"views", "big"}, &View::name);
  ASSERT_NE(view, snapshot->views.end());
  EXPECT_EQ(view->owner, "app");
  EXPECT_TRUE(std::ranges::is_sorted(snapshot->views, {}, &View::oid));
}

// Version 15 keeps utility statements with their literals.
TEST_F(CaptureStatementsTest, NoPasswordReachesTheFile) {
  ASSERT_TRUE(server_->Run("shop", "CREATE ROLE fresh PASSWORD 'hunter2'").ok());
  ASSERT_TRUE(server_->Run("shop", "COPY (SELECT 1) TO PROGRAM 'cat >/dev/null # s3same'").ok());
  ASSERT_TRUE(server_->Run("shop", "SET application_name = 'app-t0ken'").ok());
  ASSERT_TRUE(server_->Run("shop", "EXPLAIN SELECT * FROM orders WHERE note = 'priv4te'").ok());
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("postgres");
  const absl::StatusOr<Snapshot> bare = CaptureAs("postgres", "shop", "", false);
  ASSERT_TRUE(snapshot.ok() && bare.ok()) << snapshot.status() << bare.status();
  EXPECT_EQ(Counted(*snapshot, "utility-statement", "CreateRoleStmt"), 1);
  EXPECT_NE(Find(*snapshot, "note = 'priv4te'"), nullptr) << "a value that a plan depends on";
  EXPECT_NE(Find(*bare, "EXPLAIN SELECT * FROM orders WHERE note = $1"), nullptr);
  const absl::StatusOr<TemporaryDirectory> directory = TemporaryDirectory::Make("/tmp", "pgassay-test-");
  ASSERT_TRUE(directory.ok());
  const std::string path = directory->path() + "/shop.assay";
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok() && file->Append(*bare).ok() && file->Append(*snapshot).ok());
  EXPECT_EQ(*file->Read(), *snapshot);
  const absl::StatusOr<std::string> bytes = ReadFile(path);
  ASSERT_TRUE(bytes.ok());
  for (const char* secret : {"hunter2", "s3same", "t0ken"}) EXPECT_FALSE(absl::StrContains(*bytes, secret)) << secret;
}

TEST_F(CaptureStatementsTest, ASecondCaptureDoesNotSeeTheFirst) {
  ASSERT_TRUE(server_->Run("shop", "GRANT pg_read_all_stats TO weak").ok());
  ASSERT_TRUE(server_->Run("shop", "SELECT pg_stat_statements_reset()").ok());
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  ASSERT_TRUE(CaptureAs("weak").ok()) << "it may not switch off the tracking of its own statements";
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const absl::StatusOr<Snapshot> second = CaptureAs("weak");
  ASSERT_TRUE(server_->Run("shop", "REVOKE pg_read_all_stats FROM weak").ok());
  ASSERT_TRUE(second.ok()) << second.status();
  for (const Statement& statement : second->statements) {
    EXPECT_TRUE(absl::StrContains(statement.text, "pg_stat_statements_reset")) << statement.text;
  }
  EXPECT_GT(Counted(*second, "own-statement"), 15);
  EXPECT_GT(Counted(*second, "system-catalog"), 15) << "pg_dump's";
}

TEST_F(CaptureStatementsTest, AWeakRoleCountsWhatItMayNotSee) {
  ASSERT_TRUE(server_->Run("shop", "SELECT count(*) FROM orders", "app").ok());
  ASSERT_TRUE(server_->Run("shop", "SELECT max(note) FROM orders", "weak").ok());
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("weak");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->statement_source.unavailable, "");
  EXPECT_NE(Find(*snapshot, "max(note)"), nullptr);
  EXPECT_EQ(Find(*snapshot, "count(*) FROM orders"), nullptr);
  EXPECT_GT(Counted(*snapshot, "no-privilege"), 0);
  EXPECT_EQ(Find(*snapshot, "insufficient privilege"), nullptr);
}

TEST_F(CaptureStatementsTest, ReadsThroughAnotherDatabaseOfTheServer) {
  ASSERT_TRUE(server_->Run("other", "CREATE TABLE IF NOT EXISTS here (a int)").ok());
  ASSERT_TRUE(server_->Run("other", "SELECT a FROM here WHERE a = 5").ok());
  absl::StatusOr<Snapshot> snapshot = CaptureAs("postgres", "other");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_TRUE(absl::StrContains(snapshot->statement_source.unavailable, "run CREATE EXTENSION pg_stat_statements here"))
      << snapshot->statement_source.unavailable;
  EXPECT_EQ(snapshot->statement_source.version, "");

  snapshot = CaptureAs("postgres", "other", server_->ConnInfo("postgres", "shop"));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(snapshot->statement_source.installed_in, "shop");
  EXPECT_NE(Find(*snapshot, "SELECT a FROM here WHERE a = $1"), nullptr);
  EXPECT_GT(Counted(*snapshot, "other-database"), 0);

  snapshot = CaptureAs("postgres", "other", server_->ConnInfo("postgres", "postgres"));
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_TRUE(absl::StrContains(snapshot->statement_source.unavailable, "the database of --statements-from has no"));

  const absl::Status missing = CaptureAs("postgres", "other", server_->ConnInfo("postgres", "nowhere")).status();
  EXPECT_TRUE(absl::IsNotFound(missing)) << missing;
  EXPECT_TRUE(absl::StrContains(missing.message(), "--statements-from: ")) << missing;
}

TEST_F(CaptureStatementsTest, AnotherServerIsRefusedAndOneWithoutTheLibrarySaysSo) {
  absl::StatusOr<std::unique_ptr<test::TestServer>> plain = test::TestServer::Start();
  ASSERT_TRUE(plain.ok()) << plain.status();
  // Both are copies of one cluster, as a standby would be: only the start of the server differs.
  const absl::Status other = CaptureAs("postgres", "shop", (*plain)->ConnInfo("postgres", "postgres")).status();
  EXPECT_TRUE(absl::IsInvalidArgument(other)) << other;
  EXPECT_TRUE(absl::StrContains(other.message(), "leads to another")) << other;

  CaptureOptions options;
  options.conninfo = (*plain)->ConnInfo("postgres", "postgres");
  absl::StatusOr<Snapshot> snapshot = Capture(options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_TRUE(
      absl::StrContains(snapshot->statement_source.unavailable, "shared_preload_libraries, restart the server"));
  ASSERT_TRUE((*plain)->Run("postgres", "CREATE EXTENSION pg_stat_statements").ok());
  snapshot = Capture(options);  // SQLSTATE 55000
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_TRUE(
      absl::StrContains(snapshot->statement_source.unavailable, "shared_preload_libraries, restart the server"));
  EXPECT_TRUE(snapshot->statements.empty());
  EXPECT_FALSE(snapshot->schema_sql.empty());
}

TEST_F(CaptureStatementsTest, ReadsOldVersionsOfTheExtension) {
  for (const char* version : {"1.8", "1.9", "1.7"}) {
    ASSERT_TRUE(
        server_
            ->Run("other", absl::StrCat("DROP EXTENSION IF EXISTS pg_stat_statements; CREATE SCHEMA IF NOT EXISTS "
                                        "\"odd\"\"one\"; CREATE EXTENSION pg_stat_statements SCHEMA "
                                        "\"odd\"\"one\" VERSION '",
                                        version, "'"))
            .ok());
    ASSERT_TRUE(server_->Run("other", "SELECT 'old'").ok());
    const absl::StatusOr<Snapshot> snapshot = CaptureAs("postgres", "other");
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    const StatementSource& source = snapshot->statement_source;
    if (std::string(version) == "1.7") {
      EXPECT_TRUE(absl::StrContains(source.unavailable, "ALTER EXTENSION pg_stat_statements UPDATE"));
      continue;
    }
    EXPECT_EQ(source.version, version);
    EXPECT_EQ(source.reset_at.has_value(), std::string(version) == "1.9");
    const Statement* old = Find(*snapshot, "SELECT $1", "postgres");
    ASSERT_NE(old, nullptr) << version;
    EXPECT_TRUE(old->top_level);
    EXPECT_GT(old->counters.total_ms, 0);
  }
  ASSERT_TRUE(server_->Run("other", "DROP EXTENSION pg_stat_statements").ok());
}

TEST_F(CaptureStatementsTest, ARevokedViewIsAReasonAndNoError) {
  ASSERT_TRUE(server_->Run("shop", "REVOKE ALL ON pg_stat_statements FROM PUBLIC").ok());
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("weak");
  ASSERT_TRUE(server_->Run("shop", "GRANT SELECT ON pg_stat_statements TO PUBLIC").ok());
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_TRUE(absl::StrContains(snapshot->statement_source.unavailable, "may not be read by this role: grant"));
  EXPECT_EQ(snapshot->statement_source.version, "");
  EXPECT_FALSE(snapshot->indexes.empty()) << "the rest goes on";
}

TEST_F(CaptureStatementsTest, LongTextsStayOnTheServer) {
  const std::string text =
      absl::StrCat("SELECT 1 AS a, '", std::string(300, 'x'), "' AS b /* ", std::string(1 << 20, 'y'), " */");
  ASSERT_TRUE(server_->Run("shop", text).ok());
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("postgres");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(Counted(*snapshot, "text-lost", "longer than 1 MB"), 1);
  EXPECT_EQ(Find(*snapshot, "yyy"), nullptr);
}

TEST_F(CaptureStatementsTest, ThousandsOfStatementsAreCaptured) {
  constexpr int kStatements = 5000;
  std::string script;
  for (int i = 0; i < kStatements; ++i) {
    absl::StrAppend(&script, "SELECT o.note FROM orders o WHERE o.customer_id = 1");
    for (int bit = 0; bit < 13; ++bit)
      absl::StrAppend(&script, " AND o.id ", (i >> bit & 1) != 0 ? "<" : ">", " ", bit);
    absl::StrAppend(&script, ";\n");
  }
  ASSERT_TRUE(server_->Run("shop", script).ok());
  const auto start = std::chrono::steady_clock::now();
  const absl::StatusOr<Snapshot> snapshot = CaptureAs("postgres");
  const auto taken = std::chrono::steady_clock::now() - start;
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_GE(snapshot->statements.size(), static_cast<std::size_t>(kStatements));
  RecordProperty("capture_ms", static_cast<int>(std::chrono::duration_cast<std::chrono::milliseconds>(taken).count()));
}

}  // namespace
}  // namespace pgassay
