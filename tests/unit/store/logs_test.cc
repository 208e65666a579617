#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"
#include "store/log_rows.h"
#include "store/sqlite.h"

namespace pgassay::store {
namespace {

using namespace std::string_literals;

class LogsTest : public StoreTest {
 protected:
  void Keep(const std::string& path, const LogWorkload& logs) {
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
    ASSERT_TRUE(file.ok()) << file.status();
    const absl::Status kept = file->ReplaceLogs(logs);
    ASSERT_TRUE(kept.ok()) << kept;
  }

  LogWorkload Kept(const std::string& path) {
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    EXPECT_TRUE(file.ok()) << file.status();
    absl::StatusOr<LogWorkload> logs = file->ReadLogs();
    EXPECT_TRUE(logs.ok()) << logs.status();
    return *std::move(logs);
  }
};

TEST_F(LogsTest, EveryFieldSurvives) {
  Keep(MakeSampleFile(), SampleLogs());
  EXPECT_EQ(Kept(Path("sample.assay")), SampleLogs());
  EXPECT_EQ(*AssayFile::Open(Path("sample.assay"))->Read(), SampleSnapshot());
}

TEST_F(LogsTest, AFileThatNeverHadLogsHoldsNone) {
  EXPECT_EQ(Kept(MakeSampleFile()), LogWorkload());
}

TEST_F(LogsTest, AnEmptyWorkloadSurvives) {
  Keep(Path("empty.assay"), LogWorkload());
  EXPECT_EQ(Kept(Path("empty.assay")), LogWorkload());
}

TEST_F(LogsTest, TheLastReplacementCounts) {
  const std::string path = Path("twice.assay");
  Keep(path, SampleLogs());
  LogWorkload other = SampleLogs();
  other.files.erase(other.files.begin());
  other.templates.pop_back();
  other.not_kept.clear();
  other.events = {{"deadlock", 1}};
  Keep(path, other);
  EXPECT_EQ(Kept(path), other);
  Keep(path, LogWorkload());
  EXPECT_EQ(Kept(path), LogWorkload());
}

TEST_F(LogsTest, AFileMayHoldLogsAlone) {
  const std::string path = Path("logs.assay");
  Keep(path, SampleLogs());
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_TRUE(file->Captures()->empty());
  const absl::Status status = file->Read().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_TRUE(absl::StrContains(status.message(), "logs.assay holds no capture yet; add one with: pgassay capture"))
      << status;
  EXPECT_EQ(*file->Append(SampleSnapshot()), 1);
  EXPECT_EQ(*file->Read(), SampleSnapshot());
  EXPECT_EQ(*file->ReadLogs(), SampleLogs());
}

TEST_F(LogsTest, HostileTextsSurvive) {
  for (const std::string& text : {"a\0b"s, "\0"s, "'\"; DROP TABLE log_file; --"s, "\xff\xfe"s, "\xed\xa0\x80"s,
                                  std::string(100000, 'x'), "line\r\nline"s, "NULL"s, "1"s}) {
    LogWorkload logs = SampleLogs();
    logs.files[0].name = text;
    logs.files[0].unknown_lines = {{text, 1}};
    logs.templates[1].sql = text;
    logs.templates[1].user = "z" + text;
    logs.templates[1].samples[0].parameters = text;
    logs.templates[1].tags = {text};
    logs.not_kept[0].detail = text;
    logs.events = {{text, 1}};
    Keep(Path("hostile.assay"), logs);
    EXPECT_EQ(Kept(Path("hostile.assay")), logs) << testing::PrintToString(text);
  }
}

TEST_F(LogsTest, AReaderCannotReplace) {
  absl::StatusOr<AssayFile> file = AssayFile::Open(MakeSampleFile());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->ReplaceLogs(SampleLogs()).code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(LogsTest, WhatReadWouldRefuseIsRefusedAndTheOldStays) {
  const std::string path = Path("kept.assay");
  Keep(path, SampleLogs());
  const std::string before = *ReadFile(path);
  LogWorkload wrong = SampleLogs();
  wrong.templates[1].counters.calls = -1;
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->ReplaceLogs(wrong).message(),
            "what the logs say cannot be stored: log_template, row 2: calls is out of range");
  EXPECT_EQ(*ReadFile(path), before);
}

TEST_F(LogsTest, AKilledReplacementIsTakenBack) {
  const std::string path = Path("killed.assay");
  Keep(path, SampleLogs());
  LogWorkload large;  // beyond SQLite's page cache, so that it reaches the disk before the commit
  for (int i = 0; i < 8; ++i)
    large.templates.push_back({.fingerprint = "000000000000000" + std::to_string(i), .sql = std::string(3000000, 's')});
  const pid_t child = ::fork();
  if (child == 0) {
    auto database = Database::Open(path, Access::kWrite);
    if (!database.ok()) ::_exit(1);
    const auto transaction = Transaction::Begin(**database, Access::kWrite);
    if (!transaction.ok() || !WriteLogs(**database, large).ok()) ::_exit(2);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(Entries(), "killed.assay killed.assay-journal");
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(*file->ReadLogs(), SampleLogs());
  EXPECT_TRUE(file->ReplaceLogs(large).ok());
  EXPECT_EQ(*file->ReadLogs(), large);
}

}  // namespace
}  // namespace pgassay::store
