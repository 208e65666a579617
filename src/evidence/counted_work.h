#pragma once

// What a plan costs with the rows that there really are, and the blocks that it asks for then: PostgreSQL's own cost of
// every node, scaled by the rows that reach it. Loops that the planner expected to be short become as dear as they are.

#include "evidence/plan_node.h"
#include "evidence/row_factors.h"
#include "pgassay/snapshot.h"
#include "pgassay/units.h"

namespace pgassay::evidence {

struct CountedWork {
  Cost page_cost = 0;
  Cost other_cost = 0;
  double blocks = 0;  // asked for, most of which may be cached
  Cost total() const { return page_cost + other_cost; }
};

// `factors` are of another plan of the same statement, or of the same one. With factors that know nothing the total is
// about the plan's own. Tables are looked up in `snapshot`, for their pages.
CountedWork CountWork(const PlanNode& plan, const RowFactors& factors, const Snapshot& snapshot);

}  // namespace pgassay::evidence
