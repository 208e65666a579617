#pragma once

// Asks the planner what the search needs to know, and no more: peeling finds the plans that candidates make possible,
// one call for each layer instead of one for each candidate; trees of cells say how good sets can be that nobody
// planned.

#include <cstdint>
#include <optional>
#include <set>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "select/cost_tree.h"
#include "select/plan_columns.h"
#include "select/select.h"
#include "whatif/plan_cache.h"

namespace pgassay::select {

// A statement of the problem in the order of ids.
struct Planned {
  Statement statement;
  std::size_t position = 0;  // in Problem::statements
  Cost before = -1;          // nothing enabled, without the penalty
  Cost penalty_before = 0;
  bool failed = false;
  bool takes_charges = true;  // until a question with charges fails, by a timeout say
};

class Explorer {
 public:
  // `problem`, `constraints` and `oracle` must outlive the explorer.
  Explorer(const Problem& problem, const Constraints& constraints, whatif::CostOracle& oracle);

  // Plans everything with nothing enabled; failing statements are set aside.
  absl::Status PlanBase();

  // Peels every statement. The first layer is the root of its tree.
  absl::Status Peel();

  // From here on only sets without `excluded` are of interest, as none that is holds the constraints. The trees of each
  // such scope are kept and go on when it is entered again, unless it is left `for_good`.
  void Enter(const whatif::IndexSet& excluded, bool leave_for_good = false);

  struct Cell {
    std::size_t number = 0;  // of the statement
    std::uint32_t node = 0;  // of its tree
  };
  // Plans open cells. `likely` is what good sets are likely to hold (CostTree::Division).
  absl::Status PlanCells(const std::vector<Cell>& cells, const whatif::IndexSet& likely);

  struct Charged {
    std::size_t number = 0;  // of the statement
    whatif::IndexSet enabled;
    std::vector<Cost> charges;  // per call, of `enabled`, in its order
    Cost enough = 0;            // per call: so much will do
    Cost most_charges = 0;      // per call: of plans that are of interest
  };
  // The least sum of cost and charges that the planner finds (whatif::PlanQuestion), per call, in the order of `asks`;
  // none: failed or stopped. The plans that have it become known.
  absl::StatusOr<std::vector<std::optional<Cost>>> Price(const std::vector<Charged>& asks);

  // Plans cells until the trees bound what `chosen` costs: `answers` by number is what the planner said of it, and for
  // each statement a weighted difference of `enough` may be left.
  absl::Status Settle(const whatif::IndexSet& chosen, const std::vector<whatif::PlanAnswer>& answers, Cost enough);

  // Plans every statement under `chosen`, whatever Constraints::stop says. Answers by number; those of failed
  // statements are empty.
  absl::StatusOr<std::vector<whatif::PlanAnswer>> PlanAll(const whatif::IndexSet& chosen);

  // The same for some statements, by number: answers in their order, none for those that failed.
  absl::StatusOr<std::vector<std::optional<whatif::PlanAnswer>>> PlanSome(const std::vector<std::size_t>& numbers,
                                                                          const whatif::IndexSet& chosen);

  // Weighted sum of the costs per call of statements that did not fail.
  Cost Total(const std::vector<whatif::PlanAnswer>& answers) const;
  Cost total_before() const;

  const std::vector<Planned>& statements() const { return statements_; }
  const PlanColumns& columns() const { return columns_; }
  const CostTree& tree(std::size_t number) const { return trees_[number]; }
  const std::vector<Failure>& failures() const { return failures_; }
  const std::set<Oid>& used_before() const { return used_before_; }  // existing indexes in plans with nothing enabled
  std::int64_t planner_calls() const { return cache_.planner_calls(); }
  // Sum of the trees' violations. Bounds that were taken when it was less do not hold any more.
  double violations() const;
  std::int64_t known_cells() const { return known_cells_; }  // nodes of all trees that are not open
  // Whether Constraints::stop has ended the search; Stop asks it.
  bool stopped() const { return stopped_; }
  bool Stop();
  bool TakesCharges() const { return cache_.TakesCharges(); }

 private:
  struct Ask {
    std::size_t number;  // of the statement
    whatif::IndexSet enabled;
    std::vector<Cost> charges = {};
    Cost enough = 0;
    Cost most_charges = 0;
  };
  using Answers = std::vector<std::optional<whatif::PlanAnswer>>;

  // Answers in the order of `asks`; none: the statement failed, or the search was stopped before.
  absl::StatusOr<Answers> Plan(const std::vector<Ask>& asks, bool stoppable);
  void Fail(std::size_t number, const absl::Status& status);

  const Problem& problem_;
  const Constraints& constraints_;
  whatif::PlanCache cache_;
  std::vector<Planned> statements_;
  PlanColumns columns_;
  std::vector<CostTree> trees_;  // by number, of the present scope
  struct Scope {
    whatif::IndexSet excluded;
    std::vector<CostTree> trees;  // empty: those are in trees_
  };
  std::vector<Scope> scopes_;  // the first excludes nothing
  std::size_t scope_ = 0;      // the present one
  std::vector<Failure> failures_;
  std::set<Oid> used_before_;
  std::int64_t known_cells_ = 0;
  bool stopped_ = false;
};

}  // namespace pgassay::select
