#pragma once

// Plans of statements that --analyze has executed, costed with the rows that came in place of those that were
// estimated: what a plan costs, and what it would if the planner knew, are two things where a join is skewed.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "advisor/run.h"
#include "evidence/counted_work.h"
#include "evidence/row_factors.h"
#include "pgassay/evidence.h"
#include "pgassay/snapshot.h"
#include "whatif/cost_oracle.h"

namespace pgassay::advisor {

class CountedPlans {
 public:
  // Both must outlive it.
  CountedPlans(const Run& run, const Snapshot& snapshot) : run_(run), snapshot_(snapshot) {}

  // What executed plans tell from here on.
  void Learn(const Evidence& evidence);

  // The work of the plan that answers `question`, of statement number `position` of the run. None: that binding of it
  // was not executed, or its plan cannot be had.
  std::optional<evidence::CountedWork> Work(std::size_t position, const whatif::PlanQuestion& question) const;

  // The worst ratio of actual to estimated rows, or the reverse, in the executed plans of a template; 1: none is known.
  double WorstOf(const std::string& template_id) const;

 private:
  const Run& run_;
  const Snapshot& snapshot_;
  std::map<std::pair<std::string, std::size_t>, evidence::RowFactors> factors_;  // by template and binding
};

}  // namespace pgassay::advisor
