#include "select/cost_tree.h"

#include <algorithm>
#include <utility>

namespace pgassay::select {
namespace {

using Ids = CostTree::Ids;

void Insert(Ids& ids, std::uint32_t id) {
  ids.insert(std::ranges::lower_bound(ids, id), id);
}

}  // namespace

CostTree::CostTree(const whatif::IndexSet& relevant) {
  nodes_.push_back({.enabled = relevant});
}

void CostTree::Answer(std::uint32_t node, const whatif::PlanAnswer& answer, const Order& order) {
  nodes_[node].cost = answer.net();
  --open_;
  if (answer.net() < nodes_[node].bound) violation_ = std::max(violation_, 1 - answer.net() / nodes_[node].bound);
  Ids used;
  for (const CandidateId id : answer.used) {
    if (!std::ranges::binary_search(nodes_[node].present, id.value)) used.push_back(id.value);
  }
  std::ranges::stable_sort(used, {}, order);
  nodes_[node].order = used;
  nodes_[node].first_child = static_cast<std::uint32_t>(nodes_.size());
  Ids present = nodes_[node].present;
  for (const std::uint32_t id : used) {
    Node child{.enabled = nodes_[node].enabled.Without({id}),
               .present = present,
               .absent = nodes_[node].absent,
               .bound = std::max(nodes_[node].bound, answer.net())};
    Insert(child.absent, id);
    nodes_.push_back(std::move(child));
    Insert(present, id);
    ++open_;
  }
}

std::optional<std::uint32_t> CostTree::OpenNode(const whatif::IndexSet& chosen) const {
  std::uint32_t at = 0;
  while (nodes_[at].cost >= 0) {
    const Node& node = nodes_[at];
    const auto lacking = std::ranges::find_if(node.order, [&](std::uint32_t id) { return !chosen.Contains({id}); });
    if (lacking == node.order.end()) return std::nullopt;
    at = node.first_child + static_cast<std::uint32_t>(lacking - node.order.begin());
  }
  return at;
}

std::vector<CostTree::OpenCell> CostTree::OpenCells() const {
  std::vector<OpenCell> cells;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.cost >= 0) continue;
    cells.push_back({.node = i, .bound = node.bound * (1 - violation_), .present = node.present, .absent = node.absent});
  }
  return cells;
}

}  // namespace pgassay::select
