// What pg_stat_statements of a real server loses or hides: entries that it dropped, texts whose file is gone,
// statements of others. All of it is counted, and the advice says what it means.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_statements.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

class StatementLossTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    test::TestServerOptions options;
    options.settings = {{"shared_preload_libraries", "pg_stat_statements"},
                        {"pg_stat_statements.max", "100"},  // the least
                        {"track_activity_query_size", "100"}};
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status made =
        server_->Run("postgres",
                     "CREATE EXTENSION pg_stat_statements; CREATE TABLE t (id int PRIMARY KEY, a int, b int); "
                     "INSERT INTO t SELECT i, i % 100, i % 7 FROM generate_series(1, 5000) i; ANALYZE t; "
                     "CREATE ROLE app LOGIN; CREATE ROLE weak LOGIN; GRANT SELECT ON t TO app, weak");
    ASSERT_TRUE(made.ok()) << made;
  }
  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    ASSERT_TRUE(server_->WaitUntilAlone().ok());
    ASSERT_TRUE(server_->Run("postgres", "SELECT pg_stat_statements_reset()").ok());
  }

  static Snapshot MustCapture(std::string_view user = "postgres") {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, "postgres");
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *std::move(snapshot) : Snapshot{};
  }

  static Advice MustAdvise(const Snapshot& snapshot) {
    AdviseOptions options;
    options.twin = test::TwinOptionsForTests(2);
    absl::StatusOr<Advice> advice = Advise(snapshot, ReadStatementWorkload(snapshot), options);
    EXPECT_TRUE(advice.ok()) << advice.status();
    return advice.ok() ? *std::move(advice) : Advice{};
  }

  static const StatementGroup* Group(const Snapshot& snapshot, std::string_view code) {
    const auto found = std::ranges::find(snapshot.statement_groups, code, &StatementGroup::code);
    return found == snapshot.statement_groups.end() ? nullptr : &*found;
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> StatementLossTest::server_;

bool AnyHas(const std::vector<std::string>& sentences, std::string_view text) {
  return std::ranges::any_of(sentences, [&](const std::string& s) { return absl::StrContains(s, ToAbsl(text)); });
}

TEST_F(StatementLossTest, EvictionsAreReportedWithWhatTheyMean) {
  std::string script;
  for (int i = 0; i < 300; ++i) {  // as many shapes
    absl::StrAppend(&script, "SELECT count(*) FROM t WHERE a > 1");
    for (int bit = 0; bit < 9; ++bit) absl::StrAppend(&script, " AND b ", (i >> bit & 1) != 0 ? "<" : ">", " ", bit);
    absl::StrAppend(&script, ";");
  }
  ASSERT_TRUE(server_->Run("postgres", script).ok());
  const Snapshot snapshot = MustCapture();
  EXPECT_GT(snapshot.statement_source.evictions, 0);
  EXPECT_EQ(snapshot.statement_source.max_statements, 100);
  EXPECT_LE(snapshot.statements.size(), 100U);
  EXPECT_TRUE(AnyHas(MustAdvise(snapshot).warnings, "pg_stat_statements dropped its least used statements"));
}

// While nothing is written to it, a missing file means no texts; once the server has begun a new one, the view cannot
// be read at all.
TEST_F(StatementLossTest, TextsWhoseFileIsGone) {
  ASSERT_TRUE(server_->Run("postgres", "SELECT max(b) FROM t WHERE a = 1").ok());
  ASSERT_TRUE(server_->Run("postgres", "ALTER DATABASE postgres SET pg_stat_statements.track = none").ok());
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  std::filesystem::path file;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(server_->directory())) {
    if (entry.path().filename() == "pgss_query_texts.stat") file = entry.path();
  }
  ASSERT_TRUE(std::filesystem::remove(file));
  const Snapshot lost = MustCapture();
  EXPECT_EQ(lost.statement_source.unavailable, "");
  EXPECT_TRUE(lost.statements.empty());
  const StatementGroup* const group = Group(lost, "text-lost");
  ASSERT_NE(group, nullptr);
  EXPECT_GT(group->statements, 0);
  EXPECT_GT(group->calls, 0);
  EXPECT_GT(group->total_ms, 0);

  ASSERT_TRUE(server_->Run("postgres", "ALTER DATABASE postgres RESET pg_stat_statements.track").ok());
  ASSERT_TRUE(server_->Run("postgres", "SELECT min(b) FROM t WHERE a = 1").ok());
  const Snapshot damaged = MustCapture();
  EXPECT_TRUE(absl::StrContains(damaged.statement_source.unavailable, "pg_stat_statements_reset() starts it anew"))
      << damaged.statement_source.unavailable;
  ASSERT_TRUE(server_->Run("postgres", "SELECT pg_stat_statements_reset()").ok());
  ASSERT_TRUE(server_->Run("postgres", "SELECT min(b) FROM t WHERE a = 1").ok());
  const Snapshot anew = MustCapture();
  EXPECT_EQ(anew.statement_source.unavailable, "");
  EXPECT_EQ(Group(anew, "text-lost"), nullptr);
}

// track_activity_query_size cuts texts in pg_stat_activity only.
TEST_F(StatementLossTest, LongTextsAreWhole) {
  std::string sql = "SELECT id FROM t WHERE a = 1";
  for (int i = 0; i < 100; ++i) absl::StrAppend(&sql, " AND b <> ", i);
  ASSERT_TRUE(server_->Run("postgres", sql).ok());
  const Snapshot snapshot = MustCapture();
  EXPECT_TRUE(std::ranges::any_of(snapshot.statements, [](const Statement& statement) {
    return statement.text.starts_with("SELECT id FROM t") && statement.text.ends_with("b <> $101");
  }));
}

TEST_F(StatementLossTest, HiddenTextsHaveTheirShareOfTheTime) {
  ASSERT_TRUE(server_->Run("postgres", "SELECT count(*) FROM t WHERE a = 1", "app").ok());
  ASSERT_TRUE(server_->Run("postgres", "SELECT max(id) FROM t WHERE a = 2", "weak").ok());
  ASSERT_TRUE(server_->Run("template1", "SELECT 1 + 1").ok());
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const Snapshot snapshot = MustCapture("weak");
  const StatementGroup* const hidden = Group(snapshot, "no-privilege");
  ASSERT_NE(hidden, nullptr);
  EXPECT_GT(hidden->total_ms, 0);
  EXPECT_GT(hidden->calls, 0);
  const StatementGroup* const elsewhere = Group(snapshot, "other-database");
  ASSERT_NE(elsewhere, nullptr);
  EXPECT_GT(elsewhere->statements, 0);
  EXPECT_TRUE(AnyHas(MustAdvise(snapshot).warnings, "statements of other users were hidden"));
}

}  // namespace
}  // namespace pgassay
