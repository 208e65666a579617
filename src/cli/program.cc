#include "cli/program.h"

#include <algorithm>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cli/arguments.h"
#include "cli/command_table.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/output.h"
#include "pgassay_version.h"

namespace pgassay::cli {
namespace {

ExitCode Print(const std::string& text) {
  const absl::Status written = WriteOutput("", text);
  return written.ok() ? kDone : Fail(Stage::kOutput, written);
}

// Help wins over whatever else is wrong with the command line.
bool AsksForHelp(const std::vector<std::string>& arguments) {
  return std::any_of(arguments.begin(), arguments.end(),
                     [](const std::string& argument) { return argument == "-h" || argument == "--help"; });
}

}  // namespace

ExitCode RunProgram(std::vector<std::string> arguments) {
  if (arguments.empty()) {
    return Fail(Stage::kUsage, absl::InvalidArgumentError("a command is missing; pgassay --help lists them"));
  }
  const std::string first = arguments.front();
  if (first == "-h" || first == "--help") return Print(ProgramHelp());
  if (first == "--version") return Print(absl::StrCat("pgassay ", kVersion, "\n"));
  const Command* const command = FindCommand(first);
  if (command == nullptr) return Fail(Stage::kUsage, UnknownCommand(first));

  CLI::App app;
  app.set_help_flag("");
  Options options;
  command->add_options(app, options);
  arguments.erase(arguments.begin());
  if (AsksForHelp(arguments)) return Print(CommandHelp(*command, app));
  const absl::Status parsed = ParseArguments(*command, app, std::move(arguments));
  if (!parsed.ok()) return Fail(Stage::kUsage, parsed);
  return command->run(options);
}

}  // namespace pgassay::cli
