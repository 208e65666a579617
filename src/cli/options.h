#pragma once

// What the command line said, for all commands: a command reads what belongs to it.

#include <optional>
#include <string>
#include <vector>

#include "pgassay/log_filter.h"
#include "pgassay/units.h"
#include "report/render.h"

namespace pgassay::cli {

enum class Format { kText, kJson, kMarkdown };
enum class ColorChoice { kAuto, kAlways, kNever };

// The value of --budget.
struct Budget {
  std::optional<Bytes> bytes;
  bool automatic = false;
};

struct Options {
  std::string source;                   // CONNINFO or FILE.assay
  std::vector<std::string> statements;  // whatif: CREATE INDEX and DROP INDEX
  std::vector<std::string> sets;        // whatif, bench: NAME=FILE.sql
  std::string subject;                  // explain: an id or a CREATE INDEX
  std::vector<std::string> workload;    // files and directories; none: the captured statements
  std::vector<std::string> logs;        // ingest: logs and other assay files
  std::string log_line_prefix;          // ingest; empty: found in the lines
  LogFilter filter;                     // ingest
  bool follow = false;                  // ingest: go on with what is written later
  bool no_literals = false;             // ingest: keep no values of statements
  bool with_captured = false;           // the captured statements as well as the files
  report::QueryOrder order = report::QueryOrder::kTotal;
  std::optional<int> limit;                  // of queries
  bool nplusone = false;                     // queries
  int capture = 0;                           // number within the assay file, 0 the last
  std::string disposable;                    // bench: CONNINFO of the database to be measured
  std::string copy_of;                       // bench: CONNINFO of one that is to be copied first
  std::string restore;                       // bench: a pg_dump archive to make the copy from
  std::string shared_buffers;                // bench: of the private server; empty: the default
  bool cold = false;                         // bench: timed runs find nothing cached
  bool advised = false;                      // bench: the advised set as well
  std::vector<std::string> leave_one_out;    // bench: names of sets
  bool force_production = false;             // bench
  int clients = 1;                           // bench
  int rounds = 3;                            // bench
  int samples = 3;                           // bench
  std::optional<double> duration_s;          // bench: of a set's mix in a round
  std::optional<int> count;                  // bench: statements of the mix
  std::optional<double> lock_timeout_s;      // bench
  std::optional<double> reconnect_s;         // bench
  std::optional<double> fail_on_regression;  // bench: a share
  bool junit = false;                        // bench: in place of `format`
  std::string output;                        // empty: stdout
  std::string statements_from;               // capture: CONNINFO of the database that has pg_stat_statements
  bool no_values = false;
  std::optional<double> statement_timeout_s;
  std::optional<Budget> budget;
  std::vector<std::string> replicas;  // connection strings
  std::optional<int> max_indexes;
  std::optional<int> max_per_table;
  std::optional<double> max_maintenance;
  std::vector<std::string> pinned;     // CREATE INDEX statements, or files of them
  std::vector<std::string> forbidden;  // CREATE INDEX statements, tables, tables with columns
  bool keep_existing = false;
  std::vector<std::string> kept;  // names of indexes
  std::optional<int> max_width;
  std::optional<double> min_share;
  std::optional<double> gap;
  std::optional<double> time_limit_s;
  std::vector<std::string> settings;  // NAME=VALUE, for policies
  int jobs = 0;                       // 0: one per core
  std::string pg_bindir;
  Format format = Format::kText;
  ColorChoice color = ColorChoice::kAuto;
  bool show_literals = false;
  bool quiet = false;
  bool verbose = false;
  std::string analyze;  // connection string of the server that executes; empty: none does
  std::optional<double> analyze_time_s;
  std::optional<int> analyze_max_active;
  std::optional<int> analyze_bindings;
  bool costs = false;  // advise: costs beside times
};

}  // namespace pgassay::cli
