#pragma once

// Where results go.

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace pgassay::cli {

// Makes descriptors 0 to 2 exist where the caller closed them: else the next file opened, an assay file perhaps, would
// become stdout and be written into. Writing to a descriptor made here fails.
void ReserveStandardStreams();

// Whether `path` can be written, told before the long work starts and without touching it. An empty path is stdout.
absl::Status CheckOutput(const std::string& path);

// Writes `content` to stdout if `path` is empty, else beside `path` and renames. A reader that closed the pipe is no
// error.
absl::Status WriteOutput(const std::string& path, std::string_view content);

}  // namespace pgassay::cli
