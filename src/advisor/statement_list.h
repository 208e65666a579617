#pragma once

// Templates and their bindings as the flat list of statements that the twin plans, and back.

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/index_request.h"
#include "pgassay/advice.h"
#include "pgassay/workload.h"
#include "twin/twin.h"

namespace pgassay::advisor {

// One binding of one template that can be planned.
struct PlannedStatement {
  std::size_t template_index = 0;
  std::size_t binding_index = 0;
  StatementId id;  // on the twin
  double weight = 1;
  std::vector<catalog::IndexRequest> requests;
  std::vector<catalog::WriteTarget> targets;
};

// Prepares every binding on the twin. Bindings that cannot be planned are added to workload.skipped with their reason;
// a template none of whose bindings can be planned has no statement in the result. InvalidArgument when nothing at all
// can be planned.
absl::StatusOr<std::vector<PlannedStatement>> PrepareWorkload(Workload& workload, twin::Twin& twin);

// The reason code of a statement that the server refused with `status`; `otherwise` where none fits better.
std::string ReasonCode(const absl::Status& status, std::string_view otherwise);

// What the server said, for people, with what to do next where that is known; `top_level` as Template::top_level.
std::string ReasonText(const absl::Status& status, bool top_level);

// Entries of workload.skipped that say the same of one fingerprint become one, their weights and times added.
void MergeSkipped(Workload& workload);

// Adds a binding that failed later on to workload.skipped.
void SkipBinding(Workload& workload, const PlannedStatement& statement, const absl::Status& status);

// Costs per template from costs per statement (in the order of `statements`; negative: failed). Only templates with a
// planned binding appear. The cost of a template is the weighted mean over its bindings.
std::vector<TemplateCost> TemplateCosts(const Workload& workload, const std::vector<PlannedStatement>& statements,
                                        const std::vector<Cost>& before, const std::vector<Cost>& after);

}  // namespace pgassay::advisor
