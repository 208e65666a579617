#pragma once

// EXPLAIN (FORMAT JSON) to the nodes that a person reads. The texts come from a server that planned untrusted
// statements, so nothing in them is taken for granted.

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "report/document.h"

namespace pgassay::report {

struct PlanWords {
  std::map<std::string, std::string> index_names;  // name of an index on the twin to the name to print
  bool show_literals = false;                      // false: constants in conditions stand as "?"
};

// The nodes of a plan in the order of EXPLAIN, each after its parent. What is nested deeper or longer than a plan can
// sensibly be is left out, and a last node says so; a text that is no plan is one node that says that.
std::vector<PlanNode> ReadPlan(std::string_view json, const PlanWords& words);

// Both plans beside each other. A node is unchanged if one with the same type, relation, index and conditions stands at
// its place in the other plan: the longest common sequence of nodes decides what corresponds.
std::vector<PlanRow> ComparePlans(std::vector<PlanNode> before, std::vector<PlanNode> after);

}  // namespace pgassay::report
