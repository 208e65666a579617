#pragma once

// What the planner has said so far, as a model: each known plan of a statement is a column (cost, candidates it uses),
// available to every index set that holds its candidates. The planner takes the available column of the least printed
// cost, and that column's cost is what the set costs: never less than the planner's answer as long as more indexes do
// not make a plan dearer, and equal to it once the right plan is known. The two costs differ by the penalty for what
// settings discourage (whatif::PlanAnswer), and only where there is one.

#include <cstdint>
#include <vector>

#include "pgassay/units.h"
#include "whatif/cost_oracle.h"

namespace pgassay::select {

struct PlanColumn {
  Cost cost = 0;                    // per call, without the penalty
  std::vector<std::uint32_t> used;  // candidates, ascending
  Cost penalty = 0;
  Cost printed() const { return cost + penalty; }
  friend bool operator==(const PlanColumn&, const PlanColumn&) = default;
};

class PlanColumns {
 public:
  PlanColumns(std::size_t statements, std::size_t candidates) : columns_(statements), seen_(candidates, false) {}

  // Adds a plan of statement number `statement`, unless the planner would take a known one with a subset of its
  // candidates.
  void Add(std::size_t statement, Cost cost, const whatif::IndexSet& used, Cost penalty = 0);

  // Forgets a statement that cannot be planned.
  void Drop(std::size_t statement) { columns_[statement].clear(); }

  // Undominated plans, in the order in which the planner takes them: least printed cost first.
  const std::vector<PlanColumn>& of(std::size_t statement) const { return columns_[statement]; }
  std::size_t statements() const { return columns_.size(); }
  std::size_t candidates() const { return seen_.size(); }

  // Whether any plan ever used the candidate.
  bool seen(std::uint32_t candidate) const { return seen_[candidate]; }

 private:
  std::vector<std::vector<PlanColumn>> columns_;
  std::vector<bool> seen_;
};

}  // namespace pgassay::select
