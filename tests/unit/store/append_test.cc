#include <fcntl.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <string>

#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"
#include "store/schema.h"
#include "store/sqlite.h"
#include "store/write.h"

namespace pgassay::store {
namespace {

namespace fs = std::filesystem;

class AppendTest : public StoreTest {};

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::stat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

// A snapshot too large for SQLite's page cache, so that its transaction reaches the disk before the commit.
Snapshot LargeSnapshot() {
  Snapshot snapshot = SampleSnapshot();
  snapshot.schema_sql = std::string(20000000, 's');
  return snapshot;
}

TEST_F(AppendTest, MakesAPrivateFileUnderAnyUmask) {
  int number = 0;
  for (const mode_t mask : {mode_t{0}, mode_t{022}, mode_t{0777}}) {
    const mode_t before = ::umask(mask);
    const std::string path = MakeSampleFile(std::to_string(++number));
    ::umask(before);
    EXPECT_EQ(ModeOf(path), 0600U);
    EXPECT_TRUE(AssayFile::Open(path).ok());
  }
}

TEST_F(AppendTest, KeepsTheModeThatTheOwnerChose) {
  const std::string path = MakeSampleFile();
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  ASSERT_TRUE(AssayFile::OpenForAppend(path)->Append(SampleSnapshot()).ok());
  EXPECT_EQ(ModeOf(path), 0640U);
}

TEST_F(AppendTest, TakesOverAnEmptyFileAndMakesItPrivate) {
  ASSERT_TRUE(WriteFileAtomically(Path("left"), "", 0644).ok());
  EXPECT_EQ(AssayFile::Open(Path("left")).status().code(), absl::StatusCode::kInvalidArgument);
  MakeSampleFile("left");
  EXPECT_EQ(ModeOf(Path("left")), 0600U);
  EXPECT_EQ(*AssayFile::Open(Path("left"))->Read(), SampleSnapshot());
}

TEST_F(AppendTest, LeavesNothingBesideTheFile) {
  MakeSampleFile();
  EXPECT_EQ(Entries(), "sample.assay");
}

TEST_F(AppendTest, TreatsSpecialNamesAsFileNames) {
  const fs::path before = fs::current_path();
  fs::current_path(directory_->path());
  for (const char* name : {":memory:", "file:x.assay?mode=memory", "-o", "a b%20c"}) {
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(name);
    EXPECT_TRUE(file.ok()) << file.status();
    EXPECT_TRUE(file->Append(Snapshot()).ok());
    EXPECT_TRUE(fs::exists(name)) << name;
    EXPECT_TRUE(AssayFile::Open(name).ok()) << name;
  }
  fs::current_path(before);
  EXPECT_EQ(AssayFile::OpenForAppend("").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(AssayFile::Open(std::string("a\0b", 3)).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(AppendTest, MarksTheFile) {
  const absl::StatusOr<std::string> bytes = ReadFile(MakeSampleFile());
  ASSERT_TRUE(bytes.ok());
  EXPECT_EQ(bytes->substr(68, 4), "PgAs");                      // application_id
  EXPECT_EQ(bytes->substr(60, 4), std::string("\0\0\0\7", 4));  // user_version
}

TEST_F(AppendTest, RefusesASnapshotThatReadWouldRefuse) {
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
  ASSERT_TRUE(file.ok());
  Snapshot snapshot = SampleSnapshot();
  snapshot.indexes[0].def.table = {1};
  EXPECT_EQ(file->Append(snapshot).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(file->Captures()->size(), 1U);
}

TEST_F(AppendTest, AReaderCannotAppend) {
  absl::StatusOr<AssayFile> file = AssayFile::Open(MakeSampleFile());
  ASSERT_TRUE(file.ok());
  EXPECT_EQ(file->Append(SampleSnapshot()).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST_F(AppendTest, AFailedWriteLeavesTheFileAsItWas) {
  const std::string path = MakeSampleFile();
  const std::string before = *ReadFile(path);
  auto database = Database::Open(path, Access::kWrite);
  ASSERT_TRUE(database.ok());
  {
    const auto transaction = Transaction::Begin(**database, Access::kWrite);
    ASSERT_TRUE(transaction.ok());
    ASSERT_TRUE(WriteSnapshot(**database, 2, LargeSnapshot()).ok());
    EXPECT_FALSE(WriteSnapshot(**database, 1, SampleSnapshot()).ok());  // capture 1 exists
  }
  EXPECT_EQ(*ReadFile(path), before);
  EXPECT_EQ(Entries(), "sample.assay");
}

TEST_F(AppendTest, AKilledAppendIsTakenBack) {
  const std::string path = MakeSampleFile();
  const pid_t child = ::fork();
  if (child == 0) {
    auto database = Database::Open(path, Access::kWrite);
    if (!database.ok()) ::_exit(1);
    const auto transaction = Transaction::Begin(**database, Access::kWrite);
    if (!transaction.ok() || !WriteSnapshot(**database, 2, LargeSnapshot()).ok()) ::_exit(2);
    ::kill(::getpid(), SIGKILL);  // before the commit, with half of it on disk
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(Entries(), "sample.assay sample.assay-journal");

  // A reader changes nothing and says what to do; the next writer takes the half capture back.
  EXPECT_EQ(AssayFile::Open(path).status().code(), absl::StatusCode::kUnavailable);
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(Entries(), "sample.assay");
  EXPECT_EQ(file->Captures()->size(), 1U);
  EXPECT_EQ(*file->Read(), SampleSnapshot());
  EXPECT_EQ(*file->Append(SampleSnapshot()), 2);
  EXPECT_TRUE(AssayFile::Open(path).ok());
}

TEST_F(AppendTest, AKilledFirstAppendLeavesAFileThatIsTakenOver) {
  const std::string path = Path("new.assay");
  const pid_t child = ::fork();
  if (child == 0) {
    if (::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600) < 0) ::_exit(1);
    auto database = Database::Open(path, Access::kWrite);
    if (!database.ok()) ::_exit(2);
    const auto transaction = Transaction::Begin(**database, Access::kWrite);
    if (!transaction.ok() || !(*database)->Execute(Tables()[0].sql).ok()) ::_exit(3);
    ::kill(::getpid(), SIGKILL);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  MakeSampleFile("new.assay");
  EXPECT_EQ(*AssayFile::Open(path)->Read(), SampleSnapshot());
  EXPECT_EQ(Entries(), "new.assay");
}

TEST_F(AppendTest, AFileBeingWrittenIsUnavailable) {
  const std::string path = MakeSampleFile();
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok());
  // Locks of one process do not exclude each other across connections of different libraries, but SQLite keeps track of
  // its own.
  auto other = Database::Open(path, Access::kWrite);
  ASSERT_TRUE(other.ok());
  {
    const auto transaction = Transaction::Begin(**other, Access::kWrite);
    ASSERT_TRUE(transaction.ok());
    EXPECT_EQ(file->Append(SampleSnapshot()).status().code(), absl::StatusCode::kUnavailable);
    EXPECT_EQ(*file->Read(), SampleSnapshot());  // reading goes on until the writer commits
  }
  EXPECT_EQ(*file->Append(SampleSnapshot()), 2);
}

TEST_F(AppendTest, AFullDiskIsResourceExhausted) {
  const std::string path = MakeSampleFile();
  const std::string before = *ReadFile(path);
  absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(path);
  ASSERT_TRUE(file.ok());
  rlimit old{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &old), 0);
  void (*handler)(int) = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit small{.rlim_cur = 1000000, .rlim_max = old.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const absl::Status status = file->Append(LargeSnapshot()).status();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &old), 0);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_EQ(*ReadFile(path), before);
  EXPECT_EQ(*file->Append(SampleSnapshot()), 2);
}

TEST_F(AppendTest, ADirectoryThatCannotBeWrittenIsPermissionDenied) {
  EXPECT_EQ(AssayFile::OpenForAppend(Path("none/x.assay")).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(AssayFile::OpenForAppend("/proc/x.assay").status().ok(), false);
  EXPECT_EQ(AssayFile::OpenForAppend(directory_->path()).status().code(), absl::StatusCode::kInvalidArgument);
  ASSERT_EQ(::mkfifo(Path("pipe").c_str(), 0600), 0);
  EXPECT_EQ(AssayFile::OpenForAppend(Path("pipe")).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(AssayFile::Open(Path("pipe")).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace pgassay::store
