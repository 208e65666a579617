#pragma once

// What is being done, on one line of stderr that is erased at the end: after one second, on a terminal only.

#include <condition_variable>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

namespace pgassay::cli {

// Thread-safe. Shows nothing and starts no thread when not enabled.
class Progress {
 public:
  explicit Progress(bool enabled);
  ~Progress() { Finish(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  void Step(std::string_view name);

  // Prints a note of its own above the line.
  void Say(std::string_view note);

  // Erases the line. Nothing is shown afterwards.
  void Finish();

 private:
  void Draw();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::string step_;       // guarded by mutex_
  bool finished_ = false;  // guarded by mutex_
  bool drawn_ = false;     // guarded by mutex_: a line stands there
  std::thread painter_;
};

}  // namespace pgassay::cli
