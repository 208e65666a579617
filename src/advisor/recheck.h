#pragma once

// Proposed statistics tried on a twin of their own.

#include <vector>

#include "absl/status/status.h"
#include "evidence/corrections.h"
#include "pgassay/advisor.h"
#include "pgassay/evidence.h"
#include "pgassay/snapshot.h"

namespace pgassay::advisor {

// Plans each correction's probe on a twin that has the corrected statistics. Its finding gets the rows that are
// expected there, and a sentence; where they are no nearer to the truth, it proposes nothing any more. A correction
// that cannot be tried says why. The error means that we are to stop.
absl::Status TryCorrections(const Snapshot& snapshot, const std::vector<evidence::Correction>& corrections,
                            const TwinOptions& options, Evidence& evidence);

}  // namespace pgassay::advisor
