#include "select/limits.h"

#include <algorithm>
#include <cmath>
#include <map>

namespace pgassay::select {
namespace {

// What writes may cost at most, in whole units: fine enough for any sum, and a thousand times that is far from the
// largest number.
constexpr std::int64_t kWriteUnits = std::int64_t{1} << 40;
constexpr double kMostWriteUnits = 0x1p50;

std::int64_t WriteUnits(Cost cost, Cost most) {
  if (!(cost > 0)) return 0;
  if (!(most > 0)) return 1;
  return static_cast<std::int64_t>(std::min(kMostWriteUnits, std::floor(cost / most * kWriteUnits)));
}

}  // namespace

double Limit::MeanAmount() const {
  double sum = 0;
  std::size_t some = 0;
  for (const std::int64_t amount : amounts) {
    sum += static_cast<double>(amount);
    some += amount != 0 ? 1 : 0;
  }
  return some == 0 ? 1 : sum / static_cast<double>(some);
}

Limits::Limits(const Problem& problem, const Constraints& constraints, Cost total_before)
    : uses_(problem.candidates.size()), is_pinned_(problem.candidates.size(), 0) {
  for (const CandidateId id : constraints.pinned) {
    pinned_.push_back(id.value);
    is_pinned_[id.value] = 1;
  }
  const std::size_t candidates = problem.candidates.size();
  if (constraints.max_indexes) {
    Append({.kind = Limit::Kind::kCount,
            .most = *constraints.max_indexes,
            .amounts = std::vector<std::int64_t>(candidates, 1)});
  }
  if (constraints.max_per_table) {
    std::map<Oid, std::vector<std::uint32_t>> by_table;
    for (std::uint32_t id = 0; id < candidates; ++id) {
      const Oid table = problem.tables.empty() ? problem.candidates[id].def.table : problem.tables[id];
      if (!constraints.forbidden.Contains({id})) by_table[table].push_back(id);
    }
    for (const auto& [table, ids] : by_table) {
      if (static_cast<std::int64_t>(ids.size()) <= *constraints.max_per_table) continue;
      Limit limit{.kind = Limit::Kind::kTable,
                  .most = *constraints.max_per_table,
                  .amounts = std::vector<std::int64_t>(candidates, 0)};
      for (const std::uint32_t id : ids) limit.amounts[id] = 1;
      Append(std::move(limit));
    }
  }
  if (constraints.max_write_share && !problem.write_costs.empty()) {
    const Cost most = *constraints.max_write_share * total_before;
    Limit limit{.kind = Limit::Kind::kWrites, .most = most > 0 ? kWriteUnits : 0, .amounts = {}};
    for (const Cost cost : problem.write_costs) limit.amounts.push_back(WriteUnits(cost, most));
    Append(std::move(limit));
  }
  if (constraints.budget_bytes) {
    Append({.kind = Limit::Kind::kBytes,
            .most = *constraints.budget_bytes,
            .amounts = std::vector<std::int64_t>(problem.sizes.begin(), problem.sizes.end())});
  }
}

void Limits::Append(Limit limit) {
  for (std::size_t id = 0; id < limit.amounts.size(); ++id) {
    if (limit.amounts[id] > 0) uses_[id].emplace_back(limits_.size(), limit.amounts[id]);
  }
  limits_.push_back(std::move(limit));
}

bool Limits::Allow(std::span<const std::uint32_t> set) const {
  return std::ranges::all_of(pinned_, [&](std::uint32_t id) { return std::ranges::find(set, id) != set.end(); }) &&
         Exceeded(SumsOf(set)) == nullptr;
}

Limits::Sums Limits::SumsOf(std::span<const std::uint32_t> set) const {
  Sums sums(limits_.size(), 0);
  for (const std::uint32_t id : set) Add(id, sums);
  return sums;
}

void Limits::Add(std::uint32_t candidate, Sums& sums) const {
  if (limits_.empty()) return;
  for (const auto& [limit, amount] : uses_[candidate]) sums[limit] += amount;
}

void Limits::Remove(std::uint32_t candidate, Sums& sums) const {
  if (limits_.empty()) return;
  for (const auto& [limit, amount] : uses_[candidate]) sums[limit] -= amount;
}

bool Limits::Fits(const Sums& sums, std::span<const std::uint32_t> add, std::span<const std::uint32_t> remove) const {
  if (limits_.empty()) return true;
  for (const std::uint32_t id : add) {
    for (const auto& [limit, amount] : uses_[id]) {
      const std::vector<std::int64_t>& amounts = limits_[limit].amounts;
      std::int64_t sum = sums[limit];
      for (const std::uint32_t more : add) sum += amounts[more];
      for (const std::uint32_t less : remove) sum -= amounts[less];
      if (sum > limits_[limit].most) return false;
    }
  }
  return true;
}

const Limit* Limits::Exceeded(const Sums& sums) const {
  for (std::size_t i = limits_.size(); i-- > 0;) {
    if (sums[i] > limits_[i].most) return &limits_[i];
  }
  return nullptr;
}

const Limit* Limits::ExceededWith(const Sums& sums, std::uint32_t candidate) const {
  if (limits_.empty()) return nullptr;
  for (const auto& [limit, amount] : uses_[candidate]) {
    if (sums[limit] + amount > limits_[limit].most) return &limits_[limit];
  }
  return nullptr;
}

std::vector<Limit> Limits::Rest() const {
  std::vector<Limit> rest = limits_;
  for (Limit& limit : rest) {
    for (const std::uint32_t id : pinned_) limit.most -= std::exchange(limit.amounts[id], 0);
  }
  return rest;
}

}  // namespace pgassay::select
