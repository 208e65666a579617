#pragma once

// Plans of the source and of the twin, node by node.

#include <string>
#include <string_view>
#include <vector>

namespace pgassay::test {

struct PlanDifference {
  std::string where;  // path of node types from the root
  std::string field;
  std::string source;
  std::string twin;
};

// Compares two EXPLAIN (FORMAT JSON) texts: node types, relations, indexes, conditions, costs, rows and widths of every
// node. Names of indexes are compared as they are.
std::vector<PlanDifference> ComparePlans(std::string_view source_json, std::string_view twin_json);

// Whether only figures differ, none by more than `share` of the source's: the same plan by a slightly other estimate.
bool OnlyFiguresDiffer(const std::vector<PlanDifference>& differences, double share);

std::string Describe(const std::vector<PlanDifference>& differences);

}  // namespace pgassay::test
