#include "workload/loop_tally.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <set>
#include <utility>

#include "workload/latency_sketch.h"
#include "workload/log_tally.h"

namespace pgassay::workload {
namespace {

// 0 is "not seen yet".
void MergeTimes(std::int64_t& first, std::int64_t& last, std::int64_t other_first, std::int64_t other_last) {
  if (other_first == 0 && other_last == 0) return;
  const bool empty = first == 0 && last == 0;
  first = empty ? other_first : std::min(first, other_first);
  last = empty ? other_last : std::max(last, other_last);
}

// The same text for one shape whichever is seen first: the least one that is known.
void MergeInto(LoopStatement& statement, const LoopStatement& other) {
  if (statement.text.empty() || (!other.text.empty() && other.text < statement.text)) statement.text = other.text;
  statement.tags.insert(other.tags.begin(), other.tags.end());
}

// Leaves the `most` entries with the largest weight; of equals those with the least keys.
template <typename Map, typename Weight>
void LeaveLargest(Map& entries, std::size_t most, Weight weight) {
  if (entries.size() <= most) return;
  std::vector<std::pair<std::int64_t, typename Map::iterator>> order;
  for (auto at = entries.begin(); at != entries.end(); ++at) order.emplace_back(weight(at->second), at);
  std::stable_sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = most; i < order.size(); ++i) entries.erase(order[i].second);
}

}  // namespace

void AddTo(DistinctCount& count, std::uint64_t hash) {
  std::vector<std::uint64_t>& least = count.least;
  const auto at = std::lower_bound(least.begin(), least.end(), hash);
  if (at != least.end() && *at == hash) return;
  if (at == least.end() && least.size() >= kDistinctKept) return;
  least.insert(at, hash);
  if (least.size() > kDistinctKept) least.pop_back();
}

std::int64_t Estimate(const DistinctCount& count) {
  const std::vector<std::uint64_t>& least = count.least;
  if (least.size() < kDistinctKept) return static_cast<std::int64_t>(least.size());
  const double share =
      static_cast<double>(least.back()) / static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  return std::max<std::int64_t>(kDistinctKept, std::llround(static_cast<double>(kDistinctKept - 1) / share));
}

void AddExample(std::vector<LoopExample>& examples, const LoopExample& example) {
  const auto at = std::lower_bound(examples.begin(), examples.end(), example);
  if (at == examples.end() && examples.size() >= kLoopExamples) return;
  examples.insert(at, example);
  if (examples.size() > kLoopExamples) examples.pop_back();
}

void MergeInto(LoopStats& stats, const LoopStats& other) {
  stats.loops += other.loops;
  stats.calls += other.calls;
  stats.transactions += other.transactions;
  for (const std::uint64_t hash : other.sessions.least) AddTo(stats.sessions, hash);
  MergeInto(stats.n, other.n);
  stats.wasted_us = AddUs(stats.wasted_us, other.wasted_us);
  stats.busy_us = AddUs(stats.busy_us, other.busy_us);
  stats.idle_us = AddUs(stats.idle_us, other.idle_us);
  MergeTimes(stats.first_us, stats.last_us, other.first_us, other.last_us);
  stats.within_transaction += other.within_transaction;
  stats.weak_parent += other.weak_parent;
  stats.unevenness += other.unevenness;
  stats.repeated_values += other.repeated_values;
  stats.matched_keys += other.matched_keys;
  stats.known_keys += other.known_keys;
  for (const LoopExample& example : other.examples) AddExample(stats.examples, example);
}

void MergeInto(LoopTally& tally, const LoopTally& other) {
  for (const auto& [key, stats] : other.loops) MergeInto(tally.loops[key], stats);
  for (const auto& [key, statement] : other.statements) {
    if (const auto [at, fresh] = tally.statements.emplace(key, statement); !fresh) MergeInto(at->second, statement);
  }
  for (const auto& [key, calls] : other.calls) tally.calls[key] += calls;
  for (const auto& [key, count] : other.suppressed) tally.suppressed[key] += count;
  tally.events += other.events;
  tally.failed += other.failed;
  tally.sessions_closed_early += other.sessions_closed_early;
  tally.not_watched += other.not_watched;
  MergeTimes(tally.first_us, tally.last_us, other.first_us, other.last_us);
  tally.open.insert(tally.open.end(), other.open.begin(), other.open.end());
  std::ranges::sort(tally.open);
  tally.open.erase(std::unique(tally.open.begin(), tally.open.end()), tally.open.end());
  Trim(tally);
}

void Trim(LoopTally& tally) {
  if (tally.open.size() > kMostOpenSessions) {
    const std::size_t lost = tally.open.size() - kMostOpenSessions;
    tally.sessions_closed_early += static_cast<std::int64_t>(lost);
    tally.open.erase(tally.open.begin(), tally.open.begin() + static_cast<std::ptrdiff_t>(lost));
  }
  LeaveLargest(tally.loops, kMostLoopKeys, [](const LoopStats& stats) { return stats.calls; });
  LeaveLargest(tally.suppressed, kMostLoopStatements, [](std::int64_t loops) { return loops; });
  const auto in_loop = [&](const LoopTally::Statement& statement) { return tally.statements.contains(statement); };
  if (tally.statements.size() > tally.loops.size() * 2) {
    std::set<LoopTally::Statement> used;
    for (const auto& [key, stats] : tally.loops) {
      used.insert({key.owner, key.child});
      if (key.parent != 0) used.insert({key.owner, key.parent});
    }
    std::erase_if(tally.statements, [&](const auto& entry) { return !used.contains(entry.first); });
  }
  if (tally.calls.size() <= kMostLoopStatements) return;
  std::map<LoopTally::Statement, std::int64_t> others;
  for (const auto& [statement, calls] : tally.calls) {
    if (!in_loop(statement) && statement.second != 0) others.emplace(statement, calls);
  }
  std::map<LoopTally::Statement, std::int64_t> left = others;
  LeaveLargest(left, kMostLoopStatements / 2, [](std::int64_t calls) { return calls; });
  for (const auto& [statement, calls] : others) {
    if (left.contains(statement)) continue;
    tally.calls.erase(statement);
    tally.calls[{statement.first, 0}] += calls;
  }
}

}  // namespace pgassay::workload
