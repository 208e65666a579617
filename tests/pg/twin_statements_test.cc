// The twin must plan what applications really do as the source does: statements of pg_stat_statements with made values,
// each as the role that ran it, and literal statements with and without row level security.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "advisor/bind.h"
#include "advisor/statement_list.h"
#include "base/text.h"
#include "pg/plan_compare.h"
#include "pg/session.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "pgassay/workload_statements.h"
#include "support/shop.h"
#include "support/test_server.h"
#include "twin/twin.h"

namespace pgassay {
namespace {

constexpr int kPartitions = 11;  // of shop.site_event, the two below the month by hash included

// A statement in the words of the twin, and where it comes from.
struct Asked {
  std::string sql;
  std::string user;
  std::string search_path;
  StatementId id;  // on the twin
  std::vector<std::string> relations;
};

// Sessions of the source, one for each role and search path, as an application would have them.
class SourceSessions {
 public:
  SourceSessions(const test::TestServer& server, std::string tenant) : server_(server), tenant_(std::move(tenant)) {}

  absl::StatusOr<pg::Result> Explain(const Asked& asked) {
    const auto key = std::pair(asked.user, asked.search_path);
    auto found = sessions_.find(key);
    if (found == sessions_.end()) {
      absl::StatusOr<pg::Session> session = Open(asked);
      if (!session.ok()) return session.status();
      found = sessions_.emplace(key, *std::move(session)).first;
    }
    return found->second.Query("EXPLAIN (FORMAT JSON) " + asked.sql);
  }

 private:
  // A role that cannot log in is reached by SET ROLE, as the shop's application does.
  absl::StatusOr<pg::Session> Open(const Asked& asked) const {
    const bool is_agent = asked.user == "shop_agent";
    absl::StatusOr<pg::Session> session = server_.Connect(test::kShopDatabase, is_agent ? "shop_app" : asked.user);
    if (!session.ok()) return session.status();
    std::string sql = is_agent ? "SET ROLE shop_agent;" : "";
    if (!asked.search_path.empty()) absl::StrAppend(&sql, "SET search_path = ", asked.search_path, ";");
    absl::StrAppend(&sql, "SET app.tenant = ", QuoteLiteral(tenant_));
    const absl::Status set = session->Execute(sql);
    if (!set.ok()) return set;
    return session;
  }

  const test::TestServer& server_;
  const std::string tenant_;
  std::map<std::pair<std::string, std::string>, pg::Session> sessions_;
};

struct Comparison {
  int compared = 0;
  int equal = 0;
  std::string differences;
  std::map<std::string, int> by_user;
  std::vector<std::pair<Asked, std::string>> plans;  // of the source
};

Comparison Compare(twin::Twin& twin, SourceSessions& source, const std::vector<Asked>& all) {
  Comparison comparison;
  for (const Asked& asked : all) {
    const absl::StatusOr<pg::Result> wanted = source.Explain(asked);
    const absl::StatusOr<std::string> got = twin.ExplainJson({.statement = asked.id, .enabled = {}, .hidden = {}});
    EXPECT_TRUE(wanted.ok()) << asked.user << ": " << asked.sql << "\n" << wanted.status();
    EXPECT_TRUE(got.ok()) << asked.user << ": " << asked.sql << "\n" << got.status();
    if (!wanted.ok() || !got.ok()) continue;
    const std::vector<test::PlanDifference> differences = test::ComparePlans(wanted->Text(0, 0), *got);
    ++comparison.compared;
    ++comparison.by_user[asked.user];
    comparison.plans.emplace_back(asked, wanted->Text(0, 0));
    if (differences.empty()) {
      ++comparison.equal;
    } else {
      absl::StrAppend(&comparison.differences, asked.user, ": ", asked.sql, "\n", test::Describe(differences), "\n");
    }
  }
  return comparison;
}

void ExpectEqual(const char* what, const Comparison& comparison, int at_least) {
  std::printf("%s: %d of %d plans equal in every node\n", what, comparison.equal, comparison.compared);
  for (const auto& [user, count] : comparison.by_user) std::printf("  %s: %d\n", user.c_str(), count);
  EXPECT_GE(comparison.compared, at_least);
  EXPECT_EQ(comparison.equal, comparison.compared) << comparison.differences;
}

int Partitions(const std::string& plan) {
  int count = 0;
  for (std::size_t at = plan.find("\"Relation Name\": \"site_event_"); at != std::string::npos;
       at = plan.find("\"Relation Name\": \"site_event_", at + 1)) {
    ++count;
  }
  return count;
}

class TwinStatements : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::StartCountingShop("0.01");
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status ran = test::RunTraffic(*server_, 10);
    ASSERT_TRUE(ran.ok()) << ran;
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Snapshot MustCapture() {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", test::kShopDatabase);
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *std::move(snapshot) : Snapshot{};
  }

  static std::unique_ptr<twin::Twin> MustStart(const Snapshot& snapshot, const TwinOptions& options) {
    absl::StatusOr<std::unique_ptr<twin::Twin>> twin = twin::Twin::Start(snapshot, options);
    EXPECT_TRUE(twin.ok()) << twin.status();
    return twin.ok() ? *std::move(twin) : nullptr;
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> TwinStatements::server_;

// What share of the observed time was planned, and that every reason for the rest is one that is known here.
void ExpectNearlyAllPlanned(const Workload& workload) {
  double all = 0;
  for (const Template& of : workload.templates) all += of.observed ? of.observed->total_ms : 0;
  double skipped_ms = 0;
  std::set<std::string> planned;
  for (const Skipped& skipped : workload.skipped) {
    skipped_ms += skipped.total_ms;
    std::printf("  skipped: %s, %s, %.1f ms: %s\n", skipped.code.c_str(), skipped.source.c_str(), skipped.total_ms,
                skipped.reason.c_str());
    const bool temporary = skipped.code == reason::kUnknownRelation && absl::StrContains(skipped.reason, "best");
    EXPECT_TRUE(temporary) << skipped.code << ": " << skipped.reason;
    const bool has_template = std::ranges::any_of(
        workload.templates, [&](const Template& of) { return of.fingerprint == skipped.fingerprint; });
    if (!has_template) all += skipped.total_ms;
  }
  std::printf("  planned %.2f %% of %.1f ms\n", 100 * (1 - skipped_ms / all), all);
  EXPECT_GE(1 - skipped_ms / all, 0.98);
}

TEST_F(TwinStatements, EveryStatementOfTheTrafficAsItsRole) {
  const Snapshot snapshot = MustCapture();
  Workload workload = ReadStatementWorkload(snapshot);
  const std::unique_ptr<twin::Twin> twin = MustStart(snapshot, test::TwinOptionsForTests());
  ASSERT_NE(twin, nullptr);
  ASSERT_TRUE(advisor::BindWorkload(workload, snapshot, *twin).ok());
  const auto statements = advisor::PrepareWorkload(workload, *twin);
  ASSERT_TRUE(statements.ok()) << statements.status();
  ExpectNearlyAllPlanned(workload);

  std::vector<Asked> all;
  for (const advisor::PlannedStatement& statement : *statements) {
    const Template& of = workload.templates[statement.template_index];
    all.push_back({.sql = of.bindings[statement.binding_index].sql,
                   .user = of.user,
                   .search_path = of.search_path,
                   .id = statement.id,
                   .relations = of.relations});
  }
  // The database stores 0, which no row has, so the twin plans as a tenant that there is.
  const bool told = std::ranges::any_of(twin->warnings(), [](const std::string& warning) {
    return absl::StrContains(warning,
                             "app.tenant, and no row matches the value that is stored for it; planned with "
                             "the most common value of shop.support_message.tenant_id");
  });
  EXPECT_TRUE(told);
  const absl::StatusOr<pg::Result> tenant =
      server_->Query(test::kShopDatabase,
                     "SELECT (most_common_vals::text::text[])[1] FROM pg_stats WHERE schemaname = 'shop' AND "
                     "tablename = 'support_message' AND attname = 'tenant_id'");
  ASSERT_TRUE(tenant.ok()) << tenant.status();
  SourceSessions source(*server_, tenant->Text(0, 0));
  const Comparison comparison = Compare(*twin, source, all);
  ExpectEqual("statements of the traffic", comparison, 180);
  for (const char* user : {"shop_app", "shop_agent", "shop_reporting", "shop_archivist"}) {
    EXPECT_GT(comparison.by_user.contains(user) ? comparison.by_user.at(user) : 0, 0) << user;
  }

  std::set<std::string> relations;
  int pruned = 0;
  int unpruned = 0;
  int by_policy = 0;
  for (const auto& [asked, plan] : comparison.plans) {
    relations.insert(asked.relations.begin(), asked.relations.end());
    const int partitions = Partitions(plan);
    pruned += partitions > 0 && partitions < kPartitions ? 1 : 0;
    unpruned += partitions == kPartitions ? 1 : 0;
    by_policy += asked.user == "shop_agent" && absl::StrContains(plan, "current_setting('app.tenant'") ? 1 : 0;
  }
  std::printf("  %d plans with all partitions, %d with some, %d with a policy's condition\n", unpruned, pruned,
              by_policy);
  EXPECT_TRUE(relations.contains("shop.ticket_board")) << "the view with a security barrier";
  EXPECT_TRUE(relations.contains("shop.agent_ticket")) << "the view with the rights of its reader";
  EXPECT_TRUE(relations.contains("shop.live_review")) << "a view with its owner's rights";
  EXPECT_TRUE(relations.contains("shop_archive.orders")) << "a table found by the role's search path";
  EXPECT_GT(pruned, 0);
  EXPECT_GT(unpruned, 0);
  EXPECT_GT(by_policy, 0);
}

// The literal statements as four roles, each with the right to run all of them: policies of an agent, no policy at all,
// none because of BYPASSRLS or ownership.
TEST_F(TwinStatements, LiteralStatementsWithAndWithoutPolicies) {
  const std::vector<std::string> users = {"shop_agent", "shop_archivist", "shop_reporting", "postgres"};
  for (const char* schema : {"shop", "shop_archive", "\"Lager Süd\""}) {
    ASSERT_TRUE(
        server_
            ->Run(test::kShopDatabase,
                  absl::StrCat("GRANT USAGE ON SCHEMA ", schema,
                               " TO PUBLIC; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ", schema,
                               " TO PUBLIC; GRANT USAGE ON ALL SEQUENCES IN SCHEMA ", schema, " TO PUBLIC"))
            .ok());
  }
  const Snapshot snapshot = MustCapture();
  const absl::StatusOr<Workload> workload = ReadSqlWorkload({test::ShopDirectory() + "/queries"}, snapshot);
  ASSERT_TRUE(workload.ok()) << workload.status();
  TwinOptions options = test::TwinOptionsForTests();
  options.settings = {{"app.tenant", "7"}};
  const std::unique_ptr<twin::Twin> twin = MustStart(snapshot, options);
  ASSERT_NE(twin, nullptr);

  std::vector<Asked> all;
  std::vector<twin::PlannedText> texts;
  for (const std::string& user : users) {
    for (const Template& of : workload->templates) {
      for (const Binding& binding : of.bindings) {
        all.push_back({.sql = binding.sql,
                       .user = user,
                       .search_path = of.search_path,
                       .id = StatementId{static_cast<std::uint32_t>(texts.size())},
                       .relations = of.relations});
        texts.push_back({.sql = binding.sql, .user = user, .search_path = of.search_path});
      }
    }
  }
  ASSERT_TRUE(twin->Prepare(texts).ok());
  SourceSessions source(*server_, "7");
  const Comparison comparison = Compare(*twin, source, all);
  ExpectEqual("literal statements, app.tenant = 7", comparison, 280);

  std::map<std::string, int> by_policy;
  std::map<std::string, int> denied;
  for (const auto& [asked, plan] : comparison.plans) {
    by_policy[asked.user] += absl::StrContains(plan, "current_setting('app.tenant'") ? 1 : 0;
    const bool sees_nothing =
        absl::StrContains(plan, "\"One-Time Filter\": \"false\"") || absl::StrContains(plan, "\"(false AND ");
    denied[asked.user] += sees_nothing ? 1 : 0;
  }
  EXPECT_GE(by_policy["shop_agent"], 5);
  EXPECT_EQ(by_policy["shop_reporting"] + by_policy["postgres"] + by_policy["shop_archivist"], 0);
  EXPECT_GE(denied["shop_archivist"], 4) << "without a policy no row is seen";
  EXPECT_EQ(denied["shop_agent"] + denied["shop_reporting"] + denied["postgres"], 0);
}

}  // namespace
}  // namespace pgassay
