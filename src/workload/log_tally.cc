#include "workload/log_tally.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <utility>

#include "base/text.h"
#include "ingest/logged_plan.h"
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

// Whether log_parameter_max_length has cut a value off: it ends in dots within its quotes.
bool IsCut(std::string_view parameters) {
  return parameters.find("...'") != std::string_view::npos;
}

// Whether $1 and the like stand in `text`, perhaps within a literal.
bool HasParameters(std::string_view text) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    if (at + 1 < text.size() && text[at + 1] >= '0' && text[at + 1] <= '9') return true;
  }
  return false;
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
  timed_.clear();
  prepared_ = {};
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
  call.hash = hashes_.Hash(event.text);
  call.values = call.hash.literals;
  call.value_bits = call.hash.value_bits;
  if (!event.parameters.empty()) {
    // $1 = '42', $2 = NULL: words of SQL, as the statement's own.
    const sql::StatementHash parameters = sql::HashStatement(event.parameters);
    call.values = Mix(call.values ^ parameters.literals);
    call.value_bits |= parameters.value_bits;
  }
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

void LogTally::Step(SessionStep::Kind kind, const Call& call, const ingest::LogRecord& record,
                    const ingest::LogEvent& event, std::int64_t duration_us) {
  Prepared& prepared = prepared_[record.session % kPreparedPlaces];
  std::uint32_t plan_us = 0;
  const bool execution = kind != SessionStep::Kind::kPlanned && kind != SessionStep::Kind::kDuration;
  if (execution && prepared.session == record.session && prepared.session != 0) {
    plan_us = static_cast<std::uint32_t>(std::min<std::int64_t>(prepared.plan_us, 0xFFFFFFFF));
    prepared = {};
  }
  // Parameters that are not logged, or not whole, are taken to be others in each call: to say that a client asks for the
  // same again and again takes knowing it.
  const bool unknown = call.hash.has_parameters && (event.parameters.empty() || IsCut(event.parameters));
  const auto of_call = static_cast<std::uint64_t>(record.time_us + duration_us);
  steps_.push_back({.kind = kind,
                    .extended = event.extended,
                    .fetch = event.fetch,
                    .several = !event.extended && call.hash.several,
                    .statement = call.statement,
                    .session = record.session,
                    .transaction = record.transaction,
                    .time_us = record.time_us,
                    .duration_us = duration_us,
                    .values = unknown ? Mix(call.values ^ Mix(of_call)) : call.values,
                    .value_bits = call.value_bits,
                    .plan_us = plan_us});
}

void LogTally::AddPrepared(std::size_t place) {
  const Prepared prepared = std::exchange(prepared_[place], {});
  if (prepared.session == 0) return;
  steps_.push_back({.kind = SessionStep::Kind::kPrepared,
                    .session = prepared.session,
                    .time_us = prepared.time_us,
                    .plan_us = static_cast<std::uint32_t>(std::min<std::int64_t>(prepared.plan_us, 0xFFFFFFFF))});
}

void LogTally::Prepare(const ingest::LogRecord& record, std::int64_t duration_us) {
  const std::size_t place = record.session % kPreparedPlaces;
  if (prepared_[place].session != record.session) AddPrepared(place);
  prepared_[place].session = record.session;
  prepared_[place].time_us = record.time_us;
  prepared_[place].plan_us = AddUs(prepared_[place].plan_us, duration_us);
}

void LogTally::Finish() {
  for (std::size_t place = 0; place < kPreparedPlaces; ++place) AddPrepared(place);
  AddTimed();
}

// A counting sort by statement, and then the buckets of each.
void LogTally::AddTimed() {
  if (timed_.empty()) return;
  std::vector<std::uint32_t> ends(statements_.size() + 1);
  for (const Timed& timed : timed_) ++ends[timed.statement + 1];
  std::partial_sum(ends.begin(), ends.end(), ends.begin());
  timed_buckets_.resize(timed_.size());
  for (const Timed& timed : timed_) timed_buckets_[ends[timed.statement]++] = timed.bucket;
  timed_.clear();
  std::size_t begin = 0;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    const std::span<std::uint16_t> buckets(timed_buckets_.data() + begin, ends[i] - begin);
    AddBuckets(statements_[i].latency, buckets);
    begin = ends[i];
  }
}

void LogTally::Sample(const Call& call, const ingest::LogRecord& record, const ingest::LogEvent& event, bool timed,
                      std::vector<LogSample>& samples, LogSample& slowest) {
  // The same call has the same priority in whatever format it was logged.
  const std::uint64_t priority = Mix(Mix(static_cast<std::uint64_t>(record.time_us) ^ call.values) + static_cast<std::uint64_t>(timed ? event.duration_us : 0));
  const std::int64_t duration = timed ? event.duration_us : -1;
  const bool is_slowest = timed && duration >= slowest.duration_us;
  if (!is_slowest && !IsAmongSamples(samples, priority)) return;
  const bool cut = call.hash.unterminated || IsCut(event.parameters);
  if (cut || event.text.size() > kLongestSample || event.parameters.size() > kLongestSample) return;
  LogSample sample{.priority = priority, .time_us = record.time_us, .duration_us = duration};
  sample.sql = ingest::Text(record, event.text);
  sample.parameters = ingest::Text(record, event.parameters);
  if (is_slowest && (slowest.duration_us < 0 || IsSlower(sample, slowest))) slowest = sample;
  if (IsAmongSamples(samples, priority)) AddSample(samples, std::move(sample));
}

void LogTally::AddQueryId(TalliedStatement& statement, std::int64_t query_id) {
  if (query_id == 0 || (!statement.query_ids.empty() && statement.query_ids.back() == query_id)) return;
  const auto at = std::lower_bound(statement.query_ids.begin(), statement.query_ids.end(), query_id);
  if (at == statement.query_ids.end() || *at != query_id) statement.query_ids.insert(at, query_id);
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
      timed_.push_back({call.statement, SketchBucket(event.duration_us)});
    }
    counters.timed_calls += calls;
    counters.total_us += event.duration_us;
  }
  AddHour(statement, record.time_us, calls, timed ? event.duration_us : 0);
  AddQueryId(statement, record.query_id);
  if (calls == 1) Sample(call, record, event, timed, statement.samples, statement.slowest);
  Step(timed ? SessionStep::Kind::kCompleted : SessionStep::Kind::kStarted, call, record, event,
       timed ? event.duration_us : 0);
}

// Whether the plan is of a call of its own is seen where sessions are followed.
void LogTally::AddPlan(const ingest::LogRecord& record, const ingest::LogEvent& event) {
  const ingest::LoggedPlan plan = ingest::ReadPlan(ingest::Text(record, event.plan));
  if (plan.query.empty()) return;
  ingest::LogRecord own = record;
  own.tabs_behind_newlines = false;
  ingest::LogEvent of = event;
  of.text = plan.query;
  of.parameters = plan.parameters;
  const Call call = Find(own, of);
  TalliedStatement& statement = statements_[call.statement];
  LogCounters& counters = statement.counters;
  ++counters.plans;
  counters.plan_us += event.duration_us;
  if (plan.analyzed) {
    ++counters.analyzed_plans;
    counters.plan_rows = AddUs(counters.plan_rows, plan.rows);
    counters.misestimated += plan.worst_misestimate >= kMisestimate ? 1 : 0;
    counters.worst_misestimate = std::max(counters.worst_misestimate, plan.worst_misestimate);
  }
  if (plan.has_wal) {
    ++counters.wal_plans;
    counters.wal_records = AddUs(counters.wal_records, plan.wal_records);
    counters.wal_full_page_images = AddUs(counters.wal_full_page_images, plan.wal_full_page_images);
    counters.wal_bytes = AddUs(counters.wal_bytes, plan.wal_bytes);
  }
  AddQueryId(statement, record.query_id != 0 ? record.query_id : plan.query_id);
  // Before PostgreSQL 16 a plan does not tell parameters.
  if (!plan.parameters.empty() || !HasParameters(plan.query))
    Sample(call, own, of, true, statement.plan_samples, statement.plan_slowest);
  Step(SessionStep::Kind::kPlanned, call, own, of, event.duration_us);
}

// What belongs to a statement and is no call of it.
void LogTally::AddPart(const ingest::LogRecord& record, const ingest::LogEvent& event) {
  using ingest::EventKind;
  if (event.text.empty()) return;
  const Call call = Find(record, event);
  LogCounters& counters = statements_[call.statement].counters;
  switch (event.kind) {
    case EventKind::kParse:
      counters.parse_us += event.duration_us;
      return Prepare(record, event.duration_us);
    case EventKind::kBind:
      counters.bind_us += event.duration_us;
      return Prepare(record, event.duration_us);
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
      Step(SessionStep::Kind::kFailed, call, record, event, 0);
      return;
    default: return;
  }
}

// An execution counts if the entry that begins it does. What the session runs now is therefore known to LogTotals, so
// that a duration that comes in an entry of its own finds it.
void LogTally::KeepOut(const ingest::LogRecord& record, const ingest::LogEvent& event, FilterVerdict verdict) {
  using ingest::EventKind;
  const auto step = [&](SessionStep::Kind kind) {
    Step(kind, {.statement = SessionStep::kNoStatement}, record, event, event.duration_us);
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
      return Step(SessionStep::Kind::kDuration, {.statement = SessionStep::kNoStatement}, record, event, event.duration_us);
    case EventKind::kPlan: return AddPlan(record, event);
    case EventKind::kParse:
    case EventKind::kBind:
    case EventKind::kTemporaryFile:
    case EventKind::kLockAcquired:
    case EventKind::kFailed:
    case EventKind::kCancelled:
    case EventKind::kDeadlock: return AddPart(record, event);
    default: return;
  }
}

}  // namespace pgassay::workload
