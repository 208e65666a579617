#pragma once

// Child processes. Nothing is inherited that was not asked for: no environment, no descriptors but 0 to 2, no signal
// mask. Programs are not looked up in PATH. Every child leads a process group of its own, and whatever it leaves behind
// in that group ends with it. Thread-safe.

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/file.h"

namespace pgassay {

struct Command {
  std::vector<std::string> argv;         // argv[0] is the path of the program, with a '/' in it
  std::vector<std::string> environment;  // "NAME=value"; the whole environment of the child
  std::optional<Owner> run_as;           // user and group to become, without supplementary groups; needs root
  std::string working_directory;         // entered as `run_as`; empty: ours
  std::string out_file;          // standard output goes there; made with mode 0600, or truncated, with our rights
  std::string err_file;          // the same for standard error; the same name as out_file: both into one file
  bool die_with_parent = false;  // gets death_signal when the *thread* that started it ends (PR_SET_PDEATHSIG)
  int death_signal = 9;          // SIGKILL; another one lets the child end its own children first
};

struct RunOptions {
  int timeout_ms = 60000;           // from the start; 0: none
  std::function<bool()> cancelled;  // asked at least every 100 ms in the calling thread; may be empty
  bool keep_out = true;             // false: standard output is discarded (unless there is an out_file)
  std::size_t max_out_bytes = std::size_t{1} << 30;  // more output than that ends the child
};

// How a child ended: by exit(exit_code), or by signal `signal` (then exit_code is -1).
struct ExitState {
  int exit_code = -1;
  int signal = 0;
  bool ok() const { return signal == 0 && exit_code == 0; }
  friend bool operator==(const ExitState&, const ExitState&) = default;
};

struct ProcessResult {
  int exit_code = -1;      // -1: ended by a signal
  int signal = 0;          // 0: ended by exit
  std::string out;         // standard output, unless it was discarded or went to a file
  std::string err;         // the last kMaxErrBytes of standard error
  bool timed_out = false;  // the deadline passed and we ended it
  bool ok() const { return signal == 0 && exit_code == 0 && !timed_out; }
};

inline constexpr std::size_t kMaxErrBytes = 65536;

// "exited with code 3" or "was ended by signal 9 (KILL)": for messages.
std::string DescribeExit(const ExitState& state);

// Runs a command to its end with standard input from /dev/null. A child that fails is not an error of Run: look at the
// result. On timeout or cancellation its process group gets SIGTERM, and two seconds later SIGKILL. Errors: NotFound,
// PermissionDenied (the program cannot be started), InvalidArgument (no argv[0] with a '/'), Cancelled,
// ResourceExhausted (more than max_out_bytes, no more processes).
absl::StatusOr<ProcessResult> Run(const Command& command, const RunOptions& options = {});

// A child that runs beside us. The destructor kills its process group (SIGKILL) and waits for its end.
class ChildProcess {
 public:
  ChildProcess(ChildProcess&& other) noexcept;
  ChildProcess& operator=(ChildProcess&& other) noexcept;
  ~ChildProcess();

  // 0 after the end was seen by Wait, and when moved from.
  pid_t pid() const { return pid_; }

  // Sends `signal` to the child's process group; nothing happens once the end was seen.
  void Terminate(int signal);

  // Waits for the end, at most `timeout_ms` (0: only looks, -1: for ever) or until `cancelled` says true. None: still
  // running.
  std::optional<ExitState> Wait(int timeout_ms, const std::function<bool()>& cancelled = {});

 private:
  friend absl::StatusOr<ChildProcess> Spawn(const Command& command);
  explicit ChildProcess(pid_t pid, int pidfd) : pid_(pid), pidfd_(pidfd) {}
  void Kill();

  pid_t pid_ = 0;
  int pidfd_ = -1;  // -1: the kernel has none; Wait looks every few milliseconds instead
  std::optional<ExitState> state_;
};

// Starts a command and returns at once. Output that goes to no file is discarded. Errors as Run.
absl::StatusOr<ChildProcess> Spawn(const Command& command);

}  // namespace pgassay
