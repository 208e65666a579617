#pragma once

// How far the rows of tables and joins of one statement are from their estimates, learned from its executed plan, so
// that another plan of it can be judged by the rows that there really are.
//
// The estimate for a set of joined tables is the same in every plan. Where a plan has executed the join of just these,
// its ratio of actual to estimated rows holds. Else the ratio is made of parts: that of each table's own conditions,
// and for each join the one that is left when those of its sides are taken out; this part belongs to the tables that
// the join's conditions compare, and goes with them into any other join that has these. Columns that are compared with
// each other anywhere are one, as for the planner, so that it does not matter through which of them a plan joins.

#include <map>
#include <string>
#include <vector>

#include "evidence/plan_node.h"

namespace pgassay::evidence {

class RowFactors {
 public:
  RowFactors() = default;
  explicit RowFactors(const PlanNode& executed);

  // Actual rows as a multiple of the estimate; 1 where nothing is known.
  double Of(const Aliases& tables) const;

  // Rows of `table` for each row of `outer`, with which conditions join it, as a multiple of the estimate.
  double Joined(const Aliases& outer, const Aliases& inner) const;

  // The worst of all: how far the estimates of this statement can be trusted.
  double worst() const { return worst_; }

 private:
  struct Learned {
    Aliases aliases;
    bool plain = false;  // rows of just these tables, joined
    double ratio = 1;
  };
  void AddEquals(const PlanNode& node);
  Learned Learn(const PlanNode& node, bool again);
  Learned LearnScan(const PlanNode& node, bool again);
  Learned LearnJoin(const PlanNode& node, bool again);
  Aliases Compared(const PlanNode& join, const Aliases& within) const;
  double ProductOf(const Aliases& tables) const;

  std::map<std::string, std::string> equals_;  // "alias.column" to the first of those that are equal to it
  std::map<Aliases, double> whole_;            // ratios of joins that were executed
  std::map<Aliases, double> parts_;
  double worst_ = 1;
};

}  // namespace pgassay::evidence
