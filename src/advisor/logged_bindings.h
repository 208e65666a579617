#pragma once

// Logged calls as bindings: which kind of values each has, and which of them are worth planning.

#include <cstddef>
#include <vector>

#include "absl/status/status.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "twin/twin.h"

namespace pgassay::advisor {

// Gives each logged binding the classes of its values as note (workload/value_class.h), behind what the note says
// already. The error means that the twin is lost.
absl::Status ClassifyLogged(Workload& workload, const Snapshot& snapshot, twin::Twin& twin);

// At most `most` of `bindings`, which keep the weight of all: of each class, which is what the note says, some of the
// heaviest, at least one for as long as there is room; the classes keep their weights. Order is kept.
std::vector<Binding> Representatives(std::vector<Binding> bindings, std::size_t most);

}  // namespace pgassay::advisor
