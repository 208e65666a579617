#include "advisor/counted_plans.h"

#include <algorithm>
#include <string>

#include "absl/status/statusor.h"
#include "evidence/plan_node.h"

namespace pgassay::advisor {
namespace {

// Costs with disable_cost in them (1e10) say nothing about work.
constexpr Cost kDiscouraged = 1e9;

}  // namespace

void CountedPlans::Learn(const Evidence& evidence) {
  for (const PlanEvidence& plan : evidence.plans) {
    const std::optional<evidence::PlanNode> executed = evidence::ExecutedPlan(plan);
    if (executed) factors_.insert_or_assign({plan.template_id, plan.binding}, evidence::RowFactors(*executed));
  }
}

std::optional<evidence::CountedWork> CountedPlans::Work(std::size_t position,
                                                        const whatif::PlanQuestion& question) const {
  const PlannedStatement& statement = run_.statements[position];
  const std::string& id = run_.workload.templates[statement.template_index].id;
  const auto known = factors_.find({id, statement.binding_index});
  if (known == factors_.end() || statement.referential) return std::nullopt;
  whatif::PlanQuestion plain = question;
  plain.pages = false;
  const absl::StatusOr<std::string> plan = run_.twin->ExplainJson(plain);
  // A statement that cannot be planned under these indexes has no work; a lost twin is found out by who asks next.
  if (!plan.ok()) return std::nullopt;
  const std::optional<evidence::PlanNode> node = evidence::ParsePlan(*plan);
  if (!node || node->total <= 0 || node->total > kDiscouraged) return std::nullopt;
  return evidence::CountWork(*node, known->second, snapshot_);
}

double CountedPlans::WorstOf(const std::string& template_id) const {
  double worst = 1;
  for (const auto& [key, factors] : factors_) {
    if (key.first == template_id) worst = std::max(worst, factors.worst());
  }
  return worst;
}

}  // namespace pgassay::advisor
