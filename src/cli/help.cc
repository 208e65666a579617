#include "cli/help.h"

#include <algorithm>
#include <cstddef>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "report/page.h"

namespace pgassay::cli {
namespace {

constexpr int kWidth = 100;
constexpr std::size_t kNameWidth = 30;  // of options, the space behind included

// "-o, --output FILE", or the bare name of a positional argument.
std::string OptionTitle(const CLI::Option& option) {
  std::string title;
  if (option.get_positional()) {
    title = option.get_single_name();
  } else {
    std::vector<std::string> names;
    for (const std::string& name : option.get_snames()) names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) names.push_back("--" + name);
    title = absl::StrJoin(names, ", ");
    if (option.get_expected_max() > 0) absl::StrAppend(&title, " ", option.get_type_name());
  }
  return title;
}

void WriteExamples(report::Page& page, const std::vector<std::string_view>& examples) {
  for (const std::string_view example : examples) page.Line(2, example);
}

}  // namespace

std::string ProgramHelp() {
  report::Page page(kWidth, false);
  WriteExamples(page, {"pgassay capture \"host=db.example dbname=shop user=pgassay\" -o shop.assay",
                       "pgassay advise shop.assay --budget 500MB"});
  page.Blank();
  page.Paragraph(
      0,
      "pgassay reads what a PostgreSQL database is asked to do, and says which indexes would make it do that for "
      "less, costed by PostgreSQL's own planner.");
  page.Heading("Commands");
  for (const Command& command : Commands()) page.Hanging(2, command.name, command.summary, 10);
  page.Heading("Options");
  page.Hanging(2, "-h, --help", "this text; pgassay COMMAND --help for the options of a command", 14);
  page.Hanging(2, "--version", "the version", 14);
  page.Heading("Exit codes");
  page.Paragraph(2,
                 "0 done; 1 findings (bench); 2 usage; 3 cannot reach or not allowed; 4 bad input; 5 stopped at a "
                 "limit, result partial; 70 bug "
                 "in pgassay; 130 interrupted");
  return page.Take();
}

std::string CommandHelp(const Command& command, const CLI::App& app) {
  report::Page page(kWidth, false);
  WriteExamples(page, command.examples);
  page.Blank();
  page.Line(0, absl::StrCat("Usage: pgassay ", ToAbsl(command.name), " ", ToAbsl(command.arguments), " [OPTION...]"));
  page.Blank();
  page.Paragraph(0, command.description);
  for (const bool positional : {true, false}) {
    const auto options = app.get_options();
    if (std::ranges::none_of(options,
                             [&](const CLI::Option* option) { return option->get_positional() == positional; }))
      continue;
    page.Heading(positional ? "Arguments" : "Options");
    for (const CLI::Option* const option : options) {
      if (option->get_positional() != positional) continue;
      const std::string title = OptionTitle(*option);
      if (report::TextWidth(title) + 2 > kNameWidth) {
        page.Line(2, title);
        page.Hanging(2, "", option->get_description(), kNameWidth);
      } else {
        page.Hanging(2, title, option->get_description(), kNameWidth);
      }
    }
  }
  return page.Take();
}

}  // namespace pgassay::cli
