#pragma once

// One run of the advisor up to the chosen set, with the twin still alive to ask.

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
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
  Workload workload;  // bound; what cannot be planned is in `skipped`
  std::vector<PlannedStatement> statements;
  candidates::Generated generated;          // and what was dropped before the selection
  std::vector<twin::CandidateParts> parts;  // by CandidateId
  std::vector<bool> usable;                 // by CandidateId; false: refused by the server, already rejected
  select::Selection selection;              // its vectors follow `statements`
  std::vector<whatif::PlanAnswer> chosen;   // by statement: its plan with the whole chosen set
};

// The indexes that a definition means, one for each table that holds rows, with their sizes. They hold `fraction` of the
// rows.
twin::CandidateParts PartsOf(const IndexDef& def, const Snapshot& snapshot, double fraction);

// The order of the steps: twin, values, plans, candidates, selection. Errors as Advise.
absl::StatusOr<Run> RunAdvice(const Snapshot& snapshot, Workload workload, const AdviseOptions& options);

}  // namespace pgassay::advisor
