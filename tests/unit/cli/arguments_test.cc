#include "cli/arguments.h"

#include <string>
#include <vector>

#include "CLI/CLI.hpp"
#include "gtest/gtest.h"

namespace pgassay::cli {
namespace {

struct Parsed {
  absl::Status status;
  Options options;
};

Parsed Parse(const std::string& command, std::vector<std::string> arguments) {
  Parsed parsed;
  CLI::App app;
  app.set_help_flag("");
  FindCommand(command)->add_options(app, parsed.options);
  parsed.status = ParseArguments(*FindCommand(command), app, std::move(arguments));
  return parsed;
}

TEST(Arguments, EveryOptionOfAdvise) {
  const Parsed parsed = Parse("advise", {"--workload",   "a",         "shop.assay",    "--workload=b",
                                         "--budget",     "2GB",       "--max-indexes", "3",
                                         "--max-width",  "2",         "--min-share",   "1%",
                                         "--time-limit", "60s",       "--jobs",        "2",
                                         "--pg-bindir",  "/x",        "--json",        "-o",
                                         "out",          "--color",   "never",         "--show-literals",
                                         "--quiet",      "--verbose", "--capture",     "4"});
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  const Options& options = parsed.options;
  EXPECT_EQ(options.source, "shop.assay");
  EXPECT_EQ(options.workload, (std::vector<std::string>{"a", "b"}));
  ASSERT_TRUE(options.budget);
  EXPECT_EQ(options.budget->bytes, Bytes{2} << 30);
  EXPECT_FALSE(options.budget->automatic);
  EXPECT_EQ(options.max_indexes, 3);
  EXPECT_EQ(options.max_width, 2);
  EXPECT_EQ(options.min_share, 0.01);
  EXPECT_EQ(options.time_limit_s, 60);
  EXPECT_EQ(options.jobs, 2);
  EXPECT_EQ(options.pg_bindir, "/x");
  EXPECT_EQ(options.format, Format::kJson);
  EXPECT_EQ(options.output, "out");
  EXPECT_EQ(options.color, ColorChoice::kNever);
  EXPECT_TRUE(options.show_literals && options.quiet && options.verbose);
  EXPECT_EQ(options.capture, 4);
}

TEST(Arguments, StatementsAreNotTakenForOptionsOfTheList) {
  const Parsed parsed = Parse("whatif", {"shop.assay", "--workload", "q", "CREATE INDEX ON t (a)", "DROP INDEX b"});
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  EXPECT_EQ(parsed.options.workload, std::vector<std::string>{"q"});
  EXPECT_EQ(parsed.options.statements, (std::vector<std::string>{"CREATE INDEX ON t (a)", "DROP INDEX b"}));
}

TEST(Arguments, TheLastValueWins) {
  const Parsed parsed = Parse("advise", {"x", "--jobs", "2", "--jobs", "3"});
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  EXPECT_EQ(parsed.options.jobs, 3);
}

TEST(Arguments, BadOnesAreNamed) {
  const struct {
    std::vector<std::string> arguments;
    std::string part;
  } kCases[] = {{{"x", "--budget", "2"}, "--budget"},
                {{"x", "--budget"}, "--budget needs exactly one value"},
                {{"x", "--budget=", "y"}, "--budget needs a value"},
                {{"x", "--jobs", "-3"}, "--jobs"},
                {{"x", "--format", "xml"}, "text, json or markdown"},
                {{"x", "--bugdet", "1GB"}, "did you mean --budget?"},
                {{"x", "--no-values"}, "there is no option --no-values"},
                {{"x", "y"}, "'y' is one argument too many"},
                {{"x", "-z"}, "there is no option -z"},
                {{"x", "--quiet=maybe"}, "--quiet"}};
  for (const auto& [arguments, part] : kCases) {
    const absl::Status status = Parse("advise", arguments).status;
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << part;
    EXPECT_NE(std::string(status.message()).find(part), std::string::npos) << status;
  }
}

TEST(Arguments, QueriesHasItsOwnAndNoWorkload) {
  const Parsed parsed =
      Parse("queries", {"x", "--by", "wal", "--limit", "7", "--format", "markdown", "--capture", "2"});
  ASSERT_TRUE(parsed.status.ok()) << parsed.status;
  EXPECT_EQ(parsed.options.order, report::QueryOrder::kWal);
  EXPECT_EQ(parsed.options.limit, 7);
  EXPECT_EQ(parsed.options.format, Format::kMarkdown);
  EXPECT_EQ(Parse("queries", {"x"}).options.order, report::QueryOrder::kTotal);
  for (const std::vector<std::string>& bad : std::vector<std::vector<std::string>>{
           {"x", "--workload", "q"}, {"x", "--by", "name"}, {"x", "--limit", "0"}, {"x", "--with-captured"}}) {
    EXPECT_TRUE(absl::IsInvalidArgument(Parse("queries", bad).status)) << bad[1];
  }
}

TEST(Arguments, UnknownCommands) {
  EXPECT_NE(std::string(UnknownCommand("advice").message()).find("did you mean advise?"), std::string::npos);
  EXPECT_NE(std::string(UnknownCommand("--versoin").message()).find("did you mean --version?"), std::string::npos);
  EXPECT_NE(std::string(UnknownCommand("matview").message()).find("pgassay --help"), std::string::npos);
}

}  // namespace
}  // namespace pgassay::cli
