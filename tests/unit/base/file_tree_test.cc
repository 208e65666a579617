#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "base/file.h"
#include "gtest/gtest.h"

namespace pgassay {
namespace {

namespace fs = std::filesystem;

class FileTreeTest : public testing::Test {
 protected:
  void SetUp() override {
    absl::StatusOr<TemporaryDirectory> made = TemporaryDirectory::Make(testing::TempDir(), "pgassay-tree-");
    ASSERT_TRUE(made.ok()) << made.status();
    directory_.emplace(*std::move(made));
    ASSERT_TRUE(fs::create_directories(Path("tree/sub/empty")));
    Write("tree/small", "small");
    Write("tree/sub/large", std::string(3000000, 'L') + "end");
    Write("tree/sub/none", "");
    Write("outside", "outside");
    fs::create_symlink("../outside", Path("tree/link"));
    fs::create_directory_symlink(Path(""), Path("tree/sub/up"));
    ASSERT_EQ(::chmod(Path("tree/small").c_str(), 0640), 0);
    ASSERT_EQ(::chmod(Path("tree/sub").c_str(), 0500), 0);  // cannot be filled after its mode is set
  }
  void TearDown() override {
    for (const char* name : {"tree/sub", "copy/sub"}) ::chmod(Path(name).c_str(), 0700);
  }
  std::string Path(const std::string& name) const { return directory_->path() + "/" + name; }
  void Write(const std::string& name, const std::string& content) {
    ASSERT_TRUE(WriteFileAtomically(Path(name), content).ok());
  }

  std::optional<TemporaryDirectory> directory_;
};

struct stat Look(const std::string& path) {
  struct stat info {};
  EXPECT_EQ(::lstat(path.c_str(), &info), 0) << path;
  return info;
}

TEST_F(FileTreeTest, CopyIsComplete) {
  const absl::Status status = CopyTree(Path("tree"), Path("copy"));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(*ReadFile(Path("copy/small")), "small");
  EXPECT_EQ(*ReadFile(Path("copy/sub/large")), *ReadFile(Path("tree/sub/large")));
  EXPECT_EQ(*ReadFile(Path("copy/sub/none")), "");
  EXPECT_TRUE(fs::is_directory(Path("copy/sub/empty")));
  EXPECT_EQ(fs::read_symlink(Path("copy/link")), "../outside");
  EXPECT_TRUE(fs::is_symlink(Path("copy/sub/up")));
  EXPECT_EQ(Look(Path("copy/small")).st_mode & 07777, 0640U);
  EXPECT_EQ(Look(Path("copy/sub")).st_mode & 07777, 0500U);
}

TEST_F(FileTreeTest, CopyIsIndependentOfTheOriginal) {
  ASSERT_TRUE(CopyTree(Path("tree"), Path("copy")).ok());
  const int fd = ::open(Path("copy/small").c_str(), O_WRONLY | O_CLOEXEC);
  ASSERT_EQ(::write(fd, "X", 1), 1);
  ::close(fd);
  EXPECT_EQ(*ReadFile(Path("tree/small")), "small");
}

TEST_F(FileTreeTest, CopyNeedsANewTargetAndADirectory) {
  ASSERT_TRUE(fs::create_directory(Path("copy")));
  EXPECT_EQ(CopyTree(Path("tree"), Path("copy")).code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(CopyTree(Path("none"), Path("copy2")).code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(CopyTree(Path("outside"), Path("copy2")).code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(CopyTree(Path("tree"), Path("none/copy")).code(), absl::StatusCode::kNotFound);
}

TEST_F(FileTreeTest, CopyRefusesSockets) {
  ASSERT_EQ(::mkfifo(Path("tree/pipe").c_str(), 0600), 0);
  const absl::Status status = CopyTree(Path("tree"), Path("copy"));
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(status.message().find("tree/pipe"), std::string::npos) << status;
}

TEST_F(FileTreeTest, CopyAndChangeOwnerGiveAway) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const Owner nobody{.uid = 65534, .gid = 65534};
  ASSERT_TRUE(CopyTree(Path("tree"), Path("copy"), nobody).ok());
  for (const char* name : {"copy", "copy/small", "copy/link", "copy/sub", "copy/sub/empty", "copy/sub/up"}) {
    EXPECT_EQ(Look(Path(name)).st_uid, nobody.uid) << name;
    EXPECT_EQ(Look(Path(name)).st_gid, nobody.gid) << name;
  }
  EXPECT_EQ(Look(Path("copy/sub")).st_mode & 07777, 0500U);
  ASSERT_TRUE(ChangeOwner(Path("tree"), nobody).ok());
  for (const char* name : {"tree", "tree/small", "tree/link", "tree/sub/large"}) {
    EXPECT_EQ(Look(Path(name)).st_uid, nobody.uid) << name;
  }
  EXPECT_EQ(Look(Path("outside")).st_uid, 0U);  // behind a link
}

TEST_F(FileTreeTest, RemoveDoesNotFollowLinks) {
  ASSERT_EQ(::chmod(Path("tree/sub").c_str(), 0700), 0);
  const absl::Status status = RemoveTree(Path("tree"));
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("tree"))));
  EXPECT_EQ(*ReadFile(Path("outside")), "outside");
}

TEST_F(FileTreeTest, RemoveOfALinkRemovesTheLink) {
  ASSERT_TRUE(fs::create_directory(Path("kept")));
  Write("kept/x", "x");
  fs::create_directory_symlink("kept", Path("alias"));
  ASSERT_TRUE(RemoveTree(Path("alias/")).ok());
  EXPECT_FALSE(fs::exists(fs::symlink_status(Path("alias"))));
  EXPECT_TRUE(fs::exists(Path("kept/x")));
}

TEST_F(FileTreeTest, RemoveTakesFilesAndWhatIsNotThere) {
  EXPECT_TRUE(RemoveTree(Path("outside")).ok());
  EXPECT_FALSE(fs::exists(Path("outside")));
  EXPECT_TRUE(RemoveTree(Path("outside")).ok());
  EXPECT_TRUE(RemoveTree(Path("no/such/directory")).ok());
}

TEST_F(FileTreeTest, RemoveRefusesEndlessDepth) {
  std::string path = Path("deep");
  for (int i = 0; i < 150; ++i) path += "/d";
  ASSERT_TRUE(fs::create_directories(path));
  EXPECT_EQ(RemoveTree(Path("deep")).code(), absl::StatusCode::kFailedPrecondition);
  fs::remove_all(Path("deep"));
}

TEST_F(FileTreeTest, RemoveReportsWhatItMayNot) {
  if (::geteuid() == 0) GTEST_SKIP() << "root may remove everything";
  const absl::Status status = RemoveTree(Path("tree"));
  EXPECT_EQ(status.code(), absl::StatusCode::kPermissionDenied);
}

}  // namespace
}  // namespace pgassay
