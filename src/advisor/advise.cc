// Advise: a run as advice.

#include "advisor/analysis.h"
#include "advisor/recommend.h"
#include "advisor/run.h"
#include "advisor/timing.h"
#include "base/status_macros.h"
#include "pgassay/advisor.h"

namespace pgassay {

absl::StatusOr<Advice> Advise(const Snapshot& snapshot, Workload workload, const AdviseOptions& options) {
  PGASSAY_ASSIGN_OR_RETURN(const advisor::Run run, advisor::RunAdvice(snapshot, std::move(workload), options));
  Advice advice = advisor::MakeAdvice(run, snapshot, options);
  std::vector<AnalyzeRequest> requests;
  if (options.analyzer != nullptr) {
    if (options.twin.progress) options.twin.progress("executing statements");
    requests = advisor::ChooseRequests(run, advice, snapshot, options.analyzer->options().bindings);
  }
  PGASSAY_RETURN_IF_ERROR(advisor::AddEvidence(run, snapshot, options, requests, advice));
  PGASSAY_RETURN_IF_ERROR(advisor::AddTimes(run, snapshot, options.benches, advice));
  return advice;
}

}  // namespace pgassay
