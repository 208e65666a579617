#pragma once

// Whether a database has the tables of a capture.

#include "absl/status/status.h"
#include "pg/session.h"
#include "pgassay/snapshot.h"

namespace pgassay::evidence {

// FailedPrecondition names what differs: a captured table that is not there, or a column of one that is not there or
// has another type. Partitions come and go, so they do not count; what the database has more does not either.
absl::Status CheckSameTables(const Snapshot& snapshot, pg::Session& session);

}  // namespace pgassay::evidence
