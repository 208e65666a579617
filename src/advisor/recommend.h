#pragma once

// A selection as advice: recommendations with their DDL, gains and reasons, and rejections with theirs.

#include <vector>

#include "advisor/statement_list.h"
#include "catalog/candidate.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "select/select.h"
#include "twin/twin.h"

namespace pgassay::advisor {

// All that was decided, by reference; positions agree between `statements` and the vectors of `selection`.
struct Decision {
  const Snapshot& snapshot;
  const std::vector<PlannedStatement>& statements;
  const std::vector<catalog::Candidate>& candidates;
  const std::vector<twin::CandidateParts>& parts;  // by CandidateId
  const std::vector<bool>& usable;                 // by CandidateId: false: refused by the server, already rejected
  const select::Selection& selection;
};

// Bytes of all indexes of a candidate.
Bytes TotalBytes(const twin::CandidateParts& parts);

// `rejected` holds what was dropped before the selection.
Advice MakeAdvice(Workload workload, const Decision& decision, std::vector<Rejection> rejected);

}  // namespace pgassay::advisor
