#pragma once

// The program from arguments to exit code.

#include <string>
#include <vector>

#include "cli/exit_code.h"

namespace pgassay::cli {

// `arguments` without the program's name.
ExitCode RunProgram(std::vector<std::string> arguments);

}  // namespace pgassay::cli
