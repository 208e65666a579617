#pragma once

// The plans of an explained template that are worth showing.

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "pgassay/explain.h"
#include "report/document.h"
#include "report/statements.h"

namespace pgassay::report {

struct ShownPlans {
  std::size_t binding = 0;  // position in ExplainedTemplate::bindings
  PlanPair plans;
};

// One pair for each different pair of plans among the bindings, that of the heaviest binding first: values that lead to
// the same plans are told once.
std::vector<ShownPlans> DifferentPlans(const ExplainedTemplate& explained,
                                       const std::map<std::string, std::string>& index_names, bool show_literals);

// The subject as it may be printed: constants of a CREATE INDEX are redacted; ids have none.
std::string SubjectText(const Explanation& explanation, const Statements& statements);

// Every template of an explanation once, so that what is said of statements is said by one rule.
Workload WorkloadOf(const Explanation& explanation);

}  // namespace pgassay::report
