#pragma once

// A bound by column generation. Statements pay for the candidates that their plans use (relaxation.h), and the planner
// itself is asked for the plan of least cost and charges among those of all sets at once (whatif::PlanQuestion). With
// what it answers the payments bound what any set costs, however many plans nobody knows; each plan that it finds makes
// the next payments better, and each answer can be combined with others, of other budgets and parts as well. Where a
// statement joins many tables, and the cells of its tree (cost_tree.h) multiply, this is the bound that comes near.

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/statusor.h"
#include "pgassay/units.h"
#include "select/explorer.h"
#include "select/limits.h"
#include "select/master.h"
#include "select/payments.h"
#include "select/relaxation.h"

namespace pgassay::select {

// Payments, and what the planner said of them.
struct Charges {
  Multipliers paid;
  std::vector<Cost> sums;  // by statement, weighted, no more than what the planner says; negative: nothing is known
  std::vector<double> allowed;  // by statement: the tree's violation (cost_tree.h) that the sums allow for
  double smoothing = 0;         // the part that they are to have in the next payments
  double unknown = 0;           // the share of what is left to prove that the next answers may leave unknown
  Multipliers newest;           // of the plans known last; with these the next payments begin
  std::vector<double> taken;    // by candidate: how far the plans known last would have it
  Cost hope = 0;                // the bound if the planner knew no others
};

// Of a part of the sets: those without `excluded` and with `pinned`, which pay for nothing then.
void Narrow(const whatif::IndexSet& excluded, const whatif::IndexSet& pinned, Charges& charges);

class Pricing {
 public:
  // Both must outlive this. Prices are by candidate (prices.h).
  Pricing(Explorer& explorer, const std::vector<Cost>& prices) : explorer_(explorer), prices_(prices) {}

  // Asks the planner with new payments, and keeps them in `best` if they bound better. `value` is what some set costs
  // within the limits, without the prices of pinned candidates. False: the planner knows nothing better than what is
  // known, so the bound is as good as it gets.
  absl::StatusOr<bool> Step(const Limits& limits, Cost value, Charges& best, const std::function<bool()>& stop);

  // Payments that bound best within the limits by all that the planner has said by now (payments.h), if they do better
  // than `best`. Nothing is asked.
  void Combine(const Limits& limits, Charges& best);

  // What no set within the limits costs less than, beside the prices of the pinned candidates, by what is known now.
  Cost Bound(const Limits& limits, const Charges& charges);

  // The largest share by which a known plan was seen to be cheaper than the least sum, by statement; the sums are taken
  // for less by that share. Their sum.
  double violations() const;
  double violation() const;  // the largest

 private:
  // Of payments that were asked about: no set within `enabled` costs the statement less with them, weighted.
  struct Said {
    whatif::IndexSet enabled;
    Cost sum = 0;
    double allowed = 0;  // Charges::allowed
    std::vector<Multiplier> paid;
    std::uint64_t needed = 0;  // number of the last combination that it was a part of
  };

  struct Question {
    Explorer::Charged ask;
    std::vector<Multiplier> paid;  // what it asks about
    Cost least = 0;                // with that, of the plans that are known, weighted
  };

  std::vector<std::size_t> Doubtful(const MasterProblem& plans, const Multipliers& paid, const std::vector<Cost>& known,
                                    Cost enough) const;
  std::vector<Question> Questions(const MasterProblem& plans, const Limits& limits, const Multipliers& paid,
                                  const std::vector<Cost>& known, Cost enough) const;
  Cost Valid(std::size_t number, Cost sum, double allowed) const;
  Cost Implied(std::size_t number, const Said& said, const std::vector<Multiplier>& paid) const;
  Cost AllImplied(std::size_t number, const std::vector<Multiplier>& paid, const Charges& best) const;
  Cut CutOf(std::size_t number, const MasterProblem& plans, const Limits& limits, Cost sum,
            const std::vector<Multiplier>& paid);
  void Remember(std::size_t number, Cost sum, double allowed, const std::vector<Multiplier>& paid);
  Multipliers Start(const Charges& best) const;
  void Spread(const Limits& limits, const std::vector<Cost>& slack, Multipliers& paid) const;

  Explorer& explorer_;
  const std::vector<Cost>& prices_;
  Multipliers newest_;                   // of the last problem
  std::vector<std::vector<Said>> said_;  // by statement, oldest first
  std::uint64_t combinations_ = 0;
  std::vector<double> violations_;  // by statement
};

}  // namespace pgassay::select
