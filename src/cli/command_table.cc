#include "cli/command_table.h"

#include <algorithm>

#include "cli/commands.h"
#include "cli/option_sets.h"

namespace pgassay::cli {

std::span<const Command> Commands() {
  static const std::vector<Command> kCommands = {
      {.name = "capture",
       .arguments = "CONNINFO -o FILE.assay",
       .summary = "read a database's catalog and statistics once into an assay file",
       .description =
           "Reads the schema, planner statistics, sizes and settings of one database in two read-only connections and "
           "appends them to an assay file as one more capture. Nothing is installed, reset or written on the server. "
           "The file contains values from your tables (most common values, histograms) and is made readable by you "
           "alone; --no-values leaves them out.",
       .examples = {"pgassay capture \"host=db.example dbname=shop user=pgassay\" -o shop.assay",
                    "pgassay capture postgresql://pgassay@db.example/shop -o shop.assay --no-values"},
       .add_options = AddCaptureOptions,
       .run = RunCapture},
      {.name = "ingest",
       .arguments = "INTO.assay LOG|DIRECTORY|OTHER.assay|- ...",
       .summary = "read server logs into an assay file: values, durations and sessions of statements",
       .description = "Reads logs of any format that PostgreSQL and its services write (found from the content, "
                      "compressed or not) "
                      "and adds what they say to an assay file, with which advise then plans the values that were "
                      "really used. What "
                      "was read before is known again by its content, so a log that has grown or was rotated adds only "
                      "what is new. "
                      "Other assay files are merged: several hosts can ingest their own logs, and one merges them.",
       .examples = {"pgassay ingest shop.assay /var/log/postgresql/",
                    "zcat old.gz | pgassay ingest shop.assay - --log-line-prefix '%m [%p] %u@%d '"},
       .add_options = AddIngestOptions,
       .run = RunIngest},
      {.name = "queries",
       .arguments = "SOURCE [TEMPLATE]",
       .summary = "which statements take the time, by the server's own counters",
       .description =
           "Lists the statements that pg_stat_statements counted, with their time, calls, rows and pages. Says where "
           "the counters come from, since when they run, and which part of the time they do not explain. Where logs "
           "were "
           "ingested, their p99 stands beside the mean, and calls and time of each hour below.",
       .examples = {"pgassay queries shop.assay", "pgassay queries shop.assay --by blocks --limit 50 --json"},
       .add_options = AddQueriesOptions,
       .run = RunQueries},
      {.name = "advise",
       .arguments = "SOURCE [--workload PATH...]",
       .summary = "recommend indexes for a workload, with cost, size, reasons and DDL",
       .description =
           "Plans every statement of the workload, captured or given in files, with PostgreSQL's own planner on a "
           "private server that holds the "
           "captured schema and statistics and no rows, and looks for the indexes that save the most. Every "
           "recommendation comes with its cost before and after, its size and the DDL to build and to undo it; "
           "everything turned down comes with a reason. Nothing is changed anywhere.",
       .examples = {"pgassay advise shop.assay --budget 500MB",
                    "pgassay advise \"host=db.example dbname=shop\" --workload slow.sql --json -o advice.json"},
       .add_options = AddAdviseOptions,
       .run = RunAdvise},
      {.name = "whatif",
       .arguments = "SOURCE [--workload PATH...] STATEMENT... | --set NAME=FILE.sql...",
       .summary = "what each statement of a workload would cost with indexes that you propose",
       .description =
           "Costs proposed CREATE INDEX and DROP INDEX statements, query by query, without running them on your "
           "database.",
       .examples = {"pgassay whatif shop.assay 'CREATE INDEX ON shop.orders (customer_id, placed_at)'",
                    "pgassay whatif shop.assay --workload queries/ --set small=small.sql --set large=large.sql"},
       .add_options = AddWhatifOptions,
       .run = RunWhatif},
      {.name = "explain",
       .arguments = "SOURCE TEMPLATE|RECOMMENDATION|'CREATE INDEX ...'",
       .summary = "why, or why not: plans before and after, what was asked for and what was turned down",
       .description =
           "Explains one template, one recommendation or an index that you propose, with the plans before and after.",
       .examples = {"pgassay explain shop.assay 92a5a48d",
                    "pgassay explain shop.assay 'CREATE INDEX ON shop.orders (status)'"},
       .add_options = AddExplainOptions,
       .run = RunExplain},
      {.name = "bench",
       .arguments = "--disposable CONNINFO|--copy CONNINFO|--restore DUMP [--from FILE.assay] [--set NAME=FILE.sql...]",
       .summary = "measure index sets on a database that may be changed, beside what was predicted",
       .description =
           "Builds each set of indexes in turn, runs every statement of the workload with it and without it, and shows "
           "times, sizes and WAL beside the prediction. Writes are rolled back. Each set is removed again, whatever "
           "happens; should even that fail, the next run does it. The database must be named as disposable, and must "
           "not be the one that was captured.",
       .examples = {"pgassay bench --disposable \"host=test dbname=shop_copy\" --from shop.assay --advised",
                    "pgassay bench --copy \"dbname=shop\" --workload queries/ --set new=new.sql --fail-on "
                    "regression=10% --format junit"},
       .add_options = AddBenchOptions,
       .run = RunBenchCommand},
  };
  return kCommands;
}

const Command* FindCommand(std::string_view name) {
  const auto commands = Commands();
  const auto found =
      std::find_if(commands.begin(), commands.end(), [&](const Command& command) { return command.name == name; });
  return found == commands.end() ? nullptr : &*found;
}

}  // namespace pgassay::cli
