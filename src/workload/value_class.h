#pragma once

// What kind of values a logged call has: which of them the planner's statistics know as common, which as rare. Two calls
// of one class have the same plan more often than not.

#include <optional>
#include <span>
#include <string>

#include "catalog/parameters.h"
#include "pgassay/snapshot.h"

namespace pgassay::workload {

// The classes of one call's values without the values themselves, "status: common (35 %); created_at: 0.1-1 % of rows";
// equal for calls of one class. values[n - 1] is that of $n as PostgreSQL prints it, none for NULL. Parameters
// of which nothing can be said are left out, so the result may be empty.
//
// Equality: NULL; common, at least a tenth of the rows, each such value a class of its own; less common, in the list of
// most common values; not common, in none; any value, where no value is common; outside, beyond the least and greatest
// value known. Comparisons of order: the share of rows between the bounds, by decades. Lists: their length by powers
// of two. Patterns: whether they begin with something.
std::string ValueClasses(const catalog::Parameters& parameters, std::span<const std::optional<std::string>> values,
                         const Snapshot& snapshot);

}  // namespace pgassay::workload
