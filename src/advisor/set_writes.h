#pragma once

// What a proposed set does to the writes of each template: EXPLAIN's cost of a write has nothing of the indexes that
// get entries.

#include <span>
#include <vector>

#include "advisor/statement_list.h"
#include "catalog/index_request.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "pgassay/workload.h"
#include "twin/candidate_indexes.h"

namespace pgassay::advisor {

// A new index of a set, and the part of the table's rows that it holds.
struct SetIndex {
  IndexDef def;
  twin::CandidateParts parts;
  double fraction = 1;
};

struct WriteChange {
  Cost before = 0;  // of a call, for entries in all indexes of the tables that it writes
  Cost after = 0;
};

// By template of `costs`; zero for those that only read. HOT that one new index ends, the others end no more.
std::vector<WriteChange> ChangesOfWrites(const Snapshot& snapshot, const Workload& workload,
                                         const std::vector<PlannedStatement>& statements,
                                         const std::vector<TemplateCost>& costs, std::span<const SetIndex> made,
                                         std::span<const Oid> dropped);

}  // namespace pgassay::advisor
