// Whatever a database holds comes out of an assay file as it went in: random snapshots with hostile names and values.

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/file.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "pgassay/snapshot.h"

namespace pgassay {
namespace {

// Makes snapshots that keep the promises of pgassay/snapshot.h and nothing else.
class RandomSnapshot {
 public:
  explicit RandomSnapshot(unsigned seed) : random_(seed) {}

  Snapshot Make() {
    Snapshot snapshot = Head();
    for (int i = Below(6); i > 0; --i) snapshot.relations.push_back(MakeRelation());
    for (const Relation& relation : snapshot.relations) AddStatistics(relation.oid, snapshot);
    for (const Relation& relation : snapshot.relations) {
      for (int i = relation.columns.empty() ? 0 : Below(3); i > 0; --i) snapshot.indexes.push_back(MakeIndex(relation));
      for (int i = Below(3); i > 0; --i) snapshot.constraints.push_back(MakeConstraint(relation));
    }
    for (const Index& index : snapshot.indexes) {
      if (Flip()) AddStatistics(index.oid, snapshot);
      if (Flip()) snapshot.end_points.push_back({.index = index.oid, .min = Maybe(Text()), .max = Maybe(Text())});
    }
    for (const Relation& relation : snapshot.relations) {
      for (int i = relation.columns.size() < 2 ? 0 : Below(3); i > 0; --i) AddExtended(relation, snapshot);
    }
    for (int i = Below(5); i > 0; --i)
      snapshot.settings.push_back({.name = NextName(), .value = Text(), .source = Text()});
    for (int i = Below(5); i > 0; --i) {
      snapshot.role_settings.push_back({.role = Text(), .database = NextName(), .name = Text(), .value = Text()});
    }
    for (int i = Below(3); i > 0; --i)
      snapshot.extensions.push_back({.name = NextName(), .version = Text(), .schema = Text()});
    AddWorkload(snapshot);
    for (int i = Below(3); i > 0; --i) snapshot.gaps.push_back({.subject = Text(), .reason = Text()});
    return snapshot;
  }

 private:
  Snapshot Head() {
    Snapshot snapshot;
    for (std::string* text :
         {&snapshot.system_identifier, &snapshot.database, &snapshot.captured_at, &snapshot.server_version_text,
          &snapshot.user, &snapshot.encoding, &snapshot.locale_provider, &snapshot.collate, &snapshot.ctype,
          &snapshot.icu_locale, &snapshot.schema_sql}) {
      *text = Text();
    }
    snapshot.database_oid = {static_cast<std::uint32_t>(random_())};
    snapshot.standby = Flip();
    snapshot.with_values = Flip();
    snapshot.server_version = Below(200000);
    snapshot.database_bytes = Count();
    snapshot.statistics_reset = Maybe(Text());
    return snapshot;
  }

  Relation MakeRelation() {
    Relation relation{
        .oid = NextOid(), .name = {Text(), NextName()}, .kind = Choose("rpmf"), .persistence = Choose("put")};
    relation.pages = Count();
    relation.statistics_pages = static_cast<int>(random_());
    relation.statistics_tuples = Flip() ? -1 : Real();
    relation.all_visible_pages = static_cast<int>(random_());
    relation.parent = {static_cast<std::uint32_t>(random_())};
    relation.row_security = Flip();
    relation.owner = Text();
    relation.readable = Flip();
    relation.fillfactor = Maybe(10 + Below(91));
    for (int number = 1 + Below(3), i = Below(6); i > 0; --i, number += 1 + Below(3)) {
      relation.columns.push_back({.number = number,
                                  .name = Text(),
                                  .type = Text(),
                                  .type_oid = {static_cast<std::uint32_t>(random_())},
                                  .type_length = Below(100) - 2,
                                  .type_align = Choose("csid"),
                                  .not_null = Flip(),
                                  .statistics_target = Maybe(Below(10001))});
    }
    TableCounters& counters = relation.counters;
    for (std::int64_t* counter :
         {&counters.seq_scans, &counters.seq_tuples_read, &counters.index_scans, &counters.tuples_inserted,
          &counters.tuples_updated, &counters.tuples_hot_updated, &counters.tuples_deleted, &counters.live_tuples,
          &counters.dead_tuples, &counters.modified_since_analyze}) {
      *counter = Count();
    }
    counters.last_analyze = Maybe(Text());
    return relation;
  }

  int AnyColumn(const Relation& relation) {
    return relation.columns[static_cast<std::size_t>(Below(static_cast<int>(relation.columns.size())))].number;
  }

  Index MakeIndex(const Relation& relation) {
    Index index{.oid = NextOid(), .name = {Text(), NextName()}};
    index.def.table = relation.oid;
    index.def.method = "m" + Text();
    if (Below(4) == 0) {
      index.def.method = "brin";
      index.def.pages_per_range = Below(131'073);
      if (Flip()) index.range_map = RangeMap{.pages_per_range = 1 + Below(131'072), .map_pages = Below(1000)};
    } else if (Below(4) == 0) {
      index.def.method = "gin";
      if (Flip()) index.inverted_counts = InvertedCounts{.total_pages = Below(1000), .entries = Below(1000)};
    }
    index.def.predicate = Text();
    index.def.unique = Flip();
    for (int i = 1 + Below(4); i > 0; --i) {
      const bool is_expression = Flip();
      index.def.keys.push_back({.column = is_expression ? 0 : AnyColumn(relation),
                                .expression = is_expression ? "e" + Text() : "",
                                .opclass = Text(),
                                .collation = Text(),
                                .descending = Flip(),
                                .nulls_first = Flip()});
    }
    for (int i = Below(3); i > 0; --i) index.def.include.push_back(AnyColumn(relation));
    for (bool* claim : {&index.primary, &index.exclusion, &index.valid, &index.ready, &index.backs_constraint,
                        &index.replica_identity, &index.clustered, &index.tree_height_exact}) {
      *claim = Flip();
    }
    index.pages = Count();
    index.statistics_pages = static_cast<int>(random_());
    index.statistics_tuples = Real();
    index.tree_height = Maybe(Below(9));
    index.sql = Text();
    index.scans = Count();
    index.tuples_read = Count();
    index.tuples_fetched = Count();
    return index;
  }

  Constraint MakeConstraint(const Relation& relation) {
    Constraint constraint{.oid = NextOid(), .table = relation.oid, .name = Text(), .kind = Choose("pufcx")};
    constraint.index = {static_cast<std::uint32_t>(random_())};
    constraint.sql = Text();
    for (int i = Below(4); i > 0; --i) constraint.columns.push_back(Below(100) - 8);
    if (constraint.kind == 'f') {
      constraint.foreign_table = {1 + static_cast<std::uint32_t>(Below(99))};
      for (std::size_t i = 0; i < constraint.columns.size(); ++i) constraint.foreign_columns.push_back(Below(100));
    }
    return constraint;
  }

  // Relations come before indexes, and both in order of their OIDs, so that appending keeps the statistics in order.
  void AddStatistics(Oid relation, Snapshot& snapshot) {
    for (int column = 1 + Below(2), i = Below(4); i > 0; --i, column += 1 + Below(2)) {
      ColumnStatistics row{.relation = relation, .column = column, .inherited = Flip()};
      row.null_fraction = std::uniform_real_distribution<double>(0, 1)(random_);
      row.average_width = Below(1000);
      row.distinct = Flip() ? Real() : -std::uniform_real_distribution<double>(0, 1)(random_);
      for (int slot = Below(6); slot > 0; --slot) {
        row.slots.push_back({.kind = 1 + Below(7),
                             .op = Text(),
                             .collation = Text(),
                             .numbers = Maybe(Text()),
                             .values = Maybe(Text())});
      }
      snapshot.statistics.push_back(std::move(row));
    }
  }

  double Share() { return std::uniform_real_distribution<double>(0, 1)(random_); }

  void AddExtended(const Relation& relation, Snapshot& snapshot) {
    const int first = relation.columns.front().number;
    ExtendedStatistics of{.oid = NextOid(), .name = {Text(), Text()}, .relation = relation.oid, .inherited = Flip()};
    of.columns = "{" + std::to_string(first) + "}";
    const std::string group = "{" + std::to_string(first) + ",-1}";
    for (int i = Below(4); i > 0; --i) of.distinct.push_back({.columns = group, .figure = Share() * 1e15});
    for (int i = Below(4); i > 0; --i) of.dependencies.push_back({.columns = group, .figure = Share()});
    for (int i = Below(4); i > 0; --i) {
      of.common.push_back({.values = Text(), .frequency = Share(), .base_frequency = Share()});
    }
    for (int number = 1; number <= 3 && Flip(); ++number) {
      of.expressions.push_back({.column = number, .inherited = of.inherited, .null_fraction = Share(), .slots = {}});
      if (Flip()) of.expressions.back().slots.push_back({.kind = 1, .op = Text(), .values = Maybe(Text())});
    }
    snapshot.extended.push_back(std::move(of));
  }

  void AddWorkload(Snapshot& snapshot) {
    for (int i = Below(4); i > 0; --i)
      snapshot.views.push_back({.oid = NextOid(), .name = {Text(), Text()}, .owner = Text()});
    for (int i = Below(4); i > 0; --i) {
      Role role{.name = NextName(), .superuser = Flip(), .bypass_row_security = Flip(), .inherit = Flip()};
      for (int group = Below(4); group > 0; --group) role.member_of.push_back(NextName());
      snapshot.roles.push_back(std::move(role));
    }
    StatementSource& source = snapshot.statement_source;
    for (std::string* text : {&source.version, &source.unavailable, &source.installed_in, &source.track})
      *text = Text();
    source.reset_at = Maybe(Text());
    source.evictions = Count();
    source.max_statements = Count();
    source.database_active_ms = Maybe(Real());
    for (int i = Below(5); i > 0; --i) snapshot.statements.push_back(MakeStatement());
    std::ranges::sort(snapshot.statements, {}, [](const Statement& statement) {
      return std::tuple(-statement.counters.total_ms, statement.user, statement.query_id, statement.top_level);
    });
    for (int i = Below(4); i > 0; --i) {
      snapshot.statement_groups.push_back(
          {.code = NextName(), .detail = Text(), .statements = Count(), .calls = Count(), .total_ms = Real()});
    }
  }

  Statement MakeStatement() {
    Statement statement{.query_id = Flip() ? Count() : -Count(), .user = Text(), .top_level = Flip(), .text = Text()};
    statement.since = Maybe(Text());
    StatementCounters& counters = statement.counters;
    for (std::int64_t* count :
         {&counters.calls, &counters.rows, &counters.plans, &counters.shared_blocks_hit, &counters.shared_blocks_read,
          &counters.shared_blocks_dirtied, &counters.shared_blocks_written, &counters.local_blocks_hit,
          &counters.local_blocks_read, &counters.local_blocks_dirtied, &counters.local_blocks_written,
          &counters.temp_blocks_read, &counters.temp_blocks_written, &counters.wal_records,
          &counters.wal_full_page_images, &counters.jit_functions}) {
      *count = Count();
    }
    for (double* amount :
         {&counters.total_ms, &counters.min_ms, &counters.max_ms, &counters.stddev_ms, &counters.plan_ms,
          &counters.block_read_ms, &counters.block_write_ms, &counters.wal_bytes, &counters.jit_ms}) {
      *amount = Flip() ? 0 : Real();
    }
    return statement;
  }

  // Bytes of all kinds, now and then a text that means something to SQL, to SQLite or to a terminal.
  std::string Text() {
    static const std::vector<std::string> kHostile = {"",
                                                      "'",
                                                      "\"",
                                                      "\\",
                                                      "'; DROP TABLE capture; --",
                                                      std::string("\0", 1),
                                                      std::string("a\0b", 3),
                                                      "NULL",
                                                      "?1",
                                                      ":a",
                                                      "%s%n",
                                                      "\x1b[2J",
                                                      "\xff\xfe",
                                                      "\xc3\x28",
                                                      "\u202Eevil",
                                                      "1e999",
                                                      "9223372036854775808",
                                                      "größe",
                                                      "\xf0\x9f\x98\x80",
                                                      "\r\n"};
    if (Flip()) return kHostile[static_cast<std::size_t>(Below(static_cast<int>(kHostile.size())))];
    std::string text(static_cast<std::size_t>(Below(20) == 0 ? Below(20000) : Below(30)), ' ');
    for (char& c : text) c = static_cast<char>(random_());
    return text;
  }

  // Grows from call to call, so that lists which are ordered by it are in order.
  std::string NextName() {
    std::string number = std::to_string(1000000 + ++names_);
    return number + Text();
  }
  Oid NextOid() { return {oid_ += 1 + static_cast<std::uint32_t>(Below(1000000))}; }

  int Below(int end) { return std::uniform_int_distribution<int>(0, end - 1)(random_); }
  bool Flip() { return Below(2) == 1; }
  char Choose(std::string_view codes) { return codes[static_cast<std::size_t>(Below(static_cast<int>(codes.size())))]; }
  std::int64_t Count() {
    const std::int64_t any =
        std::uniform_int_distribution<std::int64_t>(0, std::numeric_limits<std::int64_t>::max())(random_);
    return any >> Below(63);
  }
  double Real() { return std::ldexp(std::uniform_real_distribution<double>(0, 1)(random_), Below(1000) - 500); }
  template <typename Value>
  std::optional<Value> Maybe(Value value) {
    return Flip() ? std::optional<Value>(std::move(value)) : std::nullopt;
  }

  std::mt19937 random_;
  int names_ = 0;
  std::uint32_t oid_ = 16383;
};

TEST(AssayRoundTripTest, RandomSnapshotsSurvive) {
  constexpr unsigned kFirstSeed = 1;
  constexpr unsigned kSeeds = 300;
  const absl::StatusOr<TemporaryDirectory> directory =
      TemporaryDirectory::Make(testing::TempDir(), "pgassay-property-");
  ASSERT_TRUE(directory.ok()) << directory.status();
  const std::string path = directory->path() + "/round.assay";

  absl::StatusOr<AssayFile> writer = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(writer.ok()) << writer.status();
  for (unsigned seed = kFirstSeed; seed < kFirstSeed + kSeeds; ++seed) {
    const absl::StatusOr<int> number = writer->Append(RandomSnapshot(seed).Make());
    ASSERT_TRUE(number.ok()) << "seed " << seed << ": " << number.status();
    ASSERT_EQ(*number, static_cast<int>(seed - kFirstSeed + 1));
  }

  const absl::StatusOr<AssayFile> reader = AssayFile::Open(path);
  ASSERT_TRUE(reader.ok()) << reader.status();
  ASSERT_EQ(reader->Captures()->size(), kSeeds);
  std::size_t indexes = 0;
  std::size_t slots = 0;
  std::size_t statements = 0;
  for (unsigned seed = kFirstSeed; seed < kFirstSeed + kSeeds; ++seed) {
    const Snapshot expected = RandomSnapshot(seed).Make();
    const absl::StatusOr<Snapshot> read = reader->Read(static_cast<int>(seed - kFirstSeed + 1));
    ASSERT_TRUE(read.ok()) << "seed " << seed << ": " << read.status();
    ASSERT_TRUE(*read == expected) << "seed " << seed;
    indexes += expected.indexes.size();
    statements += expected.statements.size();
    for (const ColumnStatistics& row : expected.statistics) slots += row.slots.size();
  }
  EXPECT_GT(indexes, kSeeds);  // the snapshots were not empty
  EXPECT_GT(slots, kSeeds);
  EXPECT_GT(statements, kSeeds);
}

}  // namespace
}  // namespace pgassay
