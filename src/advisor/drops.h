#pragma once

// Existing indexes that are not needed any more: whose work another index does, existing or advised, that nothing uses,
// or that are not valid. None that has another role than being read: uniqueness, a constraint, replica identity,
// CLUSTER, a foreign key's side, statistics of an expression. What reads cost without one is always planned.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "advisor/demands.h"
#include "pgassay/advice.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "whatif/cost_oracle.h"

namespace pgassay::advisor {

struct Run;

struct Drop {
  enum class Reason { kInvalid, kDuplicate, kCovered, kReplaced, kUnused };
  const Index* index = nullptr;  // of the snapshot
  Reason reason = Reason::kUnused;
  const Index* by_existing = nullptr;       // kDuplicate, kCovered: the index that does its work
  std::optional<CandidateId> by_candidate;  // kReplaced: the advised one that does
  std::int64_t other_scans = 0;             // kUnused: reads of its table that did not use it, as counted
  Cost reads = 0;                           // weighted: what reads cost more without it, all that is advised in place
  Cost writes = 0;                          // weighted: what writes cost less
  struct Change {
    std::size_t statement = 0;  // position in Run::statements
    Cost with = 0;              // per call
    Cost without = 0;
    Cost penalty_with = 0;
    Cost penalty_without = 0;
  };
  std::vector<Change> changes;  // statements whose plan used it
};

struct Drops {
  std::vector<Drop> drops;          // by OID
  std::vector<Rejection> kept;      // whose work is done otherwise, and which are needed, or kept, all the same
  std::vector<Oid> hidden() const;  // sorted
  Bytes bytes() const;
};

// Which existing indexes can go beside `chosen`, given the statements' plans (`answers`, by position) under that set
// and without what is in `drops`. Adds to `drops`, and brings `answers` up to date. An index that costs writes may make
// reads dearer by less than that; beyond, by a thousandth of the total in all. A failed statement has no part.
// `min_share` as AdviseOptions. Errors: those of the oracle.
absl::Status FindDrops(const Run& run, const Snapshot& snapshot, const whatif::IndexSet& chosen, double min_share,
                       std::vector<whatif::PlanAnswer>& answers, Drops& drops);

// Whether building an index of definition `def` would let `index`, or any existing one, go that need not be kept.
bool Replaces(const IndexDef& def, const Index& index, const Demands& demands, const Snapshot& snapshot);
bool ReplacesExisting(const IndexDef& def, const Demands& demands, const Snapshot& snapshot);

// The roles that forbid to drop an index, in words; empty: none.
std::string RoleOf(const Index& index);

// The recommendation for one of `drops`.
Recommendation RecommendDrop(const Run& run, const Drop& drop, const Snapshot& snapshot, Cost total_before);

}  // namespace pgassay::advisor
