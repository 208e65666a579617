// enable_seqscan = off of a role: PostgreSQL adds 1e10 to costs. EXPLAIN's costs are shown as they are, but the penalty
// drowns nobody's share, and the role's own advice follows the work that its statements do.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr std::string_view kSchema = R"sql(
CREATE TABLE orders (id int PRIMARY KEY, customer_id int NOT NULL, status int NOT NULL, note text NOT NULL);
CREATE TABLE visit (id int PRIMARY KEY, page_id int NOT NULL, agent_id int NOT NULL, note text NOT NULL);
CREATE TABLE page (id int NOT NULL, title text NOT NULL);
INSERT INTO orders SELECT i, i % 5000, i % 4, repeat('x', 60) FROM generate_series(1, 50000) i;
INSERT INTO visit SELECT i, i % 7000, i % 3000, repeat('x', 60) FROM generate_series(1, 40000) i;
INSERT INTO page SELECT i, repeat('x', 20) FROM generate_series(1, 200) i;
ANALYZE;
CREATE ROLE app LOGIN; CREATE ROLE forced LOGIN;
ALTER ROLE forced SET enable_seqscan = off;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO app, forced;
)sql";

constexpr std::string_view kApp = "SELECT * FROM orders WHERE customer_id = 17";
constexpr std::string_view kForced = "SELECT * FROM visit WHERE page_id = 17";
constexpr std::string_view kForcedAll = "SELECT sum(id) FROM page";
constexpr std::string_view kForcedLoop =
    "SELECT v.id, (SELECT title FROM page p WHERE p.id = v.agent_id) FROM visit v WHERE v.id < 30";

class PenaltyTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status made = server_->Run("postgres", kSchema);
    ASSERT_TRUE(made.ok()) << made;
    ASSERT_TRUE(server_->Query("postgres", "VACUUM ANALYZE").ok());
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", "postgres");
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    snapshot_ = *std::move(snapshot);
  }
  static void TearDownTestSuite() { server_.reset(); }

  // The statements of app, and those of the other role.
  static Advice MustAdvise(std::string_view other, std::optional<Bytes> budget = std::nullopt) {
    Workload workload = Read({kApp}, "app");
    for (std::string_view sql : {kForced, kForcedAll, kForcedLoop}) {
      const Workload more = Read({sql}, other);
      workload.templates.insert(workload.templates.end(), more.templates.begin(), more.templates.end());
    }
    AdviseOptions options;
    options.twin = test::TwinOptionsForTests(2);
    options.budget_bytes = budget;
    absl::StatusOr<Advice> advice = Advise(snapshot_, std::move(workload), options);
    EXPECT_TRUE(advice.ok()) << advice.status();
    return advice.ok() ? *std::move(advice) : Advice{};
  }

  static Cost Explained(std::string_view sql, std::string_view user) {
    const absl::StatusOr<pg::Result> rows =
        server_->Query("postgres", absl::StrCat("EXPLAIN ", std::string(sql)), user);
    EXPECT_TRUE(rows.ok()) << rows.status();
    if (!rows.ok()) return -1;
    const std::string line = rows->Text(0, 0);
    return std::stod(line.substr(line.find("..") + 2));
  }

  static const TemplateCost* CostOf(const Advice& advice, std::string_view sql) {
    for (const TemplateCost& cost : advice.costs) {
      const auto of = std::ranges::find(advice.workload.templates, cost.id, &Template::id);
      if (of->bindings.front().sql == sql) return &cost;
    }
    return nullptr;
  }

  static std::unique_ptr<test::TestServer> server_;
  static Snapshot snapshot_;

 private:
  static Workload Read(const std::vector<std::string_view>& statements, std::string_view user) {
    std::string text;
    for (const std::string_view sql : statements) absl::StrAppend(&text, std::string(sql), ";\n");
    const absl::StatusOr<std::string> directory = MakeTemporaryDirectory("/tmp", "pgassay-penalty-");
    EXPECT_TRUE(directory.ok());
    const std::string path = *directory + "/q.sql";
    EXPECT_TRUE(WriteFileAtomically(path, text).ok());
    absl::StatusOr<Workload> workload = ReadSqlWorkload({path}, snapshot_);
    EXPECT_TRUE(workload.ok()) << workload.status();
    EXPECT_TRUE(RemoveTree(*directory).ok());
    for (Template& of : workload->templates) of.user = user;
    return *std::move(workload);
  }
};

std::unique_ptr<test::TestServer> PenaltyTest::server_;
Snapshot PenaltyTest::snapshot_;

double Rounded(Cost cost) {
  return std::round(100 * cost) / 100;
}

TEST_F(PenaltyTest, CostsAreWhatExplainPrintsAndTotalsHaveNoPenalty) {
  const Advice plain = MustAdvise("app");
  const Advice forced = MustAdvise("forced");
  for (const std::string_view sql : {kApp, kForced, kForcedAll, kForcedLoop}) {
    const TemplateCost* const cost = CostOf(forced, sql);
    ASSERT_NE(cost, nullptr) << sql;
    const bool is_app = sql == kApp;
    EXPECT_DOUBLE_EQ(Rounded(cost->cost_before), Explained(sql, is_app ? "app" : "forced")) << sql;
    EXPECT_EQ(cost->penalty_before > 0, !is_app) << sql;
    // The same plan without the penalty costs what it costs the other role.
    EXPECT_NEAR(cost->cost_before - cost->penalty_before, Explained(sql, "app"), 0.01) << sql;
  }
  EXPECT_DOUBLE_EQ(CostOf(forced, kForced)->penalty_before, 1e10);
  EXPECT_GT(CostOf(forced, kForcedLoop)->penalty_before, 10e10) << "once for each row";
  EXPECT_NEAR(forced.certificate.cost_before, plain.certificate.cost_before, 0.05);
}

TEST_F(PenaltyTest, TheAdviceIsThatWithoutTheSetting) {
  const Advice plain = MustAdvise("app");
  const Advice forced = MustAdvise("forced");
  const auto find = [](const Advice& advice, const std::string& definition) {
    return std::ranges::find(advice.recommendations, definition, &Recommendation::definition);
  };
  for (const char* const definition : {"public.orders (customer_id)", "public.visit (page_id)"}) {
    const auto with = find(forced, definition);
    const auto without = find(plain, definition);
    ASSERT_NE(with, forced.recommendations.end()) << definition;
    ASSERT_NE(without, plain.recommendations.end()) << definition;
    EXPECT_NEAR(with->share, without->share, 1e-4) << definition;
    EXPECT_NEAR(with->gain, without->gain, 0.05) << definition;
  }
  EXPECT_LT(forced.certificate.cost_after, forced.certificate.cost_before);
  EXPECT_TRUE(std::ranges::any_of(forced.warnings, [](const std::string& warning) {
    return absl::StrContains(warning, "templates of forced have plans with a step that a setting discourages");
  }));
  EXPECT_FALSE(std::ranges::any_of(
      plain.warnings, [](const std::string& warning) { return absl::StrContains(warning, "a setting discourages"); }));
}

// With room for one index only, the one of the heavier table wins, whoever asks for it.
TEST_F(PenaltyTest, APenaltyDoesNotWinTheBudget) {
  const Advice forced = MustAdvise("forced", 700'000);
  ASSERT_EQ(forced.recommendations.size(), 1U);
  EXPECT_EQ(forced.recommendations.front().definition, MustAdvise("app", 700'000).recommendations.front().definition);
}

}  // namespace
}  // namespace pgassay
