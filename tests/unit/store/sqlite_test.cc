#include "store/sqlite.h"

#include <string>

#include "gtest/gtest.h"
#include "sample.h"
#include "store/schema.h"

namespace pgassay::store {
namespace {

class SqliteTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    ASSERT_TRUE(WriteFileAtomically(Path("db"), "").ok());
    auto opened = Database::Open(Path("db"), Access::kWrite);
    ASSERT_TRUE(opened.ok()) << opened.status();
    database_ = *std::move(opened);
  }

  std::unique_ptr<Database> database_;
};

TEST_F(SqliteTest, BindsAndReadsTyped) {
  auto statement = database_->Prepare("SELECT ?, ?, ?, ?, ?");
  ASSERT_TRUE(statement.ok());
  statement->Bind(42);
  statement->Bind(0.1);
  statement->Bind(std::string_view("a\0b", 3));
  statement->Bind(std::optional<int>());
  statement->Bind(Oid{4294967295});
  ASSERT_TRUE(*statement->Step());
  EXPECT_EQ(statement->Integer(0), 42);
  EXPECT_EQ(statement->Real(0), std::nullopt);
  EXPECT_EQ(statement->Text(0), std::nullopt);
  EXPECT_EQ(statement->Real(1), 0.1);
  EXPECT_EQ(statement->Integer(1), std::nullopt);
  EXPECT_EQ(statement->Text(2), std::string_view("a\0b", 3));
  EXPECT_TRUE(statement->IsNull(3));
  EXPECT_EQ(statement->Integer(4), 4294967295);
  EXPECT_FALSE(*statement->Step());
}

TEST_F(SqliteTest, AFailedBindFailsTheStep) {
  auto statement = database_->Prepare("SELECT ?");
  ASSERT_TRUE(statement.ok());
  statement->Bind(1);
  statement->Bind(2);  // there is no second parameter
  EXPECT_FALSE(statement->Step().ok());
}

TEST_F(SqliteTest, SchemaCodeAndDangerousSwitchesAreOff) {
  EXPECT_EQ(*database_->QueryInteger("PRAGMA trusted_schema"), 0);
  EXPECT_EQ(*database_->QueryInteger("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(*database_->QueryInteger("PRAGMA foreign_keys"), 1);
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (x)").ok());
  ASSERT_TRUE(database_->Execute("CREATE VIEW v AS SELECT 1 AS x").ok());
  EXPECT_FALSE(database_->QueryInteger("SELECT x FROM v").ok());
  ASSERT_TRUE(database_->Execute("PRAGMA writable_schema = ON").ok());  // says yes, does nothing
  EXPECT_FALSE(database_->Execute("UPDATE sqlite_master SET sql = ''").ok());
  EXPECT_FALSE(database_->Execute("ATTACH ':memory:' AS other").ok());
  EXPECT_FALSE(database_->Execute("SELECT load_extension('x')").ok());
}

TEST_F(SqliteTest, TextsAreLimited) {
  const absl::Status status = database_->Execute("SELECT length(zeroblob(600000000))");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(SqliteTest, ATransactionIsRolledBackUnlessCommitted) {
  ASSERT_TRUE(database_->Execute("CREATE TABLE t (x)").ok());
  {
    auto transaction = Transaction::Begin(*database_, Access::kWrite);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database_->Execute("INSERT INTO t VALUES (1)").ok());
  }
  EXPECT_EQ(*database_->QueryInteger("SELECT count(*) FROM t"), 0);
  {
    auto transaction = Transaction::Begin(*database_, Access::kWrite);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(database_->Execute("INSERT INTO t VALUES (1)").ok());
    ASSERT_TRUE(transaction->Commit().ok());
  }
  EXPECT_EQ(*database_->QueryInteger("SELECT count(*) FROM t"), 1);
}

TEST_F(SqliteTest, EveryColumnOfTheSchemaIsExplainedByItsTable) {
  for (const Table& table : Tables()) {
    EXPECT_TRUE(database_->Execute(table.sql).ok()) << table.name;
    // The first column of all but the first table and those of logs is the capture.
    const bool has_key =
        table.sql.find("capture INTEGER NOT NULL REFERENCES capture (number)") != std::string_view::npos;
    EXPECT_EQ(has_key, table.name != "capture" && !table.name.starts_with("log_")) << table.name;
  }
}

}  // namespace
}  // namespace pgassay::store
