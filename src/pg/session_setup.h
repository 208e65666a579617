#pragma once

// What both sessions of a capture set up in their transactions.

#include <string_view>

#include "absl/status/statusor.h"
#include "pg/session.h"

namespace pgassay::pg {

// application_name of our sessions on the source.
inline constexpr std::string_view kCaptureApplication = "pgassay capture";

// Sets `name` to `value` for this transaction where this role may; false where it may not.
absl::StatusOr<bool> TrySetting(Session& session, std::string_view name, std::string_view value);

}  // namespace pgassay::pg
