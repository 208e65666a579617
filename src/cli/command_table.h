#pragma once

// The one list of commands: parsing, help and "did you mean" are all made from it.

#include <span>
#include <string_view>
#include <vector>

#include "cli/exit_code.h"
#include "cli/options.h"

namespace CLI {
class App;
}

namespace pgassay::cli {

struct Command {
  std::string_view name;
  std::string_view arguments;    // for the usage line
  std::string_view summary;      // one line, for the list of commands
  std::string_view description;  // what it promises
  std::vector<std::string_view> examples;
  void (*add_options)(CLI::App& app, Options& options);
  ExitCode (*run)(const Options& options);
};

std::span<const Command> Commands();

// nullptr: there is no such command.
const Command* FindCommand(std::string_view name);

}  // namespace pgassay::cli
