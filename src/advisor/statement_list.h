#pragma once

// Templates and their bindings as the flat list of statements that the twin plans, and back.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "catalog/index_request.h"
#include "pgassay/advice.h"
#include "pgassay/workload.h"
#include "twin/twin.h"
#include "whatif/cost_oracle.h"

namespace pgassay::advisor {

// One binding of one template that can be planned.
struct PlannedStatement {
  std::size_t template_index = 0;
  std::size_t binding_index = 0;
  StatementId id;  // on the twin
  double weight = 1;
  std::vector<catalog::IndexRequest> requests;
  std::vector<catalog::WriteTarget> targets;
  bool referential = false;  // the search of a foreign key's child for a row of the parent (referential.h)
};

// Prepares every binding on the twin. Bindings that cannot be planned are added to workload.skipped with their reason;
// a template none of whose bindings can be planned has no statement in the result. InvalidArgument when nothing at all
// can be planned.
absl::StatusOr<std::vector<PlannedStatement>> PrepareWorkload(Workload& workload, twin::Twin& twin);

// The same for the templates from position `first` on, the ones before being prepared already: adds to `planned`, and
// nothing at all planned is no error.
absl::Status PrepareTemplates(Workload& workload, std::size_t first, twin::Twin& twin,
                              std::vector<PlannedStatement>& planned);

// Rows that a statement of template `of` writes to one of its targets in all its calls: what the server counted, else
// the planner's estimate.
double WrittenRows(const PlannedStatement& statement, const Template& of, const catalog::WriteTarget& target);

// The reason code of a statement of template `of` that the twin refused with `status`; `otherwise` where none fits
// better.
std::string ReasonCode(const absl::Status& status, const Template& of, const twin::MissingObjects& missing,
                       std::string_view otherwise);

// What the server said, for people, with what to do next where that is known.
std::string ReasonText(const absl::Status& status, const Template& of, const twin::MissingObjects& missing);

// Entries of workload.skipped that say the same of one fingerprint become one, their weights and times added.
void MergeSkipped(Workload& workload);

// Adds a binding that failed later on to workload.skipped.
void SkipBinding(Workload& workload, const PlannedStatement& statement, const absl::Status& status,
                 const twin::MissingObjects& missing);

// What statements cost, in their order.
struct StatementCosts {
  std::vector<Cost> net;      // without the penalty; negative: failed
  std::vector<Cost> penalty;  // what EXPLAIN prints on top (whatif::PlanAnswer)
  Cost Printed(std::size_t i) const { return net[i] + penalty[i]; }
  void Add(const whatif::PlanAnswer* answer);  // nullptr: failed
};

// Costs per template from costs per statement. Only templates with a planned binding appear. The cost of a template is
// the weighted mean over its bindings, as EXPLAIN prints it.
std::vector<TemplateCost> TemplateCosts(const Workload& workload, const std::vector<PlannedStatement>& statements,
                                        const StatementCosts& before, const StatementCosts& after);

}  // namespace pgassay::advisor
