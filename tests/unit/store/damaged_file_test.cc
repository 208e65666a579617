// A file that was cut off, or in which bits have flipped, is refused or read; nothing crashes, nothing hangs, no file
// is changed.

#include <fstream>
#include <random>
#include <string>

#include "gtest/gtest.h"
#include "pgassay/assay_file.h"
#include "sample.h"

namespace pgassay::store {
namespace {

class DamagedFileTest : public StoreTest {
 protected:
  void SetUp() override {
    StoreTest::SetUp();
    // With a bench, the last page of the file holds something that a cut would lose.
    absl::StatusOr<AssayFile> file = AssayFile::OpenForAppend(MakeSampleFile());
    ASSERT_TRUE(file.ok()) << file.status();
    Advice advice;
    advice.workload.templates = {{.id = "t", .sql = "SELECT $1"}};
    ASSERT_TRUE(file->RecordAdvice(1, advice).ok());
    ASSERT_TRUE(file->ReplaceLogs(SampleLogs()).ok());
    ASSERT_TRUE(file->RecordBench(1, {.sets = {{.indexes = {{}}, .queries = {{.template_id = "t"}}}}}).ok());
    content_ = *ReadFile(Path("sample.assay"));
  }

  // Writes `content` and reads everything in it; counts what happened.
  void Try(const std::string& content, const std::string& what) {
    const std::string path = Path("damaged");
    // A new file each time, without a sync: some filesystems sync a file that is truncated and written again.
    ASSERT_TRUE(RemoveTree(path).ok());
    std::ofstream(path, std::ios::binary) << content;
    const absl::StatusOr<AssayFile> file = AssayFile::Open(path);
    absl::Status status = file.status();
    if (file.ok()) {
      status = file->Captures().status();
      if (status.ok()) status = file->Read().status();
      if (status.ok()) status = file->ReadLogs().status();
      if (status.ok()) status = file->RecordedBenches(1).status();
    }
    ++(status.ok() ? read_ : refused_);
    const bool known = status.ok() || absl::IsInvalidArgument(status) || absl::IsFailedPrecondition(status) ||
                       absl::IsNotFound(status);
    EXPECT_TRUE(known) << what << ": " << status;
  }

  std::string content_;
  int read_ = 0;
  int refused_ = 0;
};

TEST_F(DamagedFileTest, CutOffAnywhereIsRefused) {
  for (std::size_t size = 1; size < content_.size(); size += size < 200 ? 1 : 509) {
    Try(content_.substr(0, size), "cut to " + std::to_string(size));
  }
  EXPECT_EQ(read_, 0);
  EXPECT_GT(refused_, 300);
}

TEST_F(DamagedFileTest, EveryFlippedBitOfTheHeaderIsSurvived) {
  for (std::size_t bit = 0; bit < 100 * 8; ++bit) {
    std::string damaged = content_;
    damaged[bit / 8] = static_cast<char>(damaged[bit / 8] ^ (1 << (bit % 8)));
    Try(damaged, "bit " + std::to_string(bit));
  }
  EXPECT_GT(refused_, 200);
  EXPECT_GT(read_, 50);  // counters and unused bytes
}

TEST_F(DamagedFileTest, FlippedBitsAnywhereAreSurvived) {
  std::mt19937 random(20240501);
  for (std::size_t at = 100; at < content_.size(); at += 1 + random() % 100) {
    if (content_[at] == '\0' && random() % 8 != 0) continue;  // mostly the unused middle of a page
    std::string damaged = content_;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << (random() % 8)));
    Try(damaged, "byte " + std::to_string(at));
  }
  EXPECT_GT(refused_, 50);
  EXPECT_GT(read_, 50);
}

TEST_F(DamagedFileTest, OverwrittenRangesAreSurvived) {
  std::mt19937 random(20240502);
  for (int round = 0; round < 300; ++round) {
    std::string damaged = content_;
    const std::size_t at = 100 + random() % (content_.size() - 200);
    const std::size_t size = 1 + random() % 64;
    for (std::size_t i = at; i < at + size; ++i) damaged[i] = static_cast<char>(random());
    Try(damaged, "range " + std::to_string(at) + " " + std::to_string(size));
  }
  EXPECT_GT(refused_, 10);
}

TEST_F(DamagedFileTest, SwappedPagesAreSurvived) {
  std::mt19937 random(20240503);
  const std::size_t pages = content_.size() / 4096;
  for (int round = 0; round < 100; ++round) {
    std::string damaged = content_;
    const std::size_t from = random() % pages;
    const std::size_t to = 1 + random() % (pages - 1);
    damaged.replace(to * 4096, 4096, content_.substr(from * 4096, 4096));  // one page now occurs twice
    Try(damaged, "page " + std::to_string(from) + " over " + std::to_string(to));
  }
  EXPECT_GT(refused_, 10);
}

TEST_F(DamagedFileTest, AStrayJournalDoesNotHarmAReader) {
  ASSERT_TRUE(WriteFileAtomically(Path("damaged-journal"), std::string(2000, '\xd9')).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("damaged-wal"), std::string(2000, '\x37')).ok());
  ASSERT_TRUE(WriteFileAtomically(Path("damaged"), content_).ok());
  const absl::Status status = AssayFile::Open(Path("damaged")).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kUnavailable) << status;
  EXPECT_EQ(*ReadFile(Path("damaged")), content_);
  EXPECT_EQ(Entries(), "damaged damaged-journal damaged-wal sample.assay");
}

}  // namespace
}  // namespace pgassay::store
