// What CREATE STATISTICS found out reaches the twin to the last digit: plans are compared node by node with those of
// the source, after a round trip through an assay file. Each comparison is also made without the feature, to show that
// it would be noticed.

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "pg/source_compare.h"
#include "pgassay/capture.h"
#include "support/shop.h"
#include "support/test_server.h"
#include "twin/twin.h"

namespace pgassay {
namespace {

constexpr std::string_view kSchema = R"sql(
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN code AS text CHECK (length(VALUE) < 20);
CREATE TABLE skew (gone int, id int, city text, zip int, day date, mood mood, price numeric(10, 2), code code);
INSERT INTO skew
SELECT 0, i, CASE WHEN i % 11 = 0 THEN NULL ELSE 'City, "' || i % 37 || '"' END, i % 37 * 100 + i % 3,
       CASE WHEN i % 13 = 0 THEN NULL ELSE date '2024-01-01' + i % 37 END, (ARRAY['sad', 'ok', 'happy', NULL])[i % 37 % 4 + 1]::mood,
       (i % 37)::numeric / 8, 'c' || i % 37 % 5
FROM generate_series(1, 20000) i;
ALTER TABLE skew DROP COLUMN gone;
CREATE STATISTICS skew_distinct (ndistinct) ON city, zip, day FROM skew;
CREATE STATISTICS skew_depends (dependencies) ON city, zip, mood, code FROM skew;
CREATE STATISTICS skew_common (mcv) ON city, mood, price, day FROM skew;
CREATE STATISTICS skew_all ON (zip % 10), (date_trunc('month', day::timestamp)), code FROM skew;
CREATE STATISTICS skew_one ON (lower(city)) FROM skew;

-- Two that fit equally well: the first by OID decides, and a dump has them in the order of their names.
CREATE TABLE tie (a int, b int);
INSERT INTO tie SELECT i % 50, i % 50 + i % 2 FROM generate_series(1, 5000) i;
CREATE STATISTICS z_coarse (mcv) ON a, b FROM tie;
ALTER STATISTICS z_coarse SET STATISTICS 5;
CREATE STATISTICS a_fine (mcv) ON a, b FROM tie;

-- A partition whose columns have another order, and an inheritance parent with rows of its own.
CREATE TABLE part (k int, name text, day date) PARTITION BY LIST (k);
CREATE TABLE part_1 PARTITION OF part FOR VALUES IN (1);
CREATE TABLE part_2 (day date, name text, k int);
ALTER TABLE part ATTACH PARTITION part_2 FOR VALUES IN (2);
INSERT INTO part SELECT i % 2 + 1, 'n' || i % 20, date '2024-01-01' + i % 20 FROM generate_series(1, 6000) i;
CREATE STATISTICS part_both ON name, day FROM part;
CREATE STATISTICS part_2_all ON name, day, (k + 1) FROM part_2;
CREATE TABLE base (x int, y int);
CREATE TABLE derived () INHERITS (base);
INSERT INTO base SELECT i % 10, i % 10 FROM generate_series(1, 1000) i;
INSERT INTO derived SELECT i % 40, i % 40 * 2 FROM generate_series(1, 4000) i;
CREATE STATISTICS base_all ON x, y FROM base;
ANALYZE;
CREATE ROLE weak LOGIN;
GRANT pg_monitor TO weak;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO weak;
)sql";

const std::vector<std::string>& Statements() {
  static const std::vector<std::string> statements = {
      "SELECT * FROM skew WHERE city = 'City, \"5\"' AND zip = 501",
      "SELECT * FROM skew WHERE city = 'City, \"5\"' AND mood = 'ok'",
      "SELECT * FROM skew WHERE city = 'City, \"6\"' AND mood = 'happy' AND price = 0.75",
      "SELECT * FROM skew WHERE city IS NULL AND mood IS NULL",
      "SELECT * FROM skew WHERE mood IS NULL AND day < '2024-01-10' AND price < 1",
      "SELECT * FROM skew WHERE city IN ('City, \"1\"', 'City, \"2\"') AND price BETWEEN 0.1 AND 0.3",
      "SELECT * FROM skew WHERE (mood = 'sad' OR mood = 'ok') AND price >= 2.5",
      "SELECT * FROM skew WHERE mood = 'sad' OR price = 1.125",
      "SELECT * FROM skew WHERE city = 'City, \"9\"' AND code = 'c4' AND zip = 901",
      "SELECT * FROM skew WHERE zip % 10 = 1 AND code = 'c2'",
      "SELECT * FROM skew WHERE lower(city) = 'city, \"7\"'",
      "SELECT * FROM skew WHERE lower(city) < 'city, \"2\"' ORDER BY id",
      "SELECT * FROM skew WHERE date_trunc('month', day::timestamp) = '2024-02-01'",
      "SELECT * FROM skew WHERE date_trunc('month', day::timestamp) = '2024-02-01' AND zip % 10 = 2 AND code = 'c1'",
      "SELECT city, zip, day, count(*) FROM skew GROUP BY city, zip, day",
      "SELECT city, zip FROM skew GROUP BY city, zip",
      "SELECT DISTINCT zip % 10, code FROM skew",
      "SELECT zip % 10, date_trunc('month', day::timestamp), code, count(*) FROM skew GROUP BY 1, 2, 3",
      "SELECT count(DISTINCT s.id) FROM skew s JOIN tie t ON t.a = s.zip WHERE s.city = 'City, \"3\"' AND s.zip = 300",
      "UPDATE skew SET price = 1 WHERE city = 'City, \"8\"' AND mood = 'sad' AND day = '2024-01-09'",
      "SELECT * FROM tie WHERE a = 3 AND b = 4",
      "SELECT * FROM tie WHERE a = 30 AND b = 30",
      "SELECT * FROM part WHERE name = 'n3' AND day = '2024-01-04'",
      "SELECT name, day FROM part GROUP BY name, day",
      "SELECT * FROM part_2 WHERE name = 'n3' AND day = '2024-01-04'",
      "SELECT * FROM part_2 WHERE name = 'n3' AND day = '2024-01-04' AND k + 1 = 3",
      "SELECT name, day, k + 1 FROM part_2 GROUP BY 1, 2, 3",
      "SELECT * FROM base WHERE x = 7 AND y = 14",
      "SELECT * FROM ONLY base WHERE x = 7 AND y = 7",
      "SELECT x, y FROM base GROUP BY x, y",
      "SELECT x, y FROM ONLY base GROUP BY x, y",
  };
  return statements;
}

class StatisticsEquality : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    const absl::Status made = server_->Run("postgres", kSchema);
    ASSERT_TRUE(made.ok()) << made;
  }
  static void TearDownTestSuite() { server_.reset(); }

  static Snapshot MustCapture(std::string_view user = "postgres", bool with_values = true) {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, "postgres");
    options.with_values = with_values;
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? test::ThroughAFile(*snapshot) : Snapshot{};
  }

  static std::unique_ptr<twin::Twin> MustStart(const Snapshot& snapshot) {
    absl::StatusOr<std::unique_ptr<twin::Twin>> twin = twin::Twin::Start(snapshot, test::TwinOptionsForTests(1));
    EXPECT_TRUE(twin.ok()) << twin.status();
    return twin.ok() ? *std::move(twin) : nullptr;
  }

  static bool Warns(const twin::Twin& twin, std::string_view text) {
    return std::ranges::any_of(twin.warnings(),
                               [&](const std::string& warning) { return absl::StrContains(warning, ToAbsl(text)); });
  }

  static std::unique_ptr<test::TestServer> server_;
};

std::unique_ptr<test::TestServer> StatisticsEquality::server_;

TEST_F(StatisticsEquality, EveryNodeOfEveryPlan) {
  const Snapshot snapshot = MustCapture();
  EXPECT_TRUE(snapshot.gaps.empty());
  ASSERT_EQ(snapshot.extended.size(), 11U) << "base_all and none but that twice";
  const std::unique_ptr<twin::Twin> twin = MustStart(snapshot);
  ASSERT_NE(twin, nullptr);
  EXPECT_TRUE(twin->warnings().empty()) << twin->warnings().front();
  const test::SourceComparison with = test::CompareWithSource(*server_, "postgres", snapshot, *twin, Statements());
  EXPECT_EQ(with.equal, with.compared) << with.differences;
  EXPECT_EQ(with.compared, static_cast<int>(Statements().size()));

  Snapshot without = snapshot;
  without.extended.clear();
  const std::unique_ptr<twin::Twin> bare = MustStart(without);
  ASSERT_NE(bare, nullptr);
  const test::SourceComparison before = test::CompareWithSource(*server_, "postgres", without, *bare, Statements());
  std::printf("extended statistics: %d of %d plans equal with them, %d without\n", with.equal, with.compared,
              before.equal);
  EXPECT_LE(before.equal, 6) << "all but a few of the statements rest on them";
}

// One part at a time: each is seen to matter.
TEST_F(StatisticsEquality, EveryKindMatters) {
  const Snapshot snapshot = MustCapture();
  const std::vector<std::function<void(ExtendedStatistics&)>> kinds = {
      [](ExtendedStatistics& of) { of.distinct.clear(); },
      [](ExtendedStatistics& of) { of.dependencies.clear(); },
      [](ExtendedStatistics& of) { of.common.clear(); },
      [](ExtendedStatistics& of) { of.expressions.clear(); },
  };
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    Snapshot changed = snapshot;
    for (ExtendedStatistics& of : changed.extended) kinds[i](of);
    const std::unique_ptr<twin::Twin> twin = MustStart(changed);
    ASSERT_NE(twin, nullptr);
    const test::SourceComparison compared = test::CompareWithSource(*server_, "postgres", changed, *twin, Statements());
    EXPECT_EQ(compared.compared, static_cast<int>(Statements().size()));
    EXPECT_LT(compared.equal, compared.compared) << i;
  }
}

TEST_F(StatisticsEquality, TheFirstByOidDecides) {
  Snapshot snapshot = MustCapture();
  const std::vector<std::string> statements = {"SELECT * FROM tie WHERE a = 30 AND b = 30"};
  // Their OIDs the other way round.
  std::vector<ExtendedStatistics*> tied;
  for (ExtendedStatistics& of : snapshot.extended) {
    if (of.name.name == "z_coarse" || of.name.name == "a_fine") tied.push_back(&of);
  }
  ASSERT_EQ(tied.size(), 2U);
  std::swap(tied[0]->oid, tied[1]->oid);
  const std::unique_ptr<twin::Twin> twin = MustStart(snapshot);
  ASSERT_NE(twin, nullptr);
  EXPECT_EQ(test::CompareWithSource(*server_, "postgres", snapshot, *twin, statements).equal, 0);
}

TEST_F(StatisticsEquality, WithoutValues) {
  const Snapshot snapshot = MustCapture("postgres", false);
  ASSERT_EQ(snapshot.extended.size(), 11U);
  for (const ExtendedStatistics& of : snapshot.extended) {
    EXPECT_TRUE(of.common.empty()) << of.name.name;
    for (const ColumnStatistics& expression : of.expressions) {
      for (const StatisticSlot& slot : expression.slots) EXPECT_FALSE(slot.values.has_value()) << of.name.name;
    }
  }
  const std::unique_ptr<twin::Twin> twin = MustStart(snapshot);
  ASSERT_NE(twin, nullptr);
  EXPECT_FALSE(Warns(*twin, "cannot be carried over"));
  // Numbers of combinations are no values.
  const std::vector<std::string> statements = {"SELECT city, zip FROM skew GROUP BY city, zip",
                                               "SELECT name, day FROM part GROUP BY name, day"};
  const test::SourceComparison compared = test::CompareWithSource(*server_, "postgres", snapshot, *twin, statements);
  EXPECT_EQ(compared.equal, 2) << compared.differences;
}

TEST_F(StatisticsEquality, ARoleThatMayNotReadThemIsTold) {
  const Snapshot snapshot = MustCapture("weak");
  EXPECT_TRUE(snapshot.extended.empty());
  for (const std::string name : {"public.skew_common", "public.part_both"}) {
    EXPECT_TRUE(std::ranges::any_of(snapshot.gaps, [&](const CaptureGap& gap) {
      return gap.subject == name && absl::StrContains(gap.reason, "not readable") &&
             absl::StrContains(gap.reason, "grant pg_read_all_data");
    })) << name;
  }
  EXPECT_NE(MustStart(snapshot), nullptr);
}

// A capture may be anybody's: what does not fit is left out and said, and everything else is planned.
TEST_F(StatisticsEquality, HostileStatisticsAreLeftOut) {
  const Snapshot snapshot = MustCapture();
  const auto named = [](Snapshot& s, std::string_view name) -> ExtendedStatistics& {
    return *std::ranges::find(s.extended, name, [](const ExtendedStatistics& of) { return of.name.name; });
  };
  struct Attack {
    const char* what;
    std::function<void(Snapshot&)> change;
    const char* warning;
  };
  const std::vector<Attack> attacks = {
      {"a column of the table that the object does not have",
       [&](Snapshot& s) { named(s, "skew_distinct").distinct[0].columns = "{2,4}"; }, "columns that the object"},
      {"an expression that it does not have",
       [&](Snapshot& s) { named(s, "skew_depends").dependencies[0].columns = "{3,-7}"; }, "columns that the object"},
      {"a column twice", [&](Snapshot& s) { named(s, "skew_distinct").distinct[0].columns = "{3,3}"; }, "one twice"},
      {"a column that is not there", [&](Snapshot& s) { named(s, "skew_distinct").distinct[0].columns = "{3,999}"; },
       "is not there"},
      {"a combination that is missing", [&](Snapshot& s) { named(s, "skew_distinct").distinct.pop_back(); },
       "combinations are missing"},
      {"a combination twice",
       [&](Snapshot& s) { named(s, "skew_distinct").distinct[0] = named(s, "skew_distinct").distinct[1]; },
       "occurs twice"},
      {"no number", [&](Snapshot& s) { named(s, "skew_distinct").distinct[0].figure = std::nan(""); },
       "impossible figure"},
      {"a dependency of more than all rows",
       [&](Snapshot& s) { named(s, "skew_depends").dependencies[0].figure = 1.5; }, "impossible figure"},
      {"too many groups",
       [&](Snapshot& s) {
         auto& groups = named(s, "skew_depends").dependencies;
         groups.resize(100'000, groups.front());
       },
       "impossible number of groups"},
      {"too many combinations",
       [&](Snapshot& s) {
         auto& common = named(s, "skew_common").common;
         common.resize(20'000, common.front());
       },
       "impossible number of values"},
      {"too few values",
       [&](Snapshot& s) {
         for (auto& item : named(s, "skew_common").common) item.values = "{a,ok,1}";
       },
       "number of values"},
      {"a value that is no date", [&](Snapshot& s) { named(s, "skew_common").common[0].values = "{a,ok,1,never}"; },
       "invalid input syntax"},
      {"a value that its domain refuses",
       [&](Snapshot& s) { named(s, "skew_all").common[0].values = "{c234567890123456789012345678901,1,2024-01-01}"; },
       "violates check constraint"},
      {"a frequency that is no number",
       [&](Snapshot& s) { named(s, "skew_common").common[0].frequency = std::nan(""); }, "impossible frequency"},
      {"a frequency of more than all rows", [&](Snapshot& s) { named(s, "skew_common").common[0].base_frequency = 7; },
       "impossible frequency"},
      {"a missing expression", [&](Snapshot& s) { named(s, "skew_all").expressions.pop_back(); },
       "another number of expressions"},
      {"an expression too many",
       [&](Snapshot& s) { named(s, "skew_one").expressions.push_back(named(s, "skew_one").expressions[0]); },
       "another number of expressions"},
      {"an expression of another number", [&](Snapshot& s) { named(s, "skew_one").expressions[0].column = 5; },
       "no such expression"},
      {"a slot whose numbers are too few",
       [&](Snapshot& s) {
         for (StatisticSlot& slot : named(s, "skew_one").expressions[0].slots) slot.numbers = "{0.5}";
       },
       "does not fit together"},
      {"an object of another table", [&](Snapshot& s) { named(s, "skew_one").name.name = "a_fine"; },
       "could not be made"},
      {"an object that is not there", [&](Snapshot& s) { named(s, "skew_one").name.name = "nowhere"; },
       "could not be made"},
  };
  for (const Attack& attack : attacks) {
    Snapshot changed = snapshot;
    attack.change(changed);
    const std::unique_ptr<twin::Twin> twin = MustStart(changed);
    ASSERT_NE(twin, nullptr) << attack.what;
    EXPECT_TRUE(Warns(*twin, attack.warning))
        << attack.what << ": " << (twin->warnings().empty() ? "" : twin->warnings().front());
    const test::SourceComparison compared = test::CompareWithSource(*server_, "postgres", changed, *twin, Statements());
    EXPECT_EQ(compared.compared, static_cast<int>(Statements().size())) << attack.what;
    EXPECT_GT(compared.equal, 15) << attack.what << ": the other objects are there";
  }
}

}  // namespace
}  // namespace pgassay
