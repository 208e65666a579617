#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "advice/reason_codes.h"
#include "pgassay/workload_files.h"

namespace pgassay {
namespace {

class ReadSqlWorkloadTest : public testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::path(testing::TempDir()) /
                 ("pgassay_workload_" + std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    snapshot_.database = "shop";
    snapshot_.user = "app";
    snapshot_.relations = {{.oid = {1}, .name = {"public", "orders"}}};
    snapshot_.settings = {{.name = "search_path", .value = "public"}};
  }
  void TearDown() override { std::filesystem::remove_all(directory_); }

  std::string Write(std::string_view name, std::string_view text) const {
    const std::filesystem::path path = directory_ / name;
    std::ofstream(path, std::ios::binary) << text;
    return path.string();
  }

  absl::StatusOr<Workload> Read(std::string_view text) const {
    return ReadSqlWorkload({Write("q.sql", text)}, snapshot_);
  }

  // "code line weight" of each skipped statement.
  static std::vector<std::string> Skips(const Workload& workload) {
    std::vector<std::string> skips;
    for (const Skipped& skipped : workload.skipped) {
      skips.push_back(skipped.code + " " + skipped.source.substr(skipped.source.rfind(':') + 1) + " " +
                      std::to_string(static_cast<int>(skipped.weight)));
    }
    return skips;
  }

  std::filesystem::path directory_;
  Snapshot snapshot_;
};

TEST_F(ReadSqlWorkloadTest, StatementsWeightsAndSources) {
  const auto workload = Read(
      "-- all orders of a customer\n"
      "-- weight: 9000\n"
      "SELECT * FROM orders WHERE customer_id = 1;\n"
      "SELECT * FROM orders WHERE customer_id = 2;\n\n"
      "  -- weight: 0.5\r\n"
      "  UPDATE orders SET note = ';' WHERE id = 3");
  ASSERT_TRUE(workload.ok()) << workload.status();
  ASSERT_EQ(workload->templates.size(), 2U);
  const Template& select = workload->templates[0];
  EXPECT_EQ(select.weight, 9001);
  ASSERT_EQ(select.bindings.size(), 2U);
  EXPECT_EQ(select.bindings[0].sql, "SELECT * FROM orders WHERE customer_id = 1");
  EXPECT_EQ(select.bindings[0].weight, 9000);
  EXPECT_EQ(select.bindings[0].source, (directory_ / "q.sql").string() + ":3");
  EXPECT_EQ(select.bindings[1].weight, 1);
  EXPECT_EQ(select.relations, (std::vector<std::string>{"public.orders"}));
  EXPECT_EQ(select.database, "shop");
  EXPECT_EQ(select.user, "app");
  EXPECT_EQ(workload->templates[1].weight, 0.5);
  EXPECT_TRUE(workload->skipped.empty());
}

TEST_F(ReadSqlWorkloadTest, WhatCannotBeUsedIsSkippedWithItsReason) {
  const auto workload = Read(
      "CREATE TABLE t (a int);\n"
      "-- weight: 7\n"
      "EXECUTE p(5);\n"
      "SELECT\n FROM 'secret';\n"
      "\\timing on\n"
      "SELECT * FROM a_view;\n"
      "SELECT 'secret");
  ASSERT_TRUE(workload.ok()) << workload.status();
  ASSERT_EQ(workload->templates.size(), 1U);
  EXPECT_EQ(workload->templates[0].relations, (std::vector<std::string>{"a_view"}));
  EXPECT_EQ(Skips(*workload), (std::vector<std::string>{"utility-statement 1 1", "utility-statement 3 7",
                                                        "unparsable 4 1", "unparsable 6 1", "unparsable 8 1"}));
  EXPECT_EQ(workload->skipped[0].code, reason::kUtilityStatement);
  EXPECT_EQ(workload->skipped[2].code, reason::kUnparsable);
  EXPECT_FALSE(workload->skipped[0].fingerprint.empty());
  EXPECT_TRUE(workload->skipped[2].fingerprint.empty());
  EXPECT_NE(workload->skipped[0].reason.find("CreateStmt"), std::string::npos);
  EXPECT_NE(workload->skipped[2].reason.find("line 5: syntax error"), std::string::npos) << workload->skipped[2].reason;
  EXPECT_NE(workload->skipped[3].reason.find("psql"), std::string::npos);
  EXPECT_NE(workload->skipped[4].reason.find("unterminated quoted string"), std::string::npos);
  for (const Skipped& skipped : workload->skipped) {
    EXPECT_EQ(skipped.reason.find("secret"), std::string::npos) << skipped.reason;
  }
}

TEST_F(ReadSqlWorkloadTest, WrappedStatementsAndParameters) {
  const auto workload = Read(
      "-- weight: 3\n"
      "EXPLAIN ANALYZE SELECT id FROM orders WHERE id = 1;\n"
      "SELECT id FROM orders WHERE id = $1;\n"
      "-- weight: 5\n"
      "PREPARE p(numeric) AS SELECT id FROM orders WHERE id = $1;\n"
      "DECLARE c CURSOR FOR SELECT id FROM orders WHERE id = 2;\n"
      "SELECT note FROM orders WHERE placed > now() - interval $1 -- as the server shows it");
  ASSERT_TRUE(workload.ok()) << workload.status();
  EXPECT_TRUE(workload->skipped.empty());
  ASSERT_EQ(workload->templates.size(), 2U);
  const std::string file = (directory_ / "q.sql").string();
  const Template& first = workload->templates[0];
  EXPECT_EQ(first.source, "file");
  EXPECT_EQ(first.weight, 10);
  EXPECT_EQ(first.bindings, (std::vector<Binding>{{"SELECT id FROM orders WHERE id = 1", 3, file + ":2"},
                                                  {"SELECT id FROM orders WHERE id = 2", 1, file + ":6"}}));
  EXPECT_EQ(first.unbound,
            (std::vector<Binding>{{"SELECT id FROM orders WHERE id = $1", 1, file + ":3"},
                                  {"SELECT id FROM orders WHERE id = CAST($1 AS numeric)", 5, file + ":5"}}));
  EXPECT_EQ(workload->templates[1].unbound[0].sql,
            "SELECT note FROM orders WHERE placed > now() - CAST($1 AS interval)");
}

TEST_F(ReadSqlWorkloadTest, MalformedWeightsAreErrorsWithFileAndLine) {
  for (const char* text :
       {"\n-- weight: many\nSELECT 1", "\n-- weight: 0\nSELECT 1", "\n-- weight: -3\nSELECT 1",
        "\n-- weight:\nSELECT 1", "\n-- weight: 3\n\nSELECT 1", "\n-- weight: 3\n-- weight: 4\nSELECT 1",
        "SELECT 1;\n-- weight: 3", "\nSELECT 1; -- weight: 3\nSELECT 2"}) {
    const auto workload = Read(text);
    EXPECT_EQ(workload.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_NE(workload.status().message().find("q.sql:2: "), std::string::npos) << workload.status() << "\n" << text;
  }
}

TEST_F(ReadSqlWorkloadTest, DirectoriesAreReadByName) {
  Write("b.sql", "SELECT 2 FROM orders ORDER BY id");
  Write("a.sql", "\xef\xbb\xbfSELECT 1 FROM orders");
  Write("c.sql", "-- nothing here yet\n");
  Write("notes.txt", "no SQL");
  std::filesystem::create_directories(directory_ / "d.sql");
  const auto workload = ReadSqlWorkload({directory_.string()}, snapshot_);
  ASSERT_TRUE(workload.ok()) << workload.status();
  ASSERT_EQ(workload->templates.size(), 2U);
  EXPECT_EQ(workload->templates[0].bindings[0].source, (directory_ / "a.sql").string() + ":1");
  EXPECT_EQ(workload->templates[1].bindings[0].source, (directory_ / "b.sql").string() + ":1");
}

TEST_F(ReadSqlWorkloadTest, SeveralPathsAdd) {
  const std::string one = Write("one.sql", "SELECT 1 FROM orders;");
  const std::string two = Write("two.sql", "-- weight: 4\nSELECT 1 FROM orders;");
  const auto workload = ReadSqlWorkload({one, two}, snapshot_);
  ASSERT_TRUE(workload.ok()) << workload.status();
  ASSERT_EQ(workload->templates.size(), 1U);
  ASSERT_EQ(workload->templates[0].bindings.size(), 1U);
  EXPECT_EQ(workload->templates[0].bindings[0].weight, 5);
}

TEST_F(ReadSqlWorkloadTest, NothingToReadIsAnError) {
  EXPECT_EQ(ReadSqlWorkload({}, snapshot_).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadSqlWorkload({directory_.string()}, snapshot_).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReadSqlWorkload({(directory_ / "none.sql").string()}, snapshot_).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(Read("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Read("-- only a comment\n;;").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ReadSqlWorkloadTest, HostileFiles) {
  const auto nul = Read(std::string_view("SELECT 1;\nSELECT \0 2;", 21));
  ASSERT_TRUE(nul.ok()) << nul.status();
  EXPECT_EQ(nul->templates.size(), 1U);
  EXPECT_EQ(Skips(*nul), (std::vector<std::string>{"unparsable 2 1"}));
  const auto deep = Read("SELECT " + std::string(5000, '(') + "1" + std::string(5000, ')') + ";SELECT 2");
  ASSERT_TRUE(deep.ok()) << deep.status();
  EXPECT_EQ(deep->templates.size(), 1U);
  EXPECT_EQ(Skips(*deep), (std::vector<std::string>{"unparsable 1 1"}));
}

}  // namespace
}  // namespace pgassay
