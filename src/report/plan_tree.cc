#include "report/plan_tree.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "base/text.h"
#include "nlohmann/json.hpp"
#include "report/redact.h"

namespace pgassay::report {
namespace {

using nlohmann::json;

constexpr int kDeepest = 200;               // levels; a join of a hundred tables stays below
constexpr std::size_t kMostNodes = 2000;    // a plan over a thousand partitions stays below
constexpr int kDeepestJson = 4 * kDeepest;  // a level of the plan is two of JSON: an object and an array

// What EXPLAIN writes below a node, in its order (ExplainNode in src/backend/commands/explain.c).
constexpr std::array<const char*, 16> kDetails = {
    "Index Cond",  "Recheck Cond",  "TID Cond",        "Order By",       "Hash Cond", "Merge Cond",
    "Join Filter", "Filter",        "One-Time Filter", "Group Key",      "Sort Key",  "Presorted Key",
    "Cache Key",   "Function Call", "Conflict Filter", "Workers Planned"};

std::string Field(const json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

bool Flag(const json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_boolean() && found->get<bool>();
}

double Number(const json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_number() ? found->get<double>() : 0;
}

// A condition, a list of keys, or a number.
std::string Detail(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_integer()) return absl::StrCat(value.get<std::int64_t>());
  std::vector<std::string> items;
  if (value.is_array()) {
    for (const json& item : value) {
      if (item.is_string()) items.push_back(item.get<std::string>());
    }
  }
  return absl::StrJoin(items, ", ");
}

// "GroupAggregate", "Partial HashAggregate", "HashSetOp Except", "Update"; other types are called what they are.
std::string TypeText(const json& node) {
  const std::string type = Field(node, "Node Type");
  const std::string strategy = Field(node, "Strategy");
  if (type == "Aggregate") {
    const std::string mode = Field(node, "Partial Mode");
    const std::string prefix = mode.empty() || mode == "Simple" ? "" : mode + " ";
    const std::string how = strategy == "Sorted"   ? "Group"
                            : strategy == "Hashed" ? "Hash"
                            : strategy == "Mixed"  ? "Mixed"
                                                   : "";
    return absl::StrCat(prefix, how, "Aggregate");
  }
  if (type == "SetOp") return absl::StrCat(strategy == "Hashed" ? "Hash" : "", "SetOp ", Field(node, "Command"));
  if (type == "ModifyTable") return Field(node, "Operation");
  const std::string join = Field(node, "Join Type");
  if (join.empty() || join == "Inner") return type;
  if (type == "Nested Loop") return absl::StrCat(type, " ", join, " Join");
  const std::size_t word = type.rfind(" Join");
  return word == std::string::npos ? type : absl::StrCat(type.substr(0, word), " ", join, " Join");
}

std::string RelationText(const json& node) {
  std::string name;
  for (const char* const field : {"Relation Name", "Function Name", "CTE Name", "Tuplestore Name"}) {
    if (name.empty() && !Field(node, field).empty()) name = QuoteIdentifier(Field(node, field));
  }
  const std::string schema = Field(node, "Schema");
  if (!name.empty() && !schema.empty()) name = absl::StrCat(QuoteIdentifier(schema), ".", name);
  const std::string alias = Field(node, "Alias");
  if (!alias.empty() && alias != Field(node, "Relation Name")) {
    absl::StrAppend(&name, name.empty() ? "" : " ", QuoteIdentifier(alias));
  }
  return name;
}

std::string TitleOf(const json& node, const PlanWords& words) {
  std::string title = Field(node, "Subplan Name");
  if (!title.empty()) title += ": ";
  if (Flag(node, "Parallel Aware")) title += "Parallel ";
  title += TypeText(node);
  if (Field(node, "Scan Direction") == "Backward") title += " Backward";
  const std::string index = Field(node, "Index Name");
  const bool bitmap = Field(node, "Node Type") == "Bitmap Index Scan";
  if (!index.empty()) {
    const auto known = words.index_names.find(index);
    absl::StrAppend(&title, bitmap ? " on " : " using ",
                    known != words.index_names.end() ? known->second : QuoteIdentifier(index));
  }
  const std::string relation = RelationText(node);
  if (!relation.empty()) absl::StrAppend(&title, " on ", relation);
  return title;
}

void Walk(const json& plan, int depth, const PlanWords& words, std::vector<PlanNode>& nodes, bool& cut) {
  if (!plan.is_object() || depth > kDeepest || nodes.size() >= kMostNodes) {
    cut = true;
    return;
  }
  PlanNode node;
  node.depth = depth;
  node.title = TitleOf(plan, words);
  node.figures = absl::StrFormat("cost=%.2f..%.2f rows=%.0f width=%.0f", Number(plan, "Startup Cost"),
                                 Number(plan, "Total Cost"), Number(plan, "Plan Rows"), Number(plan, "Plan Width"));
  for (const char* const name : kDetails) {
    const auto found = plan.find(name);
    if (found == plan.end()) continue;
    const std::string text = Detail(*found);
    const bool figure = found->is_number();
    node.details.push_back(absl::StrCat(name, ": ", words.show_literals || figure ? text : RedactConstants(text)));
  }
  nodes.push_back(std::move(node));
  const auto children = plan.find("Plans");
  if (children == plan.end() || !children->is_array()) return;
  for (const json& child : *children) Walk(child, depth + 1, words, nodes, cut);
}

// Whether brackets outside strings nest so deep that only a hostile text can mean it.
bool NestsTooDeep(std::string_view text) {
  int depth = 0;
  bool in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string && c == '\\') {
      ++i;
    } else if (c == '"') {
      in_string = !in_string;
    } else if (!in_string && (c == '{' || c == '[')) {
      if (++depth > kDeepestJson) return true;
    } else if (!in_string && (c == '}' || c == ']')) {
      --depth;
    }
  }
  return false;
}

bool Same(const PlanNode& a, const PlanNode& b) {
  return a.title == b.title && a.details == b.details;
}

// For each node of `a` its counterpart in `b`, in a longest common sequence.
std::vector<std::optional<std::size_t>> Match(const std::vector<PlanNode>& a, const std::vector<PlanNode>& b) {
  std::vector<std::vector<std::uint16_t>> longest(a.size() + 1, std::vector<std::uint16_t>(b.size() + 1));
  for (std::size_t i = a.size(); i-- > 0;) {
    for (std::size_t j = b.size(); j-- > 0;) {
      longest[i][j] = Same(a[i], b[j]) ? static_cast<std::uint16_t>(longest[i + 1][j + 1] + 1)
                                       : std::max(longest[i + 1][j], longest[i][j + 1]);
    }
  }
  std::vector<std::optional<std::size_t>> matches(a.size());
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (Same(a[i], b[j])) {
      matches[i++] = j++;
    } else if (longest[i + 1][j] >= longest[i][j + 1]) {
      ++i;
    } else {
      ++j;
    }
  }
  return matches;
}

}  // namespace

std::vector<PlanNode> ReadPlan(std::string_view json_text, const PlanWords& words) {
  const PlanNode unreadable{.depth = 0, .title = "The plan is not readable", .figures = "", .details = {}};
  if (NestsTooDeep(json_text)) return {unreadable};
  const json document = json::parse(json_text, nullptr, false);
  if (!document.is_array() || document.empty() || !document[0].is_object()) return {unreadable};
  const auto plan = document[0].find("Plan");
  if (plan == document[0].end() || !plan->is_object()) return {unreadable};
  std::vector<PlanNode> nodes;
  bool cut = false;
  Walk(*plan, 0, words, nodes, cut);
  if (cut)
    nodes.push_back({.depth = 0, .title = "The plan goes on; the rest is not shown", .figures = "", .details = {}});
  return nodes;
}

std::vector<PlanRow> ComparePlans(std::vector<PlanNode> before, std::vector<PlanNode> after) {
  const std::vector<std::optional<std::size_t>> matches = Match(before, after);
  for (PlanNode& node : after) node.changed = true;
  for (std::size_t i = 0; i < before.size(); ++i) {
    before[i].changed = !matches[i];
    if (matches[i]) after[*matches[i]].changed = false;
  }
  std::vector<PlanRow> rows;
  std::size_t i = 0;
  std::size_t j = 0;
  while (i < before.size() || j < after.size()) {
    PlanRow row;
    const bool left = i < before.size();
    const bool right = j < after.size();
    // What corresponds stands in one row; what changed between two such rows stands beside each other.
    const bool wait_left = left && !before[i].changed && right && after[j].changed;
    const bool wait_right = right && !after[j].changed && left && before[i].changed;
    if (left && !wait_left) row.before = std::move(before[i++]);
    if (right && !wait_right) row.after = std::move(after[j++]);
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace pgassay::report
