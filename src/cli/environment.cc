#include "cli/environment.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/file.h"
#include "cli/signals.h"

namespace pgassay::cli {
namespace {

constexpr int kDefaultWidth = 100;
constexpr int kLeastWidth = 60;
constexpr int kMostWidth = 160;  // longer lines are hard to read

// Empty where it is not set.
std::string Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool DumbTerminal() {
  return Variable("TERM") == "dumb" || Variable("TERM").empty();
}

// Relative values are invalid by the XDG rules, and would mean another directory for every working directory.
bool IsAbsolute(const std::string& path) {
  return path.starts_with('/');
}

std::string TemporaryRoot() {
  const std::string directory = Variable("TMPDIR");
  return IsAbsolute(directory) ? directory : "/tmp";
}

std::string CacheDirectory() {
  std::vector<std::string> places;
  if (IsAbsolute(Variable("XDG_CACHE_HOME"))) places.push_back(Variable("XDG_CACHE_HOME") + "/pgassay");
  const std::string home = Variable("HOME");
  std::error_code error;
  // A home that does not exist is not ours to make (service accounts have such ones).
  if (IsAbsolute(home) && std::filesystem::is_directory(home, error)) places.push_back(home + "/.cache/pgassay");
  for (const std::string& place : places) {
    if (MakePrivateDirectory(place).ok() && access(place.c_str(), W_OK | X_OK) == 0) return place;
  }
  return absl::StrCat(TemporaryRoot(), "/pgassay-", geteuid());
}

std::string PlannerDirectory() {
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  const std::filesystem::path beside = program.parent_path() / "planner";
  if (std::filesystem::is_directory(beside, error)) return beside.string();
  return (program.parent_path().parent_path() / "lib" / "pgassay").string();
}

}  // namespace

int TerminalWidth(int fd) {
  winsize size{};
  if (isatty(fd) == 0 || ioctl(fd, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

report::Style OutputStyle(const Options& options) {
  report::Style style;
  const bool terminal = options.output.empty() && isatty(STDOUT_FILENO) != 0;
  style.color = options.color == ColorChoice::kAlways ||
                (options.color == ColorChoice::kAuto && terminal && Variable("NO_COLOR").empty() && !DumbTerminal());
  style.show_literals = options.show_literals;
  style.verbose = options.verbose;
  style.costs = options.costs;
  const int width = terminal ? TerminalWidth(STDOUT_FILENO) : 0;
  style.width = width == 0 ? kDefaultWidth : std::clamp(width, kLeastWidth, kMostWidth);
  return style;
}

bool CanShowProgress() {
  return isatty(STDERR_FILENO) != 0 && !DumbTerminal();
}

std::vector<std::pair<std::string, std::string>> SourceVariables() {
  std::vector<std::pair<std::string, std::string>> variables;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const std::size_t equals = text.find('=');
    if (text.starts_with("PG") && equals != std::string_view::npos) {
      variables.emplace_back(text.substr(0, equals), text.substr(equals + 1));
    }
  }
  return variables;
}

void ForgetSourceVariables() {
  for (const auto& [name, value] : SourceVariables()) unsetenv(name.c_str());
}

void RestoreVariables(const std::vector<std::pair<std::string, std::string>>& variables) {
  for (const auto& [name, value] : variables) setenv(name.c_str(), value.c_str(), 1);
}

TwinOptions MakeTwinOptions(const Options& options) {
  TwinOptions twin;
  twin.pg_bindir = options.pg_bindir;
  twin.planner_dir = PlannerDirectory();
  twin.work_dir = TemporaryRoot();
  twin.cache_dir = CacheDirectory();
  twin.jobs = options.jobs;
  for (const std::string& setting : options.settings) {
    const std::size_t equals = setting.find('=');
    if (equals != std::string::npos) twin.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  twin.cancelled = StopRequested;
  return twin;
}

}  // namespace pgassay::cli
