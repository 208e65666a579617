#pragma once

// Many small questions in few round trips, each of which may fail alone.

#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"

namespace pgassay::pg {

// Runs `statements` in an open transaction after `settings` (SET LOCAL statements), in savepoints that are rolled back.
// The answers are in the order of the statements. The outer error means that the session is lost or was cancelled.
absl::StatusOr<std::vector<absl::StatusOr<Result>>> RunProbes(Session& session, std::span<const std::string> settings,
                                                              std::span<const std::string> statements);

}  // namespace pgassay::pg
