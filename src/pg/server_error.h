#pragma once

// What a server's error becomes. The table of codes is in the header of Session.

#include <string_view>

#include "absl/status/status.h"

namespace pgassay::pg {

// A status for `sqlstate` (five characters, or empty where none is known: Unavailable) with the server's primary
// `message`. `cancelled`: we asked for the cancellation that 57014 reports.
absl::Status ServerError(std::string_view sqlstate, std::string_view message, bool cancelled = false);

// A status for a failed connection attempt. `report` is libpq's message at verbose level, in which the SQLSTATE of a
// server's refusal stands; `target` names what was to be reached.
absl::Status ConnectionError(std::string_view report, std::string_view target);

}  // namespace pgassay::pg
