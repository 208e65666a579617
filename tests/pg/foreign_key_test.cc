// Searches of foreign keys: those that pg_stat_statements shows (track = all) count as they are, those that it does not
// show are added.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_statements.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr std::string_view kSchema = R"sql(
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION citext;
CREATE TABLE customer (id bigint PRIMARY KEY, email citext UNIQUE);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int REFERENCES customer ON DELETE CASCADE);
CREATE TABLE line (id bigint PRIMARY KEY, order_id bigint REFERENCES orders);
CREATE TABLE login (id bigint PRIMARY KEY, email citext REFERENCES customer (email));
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
INSERT INTO customer SELECT i, 'c' || i || '@example.org' FROM generate_series(1, 2000) i;
INSERT INTO orders SELECT i, 1 + i % 1900 FROM generate_series(1, 20000) i;
INSERT INTO line SELECT i, 1 + i % 10000 FROM generate_series(1, 30000) i;
INSERT INTO login SELECT i, 'c' || (1 + i % 1900) || '@example.org' FROM generate_series(1, 20000) i;
ANALYZE;
SELECT pg_stat_statements_reset();
DELETE FROM customer WHERE id > 1990;
DELETE FROM customer WHERE id = 1950;
)sql";

absl::StatusOr<Advice> AdviceWith(const std::string& track) {
  test::TestServerOptions server_options;
  server_options.settings = {{"shared_preload_libraries", "pg_stat_statements"}, {"pg_stat_statements.track", track}};
  auto server = test::TestServer::Start(server_options);
  if (!server.ok()) return server.status();
  if (const absl::Status made = (*server)->Run("postgres", kSchema); !made.ok()) return made;
  if (const absl::Status alone = (*server)->WaitUntilAlone(); !alone.ok()) return alone;
  CaptureOptions options;
  options.conninfo = (*server)->ConnInfo("postgres", "postgres");
  const absl::StatusOr<Snapshot> snapshot = Capture(options);
  if (!snapshot.ok()) return snapshot.status();
  AdviseOptions advise;
  advise.twin = test::TwinOptionsForTests(2);
  return Advise(*snapshot, ReadStatementWorkload(*snapshot), advise);
}

// Weight and source of the planned templates whose text has `part`.
struct Found {
  double weight = 0;
  std::vector<std::string> sources;
};
Found Templates(const Advice& advice, std::string_view part) {
  Found found;
  for (const TemplateCost& cost : advice.costs) {
    const auto of = std::ranges::find(advice.workload.templates, cost.id, &Template::id);
    if (!absl::StrContains(of->sql, absl::string_view(part.data(), part.size()))) continue;
    found.weight += of->weight;
    found.sources.push_back(of->source);
  }
  return found;
}

std::vector<int> RulesOf(const Advice& advice, std::string_view definition) {
  for (const Recommendation& recommendation : advice.recommendations) {
    if (recommendation.definition == definition) return recommendation.rules;
  }
  return {};
}

std::string Skips(const Advice& advice) {
  std::string text;
  for (const Skipped& item : advice.workload.skipped) text += item.source + ": " + item.reason + "\n";
  return text;
}

void ExpectAdvice(const Advice& advice) {
  for (const char* const definition : {"public.orders (customer_id)", "public.login (email)"}) {
    const std::vector<int> rules = RulesOf(advice, definition);
    EXPECT_NE(std::ranges::find(rules, 12), rules.end()) << definition << "\n" << Skips(advice);
  }
}

TEST(ForeignKeyTest, SearchesAreAddedWhereOnlyTheDeletesAreSeen) {
  const absl::StatusOr<Advice> advice = AdviceWith("top");
  ASSERT_TRUE(advice.ok()) << advice.status();
  ExpectAdvice(*advice);
  const Found orders = Templates(*advice, "FROM ONLY public.orders");
  EXPECT_EQ(orders.sources, (std::vector<std::string>{"foreign key orders_customer_id_fkey"})) << Skips(*advice);
  EXPECT_DOUBLE_EQ(orders.weight, 11);
  EXPECT_EQ(Templates(*advice, "FROM ONLY public.line").sources,
            (std::vector<std::string>{"foreign key line_order_id_fkey"}));
}

TEST(ForeignKeyTest, SearchesThatAreSeenAreNotAddedAgain) {
  const absl::StatusOr<Advice> advice = AdviceWith("all");
  ASSERT_TRUE(advice.ok()) << advice.status();
  ExpectAdvice(*advice);
  EXPECT_TRUE(Templates(*advice, "FROM ONLY public.orders").sources.empty());
  const Found orders = Templates(*advice, R"(FROM ONLY "public"."orders")");
  EXPECT_EQ(orders.sources, (std::vector<std::string>{"pg_stat_statements"})) << Skips(*advice);
  EXPECT_DOUBLE_EQ(orders.weight, 11);
  EXPECT_TRUE(Templates(*advice, "FROM ONLY public.login").sources.empty());
}

}  // namespace
}  // namespace pgassay
