#pragma once

// Predicates that keep an index on their column from being used, and what to write in their place.

#include <optional>
#include <string>

#include "pgassay/evidence.h"
#include "pgassay/snapshot.h"

namespace pgassay::evidence {

// A condition of a scan of `table`, as the server prints it, that hides its column: behind a cast, a function or a sum.
// None: it does not, or the column can be indexed as it is. The finding's rewrite has $1 for the value. It names no
// template. Where one condition of several hides a column, the first one counts.
std::optional<EvidenceFinding> HiddenColumn(const std::string& condition, const Relation& table);

}  // namespace pgassay::evidence
