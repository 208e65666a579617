#pragma once

// Which candidates together are worth having. One interface, several solvers; the first is greedy with widening moves.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "catalog/candidate.h"
#include "pgassay/units.h"
#include "whatif/cost_oracle.h"

namespace pgassay::select {

struct Constraints {
  std::optional<Bytes> budget_bytes;  // sum of the chosen candidates' sizes
  std::optional<int> max_indexes;
  double min_share = 0.001;    // floor: marginal gain of an index as a share of the total cost before
  std::function<bool()> stop;  // asked between planner calls: true ends the search with the best set so far
};

// One statement of the problem. `relevant` holds the candidates on its relations that it asked for; no other is ever
// enabled for it.
struct Statement {
  StatementId id;
  double weight = 1;
  whatif::IndexSet relevant;
};

struct Problem {
  std::vector<Statement> statements;
  std::vector<catalog::Candidate> candidates;
  std::vector<Bytes> sizes;  // of candidates, by CandidateId
};

// A statement that could not be planned under some set; it does not count in any sum.
struct Failure {
  StatementId statement;
  absl::Status status;
};

struct Turned {  // a candidate that is not chosen, and why (advice/reason_codes.h)
  CandidateId candidate;
  std::string code;
  std::optional<CandidateId> by;
  double share = 0;  // best gain seen, as a share of the total cost before; 0 if none
};

// All costs are without penalties (whatif::PlanAnswer), which stand beside them: what EXPLAIN prints is the sum.
struct Selection {
  whatif::IndexSet chosen;
  std::vector<Cost> cost_before;     // by position in Problem::statements, per call, nothing enabled; -1: failed
  std::vector<Cost> cost_after;      // planned again with exactly the chosen set enabled
  std::vector<Cost> penalty_before;  // 0 where it failed
  std::vector<Cost> penalty_after;
  std::vector<whatif::IndexSet> used;  // by statement: chosen candidates in its final plan
  struct Marginal {
    CandidateId candidate;
    Cost gain = 0;                   // weighted: cost without it minus cost with the whole set
    std::vector<Cost> cost_without;  // by statement, per call, the chosen set without this one
    std::vector<Cost> penalty_without;
  };
  std::vector<Marginal> marginals;  // by candidate
  std::vector<Turned> turned;       // by candidate
  std::vector<Failure> failures;
  std::int64_t planner_calls = 0;
  bool stopped = false;  // Constraints::stop ended the search
};

// Greedy by gain per byte over cached plan costs, with Extend's widening moves (an index replaced by itself plus
// columns; Schlosser, Kossmann, Boissier 2019), exchanges by total cost, and branch and bound where the problem is
// small; then removal of whatever no longer pays. Deterministic: the same problem in any order of statements gives the
// same set. A statement that fails under any set leaves every sum. After Constraints::stop the chosen set is still
// planned as a whole and without each of its indexes. Errors: only those of the oracle as a whole.
absl::StatusOr<Selection> SelectGreedy(const Problem& problem, const Constraints& constraints,
                                       whatif::CostOracle& oracle);

}  // namespace pgassay::select
