#pragma once

// Ctrl-C and friends. Handlers are process-wide by nature, so this is the one place with a global variable.

namespace pgassay::cli {

// SIGINT, SIGTERM and SIGHUP ask for a stop that tidies up; a second one ends the process at once with exit code 130
// (what it leaves behind is removed by the next run). A signal that was ignored when we started stays ignored. SIGPIPE
// becomes an error of the write.
void InstallSignalHandlers();

// Whether a stop was asked for. From any thread.
bool StopRequested();

}  // namespace pgassay::cli
