#include "base/process.h"

#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/file.h"
#include "gtest/gtest.h"

namespace pgassay {
namespace {

using Clock = std::chrono::steady_clock;

Command Shell(std::string script) {
  return {.argv = {"/bin/sh", "-c", std::move(script)}};
}

double SecondsSince(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// Whether a process exists that is no zombie.
bool Lives(pid_t pid) {
  const absl::StatusOr<std::string> stat = ReadFile("/proc/" + std::to_string(pid) + "/stat");
  return stat.ok() && stat->find(") Z ") == std::string::npos;
}

// Waits until `condition` holds, for at most ten seconds.
template <typename Condition>
bool Eventually(Condition condition) {
  for (const auto start = Clock::now(); SecondsSince(start) < 10; std::this_thread::yield()) {
    if (condition()) return true;
  }
  return false;
}

TEST(RunTest, CapturesBothOutputsAndTheExitCode) {
  const auto result = pgassay::Run(Shell("echo out; echo err >&2; exit 3"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, "out\n");
  EXPECT_EQ(result->err, "err\n");
  EXPECT_EQ(result->exit_code, 3);
  EXPECT_EQ(result->signal, 0);
  EXPECT_FALSE(result->timed_out);
  EXPECT_FALSE(result->ok());
}

TEST(RunTest, ReportsASignal) {
  const auto result = pgassay::Run(Shell("kill -9 $$"));
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->signal, SIGKILL);
  EXPECT_EQ(result->exit_code, -1);
}

TEST(RunTest, InheritsNoEnvironment) {
  ::setenv("PGASSAY_LEAK", "1", 1);  // NOLINT(concurrency-mt-unsafe): no other thread yet
  Command command{.argv = {"/usr/bin/env"}, .environment = {"A=1", "B=x y"}};
  const auto result = pgassay::Run(command);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "A=1\nB=x y\n");
}

TEST(RunTest, InheritsNoDescriptors) {
  const int leaked = ::open("/dev/null", O_RDONLY);  // without O_CLOEXEC
  ASSERT_GE(leaked, 3);
  const auto result = pgassay::Run(Shell("ls /proc/self/fd"));
  ::close(leaked);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "0\n1\n2\n3\n");  // 3 is the directory that ls reads
}

TEST(RunTest, InheritsNoSignalState) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  void (*old)(int) = ::signal(SIGPIPE, SIG_IGN);
  const auto result = pgassay::Run({.argv = {"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"}});
  ::signal(SIGPIPE, old);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST(RunTest, StandardInputIsEmpty) {
  const auto result = pgassay::Run({.argv = {"/bin/cat"}});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->ok());
  EXPECT_EQ(result->out, "");
}

TEST(RunTest, EntersTheDirectory) {
  Command command = Shell("pwd");
  command.working_directory = "/usr";
  EXPECT_EQ(pgassay::Run(command)->out, "/usr\n");
  command.working_directory = "/no/such/directory";
  const absl::Status status = pgassay::Run(command).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_NE(status.message().find("/no/such/directory"), std::string::npos) << status;
}

TEST(RunTest, SaysWhyAProgramCannotBeStarted) {
  EXPECT_EQ(pgassay::Run({.argv = {"/no/such/program"}}).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(pgassay::Run({.argv = {"/etc/passwd"}}).status().code(), absl::StatusCode::kPermissionDenied);
  EXPECT_EQ(pgassay::Run({}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(pgassay::Run({.argv = {"ls"}}).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(pgassay::Run({.argv = {"/bin/echo", std::string("a\0b", 3)}}).status().code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(pgassay::Run({.argv = {"/bin/echo"}, .environment = {"novalue"}}).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(RunTest, ReadsLargeOutputsOfBothStreamsAtOnce) {
  const auto result = pgassay::Run(Shell("head -c 3000000 /dev/zero; head -c 3000000 /dev/zero >&2; printf tail >&2"));
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out.size(), 3000000U);
  EXPECT_EQ(result->err.size(), kMaxErrBytes);
  EXPECT_TRUE(result->err.ends_with("tail"));
}

TEST(RunTest, StopsAChildThatWritesTooMuch) {
  const auto start = Clock::now();
  const auto result = pgassay::Run({.argv = {"/bin/cat", "/dev/zero"}}, {.max_out_bytes = 1000000});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kResourceExhausted);
  EXPECT_LT(SecondsSince(start), 20);
  EXPECT_EQ(pgassay::Run(Shell("printf 12345"), {.max_out_bytes = 4}).status().code(),
            absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(pgassay::Run(Shell("printf 1234"), {.max_out_bytes = 4})->out, "1234");
}

TEST(RunTest, DiscardsOutput) {
  const auto result = pgassay::Run(Shell("echo out; echo err >&2"), {.keep_out = false});
  ASSERT_TRUE(result.ok());
  EXPECT_EQ(result->out, "");
  EXPECT_EQ(result->err, "err\n");
}

TEST(RunTest, WritesOutputToFiles) {
  const auto directory = TemporaryDirectory::Make(testing::TempDir(), "pgassay-process-");
  ASSERT_TRUE(directory.ok());
  Command command = Shell("echo out; echo err >&2");
  command.out_file = directory->path() + "/out";
  command.err_file = directory->path() + "/err";
  ASSERT_TRUE(pgassay::Run(command).ok());
  EXPECT_EQ(*ReadFile(command.out_file), "out\n");
  EXPECT_EQ(*ReadFile(command.err_file), "err\n");
  struct stat info {};
  ASSERT_EQ(::stat(command.out_file.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
  command.err_file = command.out_file;
  ASSERT_TRUE(pgassay::Run(command).ok());
  EXPECT_EQ(*ReadFile(command.out_file), "out\nerr\n");
  command.out_file = directory->path() + "/none/out";
  EXPECT_EQ(pgassay::Run(command).status().code(), absl::StatusCode::kNotFound);
}

TEST(RunTest, StopsAtTheDeadline) {
  const auto start = Clock::now();
  const auto result = pgassay::Run(Shell("echo before; exec /bin/sleep 60"), {.timeout_ms = 200});
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->signal, SIGTERM);
  EXPECT_EQ(result->out, "before\n");
  EXPECT_GE(SecondsSince(start), 0.2);
  EXPECT_LT(SecondsSince(start), 20);
}

TEST(RunTest, KillsAChildThatIgnoresSigterm) {
  const auto result = pgassay::Run(Shell("trap '' TERM; while :; do /bin/sleep 0.05; done"), {.timeout_ms = 200});
  ASSERT_TRUE(result.ok());
  EXPECT_TRUE(result->timed_out);
  EXPECT_EQ(result->signal, SIGKILL);
}

TEST(RunTest, IsCancelled) {
  const auto start = Clock::now();
  int asked = 0;
  const auto result = pgassay::Run({.argv = {"/bin/sleep", "60"}}, {.cancelled = [&] { return ++asked == 3; }});
  EXPECT_EQ(result.status().code(), absl::StatusCode::kCancelled);
  EXPECT_EQ(asked, 3);
  EXPECT_LT(SecondsSince(start), 20);
}

TEST(RunTest, EndsGrandchildrenThatWereLeftBehind) {
  const auto start = Clock::now();
  const auto result = pgassay::Run(Shell("/bin/sleep 60 & echo $!"));
  ASSERT_TRUE(result.ok());
  EXPECT_LT(SecondsSince(start), 20);  // the grandchild holds the pipes open
  const pid_t grandchild = static_cast<pid_t>(std::atoi(result->out.c_str()));
  ASSERT_GT(grandchild, 0);
  EXPECT_TRUE(Eventually([&] { return !Lives(grandchild); }));
}

TEST(RunTest, DropsToAnotherUser) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can become another user";
  Command command = Shell("id -u; id -g; id -G");
  command.run_as = Owner{.uid = 65534, .gid = 65533};
  command.working_directory = "/";
  gid_t before[64];
  const int count = ::getgroups(64, before);
  const gid_t extra = 4;
  ASSERT_EQ(::setgroups(1, &extra), 0);  // a supplementary group that must not be handed on
  const auto result = pgassay::Run(command);
  ASSERT_EQ(::setgroups(static_cast<std::size_t>(count), before), 0);
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_EQ(result->out, "65534\n65533\n65533\n");
}

TEST(RunTest, CannotBecomeAnotherUserWithoutRoot) {
  if (::geteuid() == 0) GTEST_SKIP() << "root can";
  Command command = Shell("true");
  command.run_as = Owner{.uid = 0, .gid = 0};
  EXPECT_EQ(pgassay::Run(command).status().code(), absl::StatusCode::kPermissionDenied);
}

TEST(RunTest, WorksFromManyThreads) {
  std::atomic<int> good = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&good, i] {
      for (int round = 0; round < 5; ++round) {
        const std::string word = std::to_string(i * 100 + round);
        const auto result = pgassay::Run({.argv = {"/bin/echo", word}});
        if (result.ok() && result->ok() && result->out == word + "\n") ++good;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(good, 40);
}

TEST(SpawnTest, WaitsAndRemembersTheEnd) {
  auto child = Spawn(Shell("exit 7"));
  ASSERT_TRUE(child.ok()) << child.status();
  EXPECT_GT(child->pid(), 0);
  EXPECT_EQ(child->Wait(-1), (ExitState{.exit_code = 7, .signal = 0}));
  EXPECT_EQ(child->pid(), 0);
  EXPECT_EQ(child->Wait(0), (ExitState{.exit_code = 7, .signal = 0}));
  child->Terminate(SIGKILL);  // goes nowhere
}

TEST(SpawnTest, WaitGivesUpAtItsDeadline) {
  auto child = Spawn({.argv = {"/bin/sleep", "60"}});
  ASSERT_TRUE(child.ok());
  EXPECT_EQ(child->Wait(0), std::nullopt);
  EXPECT_EQ(child->Wait(50), std::nullopt);
  EXPECT_EQ(child->Wait(-1, [] { return true; }), std::nullopt);
  child->Terminate(SIGINT);
  EXPECT_EQ(child->Wait(10000), (ExitState{.exit_code = -1, .signal = SIGINT}));
}

TEST(SpawnTest, DestructorKills) {
  pid_t pid = 0;
  {
    auto child = Spawn({.argv = {"/bin/sleep", "60"}});
    ASSERT_TRUE(child.ok());
    pid = child->pid();
    ChildProcess moved = *std::move(child);
    EXPECT_EQ(moved.pid(), pid);
    EXPECT_TRUE(Lives(pid));
  }
  EXPECT_FALSE(Lives(pid));
}

TEST(SpawnTest, MoveAssignmentKillsWhatWasHeld) {
  auto first = Spawn({.argv = {"/bin/sleep", "60"}});
  auto second = Spawn({.argv = {"/bin/sleep", "60"}});
  ASSERT_TRUE(first.ok() && second.ok());
  const pid_t pid = first->pid();
  *first = *std::move(second);
  EXPECT_FALSE(Lives(pid));
  EXPECT_TRUE(Lives(first->pid()));
}

TEST(SpawnTest, ReportsAProgramThatCannotBeStarted) {
  EXPECT_EQ(Spawn({.argv = {"/no/such/program"}}).status().code(), absl::StatusCode::kNotFound);
}

TEST(SpawnTest, ChildDiesWithTheThreadThatStartedIt) {
  std::optional<ChildProcess> child;  // outlives the thread, so that its destructor is not what ends the child
  std::thread starter([&child] {
    Command command{.argv = {"/bin/sleep", "60"}};
    command.die_with_parent = true;
    auto spawned = Spawn(command);
    if (spawned.ok()) child.emplace(*std::move(spawned));
  });
  starter.join();
  ASSERT_TRUE(child.has_value());
  EXPECT_TRUE(Eventually([&] { return !Lives(child->pid()); }));
}

TEST(DescribeExitTest, IsAClause) {
  EXPECT_EQ(DescribeExit({.exit_code = 3, .signal = 0}), "exited with code 3");
  EXPECT_EQ(DescribeExit({.exit_code = -1, .signal = SIGKILL}), "was ended by signal 9 (KILL)");
}

}  // namespace
}  // namespace pgassay
