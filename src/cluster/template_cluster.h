#pragma once

// A cached, never started result of initdb, to copy from: a copy takes a tenth of the time of an initdb.

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/file.h"

namespace pgassay::cluster {

// Path of a cluster made by the initdb in `programs`, from `cache_dir` or made now (as `run_as`, in `work_dir`, then
// moved into the cache). One template for each build of the server.
absl::StatusOr<std::string> TemplateCluster(const std::string& programs, const std::string& work_dir,
                                            const std::string& cache_dir, const std::optional<Owner>& run_as,
                                            const std::function<bool()>& cancelled);

}  // namespace pgassay::cluster
