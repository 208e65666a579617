#pragma once

// What one statement costs under every set of candidates, as far as it is known: its index benefit graph (Schnaitter,
// Polyzotis, Getoor 2009), unfolded into a decision tree. A node is planned with a set Y enabled. A set C within Y that
// holds all of used(Y) has the same plan, so cost(C) = cost(Y). Any other C lacks some of used(Y): the children
// distinguish the first one that is lacking, the k-th child holds the first k - 1 and lacks the k-th. So the leaves
// are cells that divide all sets among them. A cell that was not planned yet costs at least what any set costs that
// holds all that the cell allows, its parent's and others, as long as more indexes never make a plan dearer.

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "pgassay/units.h"
#include "whatif/cost_oracle.h"

namespace pgassay::select {

class CostTree {
 public:
  using Ids = std::vector<std::uint32_t>;

  // A cell that was not planned: all sets that hold `present` and nothing of `absent`.
  struct OpenCell {
    std::uint32_t node = 0;
    Cost bound = 0;  // no set in the cell costs less, per call
    Ids present;     // ascending
    Ids absent;      // ascending
  };

  // A set costs nothing beyond those of `relevant`.
  explicit CostTree(const whatif::IndexSet& relevant);

  // The same tree for sets within `enabled` alone, where its cells cost more.
  CostTree Within(const whatif::IndexSet& enabled) const;

  // How a cell is divided. May change between answers.
  struct Division {
    std::function<bool(std::uint32_t)> likely;   // whether good sets are likely to hold the candidate
    std::function<double(std::uint32_t)> order;  // smaller values are distinguished first
  };

  const whatif::IndexSet& Enabled(std::uint32_t node) const { return nodes_[node].enabled; }

  bool IsOpen(std::uint32_t node) const { return nodes_[node].cost < 0; }

  // What the planner says of an open node.
  void Answer(std::uint32_t node, const whatif::PlanAnswer& answer, const Division& division);

  // What the planner says of any set: a bound for the cells within it, and perhaps less than the tree's bound for it if
  // it lies within Enabled(0).
  void Observe(const whatif::IndexSet& enabled, Cost cost);

  // The open node in whose cell `chosen` lies, or none: its cost is known.
  std::optional<std::uint32_t> OpenNode(const whatif::IndexSet& chosen) const;

  // What no set in the open node's cell costs less than, per call.
  Cost Bound(std::uint32_t node) const { return nodes_[node].bound * (1 - violation_); }

  // Open cells, by node.
  std::vector<OpenCell> OpenCells() const;

  bool Closed() const { return open_ == 0; }
  // By how much a plan with fewer candidates was cheaper, as a share of the dearer cost; 0 if never. Bounds of cells
  // are less by that share.
  double violation() const { return violation_; }
  void Allow(double violation) { violation_ = std::max(violation_, violation); }
  // No set costs less, by what is known of all together.
  Cost RootBound() const { return std::max(nodes_[0].bound, nodes_[0].cost) * (1 - violation_); }
  Cost RootCost() const { return nodes_[0].cost; }  // -1: not planned

 private:
  struct Node {
    whatif::IndexSet enabled;
    Ids present;
    Ids absent;
    Cost bound = 0;
    Cost cost = -1;  // -1: open
    std::uint32_t first_child = 0;
    std::uint32_t children = 0;
  };

  // The child in whose cell `chosen` lies, or none: its plan is that of the node, which has been answered.
  std::optional<std::uint32_t> ChildOf(std::uint32_t node, const whatif::IndexSet& chosen) const;
  void RaiseBound(Node& node) const;  // by what is known
  void AddChild(std::uint32_t parent, std::span<const std::uint32_t> present, std::span<const std::uint32_t> absent);

  struct Known {
    whatif::IndexSet enabled;
    Cost cost = 0;
  };

  std::vector<Node> nodes_;
  std::vector<Known> known_;  // that other sets may lie in
  std::size_t open_ = 1;
  double violation_ = 0;
};

}  // namespace pgassay::select
