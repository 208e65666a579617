#include "report/explained_plans.h"

#include <algorithm>
#include <set>
#include <utility>

#include "report/plan_tree.h"

namespace pgassay::report {
namespace {

bool SameNode(const std::optional<PlanNode>& a, const std::optional<PlanNode>& b) {
  if (a.has_value() != b.has_value()) return false;
  return !a || (a->title == b->title && a->details == b->details && a->depth == b->depth);
}

// Costs aside.
bool SamePlans(const PlanPair& a, const PlanPair& b) {
  return std::ranges::equal(a.rows, b.rows, [](const PlanRow& x, const PlanRow& y) {
    return SameNode(x.before, y.before) && SameNode(x.after, y.after);
  });
}

}  // namespace

std::vector<ShownPlans> DifferentPlans(const ExplainedTemplate& explained,
                                       const std::map<std::string, std::string>& index_names, bool show_literals) {
  const PlanWords words{.index_names = index_names, .show_literals = show_literals};
  // Which plans are the same is decided without the literals: these differ between all bindings.
  const PlanWords shape{.index_names = index_names, .show_literals = false};
  std::vector<ShownPlans> shown;
  std::vector<PlanPair> shapes;
  for (std::size_t i = 0; i < explained.bindings.size(); ++i) {
    const ExplainedBinding& binding = explained.bindings[i];
    PlanPair pair{"", "", ComparePlans(ReadPlan(binding.plan_before, shape), ReadPlan(binding.plan_after, shape))};
    if (std::ranges::any_of(shapes, [&](const PlanPair& known) { return SamePlans(known, pair); })) continue;
    shapes.push_back(pair);
    if (show_literals) {
      pair.rows = ComparePlans(ReadPlan(binding.plan_before, words), ReadPlan(binding.plan_after, words));
    }
    shown.push_back({i, std::move(pair)});
  }
  return shown;
}

std::string SubjectText(const Explanation& explanation, const Statements& statements) {
  return explanation.kind == "index" ? statements.Definition(explanation.subject) : explanation.subject;
}

Workload WorkloadOf(const Explanation& explanation) {
  Workload workload;
  std::set<std::string> ids;
  const auto add = [&](const std::vector<ExplainedTemplate>& templates) {
    for (const ExplainedTemplate& explained : templates) {
      if (ids.insert(explained.of.id).second) workload.templates.push_back(explained.of);
    }
  };
  add(explanation.templates);
  if (explanation.index) add(explanation.index->templates);
  return workload;
}

}  // namespace pgassay::report
