#pragma once

// Index selection as the literature has it, on the same statements, candidates, sizes, prices and planner as ours.
// Where an algorithm makes its own candidates, it takes them from the list here instead.

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "select/select.h"
#include "whatif/plan_cache.h"

namespace pgassay::bench {

struct ReferenceResult {
  whatif::IndexSet chosen;
  Cost objective = 0;  // statements and prices, as select::Selection's
  Bytes bytes = 0;
  std::int64_t planner_calls = 0;
  bool ended = true;  // false: `most_calls` came first, `chosen` is what it had
};

class Reference {
 public:
  // The problem and the oracle must outlive it. The algorithms share what the planner said, so the calls of the later
  // ones are few; make a new object to count those of one.
  Reference(const select::Problem& problem, const select::Constraints& constraints, whatif::CostOracle& oracle,
            std::int64_t most_calls);

  // Sets out of all statements' costs with nothing enabled. Statements that fail are left out from then on. First.
  absl::Status Start();

  // Every candidate by what it saves alone for its bytes; from the best down what still fits.
  absl::StatusOr<ReferenceResult> Single(Bytes budget);

  // AutoAdmin (Chaudhuri, Narasayya 1997): for each statement its own best set of up to two indexes; of all those the
  // best pair, then one after another whatever saves most.
  absl::StatusOr<ReferenceResult> AutoAdmin(Bytes budget);

  // Extend (Schlosser, Kossmann, Boissier 2019): the step that saves most for its bytes, where a step adds a candidate
  // or replaces an index by a wider one.
  absl::StatusOr<ReferenceResult> Extend(Bytes budget);

  // All sets that fit. Only for a handful of candidates.
  absl::StatusOr<ReferenceResult> BruteForce(Bytes budget);

  // Statements and prices.
  absl::StatusOr<std::vector<Cost>> Objectives(const std::vector<whatif::IndexSet>& sets);

 private:
  bool Exhausted() const { return cache_.planner_calls() - calls_before_ >= most_calls_; }
  Bytes BytesOf(const whatif::IndexSet& set) const;
  void Begin() { calls_before_ = cache_.planner_calls(); }
  absl::StatusOr<ReferenceResult> Result(const whatif::IndexSet& chosen);
  // Adds what saves most, one at a time, from `start`.
  absl::StatusOr<whatif::IndexSet> Greedy(whatif::IndexSet start, const std::vector<CandidateId>& from, Bytes budget,
                                          std::size_t most);

  const select::Problem& problem_;
  whatif::PlanCache cache_;
  std::vector<select::Statement> statements_;  // that can be planned
  std::vector<Cost> prices_;
  double min_share_;
  std::int64_t most_calls_;
  std::int64_t calls_before_ = 0;
};

}  // namespace pgassay::bench
