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

CostTree CostTree::Within(const whatif::IndexSet& enabled) const {
  CostTree tree = *this;
  for (Node& node : tree.nodes_) {
    node.enabled = node.enabled.Intersection(enabled);
    if (node.cost < 0) RaiseBound(node);
  }
  return tree;
}

void CostTree::RaiseBound(Node& node) const {
  for (const Known& known : known_) {
    if (known.cost > node.bound && node.enabled.IsSubsetOf(known.enabled)) node.bound = known.cost;
  }
}

void CostTree::AddChild(std::uint32_t parent, std::span<const std::uint32_t> present,
                        std::span<const std::uint32_t> absent) {
  const Node& of = nodes_[parent];
  Node child{.enabled = of.enabled, .present = of.present, .absent = of.absent, .bound = std::max(of.bound, of.cost)};
  for (const std::uint32_t id : present) Insert(child.present, id);
  for (const std::uint32_t id : absent) {
    child.enabled = child.enabled.Without({id});
    Insert(child.absent, id);
  }
  RaiseBound(child);
  nodes_.push_back(std::move(child));
  ++nodes_[parent].children;
  ++open_;
}

void CostTree::Answer(std::uint32_t node, const whatif::PlanAnswer& answer, const Division& division) {
  Observe(nodes_[node].enabled, answer.net());
  nodes_[node].cost = answer.net();
  nodes_[node].first_child = static_cast<std::uint32_t>(nodes_.size());
  --open_;
  Ids used;
  for (const CandidateId id : answer.used) {
    if (!std::ranges::binary_search(nodes_[node].present, id.value)) used.push_back(id.value);
  }
  std::ranges::stable_sort(used, {}, division.order);
  const auto likely = std::ranges::stable_partition(used, [&](std::uint32_t id) { return !division.likely(id); });
  const auto unlikely = static_cast<std::size_t>(likely.begin() - used.begin());
  const std::span<const std::uint32_t> all(used);
  Ids held;
  std::size_t next = 0;
  if (unlikely > 1) {
    AddChild(node, {}, all.first(unlikely));
    for (std::size_t i = 1; i < unlikely; ++i) AddChild(node, all.subspan(i, 1), all.first(i));
    held.push_back(all[0]);
    next = 1;
  }
  for (; next < all.size(); ++next) {
    AddChild(node, held, all.subspan(next, 1));
    held.push_back(all[next]);
  }
}

std::optional<std::uint32_t> CostTree::ChildOf(std::uint32_t node, const whatif::IndexSet& chosen) const {
  const auto holds = [&](std::uint32_t id) { return chosen.Contains({id}); };
  for (std::uint32_t at = nodes_[node].first_child; at < nodes_[node].first_child + nodes_[node].children; ++at) {
    if (std::ranges::all_of(nodes_[at].present, holds) && std::ranges::none_of(nodes_[at].absent, holds)) return at;
  }
  return std::nullopt;
}

std::optional<std::uint32_t> CostTree::OpenNode(const whatif::IndexSet& chosen) const {
  std::optional<std::uint32_t> at = 0;
  while (at && !IsOpen(*at)) at = ChildOf(*at, chosen);
  return at;
}

void CostTree::Observe(const whatif::IndexSet& enabled, Cost cost) {
  if (enabled.IsSubsetOf(nodes_[0].enabled)) {
    Cost bound = 0;
    for (std::optional<std::uint32_t> at = 0; at; at = ChildOf(*at, enabled)) {
      bound = std::max({bound, nodes_[*at].bound, nodes_[*at].cost});
    }
    if (cost < bound) violation_ = std::max(violation_, 1 - cost / bound);
  }
  // Of what costs no more than everything together no cell learns anything.
  if (cost <= nodes_[0].cost || enabled.empty()) return;
  for (const Known& known : known_) {
    if (known.enabled == enabled) return;
  }
  for (Node& node : nodes_) {
    if (node.cost < 0 && node.bound < cost && node.enabled.IsSubsetOf(enabled)) node.bound = cost;
  }
  known_.push_back({enabled, cost});
}

std::vector<CostTree::OpenCell> CostTree::OpenCells() const {
  std::vector<OpenCell> cells;
  for (std::uint32_t i = 0; i < nodes_.size(); ++i) {
    const Node& node = nodes_[i];
    if (node.cost >= 0) continue;
    cells.push_back(
        {.node = i, .bound = node.bound * (1 - violation_), .present = node.present, .absent = node.absent});
  }
  return cells;
}

}  // namespace pgassay::select
