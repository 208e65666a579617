// Explain on a real source: what it says of templates, recommendations and proposed indexes, and what it refuses.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "absl/strings/match.h"
#include "base/file.h"
#include "pgassay/capture.h"
#include "pgassay/explain.h"
#include "pgassay/workload_files.h"
#include "support/shop.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

// Few statements, so that each question is answered quickly: a skewed column behind an index and one without, a page
// over all partitions.
constexpr std::string_view kStatements = R"sql(
-- weight: 100
SELECT id, kind FROM shop.job WHERE state = $1;
-- weight: 500
SELECT id, total_cents FROM shop.orders WHERE status = $1;
-- weight: 400
SELECT occurred_at, kind, path FROM shop.site_event WHERE customer_id = 3 ORDER BY occurred_at DESC LIMIT 20;
-- weight: 1
SELECT name FROM shop.country WHERE code = 'DE';
)sql";

class ExplainTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::StartShop("0.01");
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->Run(test::kShopDatabase, "CREATE INDEX job_state_idx ON shop.job (state)").ok());
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", test::kShopDatabase);
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    ASSERT_TRUE(snapshot.ok()) << snapshot.status();
    snapshot_ = std::make_unique<Snapshot>(*std::move(snapshot));
  }
  static void TearDownTestSuite() {
    snapshot_.reset();
    server_.reset();
  }

  static Workload FewStatements() {
    const std::string path = server_->directory() + "/few.sql";
    EXPECT_TRUE(WriteFileAtomically(path, kStatements).ok());
    return MustRead(path);
  }

  static Workload MustRead(const std::string& path) {
    absl::StatusOr<Workload> workload = ReadSqlWorkload({path}, *snapshot_);
    EXPECT_TRUE(workload.ok()) << workload.status();
    return workload.ok() ? *std::move(workload) : Workload{};
  }

  static absl::StatusOr<Explanation> Ask(std::string_view subject) { return AskOf(FewStatements(), subject); }
  static absl::StatusOr<Explanation> AskOf(Workload workload, std::string_view subject) {
    AdviseOptions options;
    options.twin = test::TwinOptionsForTests();
    return Explain(*snapshot_, std::move(workload), subject, options);
  }

  static std::string TemplateOn(const std::string& relation) {
    for (const Template& of : FewStatements().templates) {
      if (of.relations == std::vector<std::string>{relation}) return of.id;
    }
    ADD_FAILURE() << "no template on " << relation;
    return "";
  }

  static std::unique_ptr<test::TestServer> server_;
  static std::unique_ptr<Snapshot> snapshot_;
};

std::unique_ptr<test::TestServer> ExplainTest::server_;
std::unique_ptr<Snapshot> ExplainTest::snapshot_;

bool IsPlan(const std::string& json) {
  const nlohmann::json parsed = nlohmann::json::parse(json, nullptr, false);
  return parsed.is_array() && parsed.size() == 1 && parsed[0].contains("Plan");
}

void CollectIndexes(const nlohmann::json& node, std::vector<std::string>& names) {
  if (node.contains("Index Name")) names.push_back(node.at("Index Name").get<std::string>());
  if (!node.contains("Plans")) return;
  for (const auto& child : node.at("Plans")) CollectIndexes(child, names);
}

TEST_F(ExplainTest, ValuesOfASkewedColumnDecideThePlan) {
  const absl::StatusOr<Explanation> explained = Ask(TemplateOn("shop.job"));
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->kind, "template");
  ASSERT_EQ(explained->templates.size(), 1U);
  const ExplainedTemplate& of = explained->templates.front();
  EXPECT_TRUE(of.plans_differ_before) << "nine tenths are done, the other states are rare";
  ASSERT_GE(of.bindings.size(), 2U);
  Cost sum = 0;
  double weight = 0;
  for (const ExplainedBinding& binding : of.bindings) {
    EXPECT_TRUE(IsPlan(binding.plan_before));
    EXPECT_TRUE(IsPlan(binding.plan_after));
    EXPECT_LE(binding.cost_after, binding.cost_before);
    EXPECT_EQ(binding.binding.source, "statistics");
    sum += binding.binding.weight * binding.cost_before;
    weight += binding.binding.weight;
  }
  EXPECT_NEAR(weight, 100, 1e-6);
  EXPECT_NEAR(of.cost.cost_before, sum / weight, 1e-6 * sum);
  EXPECT_TRUE(std::ranges::is_sorted(of.bindings, std::ranges::greater(),
                                     [](const ExplainedBinding& b) { return b.binding.weight; }));
  EXPECT_FALSE(of.requests.empty());
  EXPECT_GT(explained->cost_before, explained->cost_after);
}

TEST_F(ExplainTest, RecommendationsAndTheirTemplates) {
  const std::string orders = TemplateOn("shop.orders");
  const absl::StatusOr<Explanation> of_template = Ask(orders);
  ASSERT_TRUE(of_template.ok()) << of_template.status();
  const ExplainedTemplate& of = of_template->templates.front();
  EXPECT_FALSE(of.plans_differ_before) << "without an index every value reads the whole table";
  EXPECT_TRUE(of.plans_differ_after);
  ASSERT_EQ(of.recommendations.size(), 1U);

  const absl::StatusOr<Explanation> explained = Ask(of.recommendations.front().substr(0, 9));
  ASSERT_TRUE(explained.ok()) << explained.status();
  EXPECT_EQ(explained->kind, "recommendation");
  ASSERT_TRUE(explained->index.has_value());
  const ExplainedIndex& index = *explained->index;
  EXPECT_TRUE(index.advised);
  EXPECT_EQ(index.recommendation.id, of.recommendations.front());
  EXPECT_EQ(index.definition, index.recommendation.definition);
  EXPECT_TRUE(absl::StartsWith(index.verdict, "Advised: ")) << index.verdict;
  EXPECT_NEAR(index.gain_in_set, index.recommendation.gain, 1e-6 * index.recommendation.gain);
  EXPECT_GE(index.gain_alone, index.gain_in_set - 1e-6 * index.gain_in_set);
  EXPECT_EQ(index.substitutes, std::vector<std::string>{"a scan of the whole table"});
  ASSERT_EQ(index.templates.size(), 1U);
  EXPECT_EQ(index.templates.front().of.id, orders);
}

TEST_F(ExplainTest, AnIndexOnAPartitionedTable) {
  const absl::StatusOr<Explanation> same = Ask("CREATE INDEX ON shop.site_event (customer_id, occurred_at DESC)");
  ASSERT_TRUE(same.ok()) << same.status();
  EXPECT_EQ(same->kind, "index");
  ASSERT_TRUE(same->index.has_value());
  const Recommendation& r = same->index->recommendation;
  EXPECT_GT(same->index->gain_alone, 0);
  EXPECT_EQ(r.index_count, 11);
  EXPECT_GT(r.size_bytes, 11 * kPageBytes);
  const auto count = [&](std::string_view begin) {
    return std::ranges::count_if(r.ddl, [&](const DdlStep& step) { return step.sql.starts_with(begin); });
  };
  EXPECT_EQ(count("CREATE INDEX CONCURRENTLY "), 11);
  EXPECT_GE(count("ALTER INDEX "), 11);
  ASSERT_FALSE(same->index->templates.empty());
  const std::string& plan = same->index->templates.front().bindings.front().plan_after;
  // Partitions are searched by their parts of the index, but for those of a page; each part has a name to print.
  std::vector<std::string> parts;
  CollectIndexes(nlohmann::json::parse(plan).at(0).at("Plan"), parts);
  EXPECT_GT(parts.size(), 3U) << plan;
  for (const std::string& part : parts) EXPECT_TRUE(same->index_names.contains(part)) << part;

  const absl::StatusOr<Explanation> useless = Ask("CREATE INDEX \"u'; --\" ON shop.site_event (path)");
  ASSERT_TRUE(useless.ok()) << useless.status();
  EXPECT_FALSE(useless->index->advised);
  EXPECT_EQ(useless->index->verdict, "Not advised: no plan of the workload uses it, not even with no other new index.");
  EXPECT_EQ(useless->index->gain_alone, 0);
  EXPECT_EQ(useless->index->gain_in_set, 0);
}

TEST_F(ExplainTest, WhatNamesNothingOrTooMuch) {
  for (const char* unknown : {"0000000000000000ffff", "g", "'; DROP TABLE shop.orders", "%"}) {
    const absl::StatusOr<Explanation> explained = Ask(unknown);
    EXPECT_FALSE(explained.ok()) << unknown;
    EXPECT_EQ(explained.status().code(), absl::StatusCode::kInvalidArgument) << explained.status();
    EXPECT_FALSE(absl::StrContains(explained.status().message(), "near to it")) << explained.status();
  }
  for (const char* refused :
       {"CREATE INDEX ON shop.nothing (a)", "CREATE INDEX ON shop.orders (nothing)", "CREATE TABLE shop.x (a int)",
        "CREATE INDEX ON shop.orders (status); DROP TABLE shop.orders", "CREATE INDEX ON shop.orders USING rum (id)",
        "SELECT 1 FROM shop.orders", "CREATE INDEX ON shop.orders ("}) {
    const absl::StatusOr<Explanation> explained = Ask(refused);
    EXPECT_EQ(explained.status().code(), absl::StatusCode::kInvalidArgument) << refused << ": " << explained.status();
  }
  for (const char* method : {"hash (id)", "brin (placed_at)"}) {
    const absl::StatusOr<Explanation> explained = Ask(std::string("CREATE INDEX ON shop.orders USING ") + method);
    ASSERT_TRUE(explained.ok()) << method << ": " << explained.status();
    ASSERT_TRUE(explained->index) << method;
    EXPECT_GT(explained->index->recommendation.size_bytes, 0) << method;
  }
}

TEST_F(ExplainTest, AMistypedIdIsToldItsNearest) {
  const Workload workload = MustRead(test::ShopDirectory() + "/queries");
  const std::string id = workload.templates.front().id;
  std::string mistyped = id.substr(0, 8);
  mistyped[5] = 'x';
  const absl::StatusOr<Explanation> explained = AskOf(workload, mistyped);
  EXPECT_EQ(explained.status().code(), absl::StatusCode::kInvalidArgument) << explained.status();
  EXPECT_TRUE(absl::StrContains(explained.status().message(), "near to it: template " + id)) << explained.status();
  EXPECT_TRUE(absl::StrContains(explained.status().message(), "pgassay queries SOURCE")) << explained.status();
}

TEST_F(ExplainTest, APrefixOfSeveralIds) {
  const Workload workload = MustRead(test::ShopDirectory() + "/queries");
  std::vector<std::string> ids;
  for (const Template& of : workload.templates) ids.push_back(of.id);
  ASSERT_GT(ids.size(), 16U) << "more than first digits";
  std::ranges::sort(ids);
  const auto twice = std::ranges::adjacent_find(ids, [](const auto& a, const auto& b) { return a[0] == b[0]; });
  ASSERT_NE(twice, ids.end());
  const absl::StatusOr<Explanation> explained = AskOf(workload, twice->substr(0, 1));
  EXPECT_EQ(explained.status().code(), absl::StatusCode::kInvalidArgument) << explained.status();
  EXPECT_TRUE(absl::StrContains(explained.status().message(), "ids begin with '" + twice->substr(0, 1) + "'"));
}

}  // namespace
}  // namespace pgassay
