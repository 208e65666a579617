#include "evidence/row_factors.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace pgassay::evidence {
namespace {

// No row at all was seen: EXPLAIN rounds, and the next value may find one.
constexpr double kNoRow = 0.5;
constexpr double kMostFactor = 1e6;

double RatioOf(const PlanNode& node) {
  return std::max(node.actual_rows, kNoRow) / node.rows;
}

std::string NameOf(const sql::ColumnName& column) {
  return absl::StrCat(column.qualifier, ".", column.name);
}

bool Includes(const Aliases& all, const Aliases& some) {
  return std::ranges::includes(all, some);
}

}  // namespace

RowFactors::RowFactors(const PlanNode& executed) {
  AddEquals(executed);
  Learn(executed, false);
}

void RowFactors::AddEquals(const PlanNode& node) {
  for (const sql::Conjunct& condition : node.conditions) {
    if (condition.op != "=" || condition.columns.size() != 2) continue;
    const auto first = [&](const sql::ColumnName& column) {
      return equals_.try_emplace(NameOf(column), NameOf(column)).first->second;
    };
    const std::string one = first(condition.columns[0]);
    const std::string other = first(condition.columns[1]);
    for (auto& [name, of] : equals_) {
      if (of == other) of = one;
    }
  }
  for (const PlanNode& child : node.children) AddEquals(child);
}

// The tables of `within` whose columns a join's own conditions compare, and those with columns that are equal to these.
Aliases RowFactors::Compared(const PlanNode& join, const Aliases& within) const {
  std::set<std::string> columns;
  const auto add = [&](const PlanNode& node, const Aliases* outer) {
    for (const sql::Conjunct& condition : node.conditions) {
      const bool joins = outer == nullptr || std::ranges::any_of(condition.columns, [&](const sql::ColumnName& column) {
                           return outer->contains(column.qualifier);
                         });
      if (!joins) continue;
      for (const sql::ColumnName& column : condition.columns) columns.insert(NameOf(column));
    }
  };
  add(join, nullptr);
  // A nested loop's condition may be that of its inner side's index.
  const Aliases outer = AliasesOf(join.children[0]);
  std::vector<const PlanNode*> below = {&join.children[1]};
  while (!below.empty()) {
    const PlanNode* const node = below.back();
    below.pop_back();
    add(*node, &outer);
    for (const PlanNode& child : node->children) below.push_back(&child);
  }
  Aliases tables;
  const auto add_table = [&](const std::string& column) {
    const std::string alias = column.substr(0, column.rfind('.'));
    if (within.contains(alias)) tables.insert(alias);
  };
  for (const std::string& column : columns) {
    add_table(column);
    const auto found = equals_.find(column);
    if (found == equals_.end()) continue;
    for (const auto& [name, first] : equals_) {
      if (first == found->second) add_table(name);
    }
  }
  return tables;
}

// `again`: executed for each row of something else, so that its rows are rounded means.
RowFactors::Learned RowFactors::LearnScan(const PlanNode& node, bool again) {
  Learned learned{.aliases = {node.alias}, .plain = true, .ratio = 1};
  if (node.loops <= 0 || again || !NamedFromOutside(node).empty()) return learned;
  if (node.cut_short && node.actual_rows < node.rows) return learned;
  learned.ratio = RatioOf(node);
  worst_ = std::max({worst_, learned.ratio, 1 / learned.ratio});
  parts_[learned.aliases] = learned.ratio;
  whole_[learned.aliases] = learned.ratio;
  return learned;
}

RowFactors::Learned RowFactors::LearnJoin(const PlanNode& node, bool again) {
  const bool loop = node.type == "Nested Loop";
  const bool by_row = loop && !NamedFromOutside(node.children[1]).empty();
  const Learned outer = Learn(node.children[0], again);
  const Learned inner = Learn(node.children[1], again || by_row);
  Learned learned{.aliases = outer.aliases, .plain = outer.plain && inner.plain, .ratio = outer.ratio * inner.ratio};
  learned.aliases.insert(inner.aliases.begin(), inner.aliases.end());
  if (!learned.plain || node.loops <= 0 || again || (node.cut_short && node.actual_rows < node.rows)) return learned;
  const double sides = learned.ratio;
  learned.ratio = RatioOf(node);
  worst_ = std::max({worst_, learned.ratio, 1 / learned.ratio});
  whole_[learned.aliases] = learned.ratio;
  const Aliases compared = Compared(node, learned.aliases);
  if (compared.size() > 1) parts_.try_emplace(compared, learned.ratio / sides);
  return learned;
}

RowFactors::Learned RowFactors::Learn(const PlanNode& node, bool again) {
  if (IsTableScan(node)) return LearnScan(node, again);
  if (IsJoinNode(node)) return LearnJoin(node, again);
  Learned learned;
  for (const PlanNode& child : node.children) learned = Learn(child, again);
  if (!KeepsRows(node)) learned = {.aliases = AliasesOf(node), .plain = false, .ratio = 1};
  return learned;
}

double RowFactors::ProductOf(const Aliases& tables) const {
  double factor = 1;
  for (const auto& [part, ratio] : parts_) {
    if (Includes(tables, part)) factor *= ratio;
  }
  return std::clamp(factor, 1 / kMostFactor, kMostFactor);
}

double RowFactors::Of(const Aliases& tables) const {
  const auto found = whole_.find(tables);
  return found != whole_.end() ? found->second : ProductOf(tables);
}

double RowFactors::Joined(const Aliases& outer, const Aliases& inner) const {
  if (outer.empty()) return 1;
  Aliases all = outer;
  all.insert(inner.begin(), inner.end());
  return ProductOf(all) / ProductOf(outer);
}

}  // namespace pgassay::evidence
