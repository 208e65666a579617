#include "pg/plan_compare.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace pgassay::test {
namespace {

using nlohmann::json;

void CompareNode(const json& source, const json& twin, const std::string& path,
                 std::vector<PlanDifference>& differences) {
  const std::string here = path + "/" + source.value("Node Type", "?");
  for (const auto& [field, value] : source.items()) {
    if (field == "Plans") continue;
    const auto found = twin.find(field);
    if (found == twin.end() || *found != value) {
      differences.push_back({here, field, value.dump(), found == twin.end() ? "(none)" : found->dump()});
    }
  }
  for (const auto& [field, value] : twin.items()) {
    if (!source.contains(field)) differences.push_back({here, field, "(none)", value.dump()});
  }
  const json none = json::array();
  const json& a = source.contains("Plans") ? source.at("Plans") : none;
  const json& b = twin.contains("Plans") ? twin.at("Plans") : none;
  if (a.size() != b.size()) return;  // The node types differ then as well.
  for (std::size_t i = 0; i < a.size(); ++i) CompareNode(a[i], b[i], here, differences);
}

}  // namespace

std::vector<PlanDifference> ComparePlans(std::string_view source_json, std::string_view twin_json) {
  const json source = json::parse(source_json, nullptr, false);
  const json twin = json::parse(twin_json, nullptr, false);
  std::vector<PlanDifference> differences;
  if (!source.is_array() || !twin.is_array() || source.size() != twin.size()) {
    differences.push_back({"", "text", std::string(source_json), std::string(twin_json)});
    return differences;
  }
  for (std::size_t i = 0; i < source.size(); ++i)
    CompareNode(source[i].at("Plan"), twin[i].at("Plan"), "", differences);
  return differences;
}

bool OnlyFiguresDiffer(const std::vector<PlanDifference>& differences, double share) {
  return std::ranges::all_of(differences, [share](const PlanDifference& difference) {
    const json source = json::parse(difference.source, nullptr, false);
    const json twin = json::parse(difference.twin, nullptr, false);
    if (!source.is_number() || !twin.is_number()) return false;
    const double a = source.get<double>();
    const double b = twin.get<double>();
    // One row more or less is no share of few rows.
    return std::abs(a - b) <= std::max(share * std::abs(a), 1.0);
  });
}

std::string Describe(const std::vector<PlanDifference>& differences) {
  std::string text;
  for (const PlanDifference& difference : differences) {
    text += difference.where + ": " + difference.field + ": source " + difference.source + ", twin " + difference.twin +
            "\n";
  }
  return text;
}

}  // namespace pgassay::test
