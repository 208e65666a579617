#pragma once

// The order in which equally good choices are taken, so that the answer depends on nothing but the problem: costs are
// equal within a band, then fewer bytes, then the definitions.

#include <cstdint>
#include <vector>

#include "catalog/candidate.h"
#include "pgassay/units.h"

namespace pgassay::select {

// `value` rounded to nine significant digits: sums of the same costs in another order land on the same number (but for
// rare values on the edge of a band).
double Band(double value);

// Position of each candidate, by id, in the order of definitions.
std::vector<std::uint32_t> DefinitionRanks(const std::vector<catalog::Candidate>& candidates);

}  // namespace pgassay::select
