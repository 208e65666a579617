#pragma once

// What an index must be worth. A gain of next to nothing does not pay for another index to build, to watch and to write
// to, so each candidate has a price in the planner's cost units, which the solvers add to what the statements cost:
// there is one sum to be minimised, and one bound for it.

#include <vector>

#include "pgassay/units.h"
#include "select/select.h"

namespace pgassay::select {

// By candidate. The unit is `floor`: Constraints::min_share of the total cost before. A plain index with one column has
// to be worth that much. A further key column is worth a tenth of it, since keys save more as the table grows. Included
// columns two: they help statements with exactly these columns, and only while VACUUM keeps up. An index beside an
// existing one with the same keys nine more: writes would keep both.
//
// What an index costs in writes (Problem::write_costs) comes on top, so that none is chosen that costs more in writes
// than it saves in reads.
std::vector<Cost> Prices(const Problem& problem, Cost floor);

}  // namespace pgassay::select
