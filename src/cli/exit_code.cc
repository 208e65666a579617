#include "cli/exit_code.h"

#include <algorithm>
#include <cstdio>
#include <string>

#include "base/text.h"

namespace pgassay::cli {
namespace {

struct Row {
  absl::StatusCode code;
  ExitCode input;
  ExitCode server;
  ExitCode planning;
  ExitCode output;
};

// Codes that are not listed are broken promises of a module, so our bug.
// clang-format off
constexpr Row kTable[] = {
    // code                                    a file       the source    the twin      what we write
    {absl::StatusCode::kInvalidArgument,       kBadInput,   kUsage,       kBadInput,    kBadInput},
    {absl::StatusCode::kFailedPrecondition,    kBadInput,   kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kOutOfRange,            kBadInput,   kNotAllowed,  kBadInput,    kNotAllowed},
    {absl::StatusCode::kNotFound,              kBadInput,   kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kPermissionDenied,      kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kUnauthenticated,       kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kUnavailable,           kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kDataLoss,              kBadInput,   kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kUnimplemented,         kBadInput,   kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kResourceExhausted,     kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kDeadlineExceeded,      kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kAlreadyExists,         kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kUnknown,               kBadInput,   kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kAborted,               kNotAllowed, kNotAllowed,  kNotAllowed,  kNotAllowed},
    {absl::StatusCode::kCancelled,             kInterrupted, kInterrupted, kInterrupted, kInterrupted},
};
// clang-format on

}  // namespace

ExitCode ExitCodeFor(Stage stage, const absl::Status& status) {
  if (status.ok()) return kDone;
  if (stage == Stage::kUsage) return kUsage;
  const auto* const row = std::find_if(std::begin(kTable), std::end(kTable),
                                       [&](const Row& candidate) { return candidate.code == status.code(); });
  if (row == std::end(kTable)) return kOurBug;
  switch (stage) {
    case Stage::kInput:
      return row->input;
    case Stage::kServer:
      return row->server;
    case Stage::kPlanning:
      return row->planning;
    case Stage::kUsage:
    case Stage::kOutput:
      break;
  }
  return row->output;
}

void Note(std::string_view note) {
  std::string line(note);
  // Server messages come with line feeds; on one line they stay one message.
  while (line.ends_with('\n')) line.pop_back();
  std::replace(line.begin(), line.end(), '\n', ' ');
  std::fprintf(stderr, "pgassay: %s\n", Printable(line).c_str());
}

ExitCode Fail(Stage stage, const absl::Status& status) {
  const ExitCode code = ExitCodeFor(stage, status);
  if (code == kInterrupted) {
    Note("interrupted");
  } else {
    Note(code == kOurBug ? "internal error: " + std::string(status.message()) + ". Please report this."
                         : std::string(status.message()));
  }
  return code;
}

}  // namespace pgassay::cli
