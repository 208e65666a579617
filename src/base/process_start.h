#pragma once

// Fork and exec, for process.cc only.

#include <sys/types.h>

#include "absl/status/statusor.h"
#include "base/process.h"
#include "base/unique_fd.h"

namespace pgassay::internal {

struct StartedProcess {
  pid_t pid = 0;
  UniqueFd pidfd;  // not valid where the kernel has none
};

// Starts `command` as leader of a new process group with /dev/null as standard input. `out` and `err` become
// descriptors 1 and 2; -1 is /dev/null. Returns when the program runs, so that a program that cannot be started is an
// error here.
absl::StatusOr<StartedProcess> StartProcess(const Command& command, int out, int err);

// The command's out_file and err_file, opened; not valid where there is none.
struct OutputFiles {
  UniqueFd out;
  UniqueFd err;
};
absl::StatusOr<OutputFiles> OpenOutputFiles(const Command& command);

}  // namespace pgassay::internal
