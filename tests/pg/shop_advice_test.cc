// The advice on workloads/shop: what an engineer would create is proposed, decoys are not, and after really building
// the set the source's planner does what the twin said.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "pgassay/advisor.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "support/expected_indexes.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

Snapshot MustCapture(const test::TestServer& server) {
  CaptureOptions options;
  options.conninfo = server.ConnInfo("postgres", test::kShopDatabase);
  absl::StatusOr<Snapshot> snapshot = Capture(options);
  EXPECT_TRUE(snapshot.ok()) << snapshot.status();
  return snapshot.ok() ? *std::move(snapshot) : Snapshot{};
}

Advice MustAdvise(const Snapshot& snapshot) {
  absl::StatusOr<Workload> workload = ReadSqlWorkload({test::ShopDirectory() + "/queries"}, snapshot);
  EXPECT_TRUE(workload.ok()) << workload.status();
  AdviseOptions options;
  options.twin = test::TwinOptionsForTests();
  absl::StatusOr<Advice> advice = Advise(snapshot, workload.ok() ? *std::move(workload) : Workload{}, options);
  EXPECT_TRUE(advice.ok()) << advice.status();
  return advice.ok() ? *std::move(advice) : Advice{};
}

void CollectIndexes(const nlohmann::json& node, std::map<std::string, int>& used) {
  if (node.contains("Index Name")) ++used[node.at("Index Name").get<std::string>()];
  if (!node.contains("Plans")) return;
  for (const auto& child : node.at("Plans")) CollectIndexes(child, used);
}

// What stands for a recommendation on the server: its own index, and those of the partitions below it.
struct Built {
  std::vector<std::string> names;
  double bytes = 0;
};

Built FindBuilt(const test::TestServer& server, const Recommendation& recommendation) {
  const std::string name =
      QuoteLiteral(QuoteIdentifier(recommendation.table.schema) + "." + QuoteIdentifier(recommendation.index_name)) +
      "::regclass";
  // pg_partition_tree has no row for an index that is neither partitioned nor a part.
  const absl::StatusOr<pg::Result> rows = server.Query(
      test::kShopDatabase, "SELECT c.relname, pg_relation_size(c.oid) FROM pg_class AS c WHERE c.oid = " + name +
                               " OR c.oid IN (SELECT relid FROM pg_partition_tree(" + name + ")) ORDER BY c.relname");
  EXPECT_TRUE(rows.ok()) << recommendation.definition << ": " << rows.status();
  Built built;
  for (std::size_t row = 0; rows.ok() && row < rows->rows(); ++row) {
    built.names.push_back(rows->Text(row, 0));
    built.bytes += rows->Number(row, 1);
  }
  return built;
}

// Weighted total of the source's own plan costs, and the indexes in its plans.
double SourceTotal(const test::TestServer& server, const Workload& workload, std::map<std::string, int>& used) {
  absl::StatusOr<pg::Session> session = server.Connect(test::kShopDatabase);
  EXPECT_TRUE(session.ok()) << session.status();
  double total = 0;
  for (const Template& of : workload.templates) {
    for (const Binding& binding : of.bindings) {
      const absl::StatusOr<pg::Result> plan = session->Query("EXPLAIN (FORMAT JSON) " + binding.sql);
      EXPECT_TRUE(plan.ok()) << plan.status();
      if (!plan.ok()) continue;
      const nlohmann::json json = nlohmann::json::parse(plan->Text(0, 0), nullptr, false);
      total += binding.weight * json.at(0).at("Plan").at("Total Cost").get<double>();
      CollectIndexes(json.at(0).at("Plan"), used);
    }
  }
  return total;
}

void Build(const test::TestServer& server, const Advice& advice) {
  for (const Recommendation& recommendation : advice.recommendations) {
    for (const DdlStep& step : recommendation.ddl) {
      const absl::StatusOr<pg::Result> run = server.Query(test::kShopDatabase, step.sql);
      ASSERT_TRUE(run.ok()) << step.sql << ": " << run.status();
      if (step.sql.starts_with("SELECT indisvalid") || step.sql.starts_with("SELECT count(*) =")) {
        ASSERT_EQ(run->rows(), 1U) << step.sql;
        EXPECT_EQ(run->Text(0, 0), "t");
      }
    }
  }
}

void Undo(const test::TestServer& server, const Advice& advice) {
  for (const Recommendation& recommendation : advice.recommendations) {
    for (const DdlStep& step : recommendation.undo)
      ASSERT_TRUE(server.Run(test::kShopDatabase, step.sql).ok()) << step.sql;
  }
}

TEST(ShopAdvice, ProposesWhatAnEngineerWould) {
  absl::StatusOr<std::unique_ptr<test::TestServer>> started = test::StartShop();
  ASSERT_TRUE(started.ok()) << started.status();
  const test::TestServer& server = **started;
  // ANALYZE draws a random sample; one that holds nearly every row makes each run of the test the same.
  ASSERT_TRUE(server.Run(test::kShopDatabase, "SET default_statistics_target = 1000; ANALYZE").ok());
  const Snapshot snapshot = MustCapture(server);
  const Advice advice = MustAdvise(snapshot);
  const absl::StatusOr<test::ExpectedAdvice> expected = test::ReadExpected(test::ShopDirectory() + "/expected.json");
  ASSERT_TRUE(expected.ok()) << expected.status();

  std::string proposed;
  for (const Recommendation& recommendation : advice.recommendations)
    proposed += "  " + recommendation.definition + "\n";
  const auto is_proposed = [&](const test::ExpectedIndex& index) {
    return std::ranges::any_of(advice.recommendations, [&](const Recommendation& r) {
      return r.kind == "create-index" && test::Satisfies(r.index, index, snapshot);
    });
  };
  for (const test::ExpectedIndex& index : expected->expected) {
    EXPECT_TRUE(is_proposed(index)) << index.table << " (" << index.columns.front() << ", ...) is not proposed:\n"
                                    << proposed;
  }
  for (const test::ExpectedIndex& index : expected->decoys) {
    EXPECT_FALSE(is_proposed(index)) << "decoy " << index.table << " (" << index.columns.front() << ") is proposed:\n"
                                     << proposed;
  }
  EXPECT_TRUE(advice.workload.skipped.empty());
  // A plain index beside a unique one on the same column.
  const auto dropped = std::ranges::find(advice.recommendations, "shipment_parcel_lookup", &Recommendation::index_name);
  ASSERT_NE(dropped, advice.recommendations.end()) << proposed;
  EXPECT_EQ(dropped->kind, "drop-index");
  EXPECT_GE(dropped->gain, 0);

  // Really built; the statistics are those of the capture, fresh from the load.
  Build(server, advice);
  std::map<std::string, int> used;
  const double real = SourceTotal(server, advice.workload, used);
  const double predicted = advice.certificate.cost_after;
  std::printf("total cost before %.0f, predicted %.0f, really %.0f: %+.2f %%\n", advice.certificate.cost_before,
              predicted, real, 100 * (predicted / real - 1));
  EXPECT_LT(std::abs(predicted / real - 1), 0.02);
  std::vector<double> errors;
  for (const Recommendation& recommendation : advice.recommendations) {
    if (recommendation.kind != "create-index") continue;
    const Built built = FindBuilt(server, recommendation);
    int uses = 0;
    for (const std::string& name : built.names) uses += used[name];
    EXPECT_GT(uses, 0) << recommendation.definition << " was built and no plan uses it";
    EXPECT_EQ(built.names.size() == 1, recommendation.index_count == 1) << recommendation.definition;
    const double error = static_cast<double>(recommendation.size_bytes) / built.bytes - 1;
    std::printf("  %-70s predicted %9lld bytes, really %9.0f: %+.1f %%\n", recommendation.definition.c_str(),
                static_cast<long long>(recommendation.size_bytes), built.bytes, 100 * error);
    errors.push_back(std::abs(error));
  }
  // Statistics are a sample, so one clustered column may be guessed worse in one run than in the next.
  std::ranges::sort(errors);
  ASSERT_FALSE(errors.empty());
  EXPECT_LT(errors[errors.size() / 2], 0.05);
  EXPECT_LT(errors.back(), 0.25);
  Undo(server, advice);

  // With stale statistics: 5 % new rows that no ANALYZE has seen.
  ASSERT_TRUE(server.RunFile(test::kShopDatabase, test::ShopDirectory() + "/grow.sql").ok());
  const Advice stale = MustAdvise(MustCapture(server));
  Build(server, stale);
  used.clear();
  const double stale_real = SourceTotal(server, stale.workload, used);
  std::printf("with stale statistics: predicted %.0f, really %.0f: %+.2f %%\n", stale.certificate.cost_after,
              stale_real, 100 * (stale.certificate.cost_after / stale_real - 1));
}

}  // namespace
}  // namespace pgassay
