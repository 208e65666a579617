// How tallies of one statement are added up.

#include <algorithm>
#include <iterator>
#include <utility>

#include "workload/latency_sketch.h"
#include "workload/log_tally.h"

namespace pgassay::workload {

bool IsAmongSamples(const std::vector<LogSample>& samples, std::uint64_t priority) {
  return samples.size() < kLogSamples || priority <= samples.back().priority;
}

void AddSample(std::vector<LogSample>& samples, LogSample&& sample) {
  const auto at = std::lower_bound(samples.begin(), samples.end(), sample);
  if (at != samples.end() && *at == sample) return;
  samples.insert(at, std::move(sample));
  if (samples.size() > kLogSamples) samples.pop_back();
}

bool IsSlower(const LogSample& a, const LogSample& b) {
  if (a.duration_us != b.duration_us) return a.duration_us > b.duration_us;
  return a < b;
}

void AddCounters(LogCounters& to, const LogCounters& from) {
  if (from.timed_calls > 0) {
    to.min_us = to.timed_calls > 0 ? std::min(to.min_us, from.min_us) : from.min_us;
    to.max_us = std::max(to.max_us, from.max_us);
  }
  to.first_us = to.first_us == 0 ? from.first_us : from.first_us == 0 ? to.first_us : std::min(to.first_us, from.first_us);
  to.last_us = std::max(to.last_us, from.last_us);
  to.calls += from.calls;
  to.timed_calls += from.timed_calls;
  to.total_us = AddUs(to.total_us, from.total_us);
  to.parse_us = AddUs(to.parse_us, from.parse_us);
  to.bind_us = AddUs(to.bind_us, from.bind_us);
  to.failed += from.failed;
  to.cancelled += from.cancelled;
  to.plans += from.plans;
  to.plan_us = AddUs(to.plan_us, from.plan_us);
  to.analyzed_plans += from.analyzed_plans;
  to.plan_rows = AddUs(to.plan_rows, from.plan_rows);
  to.misestimated += from.misestimated;
  to.worst_misestimate = std::max(to.worst_misestimate, from.worst_misestimate);
  to.wal_plans += from.wal_plans;
  to.wal_records = AddUs(to.wal_records, from.wal_records);
  to.wal_full_page_images = AddUs(to.wal_full_page_images, from.wal_full_page_images);
  to.wal_bytes = AddUs(to.wal_bytes, from.wal_bytes);
  to.temporary_files += from.temporary_files;
  to.temporary_bytes += from.temporary_bytes;
  to.lock_waits += from.lock_waits;
  to.lock_wait_us = AddUs(to.lock_wait_us, from.lock_wait_us);
}

void TalliedStatement::Merge(TalliedStatement&& other) {
  const bool earlier = std::pair(other.counters.first_us, std::string_view(other.text)) <
                       std::pair(counters.first_us, std::string_view(text));
  if (earlier) {
    text = std::move(other.text);
    hash = other.hash;
  }
  AddCounters(counters, other.counters);
  MergeInto(latency, other.latency);
  for (const auto& [hour, added] : other.hours) {
    auto at = std::lower_bound(hours.begin(), hours.end(), hour, [](const auto& entry, std::int32_t wanted) { return entry.first < wanted; });
    if (at == hours.end() || at->first != hour) at = hours.insert(at, {hour, {}});
    at->second.calls += added.calls;
    at->second.total_us = AddUs(at->second.total_us, added.total_us);
  }
  for (LogSample& sample : other.samples) {
    if (IsAmongSamples(samples, sample.priority)) AddSample(samples, std::move(sample));
  }
  for (LogSample& sample : other.plan_samples) {
    if (IsAmongSamples(plan_samples, sample.priority)) AddSample(plan_samples, std::move(sample));
  }
  for (LogSample TalliedStatement::*of : {&TalliedStatement::slowest, &TalliedStatement::plan_slowest}) {
    LogSample& from = other.*of;
    LogSample& to = this->*of;
    if (from.duration_us >= 0 && (to.duration_us < 0 || IsSlower(from, to))) to = std::move(from);
  }
  if (!other.query_ids.empty()) {
    std::vector<std::int64_t> both;
    std::set_union(query_ids.begin(), query_ids.end(), other.query_ids.begin(), other.query_ids.end(),
                   std::back_inserter(both));
    query_ids = std::move(both);
  }
}

std::size_t TalliedStatement::MemoryBytes() const {
  // A heap block costs about 32 bytes beside its content.
  const auto bytes = [](const std::string& s) { return s.capacity() > 15 ? s.capacity() + 32 : 0; };
  std::size_t total = sizeof(TalliedStatement) + bytes(text) + latency.buckets.capacity() * 16 + 32 +
                      hours.capacity() * sizeof(hours[0]) + 32 + query_ids.capacity() * 8;
  for (const std::vector<LogSample>* list : {&samples, &plan_samples}) {
    total += list->capacity() * sizeof(LogSample) + 32;
    for (const LogSample& sample : *list) total += bytes(sample.sql) + bytes(sample.parameters);
  }
  for (const LogSample* sample : {&slowest, &plan_slowest}) total += bytes(sample->sql) + bytes(sample->parameters);
  return total;
}

}  // namespace pgassay::workload
