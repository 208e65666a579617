#include "select/search_state.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace pgassay::select {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

SearchState::SearchState(const PlanColumns& columns, std::span<const double> weights, std::span<const Bytes> sizes)
    : columns_(&columns),
      weights_(weights),
      sizes_(sizes),
      statements_of_(columns.candidates()),
      chosen_(columns.candidates(), 0),
      cheapest_(columns.statements(), 0),
      changed_at_(columns.statements(), 0),
      visited_(columns.statements(), 0) {
  for (std::uint32_t i = 0; i < columns.statements(); ++i) {
    for (const PlanColumn& column : columns.of(i)) {
      for (const std::uint32_t id : column.used) {
        if (statements_of_[id].empty() || statements_of_[id].back() != i) statements_of_[id].push_back(i);
      }
    }
    cheapest_[i] = Cheapest(i, kNone);
  }
}

bool SearchState::Available(const PlanColumn& column, std::uint32_t excluded) const {
  return std::all_of(column.used.begin(), column.used.end(),
                     [&](std::uint32_t id) { return chosen_[id] != 0 && id != excluded; });
}

// The column of the plan without candidates is always there, so the search ends.
std::size_t SearchState::Cheapest(std::size_t statement, std::uint32_t excluded) const {
  const std::vector<PlanColumn>& columns = columns_->of(statement);
  std::size_t position = 0;
  while (position + 1 < columns.size() && !Available(columns[position], excluded)) ++position;
  return position;
}

Cost SearchState::GainOf(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) {
  for (const std::uint32_t id : add) chosen_[id] = 1;
  for (const std::uint32_t id : remove) chosen_[id] = 0;
  ++visit_;
  Cost gain = 0;
  const auto visit = [&](std::uint32_t candidate) {
    for (const std::uint32_t statement : statements_of_[candidate]) {
      if (std::exchange(visited_[statement], visit_) == visit_) continue;
      const std::vector<PlanColumn>& columns = columns_->of(statement);
      gain += weights_[statement] * (columns[cheapest_[statement]].cost - columns[Cheapest(statement, kNone)].cost);
    }
  };
  for (const std::uint32_t id : add) visit(id);
  for (const std::uint32_t id : remove) visit(id);
  for (const std::uint32_t id : add) chosen_[id] = 0;
  for (const std::uint32_t id : remove) chosen_[id] = 1;
  return gain;
}

void SearchState::Apply(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) {
  ++change_;
  for (const std::uint32_t id : add) {
    chosen_[id] = 1;
    bytes_ += sizes_[id];
    ++count_;
  }
  for (const std::uint32_t id : remove) {
    chosen_[id] = 0;
    bytes_ -= sizes_[id];
    --count_;
  }
  const auto update = [&](std::uint32_t candidate) {
    for (const std::uint32_t statement : statements_of_[candidate]) {
      if (std::exchange(changed_at_[statement], change_) != change_) cheapest_[statement] = Cheapest(statement, kNone);
    }
  };
  for (const std::uint32_t id : add) update(id);
  for (const std::uint32_t id : remove) update(id);
}

std::vector<Cost> SearchState::Losses() const {
  std::vector<Cost> losses(chosen_.size(), 0);
  for (std::size_t i = 0; i < columns_->statements(); ++i) {
    if (columns_->of(i).empty()) continue;
    const PlanColumn& cheapest = columns_->of(i)[cheapest_[i]];
    for (const std::uint32_t id : cheapest.used) {
      losses[id] += weights_[i] * (columns_->of(i)[Cheapest(i, id)].cost - cheapest.cost);
    }
  }
  return losses;
}

void SearchState::RemoveUnused() {
  std::vector<char> used(chosen_.size(), 0);
  for (std::size_t i = 0; i < columns_->statements(); ++i) {
    if (columns_->of(i).empty()) continue;
    for (const std::uint32_t id : columns_->of(i)[cheapest_[i]].used) used[id] = 1;
  }
  std::vector<std::uint32_t> unused = chosen();
  std::erase_if(unused, [&](std::uint32_t id) { return used[id] != 0; });
  if (!unused.empty()) Apply({}, unused);
}

std::vector<std::uint32_t> SearchState::chosen() const {
  std::vector<std::uint32_t> ids;
  for (std::uint32_t id = 0; id < chosen_.size(); ++id) {
    if (chosen_[id] != 0) ids.push_back(id);
  }
  return ids;
}

Cost SearchState::total() const {
  Cost total = 0;
  for (std::size_t i = 0; i < columns_->statements(); ++i) {
    if (!columns_->of(i).empty()) total += weights_[i] * columns_->of(i)[cheapest_[i]].cost;
  }
  return total;
}

std::uint64_t SearchState::version(std::span<const std::uint32_t> candidates) const {
  std::uint64_t version = 0;
  for (const std::uint32_t id : candidates) {
    for (const std::uint32_t statement : statements_of_[id]) version = std::max(version, changed_at_[statement]);
  }
  return version;
}

}  // namespace pgassay::select
