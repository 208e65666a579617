// BRIN and GIN are costed by what their first pages say. Plans are compared node by node with those of the source: of
// indexes that exist, and of candidates with those that were really built.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "pg/source_compare.h"
#include "pgassay/capture.h"
#include "support/shop.h"
#include "support/test_server.h"
#include "twin/twin.h"
#include "whatif/index_size.h"

namespace pgassay {
namespace {

// A table of some 3,000 blocks, so that ranges of one block need three pages of the range map.
constexpr std::string_view kLog = R"sql(
CREATE TABLE log (a int, b int, c int, d int, e int, note text);
INSERT INTO log SELECT i, i, i, i, i, repeat('x', 40) FROM generate_series(1, 300000) i;
)sql";

// By column: blocks of a range; none is the default.
const std::map<std::string, int>& Ranges() {
  static const std::map<std::string, int> ranges = {{"a", 1}, {"b", 16}, {"c", 0}, {"d", 1000}};
  return ranges;
}

std::vector<std::string> BrinStatements() {
  std::vector<std::string> statements;
  for (const auto& [column, range] : Ranges()) {
    statements.push_back(absl::StrCat("SELECT * FROM log WHERE ", column, " BETWEEN 1000 AND 1400"));
    statements.push_back(absl::StrCat("SELECT count(*) FROM log WHERE ", column, " > 290000"));
  }
  statements.push_back("SELECT * FROM log WHERE a < 900 AND d < 5000");
  return statements;
}

std::string BrinSql(const std::string& column, int range) {
  return absl::StrCat("CREATE INDEX log_", column, " ON log USING brin (", column, ")",
                      range == 0 ? "" : absl::StrCat(" WITH (pages_per_range = ", range, ")"));
}

constexpr std::string_view kDocuments = R"sql(
CREATE TABLE doc (id int, tags int[], body jsonb, words tsvector);
INSERT INTO doc SELECT i, ARRAY[i % 7, i % 500, i % 9000], jsonb_build_object('k', i % 300, 'm', 'v' || i % 5000),
  to_tsvector('simple', 'w' || i % 40 || ' u' || i % 3000 || ' t' || i % 11)
FROM generate_series(1, 60000) i;
)sql";

const std::vector<std::string>& InvertedSql() {
  static const std::vector<std::string> indexes = {
      "CREATE INDEX doc_tags ON doc USING gin (tags)",
      "CREATE INDEX doc_body ON doc USING gin (body)",
      "CREATE INDEX doc_path ON doc USING gin (body jsonb_path_ops)",
      "CREATE INDEX doc_words ON doc USING gin (words)",
  };
  return indexes;
}

const std::vector<std::string>& InvertedStatements() {
  static const std::vector<std::string> statements = {
      "SELECT * FROM doc WHERE tags @> ARRAY[1234]",
      "SELECT * FROM doc WHERE tags @> ARRAY[3, 77]",
      "SELECT * FROM doc WHERE tags && ARRAY[8001, 8002, 8003]",
      "SELECT * FROM doc WHERE body @> '{\"m\": \"v17\"}'",
      "SELECT * FROM doc WHERE body ? 'nothing'",
      "SELECT * FROM doc WHERE words @@ 'u17'::tsquery",
      "SELECT * FROM doc WHERE words @@ 'u17 & w3'::tsquery",
      "SELECT * FROM doc WHERE words @@ 'u1:*'::tsquery",
  };
  return statements;
}

class MetapageTest : public ::testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<test::TestServer>> server = test::TestServer::Start();
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
    Must("CREATE ROLE \"full\" LOGIN BYPASSRLS");
    Must("GRANT pg_read_all_data, pg_monitor TO \"full\"");
  }

  void Must(const std::string& sql) {
    const absl::StatusOr<pg::Result> ran = server_->Query("postgres", sql);
    ASSERT_TRUE(ran.ok()) << ran.status() << " " << sql;
  }
  // The capture reads first pages from files, which are as of the last checkpoint.
  Snapshot MustCapture(std::string_view user = "postgres") {
    Must("CHECKPOINT");
    CaptureOptions options;
    options.conninfo = server_->ConnInfo(user, "postgres");
    absl::StatusOr<Snapshot> snapshot = Capture(options);
    EXPECT_TRUE(snapshot.ok()) << snapshot.status();
    return snapshot.ok() ? test::ThroughAFile(*snapshot) : Snapshot{};
  }

  static std::unique_ptr<twin::Twin> MustStart(const Snapshot& snapshot) {
    absl::StatusOr<std::unique_ptr<twin::Twin>> twin = twin::Twin::Start(snapshot, test::TwinOptionsForTests(1));
    EXPECT_TRUE(twin.ok()) << twin.status();
    return twin.ok() ? *std::move(twin) : nullptr;
  }

  test::SourceComparison CompareCapture(const Snapshot& snapshot, const std::vector<std::string>& statements) {
    const std::unique_ptr<twin::Twin> twin = MustStart(snapshot);
    return twin ? test::CompareWithSource(*server_, "postgres", snapshot, *twin, statements) : test::SourceComparison();
  }

  void ExpectEqual(const char* what, const Snapshot& snapshot, const std::vector<std::string>& statements) {
    const test::SourceComparison compared = CompareCapture(snapshot, statements);
    std::printf("%s: %d of %d plans equal\n", what, compared.equal, compared.compared);
    EXPECT_EQ(compared.compared, static_cast<int>(statements.size()));
    EXPECT_EQ(compared.equal, compared.compared) << compared.differences;
  }

  // The source, which has `sql` built, with a twin of the capture `without`, which has `sql` as candidates: of the size
  // that `size` gives for each.
  template <typename Size>
  test::SourceComparison CompareCandidates(const Snapshot& without, const std::vector<std::string>& sql, Size size,
                                           const std::vector<std::string>& statements) {
    const std::unique_ptr<twin::Twin> twin = MustStart(without);
    if (!twin) return {};
    std::vector<CandidateId> ids;
    std::map<std::string, std::string> rename;
    for (const std::string& create : sql) {
      const absl::StatusOr<twin::MadeIndex> made = twin->AddIndexStatement(create);
      EXPECT_TRUE(made.ok()) << made.status() << create;
      if (!made.ok()) return {};
      const std::string name = create.substr(13, create.find(' ', 13) - 13);
      rename[absl::StrCat("\"", twin::Twin::IndexNames(made->candidate, 1)[0], "\"")] = absl::StrCat("\"", name, "\"");
      ids.push_back(made->candidate);
      const whatif::BtreeSize sizes[] = {size(*made, name)};
      EXPECT_TRUE(twin->SetSizes(made->candidate, sizes).ok());
    }
    return test::CompareWithSource(*server_, "postgres", without, *twin, statements, whatif::IndexSet(ids), rename);
  }

  static const Index& Named(const Snapshot& snapshot, std::string_view name) {
    return *std::ranges::find(snapshot.indexes, name, [](const Index& index) { return index.name.name; });
  }

  std::unique_ptr<test::TestServer> server_;
};

TEST_F(MetapageTest, BlockRanges) {
  ASSERT_TRUE(server_->Run("postgres", kLog).ok());
  Must("VACUUM ANALYZE log");
  const Snapshot without = MustCapture();
  std::vector<std::string> sql;
  for (const auto& [column, range] : Ranges()) sql.push_back(BrinSql(column, range));
  for (const std::string& create : sql) Must(create);
  const Snapshot with = MustCapture();
  EXPECT_EQ(Named(with, "log_a").range_map, (RangeMap{.pages_per_range = 1, .map_pages = 3}));
  EXPECT_EQ(Named(with, "log_a").def.pages_per_range, 1);
  EXPECT_EQ(Named(with, "log_c").range_map, (RangeMap{.pages_per_range = 128, .map_pages = 1}));
  EXPECT_EQ(Named(with, "log_c").def.pages_per_range, 0);
  ExpectEqual("BRIN indexes that exist", with, BrinStatements());
  const Snapshot full = MustCapture("full");
  EXPECT_FALSE(Named(full, "log_a").range_map.has_value()) << "files are for superusers";
  ExpectEqual("BRIN indexes whose files may not be read", full, BrinStatements());

  // Without the figures the ranges of one block are not costed as on the source.
  Snapshot wrong = with;
  for (Index& index : wrong.indexes) index.range_map = RangeMap{.pages_per_range = 128, .map_pages = 1};
  EXPECT_LT(CompareCapture(wrong, BrinStatements()).equal, 5);

  const auto modelled = [&](const twin::MadeIndex& made, const std::string& name) {
    const whatif::BtreeSize size = whatif::EstimateIndexSize(made.def, without, made.rows[0]);
    EXPECT_EQ(size.pages, Named(with, name).pages) << name;
    EXPECT_EQ(made.def.pages_per_range, Named(with, name).def.pages_per_range);
    return size;
  };
  const test::SourceComparison candidates = CompareCandidates(without, sql, modelled, BrinStatements());
  std::printf("BRIN candidates against built ones: %d of %d plans equal\n", candidates.equal, candidates.compared);
  EXPECT_EQ(candidates.equal, static_cast<int>(BrinStatements().size())) << candidates.differences;

  // ALTER INDEX changes what the next build does, and nothing now.
  Must("ALTER INDEX log_a SET (pages_per_range = 64)");
  ExpectEqual("a BRIN index that was altered and not rebuilt", MustCapture(), BrinStatements());
}

TEST_F(MetapageTest, InvertedIndexes) {
  ASSERT_TRUE(server_->Run("postgres", kDocuments).ok());
  Must("VACUUM ANALYZE doc");
  const Snapshot without = MustCapture();
  for (const std::string& create : InvertedSql()) Must(create);
  const Snapshot with = MustCapture();
  ASSERT_TRUE(Named(with, "doc_tags").inverted_counts.has_value());
  EXPECT_EQ(Named(with, "doc_tags").inverted_counts->entries, 9000);
  EXPECT_EQ(Named(with, "doc_tags").inverted_counts->total_pages, Named(with, "doc_tags").pages);
  ExpectEqual("GIN indexes that exist", with, InvertedStatements());

  const auto built = [&](const twin::MadeIndex&, const std::string& name) {
    const Index& index = Named(with, name);
    return whatif::BtreeSize{.pages = index.pages, .tuples = 60000, .inverted = index.inverted_counts};
  };
  const test::SourceComparison candidates = CompareCandidates(without, InvertedSql(), built, InvertedStatements());
  std::printf("GIN candidates of the size of the built ones: %d of %d plans equal\n", candidates.equal,
              candidates.compared);
  EXPECT_EQ(candidates.equal, static_cast<int>(InvertedStatements().size())) << candidates.differences;

  const auto modelled = [&](const twin::MadeIndex& made, const std::string& name) {
    const whatif::BtreeSize size = whatif::EstimateIndexSize(made.def, without, made.rows[0]);
    const InvertedCounts& real = *Named(with, name).inverted_counts;
    std::printf("  %s: model %ld pages, %ld of entries, %ld of lists, %ld entries; built %ld, %ld, %ld, %ld\n",
                name.c_str(), static_cast<long>(size.pages), static_cast<long>(size.inverted->entry_pages),
                static_cast<long>(size.inverted->data_pages), static_cast<long>(size.inverted->entries),
                static_cast<long>(real.total_pages), static_cast<long>(real.entry_pages),
                static_cast<long>(real.data_pages), static_cast<long>(real.entries));
    return size;
  };
  const test::SourceComparison guessed = CompareCandidates(without, InvertedSql(), modelled, InvertedStatements());
  std::printf("GIN candidates by the model: costs within %.1f %%\n", 100 * guessed.worst_share);
  EXPECT_EQ(guessed.compared, static_cast<int>(InvertedStatements().size()));
  EXPECT_LT(guessed.worst_share, 0.15) << guessed.differences;

  // A role that may read no files has the model too, in proportion to the real size.
  const Snapshot full = MustCapture("full");
  EXPECT_FALSE(Named(full, "doc_tags").inverted_counts.has_value());
  const test::SourceComparison unread = CompareCapture(full, InvertedStatements());
  std::printf("GIN indexes whose files may not be read: %d of %d plans equal, costs within %.1f %%\n", unread.equal,
              unread.compared, 100 * unread.worst_share);
  EXPECT_LT(unread.worst_share, 0.15) << unread.differences;
}

TEST_F(MetapageTest, PendingLists) {
  ASSERT_TRUE(server_->Run("postgres", kDocuments).ok());
  for (const std::string& create : InvertedSql()) Must(create);
  Must("VACUUM ANALYZE doc");
  Must("INSERT INTO doc SELECT id, tags, body, words FROM doc WHERE id <= 5000");
  const Snapshot pending = MustCapture();
  EXPECT_GT(Named(pending, "doc_tags").inverted_counts.value_or(InvertedCounts()).pending_pages, 10);
  ExpectEqual("GIN with a pending list", pending, InvertedStatements());

  Snapshot wrong = pending;
  for (Index& index : wrong.indexes) index.inverted_counts = InvertedCounts();
  EXPECT_EQ(CompareCapture(wrong, InvertedStatements()).equal, 0) << "as if nothing were known";

  // pg_monitor reads the length of the list by an extension, where that is installed.
  Must("CREATE EXTENSION pgstattuple");
  const Snapshot full = MustCapture("full");
  ASSERT_TRUE(Named(full, "doc_tags").inverted_counts.has_value());
  EXPECT_EQ(Named(full, "doc_tags").inverted_counts->total_pages, 0);
  EXPECT_EQ(Named(full, "doc_tags").inverted_counts->pending_pages,
            Named(pending, "doc_tags").inverted_counts->pending_pages);
  const test::SourceComparison partly = CompareCapture(full, InvertedStatements());
  EXPECT_LT(partly.worst_share, 0.15) << partly.differences;

  Must("VACUUM doc");
  const Snapshot vacuumed = MustCapture();
  EXPECT_EQ(Named(vacuumed, "doc_tags").inverted_counts.value_or(InvertedCounts{.pending_pages = 1}).pending_pages, 0);
  ExpectEqual("GIN after VACUUM", vacuumed, InvertedStatements());

  // The page in memory is newer than the file; pageinspect sees it.
  Must("CREATE EXTENSION pageinspect");
  Must("INSERT INTO doc SELECT id, tags, body, words FROM doc WHERE id <= 3000");
  CaptureOptions options;
  options.conninfo = server_->ConnInfo("postgres", "postgres");
  const absl::StatusOr<Snapshot> unwritten = Capture(options);
  ASSERT_TRUE(unwritten.ok()) << unwritten.status();
  EXPECT_GT(Named(*unwritten, "doc_tags").inverted_counts.value_or(InvertedCounts()).pending_pages, 5);
  ExpectEqual("GIN with changes that are not on disk", *unwritten, InvertedStatements());
}

}  // namespace
}  // namespace pgassay
