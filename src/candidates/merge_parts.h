#pragma once

// What rule 13 combines.

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "candidates/rule_cover.h"
#include "pgassay/snapshot.h"

namespace pgassay::candidates {

// A candidate.
struct Part {
  const IndexDef* def = nullptr;
  std::size_t equality = 0;  // so many leading keys are compared by equality
  std::set<StatementId> statements;
  double weight = 0;
};

// What two candidates make together.
struct Merged {
  double weight = 0;
  std::set<StatementId> statements;
  std::size_t equality = 0;

  void Add(const Part& narrow, const Part& wide, std::size_t equality_keys);
  void Add(const Merged& other);
};

inline constexpr std::size_t kMaxSharers = 16;  // candidates that one is combined with, those of the most weight

// Candidates with equal keys, or one's keys leading the other's, become one that includes what both include. `parts`
// are those of one table, those of the most weight first.
void MergeCovering(const std::vector<Part>& parts, CoverLimits& limits, std::map<IndexDef, Merged>& merged);

}  // namespace pgassay::candidates
