// The twin must be equal to the source: total cost, shape, and rows of every node, for every query of workloads/shop.
//
// One exception is known and listed in the README: an index that does not exist yet has no end points, so where a range
// lies in the outermost part of the histogram of a column that no index leads with, the source's planner sees the real
// end after the build and the twin does not. Then only figures may differ, and little.

#include <gtest/gtest.h>

#include <cstdio>
#include <map>
#include <string>
#include <vector>

#include "pg/plan_compare.h"
#include "pg/session.h"
#include "pgassay/capture.h"
#include "pgassay/workload_files.h"
#include "support/shop.h"
#include "support/test_server.h"
#include "twin/twin.h"

namespace pgassay {
namespace {

// Ten B-trees of different shapes: one column and several, both directions, nulls last, included columns.
const std::vector<std::string>& TenIndexes() {
  static const std::vector<std::string> indexes = {
      "CREATE INDEX ten_1 ON shop.orders (customer_id, placed_at)",
      "CREATE INDEX ten_2 ON shop.orders (placed_at)",
      "CREATE INDEX ten_3 ON shop.orders (status, priority DESC, placed_at)",
      "CREATE INDEX ten_4 ON shop.order_line (product_id)",
      "CREATE INDEX ten_5 ON shop.payment (order_id) INCLUDE (amount_cents)",
      "CREATE INDEX ten_6 ON shop.payment (paid_at DESC)",
      "CREATE INDEX ten_7 ON shop.shipment (carrier, delivered_at DESC NULLS LAST)",
      "CREATE INDEX ten_8 ON shop.order_event (occurred_at)",
      "CREATE INDEX ten_9 ON \"Lager Süd\".\"Bestand\" (\"Artikel Nr\")",
      "CREATE INDEX ten_10 ON shop.order_event (order_id, kind)",
  };
  return indexes;
}

struct Comparison {
  int equal = 0;
  int compared = 0;
  int close = 0;                     // equal, or the same plan with figures that differ by less than half
  std::vector<std::string> unequal;  // statements
  std::string differences;
};

class TwinEquality : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::StartShop();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = std::move(*server);
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Snapshot MustCapture() {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", test::kShopDatabase);
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? *std::move(snapshot) : Snapshot{};
  }

  static std::unique_ptr<twin::Twin> MustStart(const Snapshot& snapshot) {
    absl::StatusOr<std::unique_ptr<twin::Twin>> twin = twin::Twin::Start(snapshot, test::TwinOptionsForTests());
    EXPECT_TRUE(twin.ok()) << twin.status();
    return twin.ok() ? *std::move(twin) : nullptr;
  }

  static std::vector<std::string> Statements(const Snapshot& snapshot) {
    absl::StatusOr<Workload> workload = ReadSqlWorkload({test::ShopDirectory() + "/queries"}, snapshot);
    EXPECT_TRUE(workload.ok()) << workload.status();
    std::vector<std::string> statements;
    if (!workload.ok()) return statements;
    EXPECT_TRUE(workload->skipped.empty());
    for (const Template& of : workload->templates) {
      for (const Binding& binding : of.bindings) statements.push_back(binding.sql);
    }
    return statements;
  }

  static std::vector<twin::PlannedText> Texts(const std::vector<std::string>& statements, const Snapshot& snapshot) {
    std::vector<twin::PlannedText> texts;
    for (const std::string& sql : statements) texts.push_back({.sql = sql, .user = snapshot.user, .search_path = ""});
    return texts;
  }

  // Compares the source as it is with the twin under `enabled`; `rename` maps the twin's index names to the source's.
  static Comparison Compare(twin::Twin& twin, const std::vector<std::string>& statements,
                            const whatif::IndexSet& enabled, const std::map<std::string, std::string>& rename) {
    Comparison comparison;
    pg::ConnectOptions options;
    options.conninfo = server_->ConnInfo("postgres", test::kShopDatabase);
    absl::StatusOr<pg::Session> session = pg::Session::Connect(options);
    EXPECT_TRUE(session.ok()) << session.status();
    if (!session.ok()) return comparison;
    for (std::size_t i = 0; i < statements.size(); ++i) {
      const absl::StatusOr<pg::Result> source = session->Query("EXPLAIN (FORMAT JSON) " + statements[i]);
      absl::StatusOr<std::string> mine =
          twin.ExplainJson({.statement = StatementId{static_cast<std::uint32_t>(i)}, .enabled = enabled, .hidden = {}});
      EXPECT_TRUE(source.ok()) << source.status();
      EXPECT_TRUE(mine.ok()) << mine.status();
      if (!source.ok() || !mine.ok()) continue;
      for (const auto& [from, to] : rename) {
        for (std::size_t at = mine->find(from); at != std::string::npos; at = mine->find(from))
          mine->replace(at, from.size(), to);
      }
      const std::vector<test::PlanDifference> differences = test::ComparePlans(source->Text(0, 0), *mine);
      ++comparison.compared;
      comparison.equal += differences.empty() ? 1 : 0;
      if (!differences.empty()) comparison.unequal.push_back(statements[i]);
      comparison.close += test::OnlyFiguresDiffer(differences, 0.5) ? 1 : 0;
      if (!differences.empty()) comparison.differences += statements[i] + "\n" + test::Describe(differences) + "\n";
    }
    return comparison;
  }

  static void ExpectEqual(const char* what, const Comparison& comparison) {
    std::printf("%s: %d of %d plans equal in every node\n", what, comparison.equal, comparison.compared);
    EXPECT_GT(comparison.compared, 20);
    EXPECT_EQ(comparison.equal, comparison.compared) << comparison.differences;
  }

  static Comparison CompareCapture() {
    const Snapshot snapshot = MustCapture();
    const std::unique_ptr<twin::Twin> twin = MustStart(snapshot);
    if (!twin) return {};
    for (const std::string& warning : twin->warnings()) std::printf("warning: %s\n", warning.c_str());
    const std::vector<std::string> statements = Statements(snapshot);
    const auto prepared = twin->Prepare(Texts(statements, snapshot));
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    return Compare(*twin, statements, {}, {});
  }

  // A twin of the source without the ten indexes, and the ten as candidates with the sizes and heights that they really
  // have.
  static Comparison CompareCandidates(const Snapshot& without, const Snapshot& with) {
    const std::unique_ptr<twin::Twin> twin = MustStart(without);
    if (!twin) return {};
    const std::vector<std::string> statements = Statements(without);
    EXPECT_TRUE(twin->Prepare(Texts(statements, without)).ok());
    std::vector<twin::CandidateParts> parts;
    std::map<std::string, std::string> rename;
    std::vector<CandidateId> ids;
    for (const Index& index : with.indexes) {
      if (!index.name.name.starts_with("ten_")) continue;
      const std::uint32_t number = static_cast<std::uint32_t>(parts.size());
      rename["\"pgassay_candidate_" + std::to_string(number) + "\""] = "\"" + index.name.name + "\"";
      ids.push_back(CandidateId{number});
      parts.push_back({{.def = index.def,
                        .size = {.pages = index.pages,
                                 .tuples = index.statistics_tuples,
                                 .tree_height = index.tree_height.value_or(0)}}});
    }
    EXPECT_EQ(parts.size(), 10U);
    const auto made = twin->AddCandidates(parts);
    EXPECT_TRUE(made.ok()) << made.status();
    if (made.ok()) {
      for (const absl::Status& status : *made) EXPECT_TRUE(status.ok()) << status;
    }
    return Compare(*twin, statements, whatif::IndexSet(ids), rename);
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> TwinEquality::server_;

// One test: each part changes the source for the next.
TEST_F(TwinEquality, EveryNodeOfEveryPlan) {
  ExpectEqual("as captured", CompareCapture());
  const Snapshot without = MustCapture();

  for (const std::string& sql : TenIndexes()) ASSERT_TRUE(server_->Run(test::kShopDatabase, sql).ok());
  ExpectEqual("ten indexes built on both sides", CompareCapture());
  const Comparison candidates = CompareCandidates(without, MustCapture());
  std::printf(
      "ten indexes built on the source, enabled as candidates on the twin: %d of %d plans equal in every node, %d with "
      "the same plan\n%s",
      candidates.equal, candidates.compared, candidates.close, candidates.differences.c_str());
  EXPECT_EQ(candidates.close, candidates.compared);
  for (const std::string& statement : candidates.unequal) {
    // Columns that ten indexes lead with and no index of the source did: only these lack end points.
    const bool lacks_end_points = statement.find("occurred_at") != std::string::npos ||
                                  statement.find("paid_at") != std::string::npos ||
                                  statement.find("placed_at") != std::string::npos;
    EXPECT_TRUE(lacks_end_points) << statement;
  }
  EXPECT_GE(candidates.equal, candidates.compared - 4);  // the statements on occurred_at and paid_at without end points

  ASSERT_TRUE(server_->RunFile(test::kShopDatabase, test::ShopDirectory() + "/grow.sql").ok());
  ExpectEqual("5 % new rows since ANALYZE, ten indexes", CompareCapture());
  const Snapshot grown = MustCapture();
  for (int i = 1; i <= 10; ++i) {
    const std::string schema = i == 9 ? "\"Lager Süd\"" : "shop";
    ASSERT_TRUE(server_->Run(test::kShopDatabase, "DROP INDEX " + schema + ".ten_" + std::to_string(i)).ok());
  }
  ExpectEqual("5 % new rows since ANALYZE", CompareCapture());
}

}  // namespace
}  // namespace pgassay
