#include "base/process_start.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::internal {
namespace {

// What the child tells its parent when it fails before the program runs.
enum class Step : int { kStandardFiles, kProcessGroup, kGroups, kUser, kParentDeath, kDirectory, kExec };

struct ChildFailure {
  Step step;
  int error;
};

// Everything the child needs, prepared before fork: between fork and exec only async-signal-safe calls are allowed, and
// memory allocation is not among them.
struct ChildPlan {
  const char* program;
  char* const* argv;
  char* const* environment;
  const char* directory;  // nullptr: stay
  std::optional<Owner> run_as;
  bool die_with_parent;
  int death_signal;
  pid_t parent;
  int in;
  int out;
  int err;
  int report;  // write end of the pipe for ChildFailure, closed by exec
};

[[noreturn]] void Fail(const ChildPlan& plan, Step step) {
  const ChildFailure failure{step, errno};
  ssize_t written = 0;
  do {
    written = ::write(plan.report, &failure, sizeof failure);
  } while (written < 0 && errno == EINTR);
  ::_exit(127);
}

void ResetSignals() {
  struct sigaction standard = {};
  standard.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) ::sigaction(signal, &standard, nullptr);  // KILL, STOP: refused, fine
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

// Marks every descriptor from 3 on as closed by exec. One system call since Linux 5.11.
void CloseInherited() {
  if (::syscall(SYS_close_range, 3U, ~0U, 4U /* CLOSE_RANGE_CLOEXEC */) == 0) return;
  rlimit limit{};
  const bool known = ::getrlimit(RLIMIT_NOFILE, &limit) == 0;
  const int end = known && limit.rlim_cur < 65536 ? static_cast<int>(limit.rlim_cur) : 65536;
  for (int fd = 3; fd < end; ++fd) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
}

// System calls instead of the C library's wrappers: those change all threads of a process by a signal, which is neither
// needed nor safe in the child of a process that had several.
void BecomeUser(const ChildPlan& plan) {
  const Owner& owner = *plan.run_as;
  if (::syscall(SYS_setgroups, 0UL, nullptr) != 0) Fail(plan, Step::kGroups);
  if (::syscall(SYS_setresgid, owner.gid, owner.gid, owner.gid) != 0) Fail(plan, Step::kGroups);
  if (::syscall(SYS_setresuid, owner.uid, owner.uid, owner.uid) != 0) Fail(plan, Step::kUser);
}

[[noreturn]] void RunChild(const ChildPlan& plan) {
  ResetSignals();
  if (::setpgid(0, 0) != 0) Fail(plan, Step::kProcessGroup);
  // All three are 3 or higher (see AboveStandard), so that no dup2 overwrites the next one's source.
  if (::dup2(plan.in, 0) < 0 || ::dup2(plan.out, 1) < 0 || ::dup2(plan.err, 2) < 0) Fail(plan, Step::kStandardFiles);
  CloseInherited();
  if (plan.run_as) BecomeUser(plan);
  if (plan.die_with_parent) {  // after the change of user, which clears it
    if (::prctl(PR_SET_PDEATHSIG, plan.death_signal) != 0) Fail(plan, Step::kParentDeath);
    if (::getppid() != plan.parent) ::_exit(127);  // it ended before the request
  }
  if (plan.directory != nullptr && ::chdir(plan.directory) != 0) Fail(plan, Step::kDirectory);
  ::execve(plan.program, plan.argv, plan.environment);
  Fail(plan, Step::kExec);
}

std::string Describe(Step step, const Command& command) {
  switch (step) {
    case Step::kStandardFiles:
      return absl::StrCat("cannot set up the standard files of ", command.argv[0]);
    case Step::kProcessGroup:
      return absl::StrCat("cannot make a process group for ", command.argv[0]);
    case Step::kGroups:
      return absl::StrCat("cannot run ", command.argv[0], " as group ", command.run_as->gid);
    case Step::kUser:
      return absl::StrCat("cannot run ", command.argv[0], " as user ", command.run_as->uid);
    case Step::kParentDeath:
      return absl::StrCat("cannot tie ", command.argv[0], " to its parent");
    case Step::kDirectory:
      return absl::StrCat("cannot start ", command.argv[0], " in directory ", command.working_directory);
    case Step::kExec:
      return absl::StrCat("cannot start ", command.argv[0]);
  }
  return absl::StrCat("cannot start ", command.argv[0]);
}

// Moves a descriptor that happens to be 0, 1 or 2 (our own caller had closed those) out of the way.
absl::Status AboveStandard(UniqueFd& fd) {
  if (fd.get() > 2) return absl::OkStatus();
  const int moved = ::fcntl(fd.get(), F_DUPFD_CLOEXEC, 3);
  if (moved < 0) return ErrnoStatus(errno, "cannot duplicate a descriptor");
  fd.Reset(moved);
  return absl::OkStatus();
}

absl::StatusOr<UniqueFd> DuplicateOrNull(int fd, int null) {
  UniqueFd copy(::fcntl(fd >= 0 ? fd : null, F_DUPFD_CLOEXEC, 3));
  if (!copy.valid()) return ErrnoStatus(errno, "cannot duplicate a descriptor");
  return copy;
}

absl::Status Validate(const Command& command) {
  if (command.argv.empty() || command.argv[0].find('/') == std::string::npos) {
    return absl::InvalidArgumentError("a program to run is given by its path; programs are not looked up in PATH");
  }
  auto has_nul = [](const std::string& text) { return text.find('\0') != std::string::npos; };
  for (const std::string& word : command.argv) {
    if (has_nul(word)) return absl::InvalidArgumentError("an argument of a program contains a NUL byte; remove it");
  }
  for (const std::string& entry : command.environment) {
    if (has_nul(entry) || entry.find('=') == std::string::npos) {
      return absl::InvalidArgumentError("an environment entry must be NAME=value without a NUL byte");
    }
  }
  return absl::OkStatus();
}

std::vector<char*> Pointers(const std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));  // execve does not write
  pointers.push_back(nullptr);
  return pointers;
}

// Forks with all signals blocked, so that no handler of ours runs in the child; the child unblocks them itself.
pid_t ForkAndRun(const ChildPlan& plan) {
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t pid = ::fork();
  if (pid == 0) RunChild(plan);
  const int error = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return pid;
}

// Reads until exec closes the pipe (true) or a failure arrives (false).
bool ProgramRuns(int report, ChildFailure& failure) {
  ssize_t count = 0;
  do {
    count = ::read(report, &failure, sizeof failure);
  } while (count < 0 && errno == EINTR);
  return count != static_cast<ssize_t>(sizeof failure);
}

absl::StatusOr<UniqueFd> OpenOutput(const std::string& path) {
  UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600));
  if (!fd.valid()) return ErrnoStatus(errno, absl::StrCat("cannot write ", path));
  return fd;
}

}  // namespace

absl::StatusOr<OutputFiles> OpenOutputFiles(const Command& command) {
  OutputFiles files;
  if (!command.out_file.empty()) {
    PGASSAY_ASSIGN_OR_RETURN(files.out, OpenOutput(command.out_file));
  }
  if (command.err_file.empty()) return files;
  if (command.err_file == command.out_file) {
    PGASSAY_ASSIGN_OR_RETURN(files.err, DuplicateOrNull(files.out.get(), -1));
  } else {
    PGASSAY_ASSIGN_OR_RETURN(files.err, OpenOutput(command.err_file));
  }
  return files;
}

absl::StatusOr<StartedProcess> StartProcess(const Command& command, int out, int err) {
  PGASSAY_RETURN_IF_ERROR(Validate(command));
  UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  if (!null.valid()) return ErrnoStatus(errno, "cannot open /dev/null");
  PGASSAY_RETURN_IF_ERROR(AboveStandard(null));
  PGASSAY_ASSIGN_OR_RETURN(const UniqueFd child_out, DuplicateOrNull(out, null.get()));
  PGASSAY_ASSIGN_OR_RETURN(const UniqueFd child_err, DuplicateOrNull(err, null.get()));
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return ErrnoStatus(errno, "cannot make a pipe");
  UniqueFd report_read(ends[0]);
  UniqueFd report_write(ends[1]);
  PGASSAY_RETURN_IF_ERROR(AboveStandard(report_write));

  const std::vector<char*> argv = Pointers(command.argv);
  const std::vector<char*> environment = Pointers(command.environment);
  const ChildPlan plan{.program = argv[0],
                       .argv = argv.data(),
                       .environment = environment.data(),
                       .directory = command.working_directory.empty() ? nullptr : command.working_directory.c_str(),
                       .run_as = command.run_as,
                       .die_with_parent = command.die_with_parent,
                       .death_signal = command.death_signal,
                       .parent = ::getpid(),
                       .in = null.get(),
                       .out = child_out.get(),
                       .err = child_err.get(),
                       .report = report_write.get()};
  const pid_t pid = ForkAndRun(plan);
  if (pid < 0) return ErrnoStatus(errno, absl::StrCat("cannot start a process for ", command.argv[0]));
  ::setpgid(pid, pid);  // the child does it too; whoever comes first, kill(-pid) works from here on
  report_write.Reset();

  ChildFailure failure{};
  if (!ProgramRuns(report_read.get(), failure)) {
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    return ErrnoStatus(failure.error, Describe(failure.step, command));
  }
  // By its number: the header of glibc 2.36 declares pidfd_open for C only.
  return StartedProcess{.pid = pid, .pidfd = UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0U)))};
}

}  // namespace pgassay::internal
