#pragma once

// Which candidates together are worth having, and how far from the best that is.

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
  std::optional<int> max_per_table;       // of the chosen candidates on one of Problem::tables
  std::optional<double> max_write_share;  // sum of the chosen candidates' write costs, as a share of the cost before
  whatif::IndexSet pinned;                // in every set, whatever they save
  whatif::IndexSet forbidden;             // in none, and never planned with
  double min_share = 0.001;               // what an index must be worth, as a share of the total cost before (prices.h)
  double gap = 0.01;                      // the proof ends when the set is known to be this close to the best one
  // Planner calls for the proof, for each statement. Where they do not suffice, the gap is larger.
  int proof_calls = 120;
  bool frontier = false;  // also solve for smaller budgets
  bool knee = false;      // choose the budget: where more bytes begin to buy less than on average
  // Asked between planner calls, by several threads: true ends the search with the best set so far.
  std::function<bool()> stop;
};

// One statement of the problem. `relevant` holds the candidates on its relations that it asked for; no other is ever
// enabled for it.
struct Statement {
  StatementId id;
  double weight = 1;
  whatif::IndexSet relevant;
  int relations = 1;  // that it reads: planning takes the longer the more there are
};

struct Problem {
  std::vector<Statement> statements;
  std::vector<catalog::Candidate> candidates;
  std::vector<Bytes> sizes;  // of candidates, by CandidateId
  std::vector<Cost>
      write_costs;          // of candidates: what they make the workload's writes dearer by, weighted; empty: nothing
  std::vector<Oid> tables;  // of candidates: what Constraints::max_per_table counts for one; empty: their own
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
  std::vector<Oid> used_before;        // existing indexes in any plan with nothing enabled, ascending
  struct Marginal {
    CandidateId candidate;
    Cost gain = 0;                   // weighted: cost without it minus cost with the whole set
    std::vector<Cost> cost_without;  // by statement, per call, the chosen set without this one
    std::vector<Cost> penalty_without;
  };
  std::vector<Marginal> marginals;  // by candidate
  std::vector<Turned> turned;       // by candidate
  std::vector<Failure> failures;
  // Of what is minimised: the statements' cost and the prices of the chosen candidates. No set of the candidates within
  // the constraints has less than `lower_bound`, as long as more indexes make no plan dearer than by `violation`.
  Cost price = 0;  // of the chosen set
  Cost lower_bound = 0;
  // The largest share by which a plan with fewer candidates was seen to be cheaper; bounds make allowance for it,
  // statement by statement.
  double violation = 0;
  struct Point {  // of the frontier
    Bytes budget = 0;
    whatif::IndexSet chosen;
    Bytes bytes = 0;
    Cost cost = 0;  // of the statements
    Cost price = 0;
    Cost lower_bound = 0;  // as above
  };
  std::vector<Point> frontier;  // by budget, ascending; empty unless asked for
  std::int64_t planner_calls = 0;
  bool stopped = false;  // Constraints::stop ended the search
};

// A restricted master problem over known plans (DESIGN.md section 5): local search on the known plans (search.h) and
// the exact program with bounds for what is not known (master.h) propose sets, the planner says what these cost, until
// nothing better is possible within `gap` or the proof takes too long. Deterministic: the same problem in any order of
// statements gives the same set. A statement that fails under any set leaves every sum. After Constraints::stop the
// chosen set is still planned as a whole and without each of its indexes. Every set that is looked at, points of the
// frontier included, holds all constraints, and bounds are for such sets. Errors: those of the oracle as a whole, and
// InvalidArgument where a pinned candidate is forbidden, or the pinned ones alone exceed a limit.
absl::StatusOr<Selection> Select(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle);

}  // namespace pgassay::select
