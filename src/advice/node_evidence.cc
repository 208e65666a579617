#include <algorithm>

#include "pgassay/evidence.h"

namespace pgassay {

double NodeEvidence::Misestimate() const {
  if (loops <= 0) return 1;
  // EXPLAIN rounds both to whole rows, and the planner never says less than one.
  const double estimated = std::max(estimated_rows, 1.0);
  const double actual = std::max(actual_rows, 1.0);
  if (cut_short && actual < estimated) return 1;
  return std::max(estimated / actual, actual / estimated);
}

}  // namespace pgassay
