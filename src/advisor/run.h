#pragma once

// One run of the advisor up to the chosen set, with the twin still alive to ask.

#include <atomic>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "advisor/demands.h"
#include "advisor/drops.h"
#include "advisor/maintenance.h"
#include "advisor/statement_list.h"
#include "candidates/generate.h"
#include "pgassay/advisor.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "select/select.h"
#include "twin/twin.h"

namespace pgassay::advisor {

struct Run {
  std::unique_ptr<twin::Twin> twin;
  std::vector<IndexUsage> replicas;
  Demands demands;
  Workload workload;  // bound; what cannot be planned is in `skipped`
  std::vector<PlannedStatement> statements;
  candidates::Generated generated;          // and what was dropped before the selection
  std::vector<twin::CandidateParts> parts;  // by CandidateId
  std::shared_ptr<const WriteLoad> writes;
  std::vector<bool> usable;  // by CandidateId; false: refused by the server, already rejected
  whatif::IndexSet pinned;
  whatif::IndexSet harmful;  // out of the question, because counted rows say that statements take longer with them
  select::Problem problem;   // its statements follow `statements`
  std::shared_ptr<const select::Problem> offered;  // as it was before any selection
  select::Selection selection;                     // its vectors follow `statements`
  Drops drops;                                     // existing indexes that can go when the chosen set is there
  std::vector<whatif::PlanAnswer> chosen;          // by statement: its plan with the chosen set and without `drops`
  // Set once the search has begun: from then on an interruption ends that, and not the planning of what it found.
  std::shared_ptr<std::atomic<bool>> searching;
};

// The indexes that a definition means, one for each table that holds rows, with their sizes. They hold `fraction` of
// the rows.
twin::CandidateParts PartsOf(const IndexDef& def, const Snapshot& snapshot, double fraction);

// Twin, values, plans, candidates: all that comes before the selection. Errors as Advise.
absl::StatusOr<Run> PrepareRun(const Snapshot& snapshot, Workload workload, const AdviseOptions& options);

// Selects from what PrepareRun has found, but `harmful`, and finds the drops; once more where that was done before.
absl::Status SelectIndexes(Run& run, const Snapshot& snapshot, const AdviseOptions& options);

// The same, and the selection and the drops. Errors as Advise.
absl::StatusOr<Run> RunAdvice(const Snapshot& snapshot, Workload workload, const AdviseOptions& options);

}  // namespace pgassay::advisor
