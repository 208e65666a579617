#pragma once

// Every planner call ever made, asked first. Two ways to answer without the planner: the same question was asked
// before, or a plan is known for a superset Y whose used indexes all lie in the asked set C: used(Y) within C within Y
// means that the planner would choose the same plan, so cost(C) = cost(Y) exactly (index benefit graphs: Schnaitter,
// Polyzotis, Getoor 2009), as long as unique indexes stay enabled.

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "whatif/cost_oracle.h"

namespace pgassay::whatif {

// A CostOracle in front of another one. Errors are remembered only for the very question that met them. Not
// thread-safe; it is the oracle behind it that works in parallel.
class PlanCache : public CostOracle {
 public:
  explicit PlanCache(CostOracle& oracle) : oracle_(oracle) {}

  // Answers from memory where it can; the remaining questions, each once, go to the oracle in one batch.
  // Questions with charges are not remembered.
  absl::StatusOr<std::vector<absl::StatusOr<PlanAnswer>>> PlanUntil(std::span<const PlanQuestion> questions,
                                                                    const std::function<bool()>& stop) override;
  bool TakesCharges() const override { return oracle_.TakesCharges(); }

  // The answer if it is known without a planner call, else nullptr. Valid until the next PlanUntil. A derived answer is
  // the superset's own: it has the same plan.
  const absl::StatusOr<PlanAnswer>* Find(const PlanQuestion& question) const;

  std::int64_t planner_calls() const { return planner_calls_; }  // questions that reached the oracle
  std::int64_t exact_hits() const { return exact_hits_; }
  std::int64_t derived_hits() const { return derived_hits_; }  // answered by the benefit-graph argument

 private:
  using Answer = absl::StatusOr<PlanAnswer>;
  // Plans that use the same candidates. Of their enabled sets only those are kept that lie in no other one, because
  // they answer for whatever the smaller ones answer for.
  struct SamePlan {
    IndexSet used;
    std::uint64_t used_bits = 0;  // a filter: one bit for each id modulo 64
    struct Superset {
      IndexSet enabled;
      std::uint64_t bits = 0;
      const Answer* answer = nullptr;  // in Known::exact, whose nodes stay where they are
    };
    std::vector<Superset> supersets;
  };
  struct Known {
    std::map<IndexSet, Answer> exact;
    std::vector<SamePlan> plans;  // in order of arrival
  };
  using Key = std::pair<StatementId, std::vector<Oid>>;  // statement and hidden existing indexes
  enum class Source { kNone, kExact, kDerived };

  const Answer* Lookup(const PlanQuestion& question, Source& source) const;
  const Answer* Count(const Answer* answer, Source source) const;
  absl::StatusOr<std::vector<Answer>> Ask(const std::vector<PlanQuestion>& questions,
                                          const std::function<bool()>& stop);
  void Remember(const PlanQuestion& question, Answer answer);

  CostOracle& oracle_;
  std::map<Key, Known> known_;
  std::int64_t planner_calls_ = 0;
  mutable std::int64_t exact_hits_ = 0;
  mutable std::int64_t derived_hits_ = 0;
};

}  // namespace pgassay::whatif
