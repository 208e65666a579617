#include "ingest/log_source.h"

#include <sys/stat.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include "ingest/log_input.h"
#include "packed_logs.h"

namespace pgassay::ingest {
namespace {

class LogSourceTest : public LogFilesTest {
 protected:
  // The first log in `path`.
  LogSource& First(const std::string& path) {
    absl::StatusOr<std::unique_ptr<LogInput>> input = LogInput::Open(path);
    EXPECT_TRUE(input.ok()) << input.status();
    inputs_.push_back(*std::move(input));
    const absl::StatusOr<LogSource*> source = inputs_.back()->Next();
    EXPECT_TRUE(source.ok() && *source != nullptr) << source.status();
    return **source;
  }
  LogIdentity Identity(const std::string& path) { return IdentityOf(First(path)).value(); }
  std::string Prefix(const std::string& path) { return std::string(First(path).Peek(kIdentityBytes).value()); }

 private:
  std::vector<std::unique_ptr<LogInput>> inputs_;
};

TEST_F(LogSourceTest, ReadsAPlainFileInBlocksOfAnySize) {
  const std::string log = SampleLog(300000);
  const std::string path = Write("a.log", log);
  for (const std::size_t block : {std::size_t{1000}, std::size_t{4096}, std::size_t{65536}, std::size_t{1} << 20}) {
    LogSource& source = First(path);
    EXPECT_EQ(source.name(), path);
    EXPECT_EQ(source.size(), log.size());
    const Content content = ReadAll(source, block);
    EXPECT_TRUE(content.status.ok()) << content.status;
    EXPECT_EQ(content.bytes, log);
    EXPECT_EQ(source.offset(), log.size());
    EXPECT_EQ(source.position(), log.size());
  }
}

TEST_F(LogSourceTest, FillsTheBlockAlsoBehindAPeek) {
  LogSource& source = First(Write("a.log", SampleLog(300000)));
  ASSERT_TRUE(source.Peek(kIdentityBytes).ok());
  std::string block(200000, '\0');
  EXPECT_EQ(source.Read(block.data(), block.size()).value(), block.size());
}

TEST_F(LogSourceTest, PeekReadsNothing) {
  LogSource& source = First(Write("a.log", "0123456789"));
  EXPECT_EQ(source.Peek(4).value(), "0123");
  EXPECT_EQ(source.Peek(100).value(), "0123456789");
  EXPECT_EQ(source.Peek(2).value(), "01");
  EXPECT_EQ(source.offset(), 0);
  EXPECT_EQ(ReadAll(source, 3).bytes, "0123456789");
}

TEST_F(LogSourceTest, SeesWhatWasAddedAfterTheEnd) {
  const std::string path = Write("a.log", "one\n");
  LogSource& source = First(path);
  EXPECT_EQ(ReadAll(source).bytes, "one\n");
  Append("a.log", "two\n");
  EXPECT_EQ(ReadAll(source).bytes, "two\n");
}

TEST_F(LogSourceTest, SkipsToAnOffset) {
  const std::string log = SampleLog(200000);
  for (const std::string& path : {Write("a.log", log), Write("a.log.gz", Compressed("gzip", log)),
                                  Write("a.tar", Archived("ustar", "none", {{"x.log", log}}))}) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{10}, std::size_t{100000}, log.size()}) {
      LogSource& source = First(path);
      ASSERT_TRUE(IdentityOf(source).ok());
      ASSERT_TRUE(source.SkipTo(offset).ok());
      EXPECT_EQ(source.offset(), offset);
      EXPECT_EQ(ReadAll(source).bytes, log.substr(offset)) << path << " " << offset;
    }
    LogSource& source = First(path);
    const absl::Status status = source.SkipTo(log.size() + 1);
    EXPECT_EQ(status.code(), absl::StatusCode::kOutOfRange);
    EXPECT_NE(status.message().find("replaced or cut"), std::string::npos) << status;
  }
}

TEST_F(LogSourceTest, GoesBackInPlainFilesOnly) {
  LogSource& plain = First(Write("a.log", "0123456789"));
  EXPECT_EQ(ReadAll(plain).bytes, "0123456789");
  ASSERT_TRUE(plain.SkipTo(4).ok());
  EXPECT_EQ(ReadAll(plain).bytes, "456789");
  LogSource& packed = First(Write("a.gz", Compressed("gzip", "0123456789")));
  EXPECT_EQ(ReadAll(packed).bytes, "0123456789");
  EXPECT_EQ(packed.SkipTo(4).code(), absl::StatusCode::kFailedPrecondition);
}

TEST_F(LogSourceTest, AFileThatGetsShorterSaysSo) {
  const std::string path = Write("a.log", SampleLog(100000));
  LogSource& source = First(path);
  std::string block(50000, '\0');
  ASSERT_EQ(source.Read(block.data(), block.size()).value(), block.size());
  ASSERT_EQ(::truncate(path.c_str(), 1000), 0);
  const absl::StatusOr<std::size_t> next = source.Read(block.data(), block.size());
  EXPECT_EQ(next.status().code(), absl::StatusCode::kAborted);
  EXPECT_NE(next.status().message().find("cut to 1000 bytes"), std::string::npos) << next.status();
}

TEST_F(LogSourceTest, KnowsALogThatGrewWasRenamedOrCompressed) {
  const std::string log = SampleLog(20000);
  const std::string path = Write("a.log", log.substr(0, 500));
  const LogIdentity young = Identity(path);
  EXPECT_EQ(young.prefix_bytes, 500);
  Append("a.log", log.substr(500));
  EXPECT_TRUE(Continues(young, Prefix(path)));
  const LogIdentity full = Identity(path);
  EXPECT_EQ(full.prefix_bytes, kIdentityBytes);
  EXPECT_FALSE(Continues(full, log.substr(0, 500)));  // shorter than it was: cut, or another log
  const std::string renamed = Path("a.log.1");
  ASSERT_EQ(::rename(path.c_str(), renamed.c_str()), 0);
  EXPECT_EQ(Identity(renamed), full);
  for (const char* filter : {"gzip", "zstd", "xz", "bzip2", "lz4"}) {
    const std::string packed = Write("packed", Compressed(filter, log));
    EXPECT_EQ(Identity(packed), full) << filter;
    EXPECT_TRUE(Continues(young, Prefix(packed))) << filter;
  }
  EXPECT_EQ(Identity(Write("a.zip", Archived("zip", "none", {{"dir/a.log", log}}))), full);
  EXPECT_FALSE(Continues(full, Prefix(Write("other.log", "x" + log))));
}

TEST(LogIdentityTest, AnEmptyLogIsLikeNoOther) {
  EXPECT_FALSE(Continues(IdentityOf(""), ""));
  EXPECT_FALSE(Continues(IdentityOf(""), "x"));
  EXPECT_FALSE(Continues(IdentityOf("x"), ""));
}

TEST_F(LogSourceTest, ReadsANamedPipe) {
  const std::string log = SampleLog(400000);
  for (const std::string& bytes : {log, Compressed("gzip", log)}) {
    const std::string path = Path("pipe");
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    std::thread writer([&] { Write("pipe", bytes); });
    LogSource& source = First(path);
    EXPECT_TRUE(source.live());
    EXPECT_EQ(source.size(), std::nullopt);
    EXPECT_EQ(IdentityOf(source).value(), IdentityOf(log));
    ASSERT_TRUE(source.SkipTo(1000).ok());
    EXPECT_EQ(ReadAll(source, 1 << 20).bytes, log.substr(1000));
    writer.join();
    ASSERT_EQ(::unlink(path.c_str()), 0);
  }
}

// Makes standard input another file while it lives.
class StandardInput {
 public:
  explicit StandardInput(int fd) : old_(::dup(STDIN_FILENO)) { ::dup2(fd, STDIN_FILENO); }
  ~StandardInput() {
    ::dup2(old_, STDIN_FILENO);
    ::close(old_);
  }

 private:
  int old_;
};

TEST_F(LogSourceTest, ReadsStandardInput) {
  const std::string log = SampleLog(200000);
  for (const std::string& bytes : {log, Compressed("zstd", log)}) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    std::thread writer([&] {
      for (std::size_t done = 0; done < bytes.size();) {
        const ssize_t count = ::write(ends[1], bytes.data() + done, bytes.size() - done);
        if (count <= 0) break;
        done += static_cast<std::size_t>(count);
      }
      ::close(ends[1]);
    });
    {
      const StandardInput input(ends[0]);
      ::close(ends[0]);
      LogSource& source = First("-");
      EXPECT_EQ(source.name(), "-");
      EXPECT_EQ(ReadAll(source).bytes, log);
    }
    writer.join();
  }
}

TEST_F(LogSourceTest, APipeGivesWhatIsThereWithoutWaitingForAFullBlock) {
  const std::string log = SampleLog(kIdentityBytes);
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const StandardInput input(ends[0]);
  ::close(ends[0]);
  ASSERT_EQ(::write(ends[1], log.data(), log.size()), static_cast<ssize_t>(log.size()));
  LogSource& source = First("-");
  std::string block(1 << 20, '\0');
  std::string all;
  while (all.size() < log.size()) all.append(block, 0, source.Read(block.data(), block.size()).value());
  EXPECT_EQ(all, log);
  ::close(ends[1]);
  EXPECT_EQ(source.Read(block.data(), block.size()).value(), 0);
}

}  // namespace
}  // namespace pgassay::ingest
