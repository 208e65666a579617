#include "cli/progress.h"

#include <pthread.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdio>

#include "absl/strings/str_format.h"
#include "base/text.h"
#include "cli/environment.h"
#include "cli/exit_code.h"
#include "report/page.h"

namespace pgassay::cli {
namespace {

using Clock = std::chrono::steady_clock;

constexpr auto kSilence = std::chrono::seconds(1);
constexpr auto kRedraw = std::chrono::milliseconds(250);
constexpr const char kEraseLine[] = "\r\x1b[K";

}  // namespace

Progress::Progress(bool enabled) : finished_(!enabled) {
  if (!enabled) return;
  // Signals are for the main thread, whose waiting they end.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  painter_ = std::thread([this] { Draw(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void Progress::Step(std::string_view name) {
  const std::lock_guard lock(mutex_);
  step_ = Printable(name);
}

void Progress::Say(std::string_view note) {
  const std::lock_guard lock(mutex_);
  if (drawn_) std::fputs(kEraseLine, stderr);
  drawn_ = false;
  Note(note);
}

void Progress::Finish() {
  {
    const std::lock_guard lock(mutex_);
    finished_ = true;
  }
  changed_.notify_all();
  if (painter_.joinable()) painter_.join();
}

void Progress::Draw() {
  const Clock::time_point begin = Clock::now();
  std::unique_lock lock(mutex_);
  if (changed_.wait_for(lock, kSilence, [this] { return finished_; })) return;
  do {
    const int columns = TerminalWidth(STDERR_FILENO);
    const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    const std::string line = absl::StrFormat("%.0f s  %s", seconds, step_);
    std::fprintf(stderr, "%s%s", kEraseLine,
                 report::Shorten(line, columns > 1 ? static_cast<std::size_t>(columns - 1) : 79).c_str());
    std::fflush(stderr);
    drawn_ = true;
  } while (!changed_.wait_for(lock, kRedraw, [this] { return finished_; }));
  std::fputs(kEraseLine, stderr);
  std::fflush(stderr);
  drawn_ = false;
}

}  // namespace pgassay::cli
