#pragma once

// Index sets measured on a database that may be changed: what is to be run, and what came of it. PlanBench (module
// advisor) makes the plan on the twin, RunBench (module bench) carries it out.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/advisor.h"
#include "pgassay/assay_file.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"

namespace pgassay {

// What of a query's answers must be the same with every set.
enum class AnswerCheck { kRows, kCount, kNothing };

// One template of the workload.
struct BenchQuery {
  std::string id;           // Template::id
  std::size_t session = 0;  // position in BenchPlan::sessions
  double weight = 0;        // calls
  bool writes = false;      // run in a transaction that is rolled back
  AnswerCheck check = AnswerCheck::kRows;
  std::string check_note;              // why not the rows; empty: they are
  std::vector<std::string> functions;  // called by name; a volatile one among them ends every comparison
  friend bool operator==(const BenchQuery&, const BenchQuery&) = default;
};

// One binding of a query.
struct BenchStatement {
  std::size_t query = 0;  // position in BenchPlan::queries
  std::string sql;
  double weight = 0;
  friend bool operator==(const BenchStatement&, const BenchStatement&) = default;
};

// A CREATE INDEX, ready for a transaction and with a name, or an index to be dropped while the set is in place.
struct BenchChange {
  bool create = true;
  std::string sql;             // CREATE only
  QualifiedName index;         // DROP only; an empty schema: by the search path
  std::string definition;      // "shop.orders (customer_id)", for people
  std::string recommendation;  // id of the advice that it is from; else empty
  Bytes predicted_bytes = 0;
  friend bool operator==(const BenchChange&, const BenchChange&) = default;
};

// What the planner says of a query, per call and without penalties (pgassay/advice.h), and what the entries in indexes
// cost its writes; -1: nothing is said.
struct PredictedCost {
  Cost before = -1;
  Cost after = -1;
  // The same in time, where the capture knows enough times to tell; only for the advised set.
  std::optional<double> ms_before;
  std::optional<double> ms_after;
  std::vector<std::string> used;  // definitions of new indexes in its plans
  friend bool operator==(const PredictedCost&, const PredictedCost&) = default;
};

struct BenchSet {
  std::string name;
  std::vector<BenchChange> changes;
  std::vector<PredictedCost> predicted;  // by query
  friend bool operator==(const BenchSet&, const BenchSet&) = default;
};

// What a server that starts from nothing must have before the source can be restored there.
struct BenchOrigin {
  int server_version = 0;            // server_version_num
  std::string database_clauses;      // of CREATE DATABASE: encoding and locale
  std::string clauses_in_c;          // the same with locale C
  std::vector<std::string> locales;  // names that database_clauses needs
  std::vector<Role> roles;
  friend bool operator==(const BenchOrigin&, const BenchOrigin&) = default;
};

struct BenchPlan {
  BenchOrigin origin;
  Workload workload;  // bound
  // Users are empty where the rights and policies of the connection hold.
  std::vector<PlanningSession> sessions;
  std::vector<BenchQuery> queries;
  std::vector<BenchStatement> statements;
  std::vector<BenchSet> sets;  // the first one is `current`, without changes
  std::vector<std::string> warnings;
};

struct BenchPlanOptions {
  std::vector<ProposedSet> sets;
  std::optional<AdviseOptions> advise;     // the advised set is one of them
  std::vector<std::string> leave_one_out;  // names of sets that are also to be measured without each of their changes
  TwinOptions twin;
};

// Binds the workload, costs the sets and looks at each statement. Errors as Advise and Whatif; InvalidArgument for a
// set called `current`, and for a name in leave_one_out that is no set's.
absl::StatusOr<BenchPlan> PlanBench(const Snapshot& snapshot, Workload workload, const BenchPlanOptions& options);

struct BenchOptions {
  std::string conninfo;
  bool copy = false;  // `conninfo` names the database to be copied; the copy is measured and dropped
  // An archive of pg_dump, from which the copy is made instead: in a new database on the server that `conninfo` names,
  // or, where that is empty, on a private server that ends with the run.
  std::string restore;
  std::string shared_buffers = "128MB";  // of the private server
  std::string pg_bindir;                 // as in TwinOptions, for that server and pg_restore
  std::string work_dir;
  std::string cache_dir;
  // The database where the statements are from; it must not be the one that is changed.
  std::string production_system;
  std::string production_database;
  int production_version = 0;  // server_version_num
  bool force_production = false;
  std::vector<std::pair<std::string, std::string>> settings;  // of an application: app.tenant
  int clients = 1;
  int rounds = 3;
  int samples = 3;  // runs of each statement in a round, after one that does not count
  // Each timed run of a statement, though not the mix, finds nothing of the database in the operating system's cache,
  // and on a private server nothing in shared buffers either.
  bool cold = false;
  double mix_seconds = 5;             // of each set in a round; 0: no mix
  std::optional<std::int64_t> count;  // statements of the mix in place of mix_seconds
  int statement_timeout_ms = 60000;
  int lock_timeout_ms = 10000;
  int reconnect_seconds = 30;  // how long a server may be away
  double regression = 0.1;     // a query that is slower by this share is a regression
  std::function<bool()> cancelled;
  std::function<void(std::string_view)> progress;  // each step; may be empty
};

// A median with the interval that holds it in 95 of 100 draws of the samples.
struct BenchFigure {
  double median = 0;
  double low = 0;
  double high = 0;
  friend bool operator==(const BenchFigure&, const BenchFigure&) = default;
};

// What a query did with one set.
struct BenchMeasure {
  std::optional<BenchFigure> ms;  // per call, over the bindings by weight; none: not measured, see `problem`
  int samples = 0;
  std::optional<double> blocks_hit;  // per call, from EXPLAIN (ANALYZE, BUFFERS); none: not known
  std::optional<double> blocks_read;
  std::optional<double> wal_bytes;
  std::string problem_code;  // statement-timeout, lock-timeout, deadlock, ...; empty: none
  std::string problem;       // a sentence, from the server
  // Against `current`: none for that set itself, or where one of both was not measured.
  std::optional<BenchFigure> ratio;  // time with the set, as a part of the time without it
  bool regression = false;
  bool same_work = false;   // with the set the same plan asked for the same number of blocks: slower is noise
  std::string answer;       // same, count, differs, not-compared; empty: nothing to compare with
  std::string answer_note;  // why only the number of rows, or nothing, was compared; else empty
  friend bool operator==(const BenchMeasure&, const BenchMeasure&) = default;
};

struct BenchIndex {
  std::string definition;
  std::string name;
  bool dropped = false;
  std::string recommendation;
  Bytes size_bytes = 0;
  Bytes predicted_bytes = 0;
  double build_ms = 0;     // median of its builds
  std::int64_t scans = 0;  // during the measurements
  std::string label;       // measured: the set is faster with it in use; planned: plans use it; unused
  friend bool operator==(const BenchIndex&, const BenchIndex&) = default;
};

// How far the prediction was right, over queries measured in both. Gains are in milliseconds if the prediction has them
// for each of these queries, else in cost.
struct BenchAgreement {
  bool in_time = false;
  std::optional<Cost> cost_before;  // of the workload, predicted
  std::optional<Cost> cost_after;
  int gains = 0;               // queries whose predicted gain exceeds 20 %
  int same_sign = 0;           // of these, the ones that got faster
  std::optional<double> rank;  // Spearman's, of predicted and measured gain of the queries that were to change
  int ranked = 0;              // how many these are
  friend bool operator==(const BenchAgreement&, const BenchAgreement&) = default;
};

struct BenchSetResult {
  std::string name;
  std::string problem_code;  // why the set has no or not all results; empty: it has all
  std::string problem;
  int rounds = 0;                         // that count
  Bytes size_bytes = 0;                   // of its new indexes, less those of dropped ones
  double build_ms = 0;                    // of all its indexes, median over the rounds
  std::optional<double> total_ms;         // the workload: queries that all sets measured, by weight
  std::optional<BenchFigure> mean_ms;     // the same for one call
  std::optional<BenchFigure> ratio;       // of mean_ms, against `current`
  std::optional<BenchFigure> per_second;  // statements of the mix, over all clients
  std::int64_t mix_statements = 0;
  std::int64_t mix_errors = 0;
  std::optional<double> mix_wal_bytes;        // per statement
  std::optional<double> write_amplification;  // WAL of the writes with the set, as a multiple of that without it
  std::vector<BenchIndex> indexes;
  std::vector<BenchMeasure> queries;        // by BenchPlan::queries
  std::optional<BenchAgreement> agreement;  // none for `current`
  friend bool operator==(const BenchSetResult&, const BenchSetResult&) = default;
};

struct BenchResult {
  std::string run;     // id of the run, in its markers
  std::string ran_at;  // the server's time at its begin, ISO 8601 in UTC
  std::string database;
  int server_version = 0;
  std::vector<BenchSetResult> sets;
  std::vector<std::string> notes;  // what happened: leftovers removed, connections lost, roles that do not exist
  bool partial = false;            // stopped early; what was measured until then counts
  bool answers_differ = false;
  friend bool operator==(const BenchResult&, const BenchResult&) = default;
};

// Whether RunBench would be let in, for an early answer; undoes what earlier runs have left in a database that is not
// to be copied, so that it is not captured with that, and returns notes about it. Errors: FailedPrecondition (it is the
// captured production database, a standby, or another bench works there; with `cold` also that its files are
// elsewhere), PermissionDenied, those of a session.
absl::StatusOr<std::vector<std::string>> PrepareBenchTarget(const BenchOptions& options);

// Measures the sets. The database is as before when it returns, whatever happened; where the server does not answer any
// more, the next run finds and removes what is left. Errors: FailedPrecondition (it is the captured production
// database, or another bench works there), those of a session, Cancelled.
absl::StatusOr<BenchResult> RunBench(const BenchPlan& plan, const BenchOptions& options);

// What an assay file keeps of it.
RecordedBench MakeRecord(const BenchPlan& plan, const BenchResult& result);

}  // namespace pgassay
