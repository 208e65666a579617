#pragma once

// How a run ends: exit codes (a public contract, DESIGN.md section 9) and the message that goes with them.

#include <string_view>

#include "absl/status/status.h"

namespace pgassay::cli {

enum ExitCode : int {
  kDone = 0,
  kFindings = 1,  // findings at or above --fail-on, or answers that differ (bench)
  kUsage = 2,
  kNotAllowed = 3,  // cannot reach, or not allowed
  kBadInput = 4,
  kPartial = 5,  // stopped at a limit; the result is printed, but partial
  kOurBug = 70,
  kInterrupted = 130,
};

// What was being done when it failed: one status code means different things for a file and for a server.
enum class Stage { kUsage, kInput, kServer, kPlanning, kOutput };

ExitCode ExitCodeFor(Stage stage, const absl::Status& status);

// Prints "pgassay: message" to stderr, on one line and without control characters, and returns the exit code.
ExitCode Fail(Stage stage, const absl::Status& status);

// Prints "pgassay: note" to stderr in the same manner.
void Note(std::string_view note);

}  // namespace pgassay::cli
