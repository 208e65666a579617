#include "cli/option_sets.h"

#include <functional>
#include <string>
#include <string_view>
#include <utility>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "cli/quantities.h"

namespace pgassay::cli {
namespace {

// PostgreSQL allows 32 columns in an index (INDEX_MAX_KEYS).
constexpr int kMostColumns = 32;
constexpr int kMostIndexes = 10000;
constexpr int kMostQueries = 1000000;
constexpr int kMostJobs = 256;
constexpr int kMostCaptures = 1000000000;
constexpr int kMostClients = 1000;
constexpr int kMostRounds = 1000;
constexpr int kMostStatements = 1000000000;
constexpr int kMostBindings = 8;  // so many a template has (advisor/bind.cc)
constexpr int kMostActive = 100000;

// A named value that `parse` understands; the last one wins where it is given twice.
template <typename Value, typename Target>
void AddValue(CLI::App& app, const std::string& name, const std::string& type, const std::string& description,
              Target& target, std::function<absl::StatusOr<Value>(const std::string&)> parse) {
  CLI::Option* const option = app.add_option(name);
  option->description(description)->type_name(type)->take_last();
  option->check([&target, parse = std::move(parse)](const std::string& text) -> std::string {
    absl::StatusOr<Value> value = parse(text);
    if (!value.ok()) return std::string(value.status().message());
    target = *std::move(value);
    return "";
  });
}

template <typename Target>
void AddCount(CLI::App& app, const std::string& name, const std::string& description, Target& target, int least,
              int most) {
  AddValue<int>(app, name, "N", description, target,
                [least, most](const std::string& text) { return ParseCount(text, least, most); });
}

void AddText(CLI::App& app, const std::string& name, const std::string& type, const std::string& description,
             std::string& target) {
  AddValue<std::string>(app, name, type, description, target,
                        [](const std::string& text) -> absl::StatusOr<std::string> {
                          if (text.empty()) return absl::InvalidArgumentError("the value is empty");
                          return text;
                        });
}

// May be given several times, one value each: it must not swallow a SOURCE that follows.
CLI::Option* AddList(CLI::App& app, const std::string& name, const std::string& type, const std::string& description,
                     std::vector<std::string>& target) {
  return app.add_option(name, target, description)->type_name(type)->allow_extra_args(false);
}

// Empty, or what is wrong with a NAME=VALUE. PostgreSQL's own settings come from the capture, so only those of an
// application (with a dot in the name) may be given.
std::string SettingProblem(const std::string& text) {
  const std::size_t equals = text.find('=');
  const std::size_t dot = text.find('.');
  if (equals != std::string::npos && dot != std::string::npos && dot > 0 && dot + 1 < equals) return "";
  return absl::StrCat("'", text, "' is no custom setting; write it like app.tenant=7");
}

void AddSource(CLI::App& app, Options& options) {
  app.add_option("SOURCE", options.source,
                 "an assay file, or a connection string, which is captured into memory first");
}

void AddTwin(CLI::App& app, Options& options) {
  AddCount(app, "--jobs", "planning backends (default: one per core)", options.jobs, 1, kMostJobs);
  AddText(app, "--pg-bindir", "DIR", "where initdb, postgres and pg_dump are (default: found by version)",
          options.pg_bindir);
  AddList(app, "--setting", "NAME=VALUE",
          "a setting that policies, views or statements read by current_setting, such as app.tenant=7; repeatable "
          "(default: a typical value of the column that it is compared with)",
          options.settings)
      ->check(CLI::Validator(SettingProblem, ""));
}

void AddCapture(CLI::App& app, Options& options) {
  AddCount(app, "--capture", "which capture of the assay file (default: the last)", options.capture, 1, kMostCaptures);
}

void AddWorkload(CLI::App& app, Options& options) {
  AddList(
      app, "--workload", "PATH",
      "a file of SQL statements, or a directory of *.sql files; repeatable. A line \"-- weight: N\" before a statement "
      "says how often it runs. Without it: the statements of pg_stat_statements in the capture",
      options.workload);
  app.add_flag("--with-captured", options.with_captured, "with --workload: the captured statements as well");
  AddCapture(app, options);
}

absl::StatusOr<report::QueryOrder> ParseOrder(const std::string& text) {
  using Order = report::QueryOrder;
  constexpr std::pair<std::string_view, Order> kOrders[] = {
      {"total", Order::kTotal}, {"calls", Order::kCalls},   {"mean", Order::kMean}, {"p99", Order::kP99},
      {"rows", Order::kRows},   {"blocks", Order::kBlocks}, {"temp", Order::kTemp}, {"wal", Order::kWal}};
  for (const auto& [name, order] : kOrders) {
    if (text == name) return order;
  }
  return absl::InvalidArgumentError("'" + text +
                                    "' is no order; write total, calls, mean, p99, rows, blocks, temp or wal");
}

absl::StatusOr<Format> ParseFormat(const std::string& text) {
  if (text == "text") return Format::kText;
  if (text == "json") return Format::kJson;
  if (text == "markdown") return Format::kMarkdown;
  return absl::InvalidArgumentError("'" + text + "' is no format; write text, json or markdown");
}

absl::StatusOr<ColorChoice> ParseColor(const std::string& text) {
  if (text == "auto") return ColorChoice::kAuto;
  if (text == "always") return ColorChoice::kAlways;
  if (text == "never") return ColorChoice::kNever;
  return absl::InvalidArgumentError("'" + text + "' is no choice; write auto, always or never");
}

// The value of --fail-on: "regression=10%".
absl::StatusOr<double> ParseFailOn(const std::string& text) {
  constexpr std::string_view kRegression = "regression=";
  if (text.starts_with(kRegression)) return ParseShare(text.substr(kRegression.size()));
  return absl::InvalidArgumentError("'" + text + "' is nothing to fail on; write regression=10%");
}

void AddQuietAndHelp(CLI::App& app, Options& options) {
  app.add_flag("--quiet", options.quiet, "no progress and no notes on stderr, errors only");
  app.add_flag("-h,--help")->description("this text");  // answered before parsing
}

// All of AddReport but --format.
void AddReportOutput(CLI::App& app, Options& options) {
  app.add_flag_callback(
      "--json", [&options] { options.format = Format::kJson; }, "the same as --format json");
  AddText(app, "-o,--output", "FILE", "write there instead of to stdout", options.output);
  AddValue<ColorChoice>(app, "--color", "auto|always|never", "colours (default: auto, on a terminal)", options.color,
                        ParseColor);
  app.add_flag("--show-literals", options.show_literals,
               "print statements with their values, not with $1 in their place");
  app.add_flag("--verbose", options.verbose, "list everything that was turned down or skipped");
  AddQuietAndHelp(app, options);
}

void AddReport(CLI::App& app, Options& options) {
  AddValue<Format>(app, "--format", "text|json|markdown", "what to print (default: text)", options.format, ParseFormat);
  AddReportOutput(app, options);
}

absl::StatusOr<Budget> ParseBudget(const std::string& text) {
  if (text == "auto") return Budget{.automatic = true};
  absl::StatusOr<Bytes> bytes = ParseBytes(text);
  if (!bytes.ok()) return bytes.status();
  return Budget{.bytes = *bytes};
}

// What bounds the advice.
void AddLimits(CLI::App& app, Options& options) {
  AddValue<Budget>(app, "--budget", "SIZE|auto",
                   "most bytes that all new indexes may take, less those of dropped ones, like 2GB (default: no "
                   "limit); auto: where more "
                   "bytes begin to buy little",
                   options.budget, ParseBudget);
  AddList(app, "--replica", "CONNINFO",
          "a physical replica, whose use of the indexes counts before one is to be dropped; repeatable",
          options.replicas);
  AddCount(app, "--max-indexes", "most indexes to recommend (default: no limit)", options.max_indexes, 1, kMostIndexes);
  AddCount(app, "--max-per-table",
           "most of them on one table, existing indexes not counted; a partitioned table and its partitions are one "
           "(default: no limit)",
           options.max_per_table, 1, kMostIndexes);
  AddValue<double>(app, "--max-maintenance", "SHARE",
                   "most that all new indexes together may cost in writes, as a part of the total cost before, like 5% "
                   "(default: no limit)",
                   options.max_maintenance, ParseShare);
  AddList(app, "--pin", "'CREATE INDEX ...'|FILE.sql",
          "an index to be advised whatever it saves; it takes its part of all limits; repeatable", options.pinned);
  AddList(
      app, "--forbid", "'CREATE INDEX ...'|TABLE|TABLE(COLUMN,...)",
      "an index never to be advised, or every new one on a table, or those that have one of the columns as a key or "
      "included; repeatable",
      options.forbidden);
  app.add_flag("--keep-existing", options.keep_existing, "drop no existing index");
  AddList(app, "--keep", "INDEX", "an existing index not to be dropped; repeatable", options.kept);
  AddCount(app, "--max-width", "most key columns of an index (default: 4)", options.max_width, 1, kMostColumns);
  AddValue<double>(app, "--min-share", "SHARE", "least part of the total cost that an index must save (default: 0.1%)",
                   options.min_share, ParseShare);
  AddValue<double>(app, "--gap", "SHARE", "how close to the best set the result must be proven to be (default: 1%)",
                   options.gap, ParseShare);
  AddValue<double>(app, "--time-limit", "TIME",
                   "stop the search after this time with the best found so far; exit code 5", options.time_limit_s,
                   ParseDuration);
}

// Executing statements on a real server.
void AddAnalyze(CLI::App& app, Options& options) {
  AddText(app, "--analyze", "CONNINFO",
          "execute the statements that the advice rests on there with EXPLAIN (ANALYZE), in read-only transactions and "
          "only "
          "where it is proven that they change nothing",
          options.analyze);
  AddValue<double>(app, "--analyze-time", "TIME", "with --analyze: for all statements together (default: 60s)",
                   options.analyze_time_s, ParseDuration);
  AddCount(app, "--analyze-bindings", "with --analyze: sets of values of each statement (default: 3)",
           options.analyze_bindings, 1, kMostBindings);
  AddCount(app, "--analyze-max-active", "with --analyze: stop where more other sessions are at work (default: 8)",
           options.analyze_max_active, 0, kMostActive);
}

// Which entries of the logs count.
void AddFilter(CLI::App& app, LogFilter& filter) {
  const auto time = [now_us = absl::ToUnixMicros(absl::Now())](const std::string& text) {
    return ParseTime(text, now_us);
  };
  AddValue<std::int64_t>(
      app, "--since", "TIME",
      "leave out what was logged before: 2026-11-25, '2026-11-25 10:00:00+02' (without a zone: UTC), "
      "or 7d, 24h, 30m for so long ago",
      filter.since_us, time);
  AddValue<std::int64_t>(app, "--until", "TIME", "leave out what was logged then or later", filter.until_us, time);
  AddList(app, "--database", "NAME", "only entries of this database; repeatable", filter.databases);
  AddList(app, "--user", "NAME", "only entries of this user; repeatable", filter.users);
  AddList(app, "--application", "NAME", "only entries with this application_name; repeatable", filter.applications);
}

}  // namespace

void AddCaptureOptions(CLI::App& app, Options& options) {
  app.add_option("CONNINFO", options.source,
                 "a libpq connection string, like \"host=db dbname=shop\" or postgresql://db/shop");
  AddText(app, "-o,--output", "FILE.assay", "the assay file to append to; made if there is none", options.output);
  app.add_flag(
      "--no-values", options.no_values,
      "leave out most common values, histograms and end points: nothing of the tables' content is stored, and costs "
      "are no longer exact");
  AddText(app, "--statements-from", "CONNINFO",
          "read pg_stat_statements through this database of the same server (default: the captured one)",
          options.statements_from);
  AddValue<double>(app, "--statement-timeout", "TIME", "limit for each query on the database (default: 30s)",
                   options.statement_timeout_s, ParseDuration);
  AddText(app, "--pg-bindir", "DIR", "where pg_dump is (default: found by version)", options.pg_bindir);
  AddQuietAndHelp(app, options);
}

void AddIngestOptions(CLI::App& app, Options& options) {
  app.add_option("INTO", options.source, "the assay file to add to; made if there is none");
  app.add_option("LOG", options.logs,
                 "logs, compressed or not, directories of logs, other assay files, or - for standard input");
  // An empty one is a setting that servers have, and is found in the lines.
  AddValue<std::string>(app, "--log-line-prefix", "PREFIX",
                        "the server's log_line_prefix, for logs of text (default: found in the lines)",
                        options.log_line_prefix,
                        [](const std::string& text) -> absl::StatusOr<std::string> { return text; });
  app.add_flag("--no-literals", options.no_literals,
               "keep no values of statements; those that plans need are made from statistics instead");
  AddFilter(app, options.filter);
  app.add_flag("--follow", options.follow,
               "go on with what is written to the logs, through their rotations, until Ctrl-C; every few seconds it is "
               "in the assay file");
  app.add_flag_callback(
      "--json", [&options] { options.format = Format::kJson; }, "print what became of each log to stdout, as JSON");
  AddCount(app, "--jobs", "threads (default: one per core)", options.jobs, 1, kMostJobs);
  AddQuietAndHelp(app, options);
}

void AddQueriesOptions(CLI::App& app, Options& options) {
  AddSource(app, options);
  app.add_option("TEMPLATE", options.subject,
                 "the id of one template, or an unambiguous beginning of it: that one and its hours alone");
  AddValue<report::QueryOrder>(app, "--by,--sort", "total|calls|mean|p99|rows|blocks|temp|wal",
                               "what the statements are ranked by, largest first (default: total, the execution time; "
                               "p99 is that of logged calls)",
                               options.order, ParseOrder);
  AddCount(app, "--limit", "how many statements to list (default: 20)", options.limit, 1, kMostQueries);
  app.add_flag("--nplusone", options.nplusone,
               "instead: what sessions did again and again, from the logs that were ingested into SOURCE: N+1 loops, "
               "redundant queries, writes in a loop, chatty transactions, check-then-insert");
  AddCapture(app, options);
  AddText(app, "--pg-bindir", "DIR", "where pg_dump is, if SOURCE is a connection string (default: found by version)",
          options.pg_bindir);
  AddReport(app, options);
}

void AddAdviseOptions(CLI::App& app, Options& options) {
  AddSource(app, options);
  AddWorkload(app, options);
  AddLimits(app, options);
  AddAnalyze(app, options);
  app.add_flag("--costs", options.costs, "the planner's costs also where times are known");
  AddTwin(app, options);
  AddReport(app, options);
}

void AddExplainOptions(CLI::App& app, Options& options) {
  AddSource(app, options);
  app.add_option("SUBJECT", options.subject,
                 "the id of a template or a recommendation, or an unambiguous beginning of one, or a CREATE INDEX "
                 "statement");
  AddWorkload(app, options);
  AddLimits(app, options);
  AddAnalyze(app, options);
  AddTwin(app, options);
  AddReport(app, options);
}

void AddWhatifOptions(CLI::App& app, Options& options) {
  AddSource(app, options);
  app.add_option("STATEMENT", options.statements, "CREATE INDEX or DROP INDEX, applied together in this order");
  AddList(app, "--set", "NAME=FILE.sql", "a set of such statements from a file; repeatable, to compare sets",
          options.sets);
  AddWorkload(app, options);
  AddTwin(app, options);
  AddReport(app, options);
}

void AddBenchOptions(CLI::App& app, Options& options) {
  AddText(app, "--disposable", "CONNINFO",
          "the database to be measured: indexes are built and dropped there, and every statement of the workload runs",
          options.disposable);
  AddText(app, "--copy", "CONNINFO",
          "instead: copy this database on its server (CREATE DATABASE ... TEMPLATE, for which nobody may be in it), "
          "measure the copy and drop it",
          options.copy_of);
  AddText(
      app, "--restore", "DUMP",
      "instead: restore this dump (pg_dump --format=directory, custom or tar) with pg_restore, measure that and drop "
      "it: in a new database on the server that --disposable names, or without it on a private server; needs --from",
      options.restore);
  AddText(app, "--shared-buffers", "SIZE", "of that private server (default: 128MB)", options.shared_buffers);
  app.add_flag("--cold", options.cold,
               "each timed run of a statement finds nothing of the database in the operating system's cache, and on a "
               "private server nothing in shared buffers either; for a server on this machine");
  AddText(app, "--from", "FILE.assay",
          "the capture with the workload and the statistics for predictions, to which the results are added (default: "
          "capture the database itself)",
          options.source);
  AddList(app, "--set", "NAME=FILE.sql", "a set: CREATE INDEX and DROP INDEX statements; repeatable", options.sets);
  app.add_flag("--advised", options.advised, "the set that advise recommends, as one more");
  AddList(app, "--leave-one-out", "NAME", "that set also without each of its members in turn; repeatable",
          options.leave_one_out);
  AddCount(app, "--clients", "clients of the mix (default: 1)", options.clients, 1, kMostClients);
  AddCount(app, "--rounds", "how often each set is built and measured, in turn with the others (default: 3)",
           options.rounds, 1, kMostRounds);
  AddCount(app, "--samples", "runs of each statement in a round, at least (default: 3)", options.samples, 1,
           kMostRounds);
  AddValue<double>(app, "--duration", "TIME", "of the mix of each set in a round (default: 5s)", options.duration_s,
                   ParseDuration);
  AddCount(app, "--count", "statements of the mix, instead of a duration; 0: no mix", options.count, 0,
           kMostStatements);
  AddValue<double>(app, "--statement-timeout", "TIME", "limit for each run of a statement (default: 60s)",
                   options.statement_timeout_s, ParseDuration);
  AddValue<double>(app, "--lock-timeout", "TIME", "how long to wait for locks of others (default: 10s)",
                   options.lock_timeout_s, ParseDuration);
  AddValue<double>(app, "--reconnect", "TIME", "how long a server may be away (default: 30s)", options.reconnect_s,
                   ParseDuration);
  AddValue<double>(app, "--fail-on", "regression=SHARE",
                   "exit code 1 where a query gets slower by more than this, like regression=10%",
                   options.fail_on_regression, ParseFailOn);
  app.add_flag("--force-production-id", options.force_production,
               "measure although it has the system identifier and name of the captured database: a clone of its disk");
  AddWorkload(app, options);
  AddLimits(app, options);
  AddAnalyze(app, options);
  AddTwin(app, options);
  AddValue<Format>(app, "--format", "text|json|markdown|junit", "what to print (default: text)", options.format,
                   [&options](const std::string& text) -> absl::StatusOr<Format> {
                     options.junit = text == "junit";
                     return options.junit ? Format::kText : ParseFormat(text);
                   });
  AddReportOutput(app, options);
}

}  // namespace pgassay::cli
