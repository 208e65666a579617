// Who may capture what: roles with fewer rights get gaps, and errors say what to do.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pg/session.h"
#include "pgassay/capture.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr char kSql[] = R"sql(
CREATE TABLE open (id int PRIMARY KEY, name text, tags text[], words tsvector, state varchar(9), at timestamptz);
INSERT INTO open SELECT i, 'n' || i % 50, ARRAY['t' || i % 5, 'u' || i % 7], to_tsvector('simple', 'w' || i % 9), 's' || i % 3,
  '2024-01-01Z'::timestamptz + i * interval '1 h' FROM generate_series(1, 3000) i;
CREATE INDEX open_lower ON open (lower(name));
CREATE INDEX open_at ON open (at);
CREATE TABLE "clo""sed" (id int PRIMARY KEY);
CREATE TABLE "closed|(x)*" (id int PRIMARY KEY);
CREATE TABLE guarded (id int PRIMARY KEY, owner text);
INSERT INTO guarded SELECT i, 'weak' FROM generate_series(1, 1000) i;
ALTER TABLE guarded ENABLE ROW LEVEL SECURITY;
CREATE POLICY p ON guarded USING (owner = current_user);
CREATE SCHEMA hidden; CREATE TABLE hidden.h (id int);
CREATE STATISTICS extended ON name, state FROM open;
ANALYZE;
CREATE ROLE weak LOGIN PASSWORD 'w''e\ak'; GRANT pg_monitor TO weak; GRANT SELECT ON open, guarded TO weak;
CREATE ROLE "full" LOGIN BYPASSRLS; GRANT pg_read_all_data, pg_monitor TO "full";
CREATE ROLE author LOGIN; GRANT CREATE ON SCHEMA public TO author;
)sql";

class CaptureRolesTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    test::TestServerOptions options;
    options.hba = "local all weak scram-sha-256\nlocal all all trust\n";
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start(options);
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status made = server_->Run("postgres", kSql);
    ASSERT_TRUE(made.ok()) << made;
  }
  static void TearDownTestSuite() { server_.reset(); }

  static absl::StatusOr<Snapshot> CaptureAs(const std::string& user, const std::string& more = "") {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, "postgres") + more;
    options.lock_timeout_ms = 300;
    return Capture(options);
  }

  static bool HasGap(const Snapshot& snapshot, const std::string& subject, const std::string& reason) {
    return std::ranges::any_of(snapshot.gaps, [&](const CaptureGap& gap) {
      return gap.subject == subject && absl::StrContains(gap.reason, reason);
    });
  }

  static const ColumnStatistics* Statistics(const Snapshot& snapshot, const std::string& table,
                                            const std::string& column) {
    for (const Relation& relation : snapshot.relations) {
      for (const Column& candidate : relation.columns) {
        if (relation.name.name != table || candidate.name != column) continue;
        for (const ColumnStatistics& statistics : snapshot.statistics) {
          if (statistics.relation == relation.oid && statistics.column == candidate.number) return &statistics;
        }
      }
    }
    return nullptr;
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> CaptureRolesTest::server_;

constexpr char kWeakPassword[] = " password='w\\'e\\\\ak'";

TEST_F(CaptureRolesTest, FullRoleSeesWhatASuperuserSees) {
  const absl::StatusOr<Snapshot> super = CaptureAs("postgres");
  const absl::StatusOr<Snapshot> full = CaptureAs("full");
  ASSERT_TRUE(super.ok()) << super.status();
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_EQ(full->schema_sql, super->schema_sql);
  EXPECT_EQ(full->relations.size(), super->relations.size());
  EXPECT_EQ(full->statistics, super->statistics);
  EXPECT_EQ(full->indexes, super->indexes);
  EXPECT_EQ(full->constraints, super->constraints);
  EXPECT_EQ(super->extended.size(), 1U);
  EXPECT_EQ(full->extended, super->extended);
  EXPECT_TRUE(super->gaps.empty());
}

// Looking at the ends of an index counts as a scan, and only some roles may switch the counting off.
TEST_F(CaptureRolesTest, WithoutTheRightToStopCountingUnusedIndexesAreNotTouched) {
  const absl::StatusOr<Snapshot> before = CaptureAs("full");
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_TRUE(HasGap(*before, "end points", "GRANT SET ON PARAMETER track_counts"));
  EXPECT_TRUE(before->end_points.empty());

  // A scanned index may be looked at.
  ASSERT_TRUE(
      server_->Run("postgres", "SET enable_seqscan = off; SET enable_bitmapscan = off; SELECT * FROM open WHERE id = 7")
          .ok());
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const absl::StatusOr<Snapshot> after = CaptureAs("full");
  ASSERT_TRUE(after.ok()) << after.status();
  ASSERT_EQ(after->end_points.size(), 1U);
  EXPECT_EQ(after->end_points[0].max, "3000");
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const absl::StatusOr<pg::Result> scanned =
      server_->Query("postgres", "SELECT indexrelname FROM pg_stat_user_indexes WHERE idx_scan > 0");
  ASSERT_TRUE(scanned.ok());
  ASSERT_EQ(scanned->rows(), 1U);
  EXPECT_EQ(scanned->Text(0, 0), "open_pkey");

  ASSERT_TRUE(server_->Run("postgres", "GRANT SET ON PARAMETER track_counts TO \"full\"").ok());
  const absl::StatusOr<Snapshot> granted = CaptureAs("full");
  ASSERT_TRUE(server_->Run("postgres", "REVOKE SET ON PARAMETER track_counts FROM \"full\"").ok());
  ASSERT_TRUE(granted.ok()) << granted.status();
  EXPECT_EQ(granted->end_points.size(), 6U);
  EXPECT_FALSE(HasGap(*granted, "end points", ""));
}

TEST_F(CaptureRolesTest, WeakRoleGetsGaps) {
  const absl::StatusOr<Snapshot> weak = CaptureAs("weak", kWeakPassword);
  const absl::StatusOr<Snapshot> super = CaptureAs("postgres");
  ASSERT_TRUE(weak.ok()) << weak.status();
  ASSERT_TRUE(super.ok()) << super.status();
  EXPECT_EQ(weak->relations.size(), super->relations.size()) << "the catalog is readable by everybody";
  EXPECT_TRUE(HasGap(*weak, "public.\"clo\"\"sed\"", "left out of the schema"));
  EXPECT_TRUE(HasGap(*weak, "public.\"closed|(x)*\"", "left out of the schema"));
  EXPECT_TRUE(HasGap(*weak, "hidden.h", "left out of the schema"));
  EXPECT_TRUE(HasGap(*weak, "public.guarded", "row level security"));
  EXPECT_TRUE(HasGap(*weak, "public.open_lower", "statistics of its expressions"));
  EXPECT_TRUE(HasGap(*weak, "public.extended", "extended statistics of public.open not readable"));
  EXPECT_TRUE(weak->extended.empty());
  EXPECT_TRUE(absl::StrContains(weak->schema_sql, "CREATE TABLE public.open"));
  EXPECT_TRUE(absl::StrContains(weak->schema_sql, "CREATE TABLE public.guarded"));
  EXPECT_FALSE(absl::StrContains(weak->schema_sql, "CREATE TABLE public.\"clo"));
  EXPECT_FALSE(absl::StrContains(weak->schema_sql, "CREATE TABLE hidden"));
  EXPECT_EQ(Statistics(*weak, "guarded", "id"), nullptr);
}

// pg_stats has no operators; what is rebuilt must be what pg_statistic has.
TEST_F(CaptureRolesTest, StatisticsFromTheViewEqualThoseOfTheTable) {
  const absl::StatusOr<Snapshot> weak = CaptureAs("weak", kWeakPassword);
  const absl::StatusOr<Snapshot> super = CaptureAs("postgres");
  ASSERT_TRUE(weak.ok() && super.ok());
  for (const char* column : {"id", "name", "tags", "words", "state", "at"}) {
    const ColumnStatistics* seen = Statistics(*weak, "open", column);
    const ColumnStatistics* truth = Statistics(*super, "open", column);
    ASSERT_NE(truth, nullptr) << column;
    ASSERT_NE(seen, nullptr) << column;
    EXPECT_EQ(seen->null_fraction, truth->null_fraction);
    EXPECT_EQ(seen->distinct, truth->distinct);
    ASSERT_EQ(seen->slots.size(), truth->slots.size()) << column;
    for (std::size_t i = 0; i < truth->slots.size(); ++i) {
      EXPECT_EQ(seen->slots[i].kind, truth->slots[i].kind) << column << " " << i;
      EXPECT_EQ(seen->slots[i].op, truth->slots[i].op) << column << " " << i;
      EXPECT_EQ(seen->slots[i].collation, truth->slots[i].collation) << column << " " << i;
      EXPECT_EQ(seen->slots[i].numbers, truth->slots[i].numbers) << column << " " << i;
      EXPECT_EQ(seen->slots[i].values, truth->slots[i].values) << column << " " << i;
    }
  }
}

TEST_F(CaptureRolesTest, ErrorsSayWhatToDo) {
  absl::Status status = CaptureAs("weak", " password=wrong").status();
  EXPECT_TRUE(absl::IsUnauthenticated(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "PGPASSWORD")) << status;
  EXPECT_FALSE(absl::StrContains(status.message(), "wrong")) << status;

  CaptureOptions options;
  options.conninfo = "host=/nonexistent/pgassay dbname=shop";
  status = Capture(options).status();
  EXPECT_TRUE(absl::IsUnavailable(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "/nonexistent/pgassay")) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "check host and port")) << status;

  options.conninfo = server_->ConnInfo("postgres", "nowhere");
  status = Capture(options).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "check the name of the database")) << status;

  options.conninfo = server_->ConnInfo("postgres", "postgres");
  options.pg_bindir = "/nonexistent";
  status = Capture(options).status();
  EXPECT_TRUE(absl::IsNotFound(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "--pg-bindir")) << status;
}

TEST_F(CaptureRolesTest, NamesWhoeverHoldsALock) {
  absl::StatusOr<pg::Session> holder = server_->Connect("postgres");
  ASSERT_TRUE(holder.ok());
  ASSERT_TRUE(holder->Execute("BEGIN; LOCK TABLE open IN ACCESS EXCLUSIVE MODE").ok());
  const absl::Status status = CaptureAs("postgres").status();
  EXPECT_TRUE(absl::IsDeadlineExceeded(status)) << status;
  EXPECT_TRUE(absl::StrContains(status.message(), "public.open (process ")) << status;
}

// Planning runs immutable functions with the rights of whoever plans.
TEST_F(CaptureRolesTest, ASuperuserDoesNotRunFunctionsOfOthers) {
  ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE trap").ok());
  ASSERT_TRUE(
      server_
          ->Run("trap",
                "GRANT CREATE ON SCHEMA public TO author; CREATE TABLE seen (who text); GRANT ALL ON seen TO PUBLIC")
          .ok());
  const absl::Status made = server_->Run(
      "trap",
      "CREATE FUNCTION peek(int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN "
      "IF current_setting('is_superuser') = 'on' AND current_setting('application_name') LIKE 'pgassay%' THEN "
      "RAISE LOG 'the trap has sprung'; END IF; RETURN $1; END $$; "
      "CREATE TABLE bait (id int PRIMARY KEY, n int); INSERT INTO bait VALUES (1, 1); "
      "CREATE INDEX trap ON bait (peek(n)); CREATE INDEX trap_constant ON bait (n) WHERE n > peek(5)",
      "author");
  ASSERT_TRUE(made.ok()) << made;
  ASSERT_TRUE(server_->Run("trap", "ANALYZE").ok());
  CaptureOptions options;
  options.conninfo = server_->ConnInfo("postgres", "trap");
  const absl::StatusOr<Snapshot> super = Capture(options);
  ASSERT_TRUE(super.ok()) << super.status();
  EXPECT_TRUE(HasGap(*super, "public.bait", "call functions of a role that is no superuser"));
  EXPECT_FALSE(absl::StrContains(server_->LogText(), "the trap has sprung"));
  options.conninfo = server_->ConnInfo("full", "trap");
  const absl::StatusOr<Snapshot> full = Capture(options);
  ASSERT_TRUE(full.ok()) << full.status();
  EXPECT_FALSE(HasGap(*full, "public.bait", "call functions"));
}

}  // namespace
}  // namespace pgassay
