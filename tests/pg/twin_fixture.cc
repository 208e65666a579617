#include "pg/twin_fixture.h"

#include <filesystem>
#include <utility>

#include "support/shop.h"

namespace pgassay::test {

Snapshot SmallSnapshot(std::string schema_sql) {
  Snapshot snapshot;
  snapshot.database = "small";
  snapshot.user = "somebody";
  snapshot.server_version = 150000;
  snapshot.captured_at = "2026-06-30T12:00:00.000000Z";
  snapshot.encoding = "UTF8";
  snapshot.locale_provider = "c";
  snapshot.collate = "C";
  snapshot.ctype = "C";
  snapshot.schema_sql = std::move(schema_sql);
  return snapshot;
}

Relation Table(std::uint32_t oid, std::string name, std::vector<std::string> columns) {
  Relation relation;
  relation.oid = Oid{oid};
  relation.name = {"public", std::move(name)};
  relation.pages = 10000;
  relation.statistics_pages = 10000;
  relation.statistics_tuples = 1000000;
  for (std::string& column : columns) {
    relation.columns.push_back({.number = static_cast<int>(relation.columns.size()) + 1,
                                .name = std::move(column),
                                .type = "integer",
                                .type_oid = Oid{23},
                                .type_length = 4});
  }
  return relation;
}

ColumnStatistics Statistics(int column, std::vector<StatisticSlot> slots) {
  ColumnStatistics statistics;
  statistics.relation = Oid{1000};
  statistics.column = column;
  statistics.average_width = 4;
  statistics.distinct = 100;
  statistics.slots = std::move(slots);
  return statistics;
}

std::vector<twin::PlannedText> Texts(const std::vector<std::string>& statements) {
  std::vector<twin::PlannedText> texts;
  for (const std::string& sql : statements) texts.push_back({.sql = sql, .user = "somebody", .search_path = ""});
  return texts;
}

std::vector<std::string> Leftovers(const std::string& directory) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) names.push_back(entry.path().filename());
  return names;
}

void TwinTest::SetUp() {
  absl::StatusOr<TemporaryDirectory> directory = TemporaryDirectory::Make("/tmp", "twin-test-");
  ASSERT_TRUE(directory.ok()) << directory.status();
  directory_ = std::make_unique<TemporaryDirectory>(*std::move(directory));
  // The server's user must reach its own directory below this one.
  std::filesystem::permissions(directory_->path(),
                               std::filesystem::perms::others_exec | std::filesystem::perms::group_exec,
                               std::filesystem::perm_options::add);
  options_ = TwinOptionsForTests();
  options_.work_dir = directory_->path();
}

}  // namespace pgassay::test
