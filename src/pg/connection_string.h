#pragma once

// What goes into a libpq connection request, and what of it is safe to show.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pg/session.h"

namespace pgassay::pg {

// The complete connection string for `options`: parsed, completed (client encoding, application name, settings) and
// quoted. InvalidArgument where `options.conninfo` cannot be parsed; its message repeats nothing of the string, which
// may hold a password.
absl::StatusOr<std::string> BuildConnectionString(const ConnectOptions& options);

// The part of the `options` parameter that sends `settings`: " -c name=value ...".
std::string SettingsOption(const std::vector<std::pair<std::string, std::string>>& settings);

// A value of a connection string in single quotes.
std::string QuoteConnectionValue(std::string_view value);

}  // namespace pgassay::pg
