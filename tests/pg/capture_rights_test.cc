// What a capture with few rights costs: the recommendations for the traffic of the shop stay the same, and what was
// hidden is named and lowers the confidence. The same capture gives the same advice to the last byte.

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
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "pgassay/workload_statements.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr std::string_view kRoles = R"sql(
CREATE ROLE weak LOGIN; GRANT pg_monitor TO weak;
GRANT USAGE ON SCHEMA shop, shop_archive, "Lager Süd" TO weak;
GRANT SELECT ON ALL TABLES IN SCHEMA shop, shop_archive, "Lager Süd" TO weak;
CREATE ROLE full_rights LOGIN BYPASSRLS; GRANT pg_monitor, pg_read_all_data TO full_rights;
CREATE ROLE half LOGIN; GRANT weak TO half;
CREATE POLICY ticket_of_half ON shop.ticket TO half USING (tenant_id = 3);
)sql";

class CaptureRights : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::StartCountingShop("0.01");
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->Run(test::kShopDatabase, kRoles).ok());
    const absl::Status ran = test::RunTraffic(*server_, 10);
    ASSERT_TRUE(ran.ok()) << ran;
    // Wants an index on a table whose expression index has statistics that only its owner may read.
    std::string calls;
    for (int i = 0; i < 500; ++i) calls += "SELECT display_name FROM shop.customer WHERE phone = '+49 1';";
    ASSERT_TRUE(server_->Run(test::kShopDatabase, calls, "shop_app").ok());
    ASSERT_TRUE(server_->WaitUntilAlone().ok());
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Snapshot MustCapture(const std::string& user) {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, test::kShopDatabase);
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *std::move(snapshot) : Snapshot{};
  }

  static Advice MustAdvise(const Snapshot& snapshot, int jobs = 2) {
    return MustAdviseOn(ReadStatementWorkload(snapshot), snapshot, jobs);
  }

  static Advice MustAdviseOn(Workload workload, const Snapshot& snapshot, int jobs = 2) {
    AdviseOptions options;
    options.twin = test::TwinOptionsForTests(jobs);
    absl::StatusOr<Advice> advice = Advise(snapshot, std::move(workload), options);
    EXPECT_TRUE(advice.ok()) << advice.status();
    return advice.ok() ? *std::move(advice) : Advice{};
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> CaptureRights::server_;

std::map<std::string, const Recommendation*> ByDefinition(const Advice& advice) {
  std::map<std::string, const Recommendation*> found;
  for (const Recommendation& recommendation : advice.recommendations)
    found[recommendation.definition] = &recommendation;
  return found;
}

std::string Describe(const Advice& advice) {
  std::string text;
  for (const Recommendation& r : advice.recommendations) {
    char line[300];
    std::snprintf(line, sizeof line, "  %-75s %-6s %6.2f %%\n", r.definition.c_str(), r.confidence.c_str(),
                  100 * r.share);
    text += line;
  }
  return text;
}

int Rank(const std::string& confidence) {
  return confidence == "high" ? 2 : confidence == "medium" ? 1 : 0;
}

bool IsHidden(const Recommendation& recommendation) {
  return recommendation.table.name == "ticket" || recommendation.table.name == "support_message";
}

bool AnyStartsWith(const std::vector<std::string>& warnings, const std::string& prefix) {
  return std::ranges::any_of(warnings, [&](const std::string& warning) { return absl::StartsWith(warning, prefix); });
}

// "shop.ticket (status" of "shop.ticket (status, id)".
std::string LeadingColumn(const std::string& definition) {
  return definition.substr(0, definition.find_first_of(",)"));
}

// Tables whose statistics both roles read get the same indexes; the others get one too, and less confidence. Returns
// how many definitions are the same, or, on a table with hidden statistics, lead with the same column.
int ExpectSameTables(const Advice& full, const Advice& weak) {
  std::printf("full rights:\n%sfew rights:\n%s", Describe(full).c_str(), Describe(weak).c_str());
  const auto of_full = ByDefinition(full);
  const auto of_weak = ByDefinition(weak);
  int same = 0;
  for (const auto& [definition, recommendation] : of_full) {
    const auto found = of_weak.find(definition);
    const auto leads = [&, &hidden = *recommendation](const auto& other) {
      return IsHidden(hidden) && LeadingColumn(other.first) == LeadingColumn(hidden.definition);
    };
    same += found != of_weak.end() || std::ranges::any_of(of_weak, leads) ? 1 : 0;
    EXPECT_TRUE(found != of_weak.end() || IsHidden(*recommendation)) << definition << " needs full rights";
    if (found == of_weak.end()) continue;
    EXPECT_EQ(found->second->id, recommendation->id);
    EXPECT_EQ(found->second->ddl, recommendation->ddl);
    EXPECT_LE(Rank(found->second->confidence), Rank(recommendation->confidence)) << definition;
  }
  std::set<std::string> hidden;
  for (const auto& [definition, recommendation] : of_weak) {
    if (!IsHidden(*recommendation)) {
      EXPECT_TRUE(of_full.contains(definition)) << definition << " needs few rights";
      continue;
    }
    EXPECT_EQ(recommendation->confidence, "low") << definition;
    hidden.insert(recommendation->table.name);
  }
  EXPECT_EQ(hidden, (std::set<std::string>{"support_message", "ticket"}));
  std::printf("%d of %zu recommendations are the same\n", same, of_full.size());
  return same;
}

TEST_F(CaptureRights, FewRightsGiveTheSameRecommendations) {
  const Snapshot weak_snapshot = MustCapture("weak");
  const Snapshot full_snapshot = MustCapture("full_rights");
  const Advice weak = MustAdvise(weak_snapshot);
  const Advice full = MustAdvise(full_snapshot);
  // One takes more than the catalog tells: whether an index in the order of shop.ticket.created_at pays depends on that
  // column's correlation and on how rare the wanted status is.
  EXPECT_GE(ExpectSameTables(full, weak), static_cast<int>(full.recommendations.size()) - 1);

  const auto phone = [](const Advice& advice) {
    const auto found = ByDefinition(advice);
    const auto at = found.find("shop.customer (phone)");
    return at == found.end() ? std::string("not advised") : at->second->confidence;
  };
  EXPECT_EQ(phone(full), "high");
  EXPECT_EQ(phone(weak), "medium") << "the statistics of customer_lower_email_idx are hidden";
  for (const char* table : {"shop.ticket", "shop.support_message"}) {
    const auto names = [&](const std::string& warning) {
      return absl::StartsWith(warning, std::string(table) + ": statistics not readable: row level security");
    };
    EXPECT_TRUE(std::ranges::any_of(weak.warnings, names)) << table;
    EXPECT_FALSE(std::ranges::any_of(full.warnings, names)) << table;
  }
}

TEST_F(CaptureRights, FewRightsAndLiteralStatements) {
  const auto advise = [](const Snapshot& snapshot) {
    absl::StatusOr<Workload> workload = ReadSqlWorkload({test::ShopDirectory() + "/queries"}, snapshot);
    EXPECT_TRUE(workload.ok()) << workload.status();
    return MustAdviseOn(workload.ok() ? *std::move(workload) : Workload{}, snapshot);
  };
  const Advice full = advise(MustCapture("full_rights"));
  const Advice weak = advise(MustCapture("weak"));
  EXPECT_GE(ExpectSameTables(full, weak), static_cast<int>(full.recommendations.size()) - 1);
}

// Statements of files are planned as the capturing role. A table of which it sees no row is planned as for a role that
// sees all; a policy that it has holds.
TEST_F(CaptureRights, TablesWithoutAPolicyForTheCapturingRole) {
  const auto warnings = [](const std::string& user) {
    const Snapshot snapshot = MustCapture(user);
    absl::StatusOr<Workload> workload = ReadSqlWorkload({test::ShopDirectory() + "/queries/tickets.sql"}, snapshot);
    EXPECT_TRUE(workload.ok()) << workload.status();
    return MustAdviseOn(workload.ok() ? *std::move(workload) : Workload{}, snapshot).warnings;
  };
  const std::vector<std::string> weak = warnings("weak");
  EXPECT_TRUE(AnyStartsWith(weak, "shop.ticket: no policy lets weak see a row"));
  EXPECT_TRUE(AnyStartsWith(weak, "shop.support_message: no policy lets weak see a row"));
  const std::vector<std::string> half = warnings("half");
  EXPECT_FALSE(AnyStartsWith(half, "shop.ticket: no policy"));
  EXPECT_TRUE(AnyStartsWith(half, "shop.support_message: no policy lets half see a row"));
  EXPECT_FALSE(AnyStartsWith(warnings("full_rights"), "shop.ticket: no policy"));
}

TEST_F(CaptureRights, TheSameCaptureGivesTheSameAdvice) {
  const Snapshot snapshot = MustCapture("postgres");
  const Advice first = MustAdvise(snapshot, 2);
  const Advice second = MustAdvise(snapshot, 2);
  EXPECT_TRUE(first == second);
  const Advice alone = MustAdvise(snapshot, 1);
  EXPECT_TRUE(first == alone) << "one planning backend or two";
  // A second capture moves its own clock and counters; ids do not depend on them.
  const Advice again = MustAdvise(MustCapture("postgres"));
  ASSERT_EQ(again.recommendations.size(), first.recommendations.size());
  for (std::size_t i = 0; i < first.recommendations.size(); ++i) {
    EXPECT_EQ(again.recommendations[i].id, first.recommendations[i].id);
    EXPECT_EQ(again.recommendations[i].ddl, first.recommendations[i].ddl);
  }
  ASSERT_EQ(again.workload.templates.size(), first.workload.templates.size());
  for (std::size_t i = 0; i < first.workload.templates.size(); ++i)
    EXPECT_EQ(again.workload.templates[i].id, first.workload.templates[i].id);
}

}  // namespace
}  // namespace pgassay
