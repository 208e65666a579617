// Foreign tables and foreign partitions: statements on ordinary partitions are planned as on the source to the last
// digit, and so is a foreign table by itself or joined with a local one; the advice says what is not known.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "base/text.h"
#include "pg/plan_compare.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "support/shop.h"
#include "support/test_server.h"
#include "twin/twin.h"

namespace pgassay {
namespace {

constexpr std::string_view kFar = R"sql(
CREATE TABLE event_old (id int NOT NULL, at date NOT NULL, kind int NOT NULL, note text NOT NULL);
INSERT INTO event_old SELECT i, date '2021-01-01' + i % 1000, i % 40, repeat('x', 50) FROM generate_series(1, 20000) i;
CREATE TABLE product (id int NOT NULL, kind int NOT NULL, name text NOT NULL);
INSERT INTO product SELECT i, i % 40, 'product ' || i FROM generate_series(1, 10000) i;
)sql";

constexpr std::string_view kNear = R"sql(
CREATE EXTENSION file_fdw;
CREATE SERVER files FOREIGN DATA WRAPPER file_fdw;
CREATE TABLE event (id int NOT NULL, at date NOT NULL, kind int NOT NULL, note text NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE event_new PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE FOREIGN TABLE event_old PARTITION OF event FOR VALUES FROM ('2020-01-01') TO ('2024-01-01') SERVER far;
CREATE FOREIGN TABLE product (id int NOT NULL, kind int NOT NULL, name text NOT NULL) SERVER far;
CREATE TABLE kind (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO event SELECT i, date '2024-01-01' + i % 366, i % 40, repeat('x', 50) FROM generate_series(1, 30000) i;
INSERT INTO kind SELECT i, 'kind ' || i FROM generate_series(0, 39) i;
)sql";

class ForeignTableTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->Query("postgres", "CREATE DATABASE far").ok());
    Must("far", kFar);
    const std::string directory = server_->directory();
    Must("postgres", absl::StrCat("CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER "
                                  "postgres_fdw OPTIONS (host '",
                                  directory,
                                  "', port '5432', dbname 'far', fdw_startup_cost '30'); "
                                  "CREATE USER MAPPING FOR postgres SERVER far OPTIONS (user 'postgres')"));
    Must("postgres", kNear);
    Must("postgres", absl::StrCat("COPY (SELECT i, 'line ' || i FROM generate_series(1, 5000) i) TO '", directory,
                                  "/lines.csv' (FORMAT csv); CREATE FOREIGN TABLE lines (a int, b text) SERVER files "
                                  "OPTIONS (filename '",
                                  directory, "/lines.csv', format 'csv')"));
    ASSERT_TRUE(server_->Query("postgres", "VACUUM ANALYZE").ok());
    Must("postgres", "ANALYZE event, event_old, product, lines");
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", "postgres");
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    snapshot_ = *std::move(snapshot);
  }
  static void TearDownTestSuite() { server_.reset(); }

  static void Must(std::string_view database, std::string_view sql) {
    const absl::Status ran = server_->Run(database, sql);
    ASSERT_TRUE(ran.ok()) << ran;
  }

  static Advice MustAdvise(const std::string& statements) {
    const absl::StatusOr<std::string> directory = MakeTemporaryDirectory("/tmp", "pgassay-foreign-");
    EXPECT_TRUE(directory.ok());
    EXPECT_TRUE(WriteFileAtomically(*directory + "/q.sql", statements).ok());
    absl::StatusOr<Workload> workload = ReadSqlWorkload({*directory + "/q.sql"}, snapshot_);
    EXPECT_TRUE(RemoveTree(*directory).ok());
    EXPECT_TRUE(workload.ok()) << workload.status();
    AdviseOptions options;
    options.twin = test::TwinOptionsForTests(2);
    absl::StatusOr<Advice> advice = Advise(snapshot_, *std::move(workload), options);
    EXPECT_TRUE(advice.ok()) << advice.status();
    return advice.ok() ? *std::move(advice) : Advice{};
  }

  static std::unique_ptr<test::TestServer> server_;
  static Snapshot snapshot_;
};

std::unique_ptr<test::TestServer> ForeignTableTest::server_;
Snapshot ForeignTableTest::snapshot_;

bool AnyHas(const std::vector<std::string>& sentences, std::string_view text) {
  return std::ranges::any_of(sentences, [&](const std::string& s) { return absl::StrContains(s, ToAbsl(text)); });
}

TEST_F(ForeignTableTest, PlansAreThoseOfTheSource) {
  const std::vector<std::string> statements = {
      // Ordinary partitions only.
      "SELECT * FROM event WHERE at >= '2024-06-01' AND kind = 3",
      "SELECT kind, count(*) FROM event WHERE at BETWEEN '2024-02-01' AND '2024-02-20' GROUP BY kind ORDER BY kind",
      "SELECT * FROM event_new WHERE kind = 3 ORDER BY at LIMIT 5",
      "UPDATE event_new SET note = 'y' WHERE id = 7",
      // Foreign ones beside them.
      "SELECT * FROM event WHERE kind = 3",
      "SELECT count(*) FROM event WHERE id < 100",
      "SELECT e.id, k.name FROM event e JOIN kind k ON k.id = e.kind WHERE e.at > '2023-12-01'",
      // Foreign tables.
      "SELECT * FROM product WHERE kind = 2",
      "SELECT * FROM product WHERE kind = 2 AND random() < 0.5",
      "SELECT k.name, p.name FROM kind k JOIN product p ON p.kind = k.id WHERE p.id < 100",
      "SELECT name FROM product WHERE kind = (SELECT min(id) FROM kind)",
      "SELECT * FROM lines WHERE a = 5",
      "SELECT b FROM lines ORDER BY b",
  };
  absl::StatusOr<std::unique_ptr<twin::Twin>> twin = twin::Twin::Start(snapshot_, test::TwinOptionsForTests(2));
  ASSERT_TRUE(twin.ok()) << twin.status();
  EXPECT_FALSE(AnyHas((*twin)->warnings(), "not on the twin"));
  std::vector<twin::PlannedText> texts;
  for (const std::string& sql : statements) texts.push_back({.sql = sql, .user = snapshot_.user, .search_path = ""});
  const auto prepared = (*twin)->Prepare(texts);
  ASSERT_TRUE(prepared.ok()) << prepared.status();
  for (std::size_t i = 0; i < statements.size(); ++i) {
    const absl::StatusOr<pg::Result> source = server_->Query("postgres", "EXPLAIN (FORMAT JSON) " + statements[i]);
    const absl::StatusOr<std::string> mine =
        (*twin)->ExplainJson({.statement = StatementId{static_cast<std::uint32_t>(i)}, .enabled = {}, .hidden = {}});
    ASSERT_TRUE(source.ok()) << statements[i] << ": " << source.status();
    ASSERT_TRUE(mine.ok()) << statements[i] << ": " << mine.status();
    std::vector<test::PlanDifference> differences = test::ComparePlans(source->Text(0, 0), *mine);
    // The stand-in opens no file, so EXPLAIN does not name it.
    std::erase_if(differences, [](const test::PlanDifference& d) { return d.field.starts_with("Foreign File"); });
    EXPECT_TRUE(differences.empty()) << statements[i] << "\n" << test::Describe(differences);
  }
}

TEST_F(ForeignTableTest, AdviceNamesWhatIsNotKnown) {
  const Advice advice = MustAdvise(
      "SELECT * FROM event WHERE kind = 3 AND id = 8;\n"
      "SELECT * FROM product WHERE kind = 2;\n");
  EXPECT_TRUE(advice.workload.skipped.empty());
  EXPECT_EQ(advice.costs.size(), 2U);
  EXPECT_TRUE(AnyHas(advice.warnings, "public.event has a foreign partition"));
  EXPECT_TRUE(AnyHas(advice.warnings, "the foreign table"));
  EXPECT_TRUE(AnyHas(advice.warnings, "public.product"));
  ASSERT_FALSE(advice.recommendations.empty());
  for (const Recommendation& recommendation : advice.recommendations) {
    EXPECT_EQ(recommendation.table.name, "event") << recommendation.definition;
    EXPECT_EQ(recommendation.confidence, "low");
    EXPECT_TRUE(AnyHas(recommendation.why, "foreign partition"));
  }
}

}  // namespace
}  // namespace pgassay
