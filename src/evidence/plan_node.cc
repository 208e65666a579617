#include "evidence/plan_node.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <initializer_list>
#include <iterator>
#include <utility>

#include <nlohmann/json.hpp>

namespace pgassay::evidence {
namespace {

using nlohmann::json;

// PostgreSQL's own plans do not nest deeper than statements may.
constexpr int kMaxDepth = 1000;

constexpr std::array<const char*, 6> kConditions = {"Index Cond", "Recheck Cond", "Hash Cond",
                                                    "Merge Cond", "Join Filter",  "Filter"};

double Number(const json& node, const char* name) {
  const auto found = node.find(name);
  const double value = found != node.end() && found->is_number() ? found->get<double>() : 0;
  return std::isfinite(value) ? std::max(value, 0.0) : 0;
}

std::string Text(const json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

void AddConditions(const std::string& text, PlanNode& node) {
  if (text.empty()) return;
  absl::StatusOr<std::vector<sql::Conjunct>> parts = sql::SplitConjuncts(text);
  if (parts.ok()) std::ranges::move(*parts, std::back_inserter(node.conditions));
}

std::optional<PlanNode> Parse(const json& node, int depth) {
  if (!node.is_object() || depth > kMaxDepth) return std::nullopt;
  PlanNode read;
  read.type = Text(node, "Node Type");
  read.relation = Text(node, "Relation Name");
  read.alias = Text(node, "Alias");
  read.join_type = Text(node, "Join Type");
  const auto unique = node.find("Inner Unique");
  read.inner_unique = unique != node.end() && unique->is_boolean() && unique->get<bool>();
  for (const char* const name : kConditions) {
    AddConditions(Text(node, name), read);
  }
  read.startup = Number(node, "Startup Cost");
  read.total = Number(node, "Total Cost");
  read.rows = std::max(Number(node, "Plan Rows"), 1.0);
  read.actual_rows = Number(node, "Actual Rows");
  read.loops = Number(node, "Actual Loops");
  const auto children = node.find("Plans");
  if (children == node.end() || !children->is_array()) return read;
  for (const json& child : *children) {
    const std::string relationship = child.is_object() ? Text(child, "Parent Relationship") : "";
    if (relationship == "SubPlan" || relationship == "InitPlan") continue;
    std::optional<PlanNode> below = Parse(child, depth + 1);
    if (!below) return std::nullopt;
    read.children.push_back(*std::move(below));
  }
  return read;
}

// The node at position `at`, which moves behind it and all below it.
PlanNode TreeAt(const std::vector<NodeEvidence>& nodes, std::size_t& at) {
  const NodeEvidence& of = nodes[at];
  PlanNode node{
      .type = of.type, .relation = of.relation, .alias = of.alias, .join_type = {}, .conditions = {}, .children = {}};
  AddConditions(of.condition, node);
  node.rows = std::max(of.estimated_rows, 1.0);
  node.actual_rows = of.actual_rows;
  node.loops = of.loops;
  node.cut_short = of.cut_short;
  ++at;
  while (at < nodes.size() && nodes[at].depth > of.depth) node.children.push_back(TreeAt(nodes, at));
  return node;
}

void AddNamed(const PlanNode& node, Aliases& named) {
  for (const sql::Conjunct& condition : node.conditions) {
    for (const sql::ColumnName& column : condition.columns) {
      if (!column.qualifier.empty()) named.insert(column.qualifier);
    }
  }
  for (const PlanNode& child : node.children) AddNamed(child, named);
}

void AddScanned(const PlanNode& node, Aliases& scanned) {
  if (!node.alias.empty()) scanned.insert(node.alias);
  for (const PlanNode& child : node.children) AddScanned(child, scanned);
}

bool IsOneOf(const std::string& type, std::initializer_list<std::string_view> types) {
  return std::ranges::find(types, type) != types.end();
}

}  // namespace

std::optional<PlanNode> ParsePlan(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  if (!document.is_array() || document.size() != 1 || !document[0].is_object()) return std::nullopt;
  const auto plan = document[0].find("Plan");
  return plan == document[0].end() ? std::nullopt : Parse(*plan, 0);
}

std::optional<PlanNode> ExecutedPlan(const PlanEvidence& evidence) {
  if (evidence.nodes.empty()) return std::nullopt;
  std::size_t at = 0;
  return TreeAt(evidence.nodes, at);
}

Aliases AliasesOf(const PlanNode& node) {
  Aliases aliases;
  AddScanned(node, aliases);
  return aliases;
}

Aliases NamedFromOutside(const PlanNode& node) {
  Aliases named;
  AddNamed(node, named);
  for (const std::string& own : AliasesOf(node)) named.erase(own);
  return named;
}

bool IsTableScan(const PlanNode& node) {
  return IsOneOf(node.type, {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Tid Scan"}) &&
         !node.relation.empty();
}

bool IsJoinNode(const PlanNode& node) {
  return IsOneOf(node.type, {"Nested Loop", "Hash Join", "Merge Join"}) && node.children.size() == 2;
}

bool KeepsRows(const PlanNode& node) {
  return IsOneOf(node.type, {"Sort", "Incremental Sort", "Hash", "Materialize", "Memoize", "Gather", "Gather Merge"}) &&
         node.children.size() == 1;
}

}  // namespace pgassay::evidence
