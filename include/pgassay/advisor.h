#pragma once

// Snapshot and workload in, advice out. Implemented by module advisor.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "pgassay/advice.h"
#include "pgassay/analyze.h"
#include "pgassay/findings.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"

namespace pgassay {

// Where the private server comes from.
struct TwinOptions {
  std::string pg_bindir;             // empty: found by the snapshot's major version
  std::string planner_dir;           // directory with N/pgassay_planner.so for each major version N
  std::string work_dir;              // where the twin's private directory is made
  std::string cache_dir;             // where initdb templates and locales are kept
  int jobs = 0;                      // planning backends; 0: one per core
  int statement_timeout_ms = 10000;  // for planning one statement once
  // Custom ones that policies, views and statements read: "app.tenant", "7". They hold for every role, whatever the
  // source has stored for it.
  std::vector<std::pair<std::string, std::string>> settings;
  std::function<bool()> cancelled;                 // asked often; true stops with a Cancelled error; may be empty
  std::function<void(std::string_view)> progress;  // called with the name of each step; may be empty
};

// What is demanded holds for new indexes, and for every set that is looked at; existing indexes count nowhere but in
// `keep_existing` and `kept`.
// What a bench measured before (pgassay/bench.h), as far as it says how long plans take.
struct MeasuredQuery {
  std::string template_id;
  double ms = 0;                     // per call
  std::optional<double> blocks_hit;  // per call; none: not known
  std::optional<double> blocks_read;
  std::optional<Cost> cost;  // of its plan with the set, when it was measured
  friend bool operator==(const MeasuredQuery&, const MeasuredQuery&) = default;
};

struct MeasuredSet {
  std::vector<std::string> created;  // definitions: "shop.orders (customer_id)"
  std::vector<std::string> dropped;
  std::vector<MeasuredQuery> queries;
  friend bool operator==(const MeasuredSet&, const MeasuredSet&) = default;
};

struct MeasuredBench {
  std::vector<MeasuredSet> sets;  // the first one is the database as it was
  friend bool operator==(const MeasuredBench&, const MeasuredBench&) = default;
};

struct AdviseOptions {
  TwinOptions twin;
  std::optional<Bytes> budget_bytes;
  bool budget_auto = false;  // the frontier's knee is the budget
  std::optional<int> max_indexes;
  std::optional<int> max_per_table;  // a partitioned table or inheritance parent and all below it are one
  // Most that the indexes may cost in writes (Maintenance::cost), as a share of Certificate::cost_before.
  std::optional<double> max_maintenance;
  std::vector<std::string> pinned;  // CREATE INDEX statements: these are advised whatever they save
  // These never are. An entry is a CREATE INDEX statement, by what it does and not by its name, or a table, as SQL
  // names it, for all on it, or a table with columns in parentheses, for those that have one of these as a key, in
  // lower(c) or upper(c), or included.
  std::vector<std::string> forbidden;
  bool keep_existing = false;     // no existing index is dropped
  std::vector<std::string> kept;  // these are not: names, with a schema or without
  double gap = 0.01;              // the search ends when the set is proven to be this close to the best
  int max_width = 4;
  double min_share = 0.001;
  std::optional<double> time_limit_s;  // from the start of the selection
  Analyzer* analyzer = nullptr;        // executes what the advice rests on (pgassay/analyze.h); none: nothing is
  std::vector<IndexUsage> replicas;    // of the captured server: without them an unused index is only probably unused
  std::vector<MeasuredBench> benches;  // of this database, the oldest first: their times are known
};

// Index advice for `workload` (from ReadSqlWorkload) on the database of `snapshot`. Once the search for the best set
// has begun, TwinOptions::cancelled ends that with the best found so far (Advice::partial). Errors: NotFound (no server
// binaries or planner extension for the version), InvalidArgument (nothing could be planned; a pinned, forbidden or
// kept index that is no such thing; pinned ones that alone exceed a limit), Internal, Cancelled.
absl::StatusOr<Advice> Advise(const Snapshot& snapshot, Workload workload, const AdviseOptions& options);

// Plans the rewrites of the report's findings, and the loops that they are for, on the database of `snapshot`; findings
// of other databases are left as they are. Parameters get their types, which rewrites that unnest arrays need; values
// come from the statistics. Errors: those of starting the twin, and of losing it.
absl::Status PlanRewrites(LoopReport& report, const Snapshot& snapshot, const TwinOptions& options);

// One proposed set of changes: CREATE INDEX and DROP INDEX statements, applied in order.
struct ProposedSet {
  std::string name;
  std::string sql;
};

struct WhatifIndex {
  std::string definition;  // "shop.orders (customer_id)"
  std::string name;
  bool dropped = false;
  Bytes size_bytes = 0;                 // predicted for a new index, measured by the capture for a dropped one
  bool used = false;                    // by any statement's plan under this set
  bool size_rests_on_estimate = false;  // as Recommendation has it
};

struct WhatifSet {
  std::string name;
  std::vector<WhatifIndex> indexes;
  Cost cost_after = 0;                         // weighted total, without penalties (pgassay/advice.h)
  std::vector<TemplateCost> costs;             // by planned template
  std::vector<std::vector<std::string>> used;  // by planned template: definitions of the new indexes its plans use
  // By planned template, of a call: what the entries in indexes cost its writes without and with the set. EXPLAIN's
  // costs have nothing of that.
  std::vector<Cost> writes_before;
  std::vector<Cost> writes_after;
};

// How a session is set up in which statements of one user are planned.
struct PlanningSession {
  std::string user;                   // as Template has it
  std::string search_path;            // the same
  std::vector<std::string> settings;  // SELECT set_config(...) statements
};

struct WhatifResult {
  Workload workload;
  std::vector<PlanningSession> sessions;  // of all templates
  Cost cost_before = 0;
  std::vector<TemplateCost>
      before;  // by planned template, without any set: both costs are those of the database as it is
  std::vector<WhatifSet> sets;
  std::vector<std::string> warnings;
};

// Cost of proposed sets, query by query. Errors as Advise; InvalidArgument also for a proposed statement that is no
// CREATE INDEX or DROP INDEX, or that PostgreSQL refuses.
absl::StatusOr<WhatifResult> Whatif(const Snapshot& snapshot, Workload workload, const std::vector<ProposedSet>& sets,
                                    const TwinOptions& options);

}  // namespace pgassay
