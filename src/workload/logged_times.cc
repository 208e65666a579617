#include "workload/logged_times.h"

#include <algorithm>
#include <cstdint>
#include <map>

#include "pgassay/workload_logs.h"
#include "workload/latency_sketch.h"
#include "workload/log_tally.h"

namespace pgassay::workload {
namespace {

void AddHours(std::map<std::int32_t, LogHour>& to, const std::map<std::int32_t, LogHour>& from) {
  for (const auto& [hour, added] : from) {
    LogHour& of = to[hour];
    of.calls += added.calls;
    of.total_us = AddUs(of.total_us, added.total_us);
  }
}

}  // namespace

void AddLogged(Template& to, const LoggedTimes& logged) {
  if (!to.logged) to.logged.emplace();
  LoggedTimes& times = *to.logged;
  MergeInto(times.latency, logged.latency);
  AddHours(times.hours, logged.hours);
  times.analyzed_plans += logged.analyzed_plans;
  times.wal_plans += logged.wal_plans;
  times.misestimated += logged.misestimated;
  times.worst_misestimate = std::max(times.worst_misestimate, logged.worst_misestimate);
  if (Count(times.latency) == 0) return;
  // A sketch is right within its relative error; the longest call is known exactly.
  times.max_us = std::max(times.max_us, logged.max_us);
  times.p50_us = std::min(times.max_us, Quantile(times.latency, 0.5));
  times.p95_us = std::min(times.max_us, Quantile(times.latency, 0.95));
  times.p99_us = std::min(times.max_us, Quantile(times.latency, 0.99));
}

}  // namespace pgassay::workload

namespace pgassay {

std::map<std::int32_t, LogHour> LoggedHours(const LogWorkload& logs, const Snapshot& snapshot) {
  std::map<std::int32_t, LogHour> hours;
  for (const LogTemplate& of : logs.templates) {
    if (of.database.empty() || of.database == snapshot.database) workload::AddHours(hours, of.hours);
  }
  return hours;
}

}  // namespace pgassay
