#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

namespace fs = std::filesystem;

class ForeignFileTest : public StoreTest {
 protected:
  // The status of opening and reading a sample file that `sql` has changed, writable_schema being on.
  absl::Status StatusAfter(const std::string& sql) {
    const std::string path = MakeSampleFile("changed" + std::to_string(++count_) + ".assay");
    RunSql(path, "PRAGMA writable_schema = ON; PRAGMA ignore_check_constraints = ON; " + sql);
    absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    return file.ok() ? file->Read().status() : file.status();
  }

  int count_ = 0;
};

TEST_F(ForeignFileTest, AMissingFileIsNotFound) {
  EXPECT_EQ(AssayFile::Open(Path("none")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(Entries(), "");
}

TEST_F(ForeignFileTest, OtherContentIsNoAssayFile) {
  for (const std::string& content : {std::string("x"), std::string(5000, 'x'), std::string("SQLite format 3"),
                                     std::string("SQLite format 3\0", 16) + std::string(84, '\0'),
                                     std::string("SQLite format 3\0", 16) + std::string(5000, '\xff')}) {
    ASSERT_TRUE(WriteFileAtomically(Path("other"), content).ok());
    EXPECT_EQ(AssayFile::Open(Path("other")).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(AssayFile::OpenForAppend(Path("other")).status().code(), absl::StatusCode::kInvalidArgument);
    EXPECT_EQ(*ReadFile(Path("other")), content);
  }
  EXPECT_EQ(AssayFile::Open(directory_->path()).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(AssayFile::Open("/dev/zero").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ForeignFileTest, AnotherDatabaseIsNoAssayFile) {
  RunSql(Path("other.db"), "CREATE TABLE capture (number INTEGER)");
  const std::string before = *ReadFile(Path("other.db"));
  for (const absl::Status& status :
       {AssayFile::Open(Path("other.db")).status(), AssayFile::OpenForAppend(Path("other.db")).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    EXPECT_TRUE(absl::StrContains(status.message(), "not an assay file")) << status;
  }
  EXPECT_EQ(*ReadFile(Path("other.db")), before);
}

TEST_F(ForeignFileTest, AnotherVersionIsAFailedPrecondition) {
  const std::string path = MakeSampleFile();
  RunSql(path, "PRAGMA user_version = 1000; CREATE TABLE future (x)");
  for (const absl::Status& status : {AssayFile::Open(path).status(), AssayFile::OpenForAppend(path).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(absl::StrContains(status.message(), "written by a newer pgassay")) << status;
  }
  RunSql(path, "PRAGMA user_version = 1");
  for (const absl::Status& status : {AssayFile::Open(path).status(), AssayFile::OpenForAppend(path).status()}) {
    EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
    EXPECT_TRUE(absl::StrContains(status.message(), "by an earlier development version of pgassay; capture again"))
        << status;
  }
  RunSql(path, "PRAGMA user_version = 0");
  EXPECT_EQ(AssayFile::Open(path).status().code(), absl::StatusCode::kInvalidArgument);
  RunSql(path, "PRAGMA user_version = -5");
  EXPECT_EQ(AssayFile::Open(path).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(ForeignFileTest, CodeInTheSchemaIsRefused) {
  for (const char* sql : {
           "CREATE VIEW v AS SELECT 1",
           "CREATE TRIGGER t AFTER INSERT ON setting BEGIN DELETE FROM capture; END",
           "CREATE INDEX i ON setting (value)",
           "CREATE INDEX sqlite_autoindex_x ON setting (value)",
           "CREATE TABLE extra (x)",
           "CREATE VIRTUAL TABLE f USING fts5(x)",
           "DROP TABLE extension",
           "DROP TABLE extension; CREATE VIEW extension AS SELECT 1 AS capture, 'a' AS name, 'b' AS version, 'c' AS "
           "schema_name",
           "ALTER TABLE setting ADD COLUMN more TEXT",
           "ALTER TABLE setting ADD COLUMN more TEXT AS (hex(zeroblob(1000000)))",
           "DROP TABLE extension; CREATE TABLE extension (capture, name, version, schema_name)",
           "UPDATE sqlite_master SET sql = 'CREATE TABLE extension (x)' WHERE name = 'extension'",
           "UPDATE sqlite_master SET rootpage = 2 WHERE name = 'extension'",
           "UPDATE sqlite_master SET type = 'view' WHERE name = 'extension'",
       }) {
    if (std::string(sql).starts_with("CREATE INDEX sqlite_")) continue;  // SQLite reserves the name
    const absl::Status status = StatusAfter(sql);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << sql << ": " << status;
  }
}

TEST_F(ForeignFileTest, ImpossibleValuesAreRefused) {
  for (const char* sql : {
           "UPDATE capture SET number = -1",
           "UPDATE capture SET number = 3000000000",
           "UPDATE capture SET standby = 2",
           "UPDATE capture SET database_oid = -1",
           "UPDATE capture SET database_oid = 4294967296",
           "UPDATE capture SET database_bytes = -1",
           "UPDATE capture SET server_version = 5000000000",
           "UPDATE relation SET kind = 'q'",
           "UPDATE relation SET kind = ''",
           "UPDATE relation SET kind = 'rr'",
           "UPDATE relation SET persistence = 'x'",
           "UPDATE relation SET pages = -1",
           "UPDATE relation SET statistics_tuples = -2",
           "UPDATE relation SET statistics_tuples = 9e999",
           "UPDATE relation SET statistics_pages = 2147483648",
           "UPDATE relation SET fillfactor = 0",
           "UPDATE relation SET name = 'same'",
           "UPDATE relation SET oid = 0 WHERE oid = 16390",
           "UPDATE relation SET oid = 7 WHERE oid = 16400",
           "DELETE FROM relation_activity",
           "UPDATE relation_activity SET seq_scans = -1",
           "UPDATE relation_activity SET relation_oid = 5 WHERE relation_oid = 16400",
           "UPDATE relation_column SET relation_oid = 5",
           "UPDATE relation_column SET number = 40000 WHERE number = 3",
           "UPDATE relation_column SET number = 0 WHERE number = 1",
           "UPDATE relation_column SET type_align = 'z'",
           "UPDATE relation_column SET type_length = -3",
           "UPDATE relation_column SET not_null = -1",
           "UPDATE relation_index SET relation_oid = 5",
           "UPDATE relation_index SET method = ''",
           "UPDATE relation_index SET tree_height = -1",
           "UPDATE relation_index SET tree_height = 1000000",
           "UPDATE relation_index SET is_unique = 7",
           "UPDATE relation_index SET scans = -1",
           "DELETE FROM index_key",
           "UPDATE index_key SET position = position + 7",
           "UPDATE index_key SET column_number = 2 WHERE position = 1",
           "UPDATE index_key SET column_number = 3 WHERE position = 2",
           "UPDATE index_key SET index_oid = 5 WHERE index_oid = 16410",
           "UPDATE index_include SET column_number = 77",
           "UPDATE index_include SET position = -9223372036854775808",
           "UPDATE relation_constraint SET relation_oid = 5",
           "UPDATE relation_constraint SET kind = 't'",
           "UPDATE relation_constraint SET foreign_relation_oid = 0",
           "UPDATE constraint_column SET column_number = -2147483648",
           "UPDATE constraint_column SET foreign_column_number = NULL WHERE constraint_oid = 16421 AND position = 2",
           "UPDATE constraint_column SET foreign_column_number = NULL WHERE constraint_oid = 16421 AND position = 1",
           "UPDATE column_statistics SET relation_oid = 5",
           "UPDATE column_statistics SET null_fraction = 1.5",
           "UPDATE column_statistics SET distinct_values = -1.5",
           "UPDATE column_statistics SET average_width = -1",
           "UPDATE column_statistics SET column_number = 0",
           "UPDATE statistic_slot SET kind = 0",
           "UPDATE statistic_slot SET inherited = 0",
           "UPDATE statistic_slot SET position = position + 7",
           "UPDATE end_point SET index_oid = 5",
           "UPDATE role_membership SET role_name = 'nobody'",
           "UPDATE relation_view SET oid = -1",
           "DELETE FROM statement_source",
           "UPDATE statement_source SET evictions = -1",
           "UPDATE statement_source SET max_statements = -1",
           "UPDATE statement_source SET database_active_ms = -1",
           "UPDATE statement_source SET database_active_ms = 9e999",
           "UPDATE statement SET position = position + 5",
           "UPDATE statement SET top_level = 2",
           "UPDATE statement SET calls = -1",
           "UPDATE statement SET jit_ms = -0.5",
           "UPDATE statement SET wal_bytes = 9e999",
           "UPDATE statement SET total_ms = 100 WHERE position = 2",
           "UPDATE statement SET text = hex(zeroblob(600000))",
           "UPDATE statement_group SET code = ''",
           "UPDATE statement_group SET calls = -1",
           "UPDATE statement_group SET total_ms = 9e999",
           "UPDATE capture_gap SET position = position + 5",
       }) {
    const absl::Status status = StatusAfter(std::string("PRAGMA foreign_keys = OFF; ") + sql);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << sql << ": " << status;
  }
}

TEST_F(ForeignFileTest, ValuesOfAnotherTypeAreRefused) {
  // STRICT would refuse these on writing, so they are put in through another schema.
  for (const char* sql : {"UPDATE setting SET value = 5", "UPDATE setting SET value = x'00'",
                          "UPDATE setting SET value = NULL", "UPDATE relation SET pages = 'many'",
                          "UPDATE relation SET pages = 1.5", "UPDATE relation SET statistics_tuples = 'x'"}) {
    const std::string path = MakeSampleFile("typed" + std::to_string(++count_));
    RunSql(path,
           "CREATE TABLE kept AS SELECT name, sql FROM sqlite_master;"
           "PRAGMA writable_schema = ON;"
           "UPDATE sqlite_master SET sql = replace(replace(replace(replace(replace(sql, 'STRICT, ', ''), ') STRICT', "
           "')'), 'NOT NULL', ''),"
           " ' TEXT', ''), ' INTEGER', '') WHERE name IN ('setting', 'relation')");
    RunSql(path, sql);
    RunSql(path,
           "PRAGMA writable_schema = ON;"
           "UPDATE sqlite_master SET sql = (SELECT k.sql FROM kept AS k WHERE k.name = sqlite_master.name)"
           " WHERE name IN ('setting', 'relation');"
           "DROP TABLE kept");
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    const absl::Status status = file.ok() ? file->Read().status() : file.status();
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << sql << ": " << status;
  }
}

TEST_F(ForeignFileTest, WalModeIsRefusedWithoutMakingFiles) {
  const std::string path = MakeSampleFile();
  RunSql(path, "PRAGMA journal_mode = WAL; UPDATE setting SET value = 'x'");
  const absl::Status status = AssayFile::Open(path).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(absl::StrContains(status.message(), "journal_mode=DELETE")) << status;
  EXPECT_EQ(Entries(), "sample.assay");
  RunSql(path, "PRAGMA journal_mode = DELETE");
  EXPECT_TRUE(AssayFile::Open(path).ok());
}

TEST_F(ForeignFileTest, ReadsInADirectoryThatCannotBeWritten) {
  const std::string path = MakeSampleFile();
  ASSERT_EQ(::chmod(path.c_str(), 0444), 0);
  ASSERT_EQ(::chmod(directory_->path().c_str(), 0555), 0);
  // Root may write everywhere: another user has to try.
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    if (!file.ok()) ::_exit(2);
    if (*file->Read() != SampleSnapshot()) ::_exit(3);
    if (AssayFile::OpenForAppend(path).status().code() != absl::StatusCode::kPermissionDenied) ::_exit(4);
    if (AssayFile::OpenForAppend(Path("new")).status().code() != absl::StatusCode::kPermissionDenied) ::_exit(5);
    ::_exit(0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(Entries(), "sample.assay");
  ASSERT_EQ(::chmod(directory_->path().c_str(), 0755), 0);
}

TEST_F(ForeignFileTest, AFileThatMayNotBeReadIsPermissionDenied) {
  const std::string path = MakeSampleFile();
  ASSERT_EQ(::chmod(path.c_str(), 0), 0);
  ASSERT_EQ(::chmod(directory_->path().c_str(), 0755), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    if (::geteuid() == 0 && ::setuid(65534) != 0) ::_exit(1);
    ::_exit(AssayFile::Open(path).status().code() == absl::StatusCode::kPermissionDenied ? 0 : 2);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace pgassay::store
