#include "select/search_state.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace pgassay::select {
namespace {

constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

}  // namespace

SearchBase::SearchBase(const PlanColumns& plan_columns, std::span<const double> statement_weights,
                       std::span<const Bytes> candidate_sizes, std::span<const Cost> candidate_prices,
                       const Limits& candidate_limits)
    : columns(plan_columns),
      weights(statement_weights),
      sizes(candidate_sizes),
      prices(candidate_prices),
      limits(candidate_limits),
      places_of(plan_columns.candidates()),
      candidates_of(plan_columns.statements()) {
  first_column.push_back(0);
  for (std::uint32_t i = 0; i < columns.statements(); ++i) {
    first_column.push_back(first_column.back() + columns.of(i).size());
    std::vector<std::uint32_t>& candidates = candidates_of[i];
    for (const PlanColumn& column : columns.of(i))
      candidates.insert(candidates.end(), column.used.begin(), column.used.end());
    std::sort(candidates.begin(), candidates.end());
    candidates.erase(std::unique(candidates.begin(), candidates.end()), candidates.end());
    for (std::uint32_t position = 0; position < columns.of(i).size(); ++position) {
      for (const std::uint32_t id : columns.of(i)[position].used) {
        places_of[id].push_back({i, position, static_cast<std::uint32_t>(first_column[i] + position)});
      }
    }
  }
  found.resize(first_column.back());
}

SearchState::SearchState(SearchBase& base)
    : base_(&base),
      chosen_(base.columns.candidates(), 0),
      cheapest_(base.columns.statements(), 0),
      changed_at_(base.columns.candidates(), 0),
      next_(base.columns.statements(), 0),
      sums_(base.limits.all().size(), 0) {
  for (std::size_t i = 0; i < cheapest_.size(); ++i) {
    for (const PlanColumn& column : base.columns.of(i))
      missing_.push_back(static_cast<std::uint16_t>(column.used.size()));
  }
  for (std::size_t i = 0; i < cheapest_.size(); ++i) next_[i] = cheapest_[i] = Cheapest(i, 0, kNone);
  if (!base.limits.pinned().empty()) Apply(base.limits.pinned(), {});
}

bool SearchState::Available(const PlanColumn& column, std::uint32_t excluded) const {
  return std::all_of(column.used.begin(), column.used.end(),
                     [&](std::uint32_t id) { return chosen_[id] != 0 && id != excluded; });
}

// The column of the plan without candidates comes last and is always available, so the search ends.
std::uint32_t SearchState::Cheapest(std::size_t statement, std::uint32_t position, std::uint32_t excluded,
                                    std::size_t added) const {
  const std::vector<PlanColumn>& columns = base_->columns.of(statement);
  const std::size_t first = base_->first_column[statement];
  while (position + 1 < columns.size() &&
         (missing_[first + position] > added || !Available(columns[position], excluded))) {
    ++position;
  }
  return position;
}

void SearchState::Recompute(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) {
  touched_.clear();
  std::vector<std::int16_t>& found = base_->found;
  for (const std::uint32_t id : remove) {
    for (const SearchBase::Place& place : base_->places_of[id]) {
      if (place.position != cheapest_[place.statement] || next_[place.statement] != cheapest_[place.statement])
        continue;
      next_[place.statement] = Cheapest(place.statement, place.position, kNone, add.size());
      touched_.push_back(place.statement);
    }
  }
  // A column is available when as many of its candidates are found as it misses.
  for (const std::uint32_t id : remove) {
    for (const SearchBase::Place& place : base_->places_of[id]) --found[place.column];
  }
  for (const std::uint32_t id : add) {
    for (const SearchBase::Place& place : base_->places_of[id]) {
      if (++found[place.column] != missing_[place.column]) continue;
      std::uint32_t& next = next_[place.statement];
      if (place.position >= next) continue;
      if (next == cheapest_[place.statement]) touched_.push_back(place.statement);
      next = place.position;
    }
  }
  for (const std::span<const std::uint32_t> ids : {add, remove}) {
    for (const std::uint32_t id : ids) {
      for (const SearchBase::Place& place : base_->places_of[id]) found[place.column] = 0;
    }
  }
}

Cost SearchState::GainOf(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) {
  for (const std::uint32_t id : add) chosen_[id] = 1;
  for (const std::uint32_t id : remove) chosen_[id] = 0;
  Recompute(add, remove);
  for (const std::uint32_t id : add) chosen_[id] = 0;
  for (const std::uint32_t id : remove) chosen_[id] = 1;
  Cost gain = 0;
  for (const std::uint32_t id : add) gain -= base_->prices[id];
  for (const std::uint32_t id : remove) gain += base_->prices[id];
  for (const std::uint32_t statement : touched_) {
    const std::vector<PlanColumn>& columns = base_->columns.of(statement);
    gain += base_->weights[statement] * (columns[cheapest_[statement]].cost - columns[next_[statement]].cost);
    next_[statement] = cheapest_[statement];  // a statement that is touched twice counts once
  }
  return gain;
}

void SearchState::Apply(std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) {
  const std::uint64_t now = ++base_->clock;
  const auto mark = [&](std::uint32_t candidate) {
    std::uint32_t last = kNone;
    for (const SearchBase::Place& place : base_->places_of[candidate]) {
      if (std::exchange(last, place.statement) == place.statement) continue;
      for (const std::uint32_t neighbour : base_->candidates_of[place.statement]) changed_at_[neighbour] = now;
    }
  };
  for (const std::uint32_t id : add) chosen_[id] = 1;
  for (const std::uint32_t id : remove) chosen_[id] = 0;
  Recompute(add, remove);
  for (const std::uint32_t id : add) {
    bytes_ += base_->sizes[id];
    price_ += base_->prices[id];
    ++count_;
    base_->limits.Add(id, sums_);
    for (const SearchBase::Place& place : base_->places_of[id]) --missing_[place.column];
    mark(id);
  }
  for (const std::uint32_t id : remove) {
    bytes_ -= base_->sizes[id];
    price_ -= base_->prices[id];
    --count_;
    base_->limits.Remove(id, sums_);
    for (const SearchBase::Place& place : base_->places_of[id]) ++missing_[place.column];
    mark(id);
  }
  for (const std::uint32_t statement : touched_) cheapest_[statement] = next_[statement];
}

std::vector<Cost> SearchState::Losses() const {
  std::vector<Cost> losses(chosen_.size(), 0);
  for (std::size_t i = 0; i < base_->columns.statements(); ++i) {
    if (base_->columns.of(i).empty()) continue;
    const PlanColumn& cheapest = base_->columns.of(i)[cheapest_[i]];
    for (const std::uint32_t id : cheapest.used) {
      losses[id] += base_->weights[i] * (base_->columns.of(i)[Cheapest(i, cheapest_[i], id)].cost - cheapest.cost);
    }
  }
  return losses;
}

void SearchState::RemoveUnused() {
  std::vector<char> used(chosen_.size(), 0);
  for (std::size_t i = 0; i < base_->columns.statements(); ++i) {
    if (base_->columns.of(i).empty()) continue;
    for (const std::uint32_t id : base_->columns.of(i)[cheapest_[i]].used) used[id] = 1;
  }
  std::vector<std::uint32_t> unused = chosen();
  std::erase_if(unused, [&](std::uint32_t id) { return used[id] != 0 || base_->limits.IsPinned(id); });
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
  Cost total = price_;
  for (std::size_t i = 0; i < base_->columns.statements(); ++i) {
    if (!base_->columns.of(i).empty()) total += base_->weights[i] * base_->columns.of(i)[cheapest_[i]].cost;
  }
  return total;
}

std::uint64_t SearchState::version(std::span<const std::uint32_t> candidates) const {
  std::uint64_t version = 0;
  for (const std::uint32_t id : candidates) version = std::max(version, changed_at_[id]);
  return version;
}

}  // namespace pgassay::select
