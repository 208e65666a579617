// What a superuser's capture holds, compared with what the server says itself.

#include "pgassay/capture.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pg/capture_schema.h"
#include "support/test_server.h"

namespace pgassay {
namespace {

class CaptureTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE zoo").ok());
    ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE hostile").ok());
    ASSERT_TRUE(server_->Run("zoo", "CREATE EXTENSION pageinspect").ok());
    absl::Status made = server_->Run("zoo", test::ZooSql(60000));
    ASSERT_TRUE(made.ok()) << made;
    made = server_->Run("hostile", test::kHostileSql);
    ASSERT_TRUE(made.ok()) << made;
    for (const char* database : {"zoo", "hostile"}) ASSERT_TRUE(server_->Run(database, "VACUUM ANALYZE").ok());
    absl::StatusOr<Snapshot> zoo = CaptureDatabase("zoo");
    ASSERT_TRUE(zoo.ok()) << zoo.status();
    zoo_ = std::make_unique<Snapshot>(*std::move(zoo));
  }
  static void TearDownTestSuite() {
    zoo_.reset();
    server_.reset();
  }

  static absl::StatusOr<Snapshot> CaptureDatabase(const std::string& database, bool with_values = true) {
    CaptureOptions options;
    options.conninfo = server_->ConnInfo("postgres", database);
    options.with_values = with_values;
    return Capture(options);
  }

  static const Index& FindIndex(const Snapshot& snapshot, const std::string& name) {
    const auto found =
        std::ranges::find_if(snapshot.indexes, [&](const Index& index) { return index.name.name == name; });
    EXPECT_NE(found, snapshot.indexes.end()) << name;
    return *found;
  }

  static std::string Ends(const Snapshot& snapshot, const std::string& index) {
    const Oid oid = FindIndex(snapshot, index).oid;
    for (const EndPoint& ends : snapshot.end_points) {
      if (ends.index == oid) return ends.min.value_or("none") + " .. " + ends.max.value_or("none");
    }
    return "no entry";
  }

  static std::unique_ptr<test::TestServer> server_;
  static std::unique_ptr<Snapshot> zoo_;
};

std::unique_ptr<test::TestServer> CaptureTest::server_;
std::unique_ptr<Snapshot> CaptureTest::zoo_;

TEST_F(CaptureTest, KnowsServerAndDatabase) {
  const absl::StatusOr<pg::Result> truth = server_->Query(
      "zoo", "SELECT system_identifier, (SELECT oid FROM pg_database WHERE datname = 'zoo') FROM pg_control_system()");
  ASSERT_TRUE(truth.ok());
  EXPECT_EQ(zoo_->system_identifier, truth->Text(0, 0));
  EXPECT_EQ(zoo_->database_oid.value, truth->Integer(0, 1));
  EXPECT_EQ(zoo_->database, "zoo");
  EXPECT_EQ(zoo_->user, "postgres");
  EXPECT_EQ(zoo_->server_version / 10000, 15);
  EXPECT_EQ(zoo_->encoding, "UTF8");
  EXPECT_EQ(zoo_->collate, "C.UTF-8");
  EXPECT_EQ(zoo_->locale_provider, "c");
  EXPECT_FALSE(zoo_->standby);
  EXPECT_EQ(zoo_->captured_at.size(), std::string("2024-05-06T07:08:09.123456Z").size());
  EXPECT_GT(zoo_->database_bytes, 10'000'000);
  EXPECT_TRUE(
      std::ranges::any_of(zoo_->extensions, [](const Extension& extension) { return extension.name == "citext"; }));
}

TEST_F(CaptureTest, KeepsTheSourcesSettingsAndNoSecrets) {
  std::map<std::string, Setting> settings;
  for (const Setting& setting : zoo_->settings) settings[setting.name] = setting;
  EXPECT_EQ(settings["work_mem"].value, "4MB");
  EXPECT_EQ(settings["random_page_cost"].value, "4");
  EXPECT_EQ(settings["enable_seqscan"].value, "on") << "not what we set for reading";
  EXPECT_EQ(settings["statement_timeout"].value, "0");
  EXPECT_EQ(settings["lock_timeout"].value, "0");
  EXPECT_EQ(settings["search_path"].value, "\"$user\", public");
  EXPECT_EQ(settings["autovacuum"].value, "off");
  EXPECT_EQ(settings["fsync"].source, "configuration file");
  for (const char* name :
       {"TimeZone", "DateStyle", "IntervalStyle", "extra_float_digits", "default_text_search_config", "jit",
        "force_parallel_mode", "shared_buffers", "effective_io_concurrency", "default_statistics_target",
        "max_parallel_workers_per_gather", "wal_level", "bytea_output", "row_security", "hash_mem_multiplier"}) {
    EXPECT_TRUE(settings.contains(name)) << name;
  }
  for (const char* name : {"primary_conninfo", "ssl_passphrase_command", "archive_command", "restore_command",
                           "application_name", "default_transaction_read_only", "client_encoding"}) {
    EXPECT_FALSE(settings.contains(name)) << name;
  }
  EXPECT_TRUE(std::ranges::is_sorted(zoo_->settings, {}, &Setting::name));
}

TEST_F(CaptureTest, DescribesTablesAndColumns) {
  const auto relation = std::ranges::find_if(zoo_->relations, [](const Relation& r) {
    return r.name == QualifiedName{"zoo", "t"};
  });
  ASSERT_NE(relation, zoo_->relations.end());
  const absl::StatusOr<pg::Result> truth =
      server_->Query("zoo",
                     "SELECT pg_relation_size('zoo.t') / 8192, relpages, reltuples, relallvisible FROM pg_class WHERE "
                     "oid = 'zoo.t'::regclass");
  ASSERT_TRUE(truth.ok());
  EXPECT_EQ(relation->pages, truth->Integer(0, 0));
  EXPECT_EQ(relation->statistics_pages, truth->Integer(0, 1));
  EXPECT_EQ(relation->statistics_tuples, truth->Number(0, 2));
  EXPECT_EQ(relation->all_visible_pages, truth->Integer(0, 3));
  EXPECT_EQ(relation->kind, 'r');
  EXPECT_TRUE(relation->readable);
  EXPECT_TRUE(relation->counters.last_analyze.has_value());
  EXPECT_EQ(relation->counters.tuples_inserted, 60000);
  std::map<std::string, Column> columns;
  for (const Column& column : relation->columns) columns[column.name] = column;
  EXPECT_EQ(columns["id"].number, 1);
  EXPECT_TRUE(columns["id"].not_null);
  EXPECT_EQ(columns["id"].type_length, 8);
  EXPECT_EQ(columns["id"].type_align, 'd');
  EXPECT_EQ(columns["j"].type, "character varying(20)");
  EXPECT_EQ(columns["f"].type, "zoo.mood");
  EXPECT_EQ(columns["i"].type, "public.citext");
  EXPECT_EQ(columns["m"].type, "zoo.code");
  const auto part = std::ranges::find_if(zoo_->relations, [](const Relation& r) { return r.name.name == "parted1"; });
  const auto parent = std::ranges::find_if(zoo_->relations, [](const Relation& r) { return r.name.name == "parted"; });
  EXPECT_EQ(part->parent, parent->oid);
  EXPECT_EQ(parent->kind, 'p');
}

TEST_F(CaptureTest, DescribesIndexes) {
  const auto keys = [&](const std::string& name) { return FindIndex(*zoo_, name).def.keys; };
  EXPECT_TRUE(FindIndex(*zoo_, "t_pkey").primary);
  EXPECT_TRUE(FindIndex(*zoo_, "t_pkey").backs_constraint);
  EXPECT_EQ(keys("z_ba"),
            (std::vector<IndexKey>{{.column = 3, .descending = true, .nulls_first = true}, {.column = 2}}));
  EXPECT_EQ(keys("z_b_desc_last"), (std::vector<IndexKey>{{.column = 3, .descending = true}}));
  EXPECT_EQ(keys("z_b_nf"), (std::vector<IndexKey>{{.column = 3, .nulls_first = true}}));
  EXPECT_EQ(keys("z_b_pattern"), (std::vector<IndexKey>{{.column = 3, .opclass = "text_pattern_ops"}}));
  EXPECT_EQ(keys("z_b_coll"), (std::vector<IndexKey>{{.column = 3, .collation = "\"C\""}}));
  EXPECT_EQ(keys("z_c"), (std::vector<IndexKey>{{.column = 4}})) << "the column's own collation";
  EXPECT_EQ(keys("z_c_default"), (std::vector<IndexKey>{{.column = 4, .collation = "\"default\""}}));
  for (const char* name : {"z_e", "z_f", "z_g", "z_h", "z_i", "z_j", "z_k", "z_l", "z_m", "z_n", "z_p", "z_s", "z_hash",
                           "z_gist", "z_brin"}) {
    EXPECT_EQ(keys(name).front().opclass, "") << name << " has its type's default operator class";
  }
  EXPECT_EQ(keys("z_lower").front(), (IndexKey{.column = 0, .expression = "lower(b)"}));
  EXPECT_EQ(FindIndex(*zoo_, "z_d_inc").def.include, (std::vector<int>{6, 3}));
  EXPECT_EQ(FindIndex(*zoo_, "z_d_inc").def.keys.size(), 1U);
  EXPECT_EQ(FindIndex(*zoo_, "z_q").def.predicate, "r");
  EXPECT_EQ(FindIndex(*zoo_, "z_gin").def.method, "gin");
  const absl::StatusOr<pg::Result> truth =
      server_->Query("zoo", "SELECT pg_relation_size('zoo.z_abc') / 8192, pg_get_indexdef('zoo.z_abc'::regclass)");
  ASSERT_TRUE(truth.ok());
  EXPECT_EQ(FindIndex(*zoo_, "z_abc").pages, truth->Integer(0, 0));
  EXPECT_EQ(FindIndex(*zoo_, "z_abc").sql, truth->Text(0, 1));
}

// Every B-tree's height against its metapage.
TEST_F(CaptureTest, KnowsTreeHeights) {
  const absl::StatusOr<pg::Result> truth =
      server_->Query("zoo",
                     "SELECT c.relname, m.fastlevel FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN "
                     "pg_am a ON a.oid = c.relam, "
                     "LATERAL bt_metap(format('%I.%I', n.nspname, c.relname)) m WHERE n.nspname = 'zoo' AND a.amname = "
                     "'btree' AND c.relkind = 'i'");
  ASSERT_TRUE(truth.ok()) << truth.status();
  int exact = 0;
  int unknown = 0;
  for (std::size_t i = 0; i < truth->rows(); ++i) {
    const Index& index = FindIndex(*zoo_, truth->Text(i, 0));
    if (!index.tree_height.has_value()) {
      ++unknown;
      continue;
    }
    EXPECT_EQ(*index.tree_height, truth->Integer(i, 1)) << index.sql;
    if (index.tree_height_exact) ++exact;
  }
  // Not known: an index of which a smaller one does all the work (z_nodedup, beside z_f).
  EXPECT_GE(truth->rows(), 45U);
  EXPECT_GE(exact, 42);
  EXPECT_LE(unknown, 1);
  EXPECT_FALSE(FindIndex(*zoo_, "z_hash").tree_height.has_value());
}

TEST_F(CaptureTest, KnowsEndPoints) {
  EXPECT_EQ(Ends(*zoo_, "t_pkey"), "1 .. 60000");
  EXPECT_EQ(Ends(*zoo_, "z_f"), "sad .. happy");
  EXPECT_EQ(Ends(*zoo_, "z_o"), "0.1 .. 6000");
  EXPECT_EQ(Ends(*zoo_, "z_p"), "00:00:01 .. 16:40:00");
  EXPECT_EQ(Ends(*zoo_, "z_d_inc"), "2020-01-01 00:01:00+00 .. 2020-02-11 16:00:00+00");
  EXPECT_EQ(Ends(*zoo_, "z_g"), "{0,0} .. {9,6}");
  EXPECT_EQ(Ends(*zoo_, "z_h"), "[1,11) .. [60000,60010)");
  EXPECT_EQ(Ends(*zoo_, "z_expr2"), "0 .. 9");
  EXPECT_EQ(Ends(*zoo_, "nothing_pkey"), "none .. none") << "an empty index";
  EXPECT_EQ(Ends(*zoo_, "deleted_pkey"), "1 .. 10");
  EXPECT_EQ(Ends(*zoo_, "z_q"), "no entry") << "the planner does not look into partial indexes";
  EXPECT_EQ(Ends(*zoo_, "z_hash"), "no entry");
  // Order of the index's own operator class and collation.
  for (const auto& [index, order] : std::map<std::string, std::string>{{"z_b_pattern", "b USING ~<~"},
                                                                       {"z_b_coll", "b COLLATE \"C\""},
                                                                       {"z_b_nf", "b"},
                                                                       {"z_ba", "b"},
                                                                       {"z_i", "i"},
                                                                       {"z_l", "l"},
                                                                       {"z_e", "e"},
                                                                       {"z_k", "k"}}) {
    const std::string column = order.substr(0, 1);
    const absl::StatusOr<pg::Result> truth = server_->Query(
        "zoo", absl::StrCat("WITH o AS (SELECT ", column, "::text AS v, row_number() OVER (ORDER BY ", order,
                            ") AS n FROM zoo.t) SELECT (SELECT v FROM o ORDER BY n LIMIT 1) || ' .. ' || "
                            "(SELECT v FROM o ORDER BY n DESC LIMIT 1)"));
    ASSERT_TRUE(truth.ok()) << truth.status();
    EXPECT_EQ(Ends(*zoo_, index), truth->Text(0, 0)) << index;
  }
}

TEST_F(CaptureTest, EndPointsAreNewerThanTheStatistics) {
  ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE growing").ok());
  ASSERT_TRUE(server_
                  ->Run("growing",
                        "CREATE TABLE g (at timestamptz, x int); CREATE INDEX g_at ON g (at DESC) INCLUDE (x); "
                        "INSERT INTO g SELECT '2024-01-01Z'::timestamptz + i * interval '1 s', i FROM "
                        "generate_series(1, 9000) i; "
                        "ANALYZE g; INSERT INTO g VALUES ('2031-01-01Z', 1), (NULL, 2)")
                  .ok());
  const absl::StatusOr<Snapshot> snapshot = CaptureDatabase("growing");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_EQ(Ends(*snapshot, "g_at"), "2024-01-01 00:00:01+00 .. 2031-01-01 00:00:00+00");
}

TEST_F(CaptureTest, KeepsStatisticsAsThePlannerHasThem) {
  const absl::StatusOr<pg::Result> truth = server_->Query(
      "zoo",
      "SELECT starelid, staattnum, stakind1, staop1::regoperator, stanumbers1, stavalues1, stanullfrac, stawidth, "
      "stadistinct "
      "FROM pg_statistic WHERE starelid IN (SELECT oid FROM pg_class WHERE relnamespace = 'zoo'::regnamespace)");
  ASSERT_TRUE(truth.ok()) << truth.status();
  EXPECT_EQ(zoo_->statistics.size(), truth->rows());
  std::size_t found = 0;
  for (std::size_t i = 0; i < truth->rows(); ++i) {
    for (const ColumnStatistics& statistics : zoo_->statistics) {
      if (statistics.relation.value != truth->Integer(i, 0) || statistics.column != truth->Integer(i, 1) ||
          statistics.inherited)
        continue;
      ++found;
      EXPECT_EQ(statistics.null_fraction, truth->Number(i, 6));
      EXPECT_EQ(statistics.average_width, truth->Integer(i, 7));
      EXPECT_EQ(statistics.distinct, truth->Number(i, 8));
      ASSERT_FALSE(statistics.slots.empty());
      EXPECT_EQ(statistics.slots[0].kind, truth->Integer(i, 2));
      EXPECT_EQ(statistics.slots[0].numbers, truth->At(i, 4));
      EXPECT_EQ(statistics.slots[0].values, truth->At(i, 5));
    }
  }
  EXPECT_GE(found, 35U);
  // An expression's statistics stand under the index.
  const Index& lower = FindIndex(*zoo_, "z_lower");
  EXPECT_TRUE(std::ranges::any_of(zoo_->statistics,
                                  [&](const ColumnStatistics& s) { return s.relation == lower.oid && s.column == 1; }));
}

TEST_F(CaptureTest, LeavesValuesOutWhenAsked) {
  const absl::StatusOr<Snapshot> snapshot = CaptureDatabase("zoo", false);
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_FALSE(snapshot->with_values);
  EXPECT_TRUE(snapshot->end_points.empty());
  EXPECT_EQ(snapshot->statistics.size(), zoo_->statistics.size());
  for (const ColumnStatistics& statistics : snapshot->statistics) {
    for (const StatisticSlot& slot : statistics.slots) EXPECT_FALSE(slot.values.has_value());
  }
}

TEST_F(CaptureTest, SameDatabaseSameSnapshot) {
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  const absl::StatusOr<Snapshot> once = CaptureDatabase("zoo");
  ASSERT_TRUE(once.ok()) << once.status();
  ASSERT_TRUE(server_->WaitUntilAlone().ok());
  absl::StatusOr<Snapshot> again = CaptureDatabase("zoo");
  ASSERT_TRUE(again.ok()) << again.status();
  again->captured_at = once->captured_at;
  again->statement_source.database_active_ms = once->statement_source.database_active_ms;  // we were active
  EXPECT_TRUE(*again == *once);
  EXPECT_TRUE(zoo_->gaps.empty()) << zoo_->gaps.front().subject << ": " << zoo_->gaps.front().reason;
}

// The schema text, sent to an empty database, makes the same tables and indexes.
TEST_F(CaptureTest, HostileNamesSurvive) {
  const absl::StatusOr<Snapshot> snapshot = CaptureDatabase("hostile");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  ASSERT_EQ(snapshot->relations.size(), 1U);
  EXPECT_EQ(snapshot->relations[0].name.schema, "we\"ird\n<b>sch'ä\\");
  EXPECT_EQ(snapshot->relations[0].columns.size(), 5U);
  EXPECT_EQ(snapshot->indexes.size(), 4U);
  for (const Index& index : snapshot->indexes) EXPECT_EQ(index.tree_height_exact, true) << index.sql;
  EXPECT_EQ(Ends(*snapshot, "ends"), "b\\c .. b\\c");
  EXPECT_TRUE(snapshot->gaps.empty());
  EXPECT_TRUE(absl::StrContains(snapshot->schema_sql, "\\unrestrict x\nCREATE USER MAPPING FOR me SERVER s;\n"))
      << "a function's body";
  EXPECT_FALSE(absl::StartsWith(snapshot->schema_sql, "\\restrict"));
  EXPECT_FALSE(absl::StrContains(snapshot->schema_sql, "\n\\restrict"));

  ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE copied").ok());
  const absl::Status restored = server_->Run("copied", snapshot->schema_sql);
  ASSERT_TRUE(restored.ok()) << restored;
  const absl::StatusOr<Snapshot> copy = CaptureDatabase("copied");
  ASSERT_TRUE(copy.ok()) << copy.status();
  ASSERT_EQ(copy->indexes.size(), snapshot->indexes.size());
  for (const Index& index : snapshot->indexes) EXPECT_EQ(FindIndex(*copy, index.name.name).sql, index.sql);
  EXPECT_EQ(copy->relations[0].name, snapshot->relations[0].name);
}

TEST_F(CaptureTest, LeavesSecretsOnTheServer) {
  ASSERT_TRUE(server_->Run("postgres", "CREATE DATABASE secretive").ok());
  const absl::Status made = server_->Run(
      "secretive",
      "CREATE FOREIGN DATA WRAPPER f; CREATE SERVER s FOREIGN DATA WRAPPER f; CREATE TABLE kept (a int); "
      "CREATE USER MAPPING FOR postgres SERVER s OPTIONS (user 'u;x', password 'hunter2'); "
      "ALTER DATABASE secretive SET app.jwt_secret = 'hunter2'; ALTER DATABASE secretive SET work_mem = '7MB'");
  ASSERT_TRUE(made.ok()) << made;
  const absl::StatusOr<Snapshot> snapshot = CaptureDatabase("secretive");
  ASSERT_TRUE(snapshot.ok()) << snapshot.status();
  EXPECT_FALSE(absl::StrContains(snapshot->schema_sql, "hunter2"));
  EXPECT_TRUE(absl::StrContains(snapshot->schema_sql, "CREATE SERVER s"));
  EXPECT_TRUE(absl::StrContains(snapshot->schema_sql, "CREATE TABLE public.kept"));
  EXPECT_EQ(snapshot->role_settings,
            (std::vector<RoleSetting>{{.role = "", .database = "secretive", .name = "work_mem", .value = "7MB"}}));
  EXPECT_EQ(snapshot->gaps.size(), 2U);
  EXPECT_EQ(snapshot->FindSetting("work_mem"), "7MB");
}

}  // namespace
}  // namespace pgassay
