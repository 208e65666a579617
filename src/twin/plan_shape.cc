#include "twin/plan_shape.h"

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"

namespace pgassay::twin {
namespace {

using nlohmann::json;

// PostgreSQL's own plans do not nest deeper than statements may.
constexpr int kMaxDepth = 5000;

void Append(const json& node, int depth, std::string& shape) {
  if (!node.is_object() || depth > kMaxDepth) return;
  for (const char* field : {"Node Type", "Join Type", "Strategy", "Relation Name", "Alias", "Index Name"}) {
    const auto found = node.find(field);
    if (found != node.end() && found->is_string()) absl::StrAppend(&shape, found->get_ref<const std::string&>(), "|");
  }
  shape += '(';
  if (const auto plans = node.find("Plans"); plans != node.end() && plans->is_array()) {
    for (const json& child : *plans) Append(child, depth + 1, shape);
  }
  shape += ')';
}

}  // namespace

std::string PlanShape(std::string_view explain_json) {
  const json parsed = json::parse(explain_json, nullptr, false);
  std::string shape;
  if (!parsed.is_array()) return shape;
  for (const json& statement : parsed) {
    if (statement.is_object() && statement.contains("Plan")) Append(statement.at("Plan"), 0, shape);
  }
  return shape;
}

}  // namespace pgassay::twin
