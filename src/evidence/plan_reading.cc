#include "evidence/plan_reading.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"

namespace pgassay::evidence {
namespace {

using nlohmann::json;

// PostgreSQL's own plans do not nest deeper than statements may.
constexpr int kMaxDepth = 1000;

double Number(const json& node, const char* name) {
  const auto found = node.find(name);
  const double value = found != node.end() && found->is_number() ? found->get<double>() : 0;
  return std::isfinite(value) ? value : 0;
}

std::int64_t Count(const json& node, const char* name) {
  return static_cast<std::int64_t>(std::clamp(Number(node, name), 0.0, 9e15));
}

std::string Text(const json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string Conditions(const json& node) {
  std::string all;
  for (const char* const name :
       {"Index Cond", "Recheck Cond", "Hash Cond", "Merge Cond", "Join Filter", "TID Cond", "Filter"}) {
    // A bitmap's recheck is the condition of the index scan below it.
    std::string text = Text(node, name);
    if (!text.empty()) absl::StrAppend(&all, all.empty() ? "" : " AND ", text);
  }
  return all;
}

std::string Spill(const json& node) {
  if (Text(node, "Sort Space Type") == "Disk") {
    return absl::StrCat(Text(node, "Sort Method"), ", ", FormatBytes(1024 * Count(node, "Sort Space Used")));
  }
  if (const std::int64_t batches = Count(node, "Hash Batches"); batches > 1) return absl::StrCat(batches, " batches");
  if (const std::int64_t disk = Count(node, "Disk Usage"); disk > 0) return FormatBytes(1024 * disk);
  return "";
}

NodeEvidence ReadNode(const json& node, int depth, bool cut_short) {
  NodeEvidence read;
  read.depth = depth;
  read.type = Text(node, "Node Type");
  const std::string schema = Text(node, "Schema");
  const std::string relation = Text(node, "Relation Name");
  if (!relation.empty()) {
    read.relation =
        schema.empty() ? QuoteIdentifier(relation) : QuoteIdentifier(schema) + "." + QuoteIdentifier(relation);
  }
  read.alias = Text(node, "Alias");
  read.index = Text(node, "Index Name");
  read.condition = Conditions(node);
  read.estimated_rows = Number(node, "Plan Rows");
  read.actual_rows = Number(node, "Actual Rows");
  read.loops = Number(node, "Actual Loops");
  read.removed_rows = Number(node, "Rows Removed by Filter") + Number(node, "Rows Removed by Index Recheck") +
                      Number(node, "Rows Removed by Join Filter");
  read.hit_blocks = Count(node, "Shared Hit Blocks") + Count(node, "Local Hit Blocks");
  read.read_blocks = Count(node, "Shared Read Blocks") + Count(node, "Local Read Blocks");
  read.temp_blocks = Count(node, "Temp Read Blocks") + Count(node, "Temp Written Blocks");
  read.spill = Spill(node);
  read.lossy_blocks = Count(node, "Lossy Heap Blocks");
  read.heap_fetches = Count(node, "Heap Fetches");
  read.cut_short = cut_short;
  return read;
}

// Reads all of its input before it gives the first row, so what is above cannot cut its input short.
bool Gathers(std::string_view type, std::string_view strategy) {
  return type == "Sort" || type == "Hash" || (type == "Aggregate" && strategy != "Sorted");
}

// Whether `node` may stop child number `i` before its end.
bool CutsShort(const json& node, std::size_t i) {
  const std::string type = Text(node, "Node Type");
  const std::string join = Text(node, "Join Type");
  if (type == "Limit") return true;
  if (type == "Merge Join") return true;  // the side that is left over when the other ends
  if (type == "Nested Loop") {
    const bool unique = node.value("Inner Unique", false);
    return i == 1 && (join == "Semi" || join == "Anti" || unique);
  }
  return type == "SetOp";
}

bool Walk(const json& node, int depth, bool cut_short, PlanEvidence& plan) {
  if (!node.is_object() || depth > kMaxDepth) return false;
  plan.nodes.push_back(ReadNode(node, depth, cut_short));
  const auto children = node.find("Plans");
  if (children == node.end() || !children->is_array()) return true;
  const bool gathers = Gathers(Text(node, "Node Type"), Text(node, "Strategy"));
  std::size_t i = 0;
  for (const json& child : *children) {
    // A subquery in an expression is asked for no more than it needs.
    const std::string relationship = child.is_object() ? Text(child, "Parent Relationship") : "";
    const bool expression = relationship == "SubPlan" || relationship == "InitPlan";
    if (!Walk(child, depth + 1, (cut_short && !gathers) || expression || CutsShort(node, i++), plan)) return false;
  }
  return true;
}

const json* PlanOf(const json& document) {
  if (!document.is_array() || document.size() != 1 || !document[0].is_object()) return nullptr;
  const auto plan = document[0].find("Plan");
  return plan != document[0].end() && plan->is_object() ? &*plan : nullptr;
}

bool NodeReads(const json& node, int depth) {
  if (!node.is_object() || depth > kMaxDepth) return false;
  const std::string type = Text(node, "Node Type");
  if (type.empty() || type == "ModifyTable" || type == "LockRows" || type == "Foreign Scan" || type == "Custom Scan") {
    return false;
  }
  const auto children = node.find("Plans");
  return children == node.end() || (children->is_array() && std::ranges::all_of(*children, [&](const json& child) {
                                      return NodeReads(child, depth + 1);
                                    }));
}

}  // namespace

absl::StatusOr<PlanEvidence> ReadExecutedPlan(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const json* const root = PlanOf(document);
  if (root == nullptr || !root->contains("Actual Loops")) {
    return absl::InvalidArgumentError("EXPLAIN gave no executed plan");
  }
  PlanEvidence plan;
  if (!Walk(*root, 0, false, plan)) return absl::InvalidArgumentError("the plan is no tree of nodes");
  plan.cost = Number(*root, "Total Cost");
  plan.execution_ms = Number(document[0], "Execution Time");
  plan.planning_ms = Number(document[0], "Planning Time");
  plan.hit_blocks = plan.nodes.front().hit_blocks;
  plan.read_blocks = plan.nodes.front().read_blocks;
  plan.wal_bytes = Count(*root, "WAL Bytes");
  if (const auto jit = document[0].find("JIT"); jit != document[0].end() && jit->is_object()) {
    if (const auto timing = jit->find("Timing"); timing != jit->end() && timing->is_object()) {
      plan.jit_ms = Number(*timing, "Total");
    }
  }
  if (const auto settings = document[0].find("Settings"); settings != document[0].end() && settings->is_object()) {
    for (const auto& [name, value] : settings->items()) {
      // The search path is the one that was asked for.
      if (value.is_string() && name != "search_path")
        plan.settings.push_back(absl::StrCat(name, " = ", value.get_ref<const std::string&>()));
    }
  }
  return plan;
}

bool OnlyReads(std::string_view text) {
  const json document = json::parse(text, nullptr, false);
  const json* const root = PlanOf(document);
  return root != nullptr && NodeReads(*root, 0);
}

std::optional<double> PlannedRows(std::string_view json) {
  // The root comes first.
  constexpr std::string_view kName = "\"Plan Rows\": ";
  constexpr std::size_t kMostDigits = 32;
  const std::size_t at = json.find(kName);
  if (at == std::string_view::npos) return std::nullopt;
  return std::strtod(std::string(json.substr(at + kName.size(), kMostDigits)).c_str(), nullptr);
}

}  // namespace pgassay::evidence
