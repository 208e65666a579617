#pragma once

// The statements of a twin, and what the planner is asked about them (pgassay_plan of the extension, and its kin).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "twin/backends.h"
#include "twin/candidate_indexes.h"
#include "twin/contexts.h"
#include "twin/names.h"
#include "whatif/cost_oracle.h"

namespace pgassay::twin {

class Questions {
 public:
  // All must outlive this. `cancelled` as TwinOptions has it.
  Questions(const Names& names, const Contexts& contexts, const CandidateIndexes& candidates,
            std::vector<Backend>& backends, std::function<bool()> cancelled)
      : names_(names),
        contexts_(contexts),
        candidates_(candidates),
        backends_(backends),
        cancelled_(std::move(cancelled)) {}

  // The n-th one ever added has StatementId n.
  void Add(std::string sql, std::size_t context) { statements_.push_back({std::move(sql), context}); }
  std::size_t size() const { return statements_.size(); }

  // Puts the session into the statement's context, which planning needs as well.
  absl::Status EnsurePrepared(Backend& backend, std::uint32_t id) const;

  // As CostOracle::PlanUntil; also ended, with the outer error Cancelled, where `cancelled` says so.
  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> PlanUntil(
      std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop);

  // EXPLAIN (FORMAT JSON) at `clock`, a timestamptz.
  absl::StatusOr<std::string> ExplainJson(const whatif::PlanQuestion& question, const std::string& clock) const;

 private:
  using Duration = std::chrono::steady_clock::duration;
  struct Asked {
    std::string sql;
    std::size_t context = 0;
    Duration took{0};  // the last question without charges
    Duration took_charged{0};
  };

  std::vector<std::size_t> LongestFirst(std::span<const whatif::PlanQuestion> questions) const;
  absl::StatusOr<whatif::PlanAnswer> PlanOne(Backend& backend, const whatif::PlanQuestion& question) const;
  absl::StatusOr<std::pair<std::string, std::string>> Sets(const whatif::PlanQuestion& question) const;
  absl::StatusOr<std::pair<std::string, std::string>> Charges(const whatif::PlanQuestion& question) const;

  const Names& names_;
  const Contexts& contexts_;
  const CandidateIndexes& candidates_;
  std::vector<Backend>& backends_;
  std::function<bool()> cancelled_;
  std::vector<Asked> statements_;  // by StatementId
};

}  // namespace pgassay::twin
