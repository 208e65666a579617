#pragma once

// Help, made from the command table and from what CLI11 knows of the options.

#include <string>

#include "cli/command_table.h"

namespace CLI {
class App;
}

namespace pgassay::cli {

std::string ProgramHelp();
std::string CommandHelp(const Command& command, const CLI::App& app);

}  // namespace pgassay::cli
