#include "sample.h"

#include <sqlite3.h>

#include <algorithm>
#include <filesystem>
#include <utility>
#include <vector>

namespace pgassay::store {
namespace {

Relation SampleRelation() {
  Relation orders{.oid = {16400}, .name = {"shop", "orders"}, .kind = 'r', .persistence = 'u'};
  orders.pages = 40000;
  orders.statistics_pages = 39000;
  orders.statistics_tuples = 1999999.5;
  orders.all_visible_pages = 38000;
  orders.parent = {16390};
  orders.row_security = true;
  orders.owner = "keeper";
  orders.readable = false;
  orders.fillfactor = 90;
  orders.columns = {
      {.number = 1,
       .name = "id",
       .type = "bigint",
       .type_oid = {20},
       .type_length = 8,
       .type_align = 'd',
       .not_null = true},
      {.number = 3, .name = "note", .type = "text", .type_oid = {25}, .type_length = -1, .statistics_target = 500}};
  orders.counters = {.seq_scans = 1,
                     .seq_tuples_read = 2,
                     .index_scans = 3,
                     .tuples_inserted = 4,
                     .tuples_updated = 5,
                     .tuples_hot_updated = 6,
                     .tuples_deleted = 7,
                     .live_tuples = 8,
                     .dead_tuples = 9,
                     .modified_since_analyze = 10,
                     .last_analyze = "2024-05-01T12:00:00.000001Z"};
  return orders;
}

Index SampleIndex() {
  Index index{.oid = {16410}, .name = {"shop", "orders_note_idx"}};
  index.def = {.table = {16400},
               .method = "btree",
               .keys = {{.column = 3, .opclass = "text_pattern_ops", .collation = "\"C\""},
                        {.column = 0, .expression = "lower(note)", .descending = true, .nulls_first = true}},
               .include = {1},
               .predicate = "(note IS NOT NULL)",
               .unique = true};
  index.primary = true;
  index.exclusion = true;
  index.valid = false;
  index.ready = false;
  index.backs_constraint = true;
  index.replica_identity = true;
  index.clustered = true;
  index.pages = 1234;
  index.statistics_pages = 1200;
  index.statistics_tuples = 17.25;
  index.tree_height = 2;
  index.tree_height_exact = true;
  index.sql = "CREATE UNIQUE INDEX ...";
  index.scans = 11;
  index.tuples_read = 12;
  index.tuples_fetched = 13;
  return index;
}

Index SampleBlockRangeIndex() {
  Index index{.oid = {16411}, .name = {"shop", "orders_id_brin"}};
  index.def = {.table = {16400}, .method = "brin", .keys = {{.column = 1}}, .pages_per_range = 16};
  index.range_map = RangeMap{.pages_per_range = 32, .map_pages = 2};
  return index;
}

Index SampleInvertedIndex() {
  Index index{.oid = {16412}, .name = {"shop", "orders_note_gin"}};
  index.def = {.table = {16400}, .method = "gin", .keys = {{.column = 3}}};
  index.inverted_counts =
      InvertedCounts{.total_pages = 5, .entry_pages = 4, .data_pages = 3, .entries = 2, .pending_pages = 1};
  return index;
}

std::vector<ExtendedStatistics> SampleExtended() {
  ExtendedStatistics of{.oid = {16500}, .name = {"shop", "of_orders"}, .relation = {16400}, .columns = "{1,3}"};
  of.distinct = {{.columns = "{1,3}", .figure = 12345678901}, {.columns = "{3,-1}", .figure = 2}};
  of.dependencies = {{.columns = "{1,3}", .figure = 0.1}, {.columns = "{3,1}", .figure = 1}};
  of.common = {{.values = "{1,NULL,\"a,b\"}", .frequency = 1.0 / 3, .base_frequency = 0.2},
               {.values = "{2,x,y}", .frequency = 0, .base_frequency = 1e-300}};
  of.expressions = {{.column = 1,
                     .null_fraction = 0.5,
                     .average_width = 7,
                     .distinct = -1,
                     .slots = {{.kind = 2, .op = "<(text,text)", .collation = "c", .numbers = "{1}", .values = "{a,b}"},
                               {.kind = 3, .op = "0"}}}};
  ExtendedStatistics inherited = of;
  inherited.inherited = true;
  inherited.expressions[0].inherited = true;
  inherited.dependencies.clear();
  return {of, inherited};
}

Statement SampleStatement() {
  Statement statement{.query_id = -42, .user = "app", .top_level = false, .text = "SELECT $1", .since = "2024-05-01"};
  statement.counters = {.calls = 1,
                        .total_ms = 2.5,
                        .min_ms = 3.5,
                        .max_ms = 4.5,
                        .stddev_ms = 5.5,
                        .rows = 6,
                        .plans = 7,
                        .plan_ms = 8.5,
                        .shared_blocks_hit = 9,
                        .shared_blocks_read = 10,
                        .shared_blocks_dirtied = 11,
                        .shared_blocks_written = 12,
                        .local_blocks_hit = 13,
                        .local_blocks_read = 14,
                        .local_blocks_dirtied = 15,
                        .local_blocks_written = 16,
                        .temp_blocks_read = 17,
                        .temp_blocks_written = 18,
                        .block_read_ms = 19.5,
                        .block_write_ms = 20.5,
                        .wal_records = 21,
                        .wal_full_page_images = 22,
                        .wal_bytes = 23.5,
                        .jit_functions = 24,
                        .jit_ms = 25.5};
  return statement;
}

void AddWorkload(Snapshot& snapshot) {
  snapshot.views = {{.oid = {16430}, .name = {"shop", "open_order"}, .owner = "keeper"}};
  snapshot.roles = {{.name = "app", .inherit = false, .member_of = {"keeper", "pg_monitor"}},
                    {.name = "keeper", .superuser = true, .bypass_row_security = true}};
  snapshot.statement_source = {.version = "1.10",
                               .unavailable = "why",
                               .installed_in = "postgres",
                               .reset_at = "2024-04-01T00:00:00.000000Z",
                               .evictions = 3,
                               .max_statements = 5000,
                               .track = "top",
                               .database_active_ms = 1.25};
  snapshot.statements = {SampleStatement(), {.query_id = 7, .text = "SELECT 2"}};
  snapshot.statement_groups = {
      {.code = "other-database", .statements = 1, .calls = 2, .total_ms = 3.5},
      {.code = "utility-statement", .detail = "DoStmt", .statements = 4, .calls = 5, .total_ms = 6.5}};
}

}  // namespace

Snapshot SampleSnapshot() {
  Snapshot snapshot;
  snapshot.system_identifier = "7301234567890123456";
  snapshot.database_oid = {4294967295};
  snapshot.database = "shop";
  snapshot.standby = true;
  snapshot.captured_at = "2024-05-02T03:04:05.678901Z";
  snapshot.server_version = 150008;
  snapshot.server_version_text = "PostgreSQL 15.8";
  snapshot.user = "monitor";
  snapshot.with_values = false;
  snapshot.encoding = "UTF8";
  snapshot.locale_provider = "i";
  snapshot.collate = "en_US.UTF-8";
  snapshot.ctype = "C";
  snapshot.icu_locale = "en-US";
  snapshot.database_bytes = 1234567890123;
  snapshot.statistics_reset = "2024-01-01T00:00:00.000000Z";
  snapshot.schema_sql = "CREATE SCHEMA shop;\n";
  snapshot.relations = {{.oid = {16390}, .name = {"shop", "all_orders"}, .kind = 'p', .statistics_pages = -1},
                        SampleRelation()};
  snapshot.indexes = {SampleIndex(), SampleBlockRangeIndex(), SampleInvertedIndex()};
  snapshot.constraints = {
      {.oid = {16420}, .table = {16400}, .name = "orders_check", .kind = 'c', .columns = {0, -7, 3}, .sql = "CHECK"},
      {.oid = {16421},
       .table = {16400},
       .name = "orders_fk",
       .kind = 'f',
       .columns = {1, 3},
       .foreign_table = {99},
       .foreign_columns = {2, 1},
       .index = {98},
       .sql = "FOREIGN KEY"}};
  snapshot.statistics = {
      {.relation = {16400},
       .column = 1,
       .inherited = true,
       .null_fraction = 0.1,
       .average_width = 8,
       .distinct = -0.333333,
       .slots = {{.kind = 1, .op = "=(bigint,bigint)", .collation = "", .numbers = "{0.5}", .values = "{1}"},
                 {.kind = 3, .op = "<(bigint,bigint)", .collation = "pg_catalog.\"C\"", .numbers = "{1}"}}},
      {.relation = {16410}, .column = 2}};
  snapshot.extended = SampleExtended();
  snapshot.end_points = {{.index = {16410}, .min = "", .max = std::nullopt}};
  snapshot.settings = {{.name = "random_page_cost", .value = "1.1", .source = "configuration file"},
                       {.name = "work_mem"}};
  snapshot.role_settings = {{.role = "app", .database = "", .name = "work_mem", .value = "64MB"},
                            {.role = "", .database = "shop", .name = "jit", .value = "off"}};
  snapshot.extensions = {{.name = "pg_trgm", .version = "1.6", .schema = "public"}};
  AddWorkload(snapshot);
  snapshot.gaps = {{.subject = "shop.secret", .reason = "permission denied"},
                   {.subject = "shop.secret", .reason = "again"}};
  return snapshot;
}

Snapshot WithoutExtended(Snapshot snapshot) {
  snapshot.extended.clear();
  for (Index& index : snapshot.indexes) {
    index.def.pages_per_range = 0;
    index.range_map.reset();
    index.inverted_counts.reset();
  }
  return snapshot;
}

void StoreTest::SetUp() {
  absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(testing::TempDir(), "pgassay-store-");
  ASSERT_TRUE(made.ok()) << made.status();
  directory_.emplace(*std::move(made));
}

std::string StoreTest::MakeSampleFile(const std::string& name) const {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(Path(name));
  EXPECT_TRUE(file.ok()) << file.status();
  const absl::StatusOr<int> number = file->Append(SampleSnapshot());
  EXPECT_TRUE(number.ok()) << number.status();
  return Path(name);
}

std::string StoreTest::Entries() const {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory_->path()))
    names.push_back(entry.path().filename());
  std::ranges::sort(names);
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

void RunSql(const std::string& path, const std::string& sql) {
  sqlite3* database = nullptr;
  ASSERT_EQ(::sqlite3_open(path.c_str(), &database), SQLITE_OK) << path;
  char* message = nullptr;
  const int result = ::sqlite3_exec(database, sql.c_str(), nullptr, nullptr, &message);
  EXPECT_EQ(result, SQLITE_OK) << sql << ": " << (message != nullptr ? message : "");
  ::sqlite3_free(message);
  ::sqlite3_close(database);
}

}  // namespace pgassay::store
