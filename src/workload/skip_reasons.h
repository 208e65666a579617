#pragma once

// Why a text is not analysed, for every source of statements: code, reason and fingerprint of a Skipped.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "pgassay/workload.h"

namespace pgassay::workload {

// A text that the grammar refuses with `refusal`, on a server of version `server_version` (server_version_num; 0: not
// known).
Skipped Unreadable(const absl::Status& refusal, int server_version);

// A text in which sql::FindPlannable found `utilities` and nothing that the planner sees.
Skipped NotPlanned(std::string_view text, const std::vector<std::string>& utilities);

}  // namespace pgassay::workload
