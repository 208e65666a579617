#pragma once

// argv to Options. The only place that sees CLI11's exceptions.

#include <span>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "cli/command_table.h"
#include "cli/options.h"

namespace CLI {
class App;
}

namespace pgassay::cli {

// Parses what follows the command's name into the variables bound to `app`. InvalidArgument names the argument and,
// where one is near, the option that was probably meant.
absl::Status ParseArguments(const Command& command, CLI::App& app, std::vector<std::string> arguments);

// The error for a word that is no command.
absl::Status UnknownCommand(const std::string& word);

}  // namespace pgassay::cli
