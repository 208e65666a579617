#pragma once

// What the explorer knows as a master program, and which of its open cells to plan next.

#include <span>
#include <vector>

#include "select/explorer.h"
#include "select/limits.h"
#include "select/master.h"
#include "select/select.h"

namespace pgassay::select {

// Statements by number. Pinned candidates are no choice: they and their prices are not in the program, and what they
// take of a limit is gone. Plans and cells that exclude them, or whose candidates do not fit into the limits beside
// them, are left out: no solution lies there.
MasterProblem ProgramOf(const Explorer& explorer, const std::vector<Cost>& prices, const Limits& limits);

// The plans alone, with those that do not fit into the limits where more may be unknown: a bound of all plans rests on
// what the planner finds cheapest, and that need not fit as a whole.
MasterProblem PlansOf(const Explorer& explorer, const std::vector<Cost>& prices, const Limits& limits);

// Each node of a large program's search takes seconds.
bool IsLarge(const MasterProblem& program);

// Options of few candidates each, as short statements have: the linear program is solved faster than its dual is
// raised.
bool IsSparse(const MasterProblem& program);

// Of each statement that the program thinks cheaper than `answers`, its plans by number, the few open cells that the
// program's bound rests on most; a weighted difference of `enough` may be left.
std::vector<Explorer::Cell> CellsToPlan(const Explorer& explorer, const MasterProblem& program,
                                        const MasterResult& result, std::span<const whatif::PlanAnswer> answers,
                                        Cost enough);

}  // namespace pgassay::select
