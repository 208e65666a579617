#include "ingest/log_follower.h"

#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "packed_logs.h"

namespace pgassay::ingest {
namespace {

using Event = LogFollower::Event;

class LogFollowerTest : public LogFilesTest {
 protected:
  void Follow(const std::string& name) {
    absl::StatusOr<std::unique_ptr<LogFollower>> follower =
        LogFollower::Open(Path(name), [this] { return cancelled_.load(); });
    ASSERT_TRUE(follower.ok()) << follower.status();
    follower_ = *std::move(follower);
  }

  // Reads until `bytes` came or something else happens; "|" stands for a rotation, "." for silence, "x" for the end.
  std::string Next(std::size_t bytes) {
    std::string seen;
    std::string block(65536, '\0');
    while (seen.size() < bytes) {
      const absl::StatusOr<LogFollower::Step> step = follower_->Read(block.data(), block.size());
      EXPECT_TRUE(step.ok()) << step.status();
      if (!step.ok() || step->event == Event::kCancelled) return seen + "x";
      if (step->event == Event::kRotated) seen += "|";
      if (step->event == Event::kIdle) seen += ".";
      if (step->event == Event::kBytes) seen.append(block, 0, step->bytes);
    }
    return seen;
  }

  std::atomic<bool> cancelled_ = false;
  std::unique_ptr<LogFollower> follower_;
};

TEST_F(LogFollowerTest, ReadsWhatIsThereAndWhatIsAdded) {
  Write("a.log", "one\ntwo\n");
  Follow("a.log");
  EXPECT_EQ(follower_->Begin(3).value(), "one");
  ASSERT_TRUE(follower_->SkipTo(4).ok());
  EXPECT_EQ(Next(4), "two\n");
  std::thread writer([this] { Append("a.log", "three\n"); });
  EXPECT_EQ(Next(6), "three\n");
  writer.join();
  EXPECT_EQ(follower_->offset(), 14);
  EXPECT_EQ(follower_->SkipTo(15).code(), absl::StatusCode::kOutOfRange);
}

TEST_F(LogFollowerTest, GoesOnAfterARenameWithWhatTheOldFileStillGot) {
  Write("a.log", "one\n");
  Follow("a.log");
  EXPECT_EQ(Next(4), "one\n");
  ASSERT_EQ(::rename(Path("a.log").c_str(), Path("a.log.1").c_str()), 0);
  Append("a.log.1", "late\n");  // servers write on until they are told
  EXPECT_EQ(Next(5), "late\n");
  Append("a.log.1", "last\n");
  Write("a.log", "new\n");
  EXPECT_EQ(Next(10), "last\n|new\n");
  EXPECT_EQ(follower_->offset(), 4);
  Append("a.log", "more\n");
  EXPECT_EQ(Next(5), "more\n");
}

TEST_F(LogFollowerTest, GoesOnAfterCopytruncate) {
  Write("a.log", "one\ntwo\n");
  Follow("a.log");
  EXPECT_EQ(Next(8), "one\ntwo\n");
  Write("a.log", "new\n");  // shorter
  EXPECT_EQ(Next(5), "|new\n");
  Write("a.log", "this is longer than before\n");
  EXPECT_EQ(Next(28), "|this is longer than before\n");
  ASSERT_EQ(::truncate(Path("a.log").c_str(), 0), 0);
  EXPECT_EQ(Next(1), "|");
  Append("a.log", "again\n");
  EXPECT_EQ(Next(6), "again\n");
}

TEST_F(LogFollowerTest, TellsSilenceOnceAndUsesNoProcessorMeanwhile) {
  Write("a.log", "one\n");
  Follow("a.log");
  EXPECT_EQ(Next(4), "one\n");
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_THREAD, &before);
  EXPECT_EQ(Next(1), ".");
  ::getrusage(RUSAGE_THREAD, &after);
  EXPECT_LT(after.ru_nvcsw - before.ru_nvcsw, 50);  // a pause every 100 ms
  Append("a.log", "two\n");
  EXPECT_EQ(Next(4), "two\n");
}

TEST_F(LogFollowerTest, StopsWhenCancelled) {
  Write("a.log", "");
  Follow("a.log");
  std::chrono::steady_clock::time_point asked;
  std::thread canceller([&] {
    asked = std::chrono::steady_clock::now();
    cancelled_ = true;
  });
  EXPECT_EQ(Next(1), "x");
  canceller.join();
  EXPECT_LT(std::chrono::steady_clock::now() - asked, std::chrono::seconds(5));  // promised: 200 ms; machines are busy
}

TEST_F(LogFollowerTest, SaysWhatCannotBeFollowed) {
  const auto follow = [this](const std::string& name) {
    return LogFollower::Open(Path(name), [] { return true; }).status().code();
  };
  EXPECT_EQ(follow("none"), absl::StatusCode::kNotFound);
  EXPECT_EQ(follow(""), absl::StatusCode::kInvalidArgument);
  Write("a.gz", Compressed("gzip", "log\n"));
  EXPECT_EQ(follow("a.gz"), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace pgassay::ingest
