#include "workload/log_tally.h"

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "workload/latency_sketch.h"

namespace pgassay::workload {
namespace {

constexpr std::int64_t kHourUs = std::int64_t{3600} * 1'000'000;
constexpr std::size_t kFirstSlots = 1024;
// Longer texts are no samples: they would not fit a planner call either, and a log may be full of them.
constexpr std::size_t kLongestSample = 64 << 10;

std::uint64_t Mix(std::uint64_t hash) {
  hash ^= hash >> 32U;
  hash *= 0xd6e8feb86659fd93U;
  hash ^= hash >> 32U;
  hash *= 0xd6e8feb86659fd93U;
  return hash ^ hash >> 32U;
}

// Eight bytes at a time: parameters are hashed for every call.
std::uint64_t HashBytes(std::string_view text, std::uint64_t seed) {
  std::uint64_t hash = seed ^ text.size() * 0x9e3779b97f4a7c15U;
  std::size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, 8);
    hash = (hash ^ word) * 0xff51afd7ed558ccdU;
    hash ^= hash >> 29U;
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, text.data() + at, text.size() - at);
  return Mix(hash ^ rest);
}

void AddHour(TalliedStatement& statement, std::int64_t time_us, std::int64_t calls, std::int64_t duration_us) {
  const auto hour = static_cast<std::int32_t>(time_us / kHourUs);
  if (statement.hours.empty() || statement.hours.back().first < hour) {
    statement.hours.push_back({hour, {calls, duration_us}});
    return;
  }
  auto at = std::lower_bound(statement.hours.begin(), statement.hours.end(), hour,
                             [](const auto& entry, std::int32_t wanted) { return entry.first < wanted; });
  if (at->first != hour) at = statement.hours.insert(at, {hour, {}});
  at->second.calls += calls;
  at->second.total_us += duration_us;
}

}  // namespace

LogTally::LogTally(const LogFilter* filter) : slots_(kFirstSlots), filter_(filter) { Clear(); }

void LogTally::Clear() {
  statements_.clear();
  std::fill(slots_.begin(), slots_.end(), 0);
  steps_.clear();
  names_.assign(1, "");
  name_numbers_.clear();
  name_numbers_.emplace("", 0);
  last_database_ = 0;
  last_user_ = 0;
  filtered_ = {};
  events_ = {};
}

std::uint32_t LogTally::Name(std::string_view name, std::uint32_t& last) {
  if (names_[last] == name) return last;
  const auto [at, added] = name_numbers_.try_emplace(ToAbsl(name), static_cast<std::uint32_t>(names_.size()));
  if (added) names_.emplace_back(name);
  last = at->second;
  return last;
}

void LogTally::Grow() {
  slots_.assign(slots_.size() * 2, 0);
  for (std::uint32_t i = 0; i < statements_.size(); ++i) {
    const TalliedStatement& statement = statements_[i];
    std::size_t slot = Mix(statement.hash.shape ^ (statement.database * 0x10001U + statement.user)) & (slots_.size() - 1);
    while (slots_[slot] != 0) slot = (slot + 1) & (slots_.size() - 1);
    slots_[slot] = i + 1;
  }
}

LogTally::Call LogTally::Find(const ingest::LogRecord& record, const ingest::LogEvent& event) {
  Call call;
  call.hash = sql::HashStatement(event.text);
  call.values = event.parameters.empty() ? call.hash.literals : HashBytes(event.parameters, call.hash.literals);
  const std::uint32_t database = Name(record.database, last_database_);
  const std::uint32_t user = Name(record.user, last_user_);
  std::size_t slot = Mix(call.hash.shape ^ (database * 0x10001U + user)) & (slots_.size() - 1);
  for (; slots_[slot] != 0; slot = (slot + 1) & (slots_.size() - 1)) {
    TalliedStatement& known = statements_[slots_[slot] - 1];
    if (known.hash.shape != call.hash.shape || known.database != database || known.user != user) continue;
    call.statement = slots_[slot] - 1;
    if (record.time_us <= known.counters.first_us) {
      std::string text = ingest::Text(record, event.text);
      if (record.time_us < known.counters.first_us || text < known.text) {
        known.text = std::move(text);
        known.hash = call.hash;
      }
      known.counters.first_us = record.time_us;
    }
    known.counters.last_us = std::max(known.counters.last_us, record.time_us);
    return call;
  }
  call.statement = static_cast<std::uint32_t>(statements_.size());
  slots_[slot] = call.statement + 1;
  TalliedStatement& made = statements_.emplace_back();
  made.database = database;
  made.user = user;
  made.hash = call.hash;
  made.text = ingest::Text(record, event.text);
  made.counters.first_us = record.time_us;
  made.counters.last_us = record.time_us;
  if (statements_.size() * 2 > slots_.size()) Grow();
  return call;
}

void LogTally::Step(SessionStep::Kind kind, std::uint32_t statement, std::uint64_t values,
                    const ingest::LogRecord& record, std::int64_t duration_us) {
  steps_.push_back({.kind = kind,
                    .statement = statement,
                    .session = record.session,
                    .transaction = record.transaction,
                    .time_us = record.time_us,
                    .duration_us = duration_us,
                    .values = values});
}

void LogTally::Sample(const Call& call, const ingest::LogRecord& record, const ingest::LogEvent& event, bool timed) {
  TalliedStatement& statement = statements_[call.statement];
  // The same call has the same priority in whatever format it was logged.
  const std::uint64_t priority = Mix(Mix(static_cast<std::uint64_t>(record.time_us) ^ call.values) + static_cast<std::uint64_t>(timed ? event.duration_us : 0));
  const std::int64_t duration = timed ? event.duration_us : -1;
  const bool slowest = timed && duration >= statement.slowest.duration_us;
  if (!slowest && !IsAmongSamples(statement.samples, priority)) return;
  // A value that log_parameter_max_length cut off ends in dots within its quotes.
  const bool cut = call.hash.unterminated || event.parameters.find("...'") != std::string_view::npos;
  if (cut || event.text.size() > kLongestSample || event.parameters.size() > kLongestSample) return;
  LogSample sample{.priority = priority, .time_us = record.time_us, .duration_us = duration};
  sample.sql = ingest::Text(record, event.text);
  sample.parameters = ingest::Text(record, event.parameters);
  if (slowest && (statement.slowest.duration_us < 0 || IsSlower(sample, statement.slowest))) statement.slowest = sample;
  if (IsAmongSamples(statement.samples, priority)) AddSample(statement.samples, std::move(sample));
}

void LogTally::AddCall(const ingest::LogRecord& record, const ingest::LogEvent& event, bool timed) {
  const Call call = Find(record, event);
  TalliedStatement& statement = statements_[call.statement];
  LogCounters& counters = statement.counters;
  const std::int64_t calls = event.fetch ? 0 : 1;  // a further part of a portal's rows belongs to the call before it
  counters.calls += calls;
  if (timed) {
    if (calls == 1) {
      counters.min_us = counters.timed_calls == 0 ? event.duration_us : std::min(counters.min_us, event.duration_us);
      counters.max_us = std::max(counters.max_us, event.duration_us);
      AddTo(statement.latency, event.duration_us);
    }
    counters.timed_calls += calls;
    counters.total_us += event.duration_us;
  }
  AddHour(statement, record.time_us, calls, timed ? event.duration_us : 0);
  if (record.query_id != 0 && (statement.query_ids.empty() || statement.query_ids.back() != record.query_id)) {
    const auto at = std::lower_bound(statement.query_ids.begin(), statement.query_ids.end(), record.query_id);
    if (at == statement.query_ids.end() || *at != record.query_id) statement.query_ids.insert(at, record.query_id);
  }
  if (calls == 1) Sample(call, record, event, timed);
  Step(timed ? SessionStep::Kind::kCompleted : SessionStep::Kind::kStarted, call.statement, call.values, record,
       timed ? event.duration_us : 0);
}

// What belongs to a statement and is no call of it.
void LogTally::AddPart(const ingest::LogRecord& record, const ingest::LogEvent& event) {
  using ingest::EventKind;
  if (event.text.empty()) return;
  const Call call = Find(record, event);
  LogCounters& counters = statements_[call.statement].counters;
  switch (event.kind) {
    case EventKind::kParse: counters.parse_us += event.duration_us; return;
    case EventKind::kBind: counters.bind_us += event.duration_us; return;
    case EventKind::kPlan:
      ++counters.plans;
      counters.plan_us += event.duration_us;
      return;
    case EventKind::kTemporaryFile:
      ++counters.temporary_files;
      counters.temporary_bytes += event.bytes;
      return;
    case EventKind::kLockAcquired:
      ++counters.lock_waits;
      counters.lock_wait_us += event.duration_us;
      return;
    case EventKind::kFailed:
    case EventKind::kCancelled:
    case EventKind::kDeadlock:
      ++counters.failed;
      counters.cancelled += event.kind == EventKind::kCancelled ? 1 : 0;
      Step(SessionStep::Kind::kFailed, call.statement, call.values, record, 0);
      return;
    default: return;
  }
}

// An execution counts if the entry that begins it does. What the session runs now is therefore known to LogTotals, so
// that a duration that comes in an entry of its own finds it.
void LogTally::KeepOut(const ingest::LogRecord& record, const ingest::LogEvent& event, FilterVerdict verdict) {
  using ingest::EventKind;
  const auto step = [&](SessionStep::Kind kind) {
    Step(kind, SessionStep::kNoStatement, 0, record, event.duration_us);
    steps_.back().verdict = verdict;
  };
  switch (event.kind) {
    case EventKind::kDuration: return step(SessionStep::Kind::kDuration);
    case EventKind::kStatement: step(SessionStep::Kind::kStarted); break;
    case EventKind::kFailed:
    case EventKind::kCancelled:
    case EventKind::kDeadlock: step(SessionStep::Kind::kFailed); break;
    default: break;
  }
  ++filtered_[static_cast<std::size_t>(verdict)];
}

void LogTally::Add(const ingest::LogRecord& record) {
  const FilterVerdict verdict = filter_ != nullptr ? Judge(*filter_, record) : FilterVerdict::kPasses;
  if (record.time_us != ingest::kNoTime) return AddJudged(record, verdict);
  ingest::LogRecord timeless = record;
  timeless.time_us = 0;  // counted, at no hour of its own
  AddJudged(timeless, verdict);
}

void LogTally::AddJudged(const ingest::LogRecord& record, FilterVerdict verdict) {
  using ingest::EventKind;
  const ingest::LogEvent event = ingest::ReadEvent(record);
  if (verdict != FilterVerdict::kPasses) return KeepOut(record, event, verdict);
  ++events_[static_cast<std::size_t>(event.kind)];
  switch (event.kind) {
    case EventKind::kCompleted: return AddCall(record, event, true);
    case EventKind::kStatement: return AddCall(record, event, false);
    case EventKind::kDuration:
      return Step(SessionStep::Kind::kDuration, SessionStep::kNoStatement, 0, record, event.duration_us);
    case EventKind::kParse:
    case EventKind::kBind:
    case EventKind::kPlan:
    case EventKind::kTemporaryFile:
    case EventKind::kLockAcquired:
    case EventKind::kFailed:
    case EventKind::kCancelled:
    case EventKind::kDeadlock: return AddPart(record, event);
    default: return;
  }
}

}  // namespace pgassay::workload
