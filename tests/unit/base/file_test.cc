#include "base/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <string>
#include <utility>

#include "base/process.h"
#include "gtest/gtest.h"

namespace pgassay {
namespace {

namespace fs = std::filesystem;

mode_t ModeOf(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info.st_mode & 07777;
}

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(testing::TempDir(), "pgassay-file-");
    ASSERT_TRUE(made.ok()) << made.status();
    directory_.emplace(*std::move(made));
  }
  std::string Path(const std::string& name) const { return directory_->path() + "/" + name; }

  std::optional<TemporaryDirectory> directory_;
};

TEST(ErrnoStatusTest, SaysWhatAndWhatNext) {
  const absl::Status status = ErrnoStatus(ENOENT, "cannot read x");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "cannot read x: No such file or directory; check the path");
}

TEST(ErrnoStatusTest, MapsCodes) {
  EXPECT_EQ(ErrnoStatus(EACCES, "").code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ErrnoStatus(EROFS, "").code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(ErrnoStatus(ENOSPC, "").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrnoStatus(EDQUOT, "").code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ErrnoStatus(EEXIST, "").code(), absl::StatusCode::kAlreadyExists);
}

TEST_F(FileTest, ReadsBackWhatWasWritten) {
  for (const std::size_t size : {0, 1, 65535, 65536, 65537, 1000000}) {
    std::string content(size, 'x');
    if (size > 0) content[size / 2] = '\0';
    ASSERT_TRUE(WriteFileAtomically(Path("a"), content).ok());
    const absl::StatusOr<std::string> read = ReadFile(Path("a"));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, content);
  }
}

TEST_F(FileTest, ReadEnforcesItsLimit) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "12345").ok());
  EXPECT_EQ(*ReadFile(Path("a"), 5), "12345");
  const absl::Status status = ReadFile(Path("a"), 4).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
  EXPECT_NE(status.message().find(Path("a")), std::string::npos);
}

TEST_F(FileTest, ReadStopsAtItsLimitWhereTheSizeIsUnknown) {
  EXPECT_EQ(ReadFile("/dev/zero", 100000).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(*ReadFile("/dev/null"), "");
}

TEST_F(FileTest, ReadNamesThePathInItsErrors) {
  const absl::Status missing = ReadFile(Path("none")).status();
  EXPECT_EQ(missing.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(missing.message().find("none"), std::string::npos);
  EXPECT_EQ(ReadFile(Path("")).status().code(), absl::StatusCode::kFailedPrecondition);  // a directory
}

TEST_F(FileTest, WriteKeepsTheModeOfAnExistingFileAndTheUmaskForANewOne) {
  const mode_t before = ::umask(027);
  EXPECT_TRUE(WriteFileAtomically(Path("new"), "x").ok());
  EXPECT_TRUE(WriteFileAtomically(Path("secret"), "x", 0600).ok());
  ::umask(before);
  EXPECT_EQ(ModeOf(Path("new")), 0640U);
  EXPECT_EQ(ModeOf(Path("secret")), 0600U);
  ASSERT_EQ(::chmod(Path("new").c_str(), 0604), 0);
  EXPECT_TRUE(WriteFileAtomically(Path("new"), "y").ok());
  EXPECT_EQ(ModeOf(Path("new")), 0604U);
}

TEST_F(FileTest, WriteLeavesNothingBesideOnFailure) {
  ASSERT_TRUE(fs::create_directory(Path("d")));
  EXPECT_EQ(WriteFileAtomically(Path("d"), "x").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(WriteFileAtomically(Path("none/x"), "x").code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(std::distance(fs::directory_iterator(directory_->path()), fs::directory_iterator()), 1);
}

TEST_F(FileTest, WriteReplacesTheFileAtOnce) {
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "old").ok());
  const int reader = ::open(Path("a").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_TRUE(WriteFileAtomically(Path("a"), "new").ok());
  char buffer[8];
  EXPECT_EQ(::read(reader, buffer, sizeof buffer), 3);  // who had it open still sees the whole old content
  EXPECT_EQ(std::string(buffer, 3), "old");
  ::close(reader);
  EXPECT_EQ(*ReadFile(Path("a")), "new");
}

TEST_F(FileTest, WriteGoesThroughSymbolicLinks) {
  ASSERT_TRUE(WriteFileAtomically(Path("target"), "old").ok());
  fs::create_symlink("target", Path("link"));
  ASSERT_TRUE(WriteFileAtomically(Path("link"), "new").ok());
  EXPECT_TRUE(fs::is_symlink(Path("link")));
  EXPECT_EQ(*ReadFile(Path("target")), "new");
}

TEST_F(FileTest, WriteDoesNotReplaceDevices) {
  EXPECT_TRUE(WriteFileAtomically("/dev/null", "x").ok());
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(FileTest, TemporaryDirectoryIsPrivateAndGoes) {
  std::string path;
  {
    absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(directory_->path(), "t-");
    ASSERT_TRUE(made.ok());
    path = made->path();
    EXPECT_EQ(ModeOf(path), 0700U);
    ASSERT_TRUE(WriteFileAtomically(path + "/x", "x").ok());
    const TemporaryDirectory moved = std::move(*made);
    EXPECT_EQ(moved.path(), path);
  }
  EXPECT_FALSE(fs::exists(path));
}

TEST_F(FileTest, TemporaryDirectoryCanBeReleased) {
  std::string path;
  {
    absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(directory_->path(), "t-");
    ASSERT_TRUE(made.ok());
    path = made->Release();
  }
  EXPECT_TRUE(fs::exists(path));
}

TEST_F(FileTest, TemporaryDirectoryNeedsAParent) {
  EXPECT_EQ(MakeTemporaryDirectory(Path("none"), "t-").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(FileTest, MakePrivateDirectoryMakesParents) {
  ASSERT_TRUE(MakePrivateDirectory(Path("a/b/c")).ok());
  EXPECT_EQ(ModeOf(Path("a")), 0700U);
  EXPECT_EQ(ModeOf(Path("a/b/c")), 0700U);
  EXPECT_TRUE(MakePrivateDirectory(Path("a/b/c")).ok());
  EXPECT_TRUE(MakePrivateDirectory(Path("a/b/c/")).ok());
}

TEST_F(FileTest, MakePrivateDirectoryRefusesWhatOthersCanWriteOrRedirect) {
  ASSERT_TRUE(fs::create_directory(Path("open")));
  ASSERT_EQ(::chmod(Path("open").c_str(), 0777), 0);
  EXPECT_EQ(MakePrivateDirectory(Path("open")).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(fs::create_directory(Path("real")));
  fs::create_directory_symlink("real", Path("link"));
  EXPECT_EQ(MakePrivateDirectory(Path("link")).code(), absl::StatusCode::kFailedPrecondition);
  ASSERT_TRUE(WriteFileAtomically(Path("file"), "").ok());
  EXPECT_EQ(MakePrivateDirectory(Path("file")).code(), absl::StatusCode::kFailedPrecondition);
}

}  // namespace
}  // namespace pgassay
