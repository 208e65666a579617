#include "cli/arguments.h"

#include <algorithm>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "base/text.h"
#include "cli/suggest.h"

namespace pgassay::cli {
namespace {

absl::Status UsageError(const Command& command, const std::string& what) {
  return absl::InvalidArgumentError(
      absl::StrCat(ToAbsl(command.name), ": ", what, "; see pgassay ", ToAbsl(command.name), " --help"));
}

std::vector<std::string> OptionNames(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* const option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) names.push_back("--" + name);
  }
  return names;
}

// CLI11 would take the next argument for the value of "--budget=".
bool LacksValue(const std::string& argument) {
  return argument.starts_with("--") && argument.find('=') == argument.size() - 1;
}

absl::Status CheckUnknown(const Command& command, const CLI::App& app) {
  for (const std::string& argument : app.remaining()) {
    if (argument == "--") continue;
    if (argument.size() < 2 || argument[0] != '-')
      return UsageError(command, absl::StrCat("'", argument, "' is one argument too many"));
    const std::string name = argument.substr(0, argument.find('='));
    const std::string hint = DidYouMean(name, OptionNames(app));
    if (hint.empty()) return UsageError(command, absl::StrCat("there is no option ", name));
    return absl::InvalidArgumentError(absl::StrCat(ToAbsl(command.name), ": there is no option ", name, hint));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status ParseArguments(const Command& command, CLI::App& app, std::vector<std::string> arguments) {
  const auto lacking = std::find_if(arguments.begin(), arguments.end(), LacksValue);
  if (lacking != arguments.end())
    return UsageError(command, absl::StrCat(lacking->substr(0, lacking->size() - 1), " needs a value"));
  app.allow_extras();
  std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
  try {
    app.parse(std::move(arguments));
  } catch (const CLI::ArgumentMismatch& error) {
    const std::string text = error.what();
    return UsageError(command, absl::StrCat(text.substr(0, text.find(':')), " needs exactly one value"));
  } catch (const CLI::ParseError& error) {
    return UsageError(command, error.what());
  }
  return CheckUnknown(command, app);
}

absl::Status UnknownCommand(const std::string& word) {
  std::vector<std::string> names;
  for (const Command& command : Commands()) names.emplace_back(command.name);
  const std::string kind = word.starts_with('-') ? "option" : "command";
  if (kind == "option") names = {"--help", "--version"};
  const std::string hint = DidYouMean(word, names);
  return absl::InvalidArgumentError(
      absl::StrCat("there is no ", kind, " ", word, hint.empty() ? "; pgassay --help lists what there is" : hint));
}

}  // namespace pgassay::cli
