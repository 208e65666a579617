#pragma once

// Arguments of functions that take only certain values: date_trunc('day', ...), to_char(..., 'YYYY-MM-DD').

#include <optional>
#include <string>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"

namespace pgassay::workload {

// A legal value for the argument of a function or operator that `use` names; none where any value of the type is one,
// as far as is known. Text search configurations come from the snapshot's settings.
std::optional<std::string> ArgumentValue(const catalog::ParameterUse& use, const catalog::Parameter& parameter,
                                         const Snapshot& snapshot);

}  // namespace pgassay::workload
