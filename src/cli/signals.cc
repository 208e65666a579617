#include "cli/signals.h"

#include <unistd.h>
#include <csignal>

#include <atomic>

#include "cli/exit_code.h"

namespace pgassay::cli {
namespace {

std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may touch nothing else");

void RequestStop(int) {
  if (stop_requested.exchange(true)) _exit(kInterrupted);
}

// Not SIG_IGN: children would inherit it.
void Nothing(int) {}

void Install(int signal, void (*handler)(int)) {
  struct sigaction action {};
  if (sigaction(signal, nullptr, &action) != 0 || action.sa_handler == SIG_IGN) return;
  action = {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  sigaction(signal, &action, nullptr);
}

}  // namespace

void InstallSignalHandlers() {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) Install(signal, RequestStop);
  Install(SIGPIPE, Nothing);
}

bool StopRequested() {
  return stop_requested.load();
}

}  // namespace pgassay::cli
