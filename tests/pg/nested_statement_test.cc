// Statements that functions run: their variables stand as bare names in pg_stat_statements, and are planned like
// parameters.

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "base/text.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_statements.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

constexpr std::string_view kSchema = R"sql(
CREATE EXTENSION pg_stat_statements;
CREATE TABLE item (id int PRIMARY KEY, kind int NOT NULL, "Owner" int NOT NULL, note text NOT NULL);
CREATE TABLE seen (item int NOT NULL, times int NOT NULL);
INSERT INTO item SELECT i, i % 2000, i % 900, repeat('x', 60) FROM generate_series(1, 40000) i;
INSERT INTO seen SELECT i, 0 FROM generate_series(1, 20000) i;
ANALYZE;
CREATE FUNCTION find(p_kind int, "P Owner" int) RETURNS SETOF item LANGUAGE plpgsql AS $$
DECLARE
  v_limit int := 5;
BEGIN
  RETURN QUERY SELECT * FROM item i WHERE i.kind = p_kind ORDER BY i.id LIMIT v_limit;
  RETURN QUERY SELECT * FROM item i WHERE i."Owner" = find . "P Owner" AND i.id <> 3;
END $$;
CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE seen SET times = times + 1 WHERE item = NEW.id;
  RETURN NEW;
END $$;
CREATE TRIGGER count_it AFTER UPDATE ON item FOR EACH ROW EXECUTE FUNCTION count_it();
)sql";

TEST(NestedStatementTest, VariablesOfFunctionsAreParameters) {
  test::TestServerOptions server_options;
  server_options.settings = {{"shared_preload_libraries", "pg_stat_statements"}, {"pg_stat_statements.track", "all"}};
  const absl::StatusOr<std::unique_ptr<test::TestServer>> started = test::TestServer::Start(server_options);
  ASSERT_TRUE(started.ok()) << started.status();
  const test::TestServer& server = **started;
  const absl::Status made = server.Run("postgres", kSchema);
  ASSERT_TRUE(made.ok()) << made;
  ASSERT_TRUE(server.Run("postgres", "SELECT pg_stat_statements_reset()").ok());
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(server.Run("postgres", "SELECT * FROM find(7, 8)").ok());
  ASSERT_TRUE(server.Run("postgres", "UPDATE item SET note = 'y' WHERE id < 20").ok());
  ASSERT_TRUE(server.WaitUntilAlone().ok());

  CaptureOptions options;
  options.conninfo = server.ConnInfo("postgres", "postgres");
  const absl::StatusOr<Snapshot> snapshot = Capture(options);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  AdviseOptions advise;
  advise.twin = test::TwinOptionsForTests(2);
  const absl::StatusOr<Advice> advice = Advise(*snapshot, ReadStatementWorkload(*snapshot), advise);
  ASSERT_TRUE(advice.ok()) << advice.status();

  const auto planned = [&](std::string_view part) {
    return std::ranges::any_of(advice->costs, [&](const TemplateCost& cost) {
      const auto of = std::ranges::find(advice->workload.templates, cost.id, &Template::id);
      return absl::StrContains(of->sql, ToAbsl(part));
    });
  };
  std::string skipped;
  for (const Skipped& item : advice->workload.skipped) skipped += item.source + ": " + item.reason + "\n";
  EXPECT_TRUE(planned("i.kind = p_kind")) << skipped;
  EXPECT_TRUE(planned("\"P Owner\"")) << skipped;
  EXPECT_TRUE(planned("item = NEW.id")) << skipped;
  for (const char* const beginning : {"public.item (kind", "public.item (\"Owner\"", "public.seen (item"}) {
    EXPECT_TRUE(std::ranges::any_of(
        advice->recommendations,
        [&](const Recommendation& recommendation) { return recommendation.definition.starts_with(beginning); }))
        << beginning << "\n"
        << skipped;
  }
}

}  // namespace
}  // namespace pgassay
