#include "base/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/process_start.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "base/unique_fd.h"

namespace pgassay {
namespace {

using Clock = std::chrono::steady_clock;

// Time between SIGTERM and SIGKILL: enough for pg_dump and initdb to remove what they made.
constexpr int kGraceMs = 2000;

// How often `cancelled` is asked.
constexpr int kCancelPollMs = 100;

// How often a child is looked at where the kernel has no pidfd (before Linux 5.3, some sandboxes).
constexpr int kNoPidfdPollMs = 10;

// A moment, or never.
class Deadline {
 public:
  explicit Deadline(int timeout_ms)
      : never_(timeout_ms < 0), at_(Clock::now() + std::chrono::milliseconds(timeout_ms)) {}

  // Milliseconds left, rounded up; `limit_ms` at most, which is also the answer for never (-1: no limit).
  int LeftMs(int limit_ms) const {
    if (never_) return limit_ms;
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(at_ - Clock::now()).count();
    const int left_ms = static_cast<int>(std::clamp<std::int64_t>(left, 0, 1 << 30));
    return limit_ms < 0 ? left_ms : std::min(left_ms, limit_ms);
  }
  bool Passed() const { return !never_ && Clock::now() >= at_; }

 private:
  bool never_;
  Clock::time_point at_;
};

// Whether the child has ended; it is not reaped, so its number stays reserved.
bool HasEnded(pid_t pid) {
  siginfo_t info{};
  int result = 0;
  do {
    result = ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT);
  } while (result != 0 && errno == EINTR);
  return result != 0 || info.si_pid == pid;  // an error: reaped by somebody else, so it has ended
}

// Ends what the child left in its process group and reaps the child. Only after its end, and only once.
ExitState Reap(pid_t pid) {
  ::kill(-pid, SIGKILL);
  int status = 0;
  pid_t reaped = 0;
  do {
    reaped = ::waitpid(pid, &status, 0);
  } while (reaped < 0 && errno == EINTR);
  if (reaped < 0) return {};  // SIGCHLD is ignored in this process: how the child ended is lost
  if (WIFSIGNALED(status)) return {.exit_code = -1, .signal = WTERMSIG(status)};
  return {.exit_code = WEXITSTATUS(status), .signal = 0};
}

int PollMs(int pidfd, bool can_be_cancelled) {
  if (pidfd < 0) return kNoPidfdPollMs;
  return can_be_cancelled ? kCancelPollMs : -1;
}

// One of the child's two outputs.
struct Stream {
  UniqueFd fd;  // read end, non-blocking; not valid: not captured, or at its end
  std::string text;
  std::size_t max_bytes = 0;
  bool keep_tail = false;  // true: over max_bytes the head is given up, false: that is an error
  bool overflowed = false;

  void Add(const char* data, std::size_t size) {
    if (!keep_tail && text.size() + size > max_bytes) {
      overflowed = true;
      return;
    }
    text.append(data, size);
    if (keep_tail && text.size() > 2 * max_bytes) text.erase(0, text.size() - max_bytes);
  }

  // Reads what there is now.
  void Drain() {
    char buffer[65536];
    while (fd.valid() && !overflowed) {
      const ssize_t count = ::read(fd.get(), buffer, sizeof buffer);
      if (count > 0) {
        Add(buffer, static_cast<std::size_t>(count));
      } else if (count == 0) {
        fd.Reset();
      } else if (errno == EAGAIN) {
        return;
      } else if (errno != EINTR) {
        fd.Reset();
      }
    }
  }

  std::string Take() {
    if (text.size() > max_bytes) text.erase(0, text.size() - max_bytes);
    return std::move(text);
  }
};

// Opens a pipe: the read end goes into `stream`, the write end is returned.
absl::StatusOr<UniqueFd> OpenPipe(Stream& stream) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "cannot make a pipe");
  stream.fd.Reset(ends[0]);
  UniqueFd write_end(ends[1]);
  if (::fcntl(stream.fd.get(), F_SETFL, O_NONBLOCK) != 0) return ErrnoStatus(errno, "cannot set up a pipe");
  return write_end;
}

enum class Stop { kNo, kTimeout, kCancelled, kTooMuchOutput };

// Follows a started child to its end: reads both streams, watches the clock and `cancelled`.
class Follower {
 public:
  Follower(const internal::StartedProcess& process, const RunOptions& options, Stream& out, Stream& err)
      : process_(process),
        options_(options),
        out_(out),
        err_(err),
        deadline_(options.timeout_ms > 0 ? options.timeout_ms : -1) {}

  ExitState Follow() {
    while (!HasEnded(process_.pid)) {
      Poll();
      out_.Drain();
      err_.Drain();
      if (stop_ == Stop::kNo) {
        DecideToStop();
      } else if (grace_.Passed() && !killed_) {
        ::kill(-process_.pid, SIGKILL);
        killed_ = true;
      }
    }
    const ExitState state = Reap(process_.pid);
    out_.Drain();  // what was still in the pipes; a grandchild that left the group and holds them is not waited for
    err_.Drain();
    if (stop_ == Stop::kNo && out_.overflowed) stop_ = Stop::kTooMuchOutput;
    return state;
  }

  Stop stop() const { return stop_; }

 private:
  void Poll() {
    pollfd fds[3];
    nfds_t count = 0;
    for (const int fd : {out_.overflowed ? -1 : out_.fd.get(), err_.fd.get(), process_.pidfd.get()}) {
      if (fd >= 0) fds[count++] = {.fd = fd, .events = POLLIN, .revents = 0};
    }
    const int step_ms = PollMs(process_.pidfd.get(), options_.cancelled != nullptr);
    int timeout_ms = step_ms;
    if (stop_ == Stop::kNo) timeout_ms = deadline_.LeftMs(step_ms);
    if (stop_ != Stop::kNo && !killed_) timeout_ms = grace_.LeftMs(step_ms);
    ::poll(fds, count, timeout_ms);  // whatever comes, also EINTR: the caller looks at everything
  }

  void DecideToStop() {
    if (out_.overflowed) {
      stop_ = Stop::kTooMuchOutput;
    } else if (options_.cancelled && options_.cancelled()) {
      stop_ = Stop::kCancelled;
    } else if (deadline_.Passed()) {
      stop_ = Stop::kTimeout;
    } else {
      return;
    }
    grace_ = Deadline(kGraceMs);
    ::kill(-process_.pid, SIGTERM);
  }

  const internal::StartedProcess& process_;
  const RunOptions& options_;
  Stream& out_;
  Stream& err_;
  Deadline deadline_;
  Deadline grace_{-1};
  Stop stop_ = Stop::kNo;
  bool killed_ = false;
};

}  // namespace

std::string DescribeExit(const ExitState& state) {
  if (state.signal == 0) return absl::StrCat("exited with code ", state.exit_code);
  const char* name = ::sigabbrev_np(state.signal);
  return absl::StrCat("was ended by signal ", state.signal, name != nullptr ? absl::StrCat(" (", name, ")") : "");
}

absl::StatusOr<ProcessResult> Run(const Command& command, const RunOptions& options) {
  Stream out{.fd = {}, .text = {}, .max_bytes = options.max_out_bytes};
  Stream err{.fd = {}, .text = {}, .max_bytes = kMaxErrBytes, .keep_tail = true};
  PGASSAY_ASSIGN_OR_RETURN(internal::OutputFiles files, internal::OpenOutputFiles(command));
  if (!files.out.valid() && options.keep_out) {
    PGASSAY_ASSIGN_OR_RETURN(files.out, OpenPipe(out));
  }
  if (!files.err.valid()) {
    PGASSAY_ASSIGN_OR_RETURN(files.err, OpenPipe(err));
  }
  PGASSAY_ASSIGN_OR_RETURN(const internal::StartedProcess process,
                           internal::StartProcess(command, files.out.get(), files.err.get()));
  files = {};  // our copies of the write ends: without this the pipes would never end

  Follower follower(process, options, out, err);
  const ExitState state = follower.Follow();
  if (follower.stop() == Stop::kCancelled) return absl::CancelledError(absl::StrCat(command.argv[0], " was cancelled"));
  if (follower.stop() == Stop::kTooMuchOutput) {
    return absl::ResourceExhaustedError(absl::StrCat(command.argv[0], " wrote more than ",
                                                     FormatBytes(static_cast<std::int64_t>(options.max_out_bytes)),
                                                     " to its standard output and was stopped"));
  }
  return ProcessResult{.exit_code = state.exit_code,
                       .signal = state.signal,
                       .out = out.Take(),
                       .err = err.Take(),
                       .timed_out = follower.stop() == Stop::kTimeout};
}

ChildProcess::ChildProcess(ChildProcess&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      pidfd_(std::exchange(other.pidfd_, -1)),
      state_(std::exchange(other.state_, std::nullopt)) {}

ChildProcess& ChildProcess::operator=(ChildProcess&& other) noexcept {
  if (this != &other) {
    Kill();
    pid_ = std::exchange(other.pid_, 0);
    pidfd_ = std::exchange(other.pidfd_, -1);
    state_ = std::exchange(other.state_, std::nullopt);
  }
  return *this;
}

ChildProcess::~ChildProcess() {
  Kill();
}

void ChildProcess::Kill() {
  if (pid_ != 0) {
    ::kill(-pid_, SIGKILL);
    Reap(pid_);
    pid_ = 0;
  }
  if (pidfd_ >= 0) ::close(std::exchange(pidfd_, -1));
}

void ChildProcess::Terminate(int signal) {
  if (pid_ != 0) ::kill(-pid_, signal);
}

std::optional<ExitState> ChildProcess::Wait(int timeout_ms, const std::function<bool()>& cancelled) {
  const Deadline deadline(timeout_ms);
  while (pid_ != 0) {
    if (HasEnded(pid_)) {
      state_ = Reap(std::exchange(pid_, 0));
      break;
    }
    if (deadline.Passed() || (cancelled && cancelled())) break;
    pollfd fd = {.fd = pidfd_, .events = POLLIN, .revents = 0};
    ::poll(&fd, pidfd_ >= 0 ? 1 : 0, deadline.LeftMs(PollMs(pidfd_, cancelled != nullptr)));
  }
  return state_;
}

absl::StatusOr<ChildProcess> Spawn(const Command& command) {
  PGASSAY_ASSIGN_OR_RETURN(const internal::OutputFiles files, internal::OpenOutputFiles(command));
  PGASSAY_ASSIGN_OR_RETURN(internal::StartedProcess process,
                           internal::StartProcess(command, files.out.get(), files.err.get()));
  return ChildProcess(process.pid, process.pidfd.Release());
}

}  // namespace pgassay
