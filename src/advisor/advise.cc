// Advise: a run as advice.

#include "advisor/recommend.h"
#include "advisor/run.h"
#include "base/status_macros.h"
#include "pgassay/advisor.h"

namespace pgassay {

absl::StatusOr<Advice> Advise(const Snapshot& snapshot, Workload workload, const AdviseOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const advisor::Run run, advisor::RunAdvice(snapshot, std::move(workload), options));
  return advisor::MakeAdvice(run, snapshot, options);
}

}  // namespace pgassay
