#pragma once

// Values for operators that are no comparison: containment, search, distance.

#include <string>
#include <vector>

#include "catalog/parameters.h"
#include "workload/value_choice.h"
#include "workload/value_statistics.h"

namespace pgassay::workload {

// Values of the parameter (not of the column) for `use` (kOperator): parts and keys of JSON documents, common elements
// of arrays, bounds of ranges, ranges over a column of single values, words of documents. Empty where the statistics do
// not help.
std::vector<ValueChoice> OperatorChoices(const ColumnValues& values, const catalog::ParameterUse& use,
                                         const catalog::Parameter& parameter);

}  // namespace pgassay::workload
