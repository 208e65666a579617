#pragma once

// --set NAME=FILE.sql, as whatif and bench take it.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/advisor.h"

namespace pgassay::cli {

// InvalidArgument where one of `sets` is no NAME=FILE.sql or two have one name.
absl::Status CheckSetNames(std::string_view command, const std::vector<std::string>& sets);

// The files of `sets`, which CheckSetNames has accepted. Errors: those of ReadFile.
absl::StatusOr<std::vector<ProposedSet>> ReadSetFiles(const std::vector<std::string>& sets);

}  // namespace pgassay::cli
