#pragma once

// Directories of private servers, whose they are, and what dead runs left behind.

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "base/file.h"

namespace pgassay::cluster {

inline constexpr std::string_view kDirectoryPrefix = "pgassay-twin-";

// PostgreSQL refuses to run as root: then the user that its processes become (postgres, else nobody); none for other
// callers.
absl::StatusOr<std::optional<Owner>> UnprivilegedOwner();

// Takes an exclusive flock on `directory`/lock and returns its descriptor. The lock ends with the process, however it
// ends.
absl::StatusOr<int> LockDirectory(const std::string& directory);

// Removes every private directory below `work_dir` that belongs to us and whose lock nobody holds, after ending a
// server that still runs in it. Failures are left to the next run.
void RemoveLeftovers(const std::string& work_dir);

}  // namespace pgassay::cluster
