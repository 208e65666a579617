#pragma once

// An oracle's answers kept in a file: a second run on the same problem asks the planner only what is new, so that a
// change of the search can be measured in seconds.

#include <cstdint>
#include <fstream>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "whatif/cost_oracle.h"

namespace pgassay::bench {

class RecordedOracle : public whatif::CostOracle {
 public:
  // `oracle` must outlive this one.
  explicit RecordedOracle(whatif::CostOracle& oracle) : oracle_(oracle) {}

  // Reads what is in `path`, which is made if it is missing, and appends to it from now on. `problem` stands for all
  // that the answers depend on. Errors: FailedPrecondition, the file is of another problem; Internal, it cannot be
  // written.
  absl::Status Open(const std::string& path, std::uint64_t problem);

  absl::StatusOr<std::vector<absl::StatusOr<whatif::PlanAnswer>>> PlanUntil(
      std::span<const whatif::PlanQuestion> questions, const std::function<bool()>& stop) override;
  bool TakesCharges() const override { return oracle_.TakesCharges(); }

  std::int64_t asked() const { return asked_; }  // questions that were not in the file

 private:
  whatif::CostOracle& oracle_;
  std::unordered_map<std::string, whatif::PlanAnswer> known_;
  std::ofstream file_;
  std::int64_t asked_ = 0;
};

}  // namespace pgassay::bench
