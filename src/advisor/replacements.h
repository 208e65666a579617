#pragma once

// What a candidate gives back: the bytes and the writes of the existing index that can go when it is there. The
// selection takes sizes and prices of one candidate at a time, so it is told what each would give back by itself, and
// what it chooses is checked when the drops are planned. What did not come true (the index stays because reads need it,
// or two chosen ones replace the same) is taken back where that matters, and the selection runs again.
//
// Until then sizes and prices are too low, never too high, so a bound for all sets holds.

#include <set>
#include <utility>
#include <vector>

#include "pgassay/snapshot.h"
#include "pgassay/units.h"
#include "select/select.h"

namespace pgassay::advisor {

struct Run;

class Replacements {
 public:
  // `run` up to its problem, whose sizes and write costs are those of the candidates alone, and with the drops that do
  // not depend on candidates. Keeps pointers into the snapshot.
  Replacements(const Run& run, const Snapshot& snapshot);

  // Gives `problem` the sizes and write costs less what is given back: at least a page, and no less than nothing.
  void Apply(select::Problem& problem) const;

  // Other write costs of the candidates alone.
  void Reprice(std::vector<Cost> write_costs) { write_costs_ = std::move(write_costs); }

  // After the drops are planned: whether what was given back and did not come true matters, that is, the set exceeds a
  // limit (Exceeds) or has an index that is neither pinned nor worth its price without it. Then it is taken back.
  bool TakeBack(const Run& run, const select::Constraints& constraints, Cost total_before);

  // Whether the chosen set, with what its drops really give back, exceeds the limits on bytes or on writes.
  bool Exceeds(const Run& run, const select::Constraints& constraints, Cost total_before) const;

  // The bytes of the points of the frontier, each replaced index counted once, and those that stay beside the chosen
  // set not at all.
  void CorrectFrontier(Run& run) const;

 private:
  struct Credit {
    const Index* index = nullptr;  // that can go
    std::set<CandidateId> by;      // when one of these is there
    Bytes bytes = 0;
    Cost writes = 0;
  };
  std::vector<Bytes> sizes_;  // of the candidates alone
  std::vector<Cost> write_costs_;
  std::vector<Credit> credits_;  // by OID
};

}  // namespace pgassay::advisor
