#pragma once

// Values for templates of which only the shape is known.

#include "absl/status/status.h"
#include "pgassay/snapshot.h"
#include "pgassay/workload.h"
#include "twin/twin.h"

namespace pgassay::advisor {

// Gives every Template::unbound text bindings: PostgreSQL's own analysis says what its parameters are compared with,
// the planner's statistics give the values. Logged calls are told apart by the classes of their values, and those that
// stand for the others are kept. Texts that PostgreSQL does not understand are added to workload.skipped.
// The error means that the twin is lost.
absl::Status BindWorkload(Workload& workload, const Snapshot& snapshot, twin::Twin& twin);

}  // namespace pgassay::advisor
