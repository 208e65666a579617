#include "select/branch_and_bound.h"

// The idea: let every statement take its cheapest plan whose candidates are not excluded and would fit one by one into
// what is left of the budget. That sum bounds what any completion of the decisions so far can reach. If all these
// candidates fit together, it is reached; else branch on the candidate on which most depends: first with it, then
// without.

#include <algorithm>
#include <limits>
#include <utility>

#include "select/ranking.h"

namespace pgassay::select {
namespace {

using Ids = std::vector<std::uint32_t>;

// Looks at columns and statements, about 10 ns each: a fifth of a second at most. Problems with a dozen candidates need
// a thousandth.
constexpr std::int64_t kMaxWork = 20'000'000;
// A set must be cheaper by this share to count as better.
constexpr double kNegligible = 1e-9;

class Tree {
 public:
  Tree(const SearchProblem& problem, Cost incumbent)
      : problem_(problem),
        best_(incumbent),
        included_(problem.sizes.size(), 0),
        excluded_(problem.sizes.size(), 0),
        penalized_(problem.columns.statements(), 0),
        demand_(problem.sizes.size(), 0) {
    for (std::size_t i = 0; i < penalized_.size(); ++i) {
      const std::vector<PlanColumn>& columns = problem.columns.of(i);
      penalized_[i] = std::any_of(columns.begin(), columns.end(), [](const PlanColumn& c) { return c.penalty != 0; });
      any_penalty_ |= penalized_[i] != 0;
    }
    if (problem.constraints.budget_bytes) free_bytes_ = *problem.constraints.budget_bytes;
    if (problem.constraints.max_indexes) free_count_ = *problem.constraints.max_indexes;
  }

  ExactResult Solve() {
    Visit();
    result_.complete = work_ < kMaxWork;
    return std::move(result_);
  }

 private:
  // The cheapest column that the decisions so far leave possible.
  const PlanColumn& CheapestPossible(std::size_t statement);
  Cost Reached(const Ids& wanted);
  // The bound, and in `wanted` the candidates that it takes beyond the included ones, the most demanded one first.
  Cost Bound(Ids& wanted);
  bool FitTogether(const Ids& wanted) const;
  void Visit();

  const SearchProblem& problem_;
  ExactResult result_;
  Cost best_;
  std::vector<char> included_;
  std::vector<char> excluded_;
  std::vector<char> penalized_;  // by statement: some plan has a penalty
  bool any_penalty_ = false;
  std::vector<Cost> demand_;  // scratch of Bound
  Bytes free_bytes_ = std::numeric_limits<Bytes>::max() / 2;
  int free_count_ = std::numeric_limits<int>::max() / 2;
  std::int64_t work_ = 0;
};

// The first one that is possible is the cheapest, unless penalties order the columns otherwise.
const PlanColumn& Tree::CheapestPossible(std::size_t statement) {
  const std::vector<PlanColumn>& columns = problem_.columns.of(statement);
  const PlanColumn* cheapest = &columns.back();  // the plan without candidates is always possible
  for (const PlanColumn& column : columns) {
    ++work_;
    Bytes bytes = 0;
    int count = 0;
    bool possible = true;
    for (const std::uint32_t id : column.used) {
      if (excluded_[id] != 0) possible = false;
      if (included_[id] != 0) continue;
      bytes += problem_.sizes[id];
      ++count;
    }
    if (!possible || bytes > free_bytes_ || count > free_count_) continue;
    if (!penalized_[statement]) return column;
    if (column.cost < cheapest->cost) cheapest = &column;
  }
  return *cheapest;
}

// What the included candidates cost together with `wanted`: each statement's first column that they allow.
Cost Tree::Reached(const Ids& wanted) {
  std::vector<char> chosen = included_;
  for (const std::uint32_t id : wanted) chosen[id] = 1;
  Cost total = 0;
  for (std::size_t i = 0; i < problem_.columns.statements(); ++i) {
    const std::vector<PlanColumn>& columns = problem_.columns.of(i);
    const auto taken = std::find_if(columns.begin(), columns.end(), [&](const PlanColumn& column) {
      return std::all_of(column.used.begin(), column.used.end(), [&](std::uint32_t id) { return chosen[id] != 0; });
    });
    if (taken != columns.end()) total += problem_.weights[i] * taken->cost;
  }
  work_ += static_cast<std::int64_t>(problem_.columns.statements());
  return total;
}

Cost Tree::Bound(Ids& wanted) {
  Cost bound = 0;
  for (std::size_t i = 0; i < problem_.columns.statements(); ++i) {
    if (problem_.columns.of(i).empty()) continue;
    const PlanColumn& column = CheapestPossible(i);
    bound += problem_.weights[i] * column.cost;
    const Cost saved = problem_.weights[i] * (problem_.columns.of(i).back().cost - column.cost);
    for (const std::uint32_t id : column.used) {
      if (included_[id] != 0) continue;
      if (demand_[id] == 0) wanted.push_back(id);
      demand_[id] += std::max(saved, 1e-300);
    }
  }
  for (std::uint32_t& id : wanted) {
    demand_[id] = Band(demand_[id]);
    const Cost most = demand_[wanted.front()];
    if (demand_[id] > most || (demand_[id] == most && problem_.ranks[id] < problem_.ranks[wanted.front()])) {
      std::swap(id, wanted.front());
    }
  }
  work_ += static_cast<std::int64_t>(problem_.columns.statements() + wanted.size());
  for (const std::uint32_t id : wanted) demand_[id] = 0;
  return bound;
}

bool Tree::FitTogether(const Ids& wanted) const {
  Bytes bytes = 0;
  for (const std::uint32_t id : wanted) bytes += problem_.sizes[id];
  return bytes <= free_bytes_ && static_cast<int>(wanted.size()) <= free_count_;
}

void Tree::Visit() {
  if (work_ >= kMaxWork) return;
  Ids wanted;
  const Cost bound = Bound(wanted);
  if (bound >= best_ * (1 - kNegligible)) return;
  if (FitTogether(wanted)) {
    const Cost reached = any_penalty_ ? Reached(wanted) : bound;
    if (reached < best_ * (1 - kNegligible)) {
      best_ = reached;
      Ids ids = wanted;
      for (std::uint32_t id = 0; id < included_.size(); ++id) {
        if (included_[id] != 0) ids.push_back(id);
      }
      std::sort(ids.begin(), ids.end());
      result_.better = std::move(ids);
    }
    // A statement that shuns a cheap plan for its penalty may be cheaper with fewer indexes.
    if (wanted.empty() || bound >= best_ * (1 - kNegligible)) return;
  }
  const std::uint32_t id = wanted.front();
  if (problem_.sizes[id] <= free_bytes_ && free_count_ > 0) {
    included_[id] = 1;
    free_bytes_ -= problem_.sizes[id];
    --free_count_;
    Visit();
    included_[id] = 0;
    free_bytes_ += problem_.sizes[id];
    ++free_count_;
  }
  excluded_[id] = 1;
  Visit();
  excluded_[id] = 0;
}

}  // namespace

ExactResult BranchAndBound(const SearchProblem& problem, Cost incumbent) {
  return Tree(problem, incumbent).Solve();
}

}  // namespace pgassay::select
