#pragma once

// What would the planner say? One narrow interface between the questions (selection, what-if) and whoever answers them:
// the twin, or a fake in tests. Nothing above it knows that PostgreSQL is behind.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>
#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/units.h"

namespace pgassay::whatif {

// A sorted set of candidates.
class IndexSet {
 public:
  IndexSet() = default;
  explicit IndexSet(std::vector<CandidateId> ids);

  bool Contains(CandidateId id) const { return std::binary_search(ids_.begin(), ids_.end(), id); }
  bool IsSubsetOf(const IndexSet& other) const;
  IndexSet With(CandidateId id) const;
  IndexSet Without(CandidateId id) const;
  IndexSet Union(const IndexSet& other) const;
  IndexSet Intersection(const IndexSet& other) const;
  IndexSet Minus(const IndexSet& other) const;
  bool empty() const { return ids_.empty(); }
  std::size_t size() const { return ids_.size(); }
  auto begin() const { return ids_.begin(); }
  auto end() const { return ids_.end(); }
  friend auto operator<=>(const IndexSet&, const IndexSet&) = default;

 private:
  std::vector<CandidateId> ids_;
};

// Plan one statement with all existing indexes except `hidden`, and with the candidates of `enabled`.
//
// With charges, the least sum of a plan's cost and the charges of the candidates that it uses, each paid once, is asked
// for: what the statement can do at best with any of the sets within `enabled` if it has to pay for what it uses. The
// answer's total is that sum. It may be less than the true one, where the planner cannot see a charge, but not more;
// `enough` of it will do, and plans whose charges are more than `most_charges` are of no interest.
struct PlanQuestion {
  StatementId statement;
  IndexSet enabled;
  std::vector<Oid> hidden;    // existing indexes (source OIDs), sorted
  std::vector<Cost> charges;  // of `enabled`, in its order, not negative; empty: none
  Cost enough = std::numeric_limits<Cost>::max();
  Cost most_charges = std::numeric_limits<Cost>::max();
  bool pages = false;  // without charges: PlanAnswer::pages is wanted, at the price of planning three times
  friend auto operator<=>(const PlanQuestion&, const PlanQuestion&) = default;
};

// Pages that a plan is charged for by seq_page_cost and random_page_cost.
struct PageCharge {
  double pages = 0;
  Cost cost = 0;  // part of the plan's
  friend bool operator==(const PageCharge&, const PageCharge&) = default;
};

// `total` is what EXPLAIN prints, and what the planner chooses by. `penalty` is the part of it that PostgreSQL adds for
// nodes that a setting such as enable_seqscan = off discourages (disable_cost, 1e10 each, up to PostgreSQL 17): no
// work, so it belongs into no sum over statements.
struct PlanAnswer {
  Cost total = 0;
  Cost startup = 0;
  Cost penalty = 0;
  IndexSet used;                   // candidates that the plan scans
  std::vector<Oid> used_existing;  // existing indexes that the plan scans, source OIDs, sorted
  PageCharge pages;                // where the question wants them
  Cost net() const { return total - penalty; }
  friend bool operator==(const PlanAnswer&, const PlanAnswer&) = default;
};

class CostOracle {
 public:
  virtual ~CostOracle() = default;

  // Whether questions may have charges.
  virtual bool TakesCharges() const { return false; }

  // Answers in the order of the questions, whatever runs in parallel. A question that cannot be answered (a statement
  // whose planning fails or times out) has its own error; the outer error means that no more answers can be had at all.
  absl::StatusOr<std::vector<absl::StatusOr<PlanAnswer>>> Plan(std::span<const PlanQuestion> questions) {
    return PlanUntil(questions, {});
  }

  // As Plan, until `stop`, if there is one, is true: what was not asked by then has the error Cancelled. It is called
  // from several threads at once.
  virtual absl::StatusOr<std::vector<absl::StatusOr<PlanAnswer>>> PlanUntil(std::span<const PlanQuestion> questions,
                                                                            const std::function<bool()>& stop) = 0;
};

}  // namespace pgassay::whatif
