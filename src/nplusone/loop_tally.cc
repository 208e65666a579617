#include "nplusone/loop_tally.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "workload/latency_sketch.h"

namespace pgassay::nplusone {
namespace {

// 0 is "not seen yet".
void MergeTimes(std::int64_t& first, std::int64_t& last, std::int64_t other_first, std::int64_t other_last) {
  if (other_first == 0 && other_last == 0) return;
  const bool empty = first == 0 && last == 0;
  first = empty ? other_first : std::min(first, other_first);
  last = empty ? other_last : std::max(last, other_last);
}

// The same text for one shape whichever is seen first: the least one.
void MergeInto(LoopStatement& statement, const LoopStatement& other) {
  if (other.text < statement.text) {
    statement.text = other.text;
    statement.verb = other.verb;
  }
  statement.tags.insert(other.tags.begin(), other.tags.end());
}

}  // namespace

std::string_view Slug(LoopKind kind) {
  constexpr std::array<std::string_view, 5> kSlugs = {"n-plus-one", "redundant-query", "writes-in-a-loop",
                                                      "chatty-transaction", "check-then-insert"};
  return kSlugs[static_cast<std::size_t>(kind)];
}

std::string_view Slug(Suppression reason) {
  constexpr std::array<std::string_view, kSuppressions> kSlugs = {
      "pagination", "uniqueness-check", "independent-transactions", "no-parent",
      "polling",    "read-after-write", "separate-requests",        "row-lock",
      "locked",     "other-key"};
  return kSlugs[static_cast<std::size_t>(reason)];
}

void DistinctCount::Add(std::uint64_t hash) {
  const auto at = std::lower_bound(least.begin(), least.end(), hash);
  if (at != least.end() && *at == hash) return;
  if (at == least.end() && least.size() >= kKept) return;
  least.insert(at, hash);
  if (least.size() > kKept) least.pop_back();
}

void DistinctCount::Merge(const DistinctCount& other) {
  for (const std::uint64_t hash : other.least) Add(hash);
}

std::int64_t DistinctCount::Estimate() const {
  if (least.size() < kKept) return static_cast<std::int64_t>(least.size());
  const double share =
      static_cast<double>(least.back()) / static_cast<double>(std::numeric_limits<std::uint64_t>::max());
  return std::max<std::int64_t>(kKept, std::llround(static_cast<double>(kKept - 1) / share));
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
  stats.sessions.Merge(other.sessions);
  workload::MergeInto(stats.n, other.n);
  stats.wasted_us += other.wasted_us;
  stats.busy_us += other.busy_us;
  stats.idle_us += other.idle_us;
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
  MergeTimes(tally.first_us, tally.last_us, other.first_us, other.last_us);
}

}  // namespace pgassay::nplusone
