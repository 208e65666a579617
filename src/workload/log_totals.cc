#include "workload/log_totals.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "workload/latency_sketch.h"
#include "workload/log_templates.h"

namespace pgassay::workload {
namespace {

// Sessions that wait for a duration at once; far above max_connections anywhere.
constexpr std::size_t kMostStarted = 100'000;
// Between the entry that begins a statement and its end less its duration: times may be logged in whole seconds.
constexpr std::int64_t kSlackUs = 2'000'000;
// Statements that are parsed before they are added up, and those that are worth a thread.
constexpr std::size_t kParsedAtOnce = 1'024;
constexpr std::size_t kParsedByOne = 64;

}  // namespace

std::uint32_t LogTotals::Name(const std::string& name) {
  const auto [at, added] = name_numbers_.try_emplace(name, static_cast<std::uint32_t>(names_.size()));
  if (added) names_.push_back(name);
  return at->second;
}

LogTotals::Key LogTotals::Merge(TalliedStatement&& statement, const std::vector<std::uint32_t>& names,
                                std::uint32_t& number) {
  statement.database = names[statement.database];
  statement.user = names[statement.user];
  const Key key{.shape = statement.hash.shape, .database = statement.database, .user = statement.user};
  const auto [at, added] = entries_.try_emplace(key);
  if (added) at->second = std::make_unique<Entry>();
  Entry& entry = *at->second;
  if (added) {
    entry.statement = std::move(statement);
    entry.number = next_number_++;
    if (options_.watch.define)
      options_.watch.define(entry.number, entry.statement, names_[key.database], names_[key.user]);
  } else {
    entry.statement.Merge(std::move(statement));
  }
  memory_bytes_ -= entry.memory_bytes;
  entry.memory_bytes = entry.statement.MemoryBytes();
  memory_bytes_ += entry.memory_bytes;
  number = entry.number;
  return key;
}

OpenWork LogTotals::Open() const {
  OpenWork work;
  std::vector<OpenStatement>& open = work.statements;
  for (const auto& [session, started] : started_) {
    // One that has its duration from a plan waits for nothing.
    if (started.step.verdict != FilterVerdict::kPasses || started.planned_us >= 0) continue;
    const auto at = entries_.find(started.key);
    const auto before = reopened_.find(started.key);
    // What was evicted is not followed further.
    if (at == entries_.end() && before == reopened_.end()) continue;
    const TalliedStatement& known = at != entries_.end() ? at->second->statement : before->second;
    OpenStatement& added = open.emplace_back();
    added.statement.hash = known.hash;
    added.statement.text = known.text;
    added.database = names_[started.key.database];
    added.user = names_[started.key.user];
    added.step = started.step;
    added.elsewhere = started.elsewhere;
  }
  std::sort(open.begin(), open.end(),
            [](const OpenStatement& a, const OpenStatement& b) { return a.step.session < b.step.session; });
  std::int64_t latest_us = 0;
  plans_.ForEach(
      [&](std::uint64_t, const LoggedExecution& told, bool) { latest_us = std::max(latest_us, told.time_us); });
  plans_.ForEach([&](std::uint64_t session, const LoggedExecution& told, bool is_plan) {
    if (told.time_us + PlanJoin::kResumedUs < latest_us) return;
    work.executions.push_back({.session = session,
                               .shape = told.key.shape,
                               .database = names_[told.key.database],
                               .user = names_[told.key.user],
                               .told = told,
                               .is_plan = is_plan});
  });
  std::stable_sort(work.executions.begin(), work.executions.end(),
                   [](const OpenExecution& a, const OpenExecution& b) { return a.session < b.session; });
  work.prepared.assign(prepared_.begin(), prepared_.end());
  std::sort(work.prepared.begin(), work.prepared.end());
  return work;
}

void LogTotals::Reopen(const OpenWork& open) {
  for (const OpenExecution& of : open.executions) {
    LoggedExecution told = of.told;
    told.key = {.shape = of.shape, .database = Name(of.database), .user = Name(of.user)};
    plans_.Resume(of.session, told, of.is_plan);
  }
  for (const auto& [session, plan_us] : open.prepared) prepared_[session] = plan_us;
  for (const OpenStatement& of : open.statements) {
    const Key key{.shape = of.statement.hash.shape, .database = Name(of.database), .user = Name(of.user)};
    TalliedStatement& statement = reopened_[key];
    statement = of.statement;
    statement.database = key.database;
    statement.user = key.user;
    started_[of.step.session] = {.key = key, .step = of.step, .reopened = true, .elsewhere = of.elsewhere};
  }
}

// What `step` ends; nullptr: nothing that is known. Of what another log has, only what it surely ends.
LogTotals::Started* LogTotals::StartedBy(const SessionStep& step, const Key& key) {
  const auto at = started_.find(step.session);
  if (at == started_.end()) return nullptr;
  Started& started = at->second;
  if (!started.elsewhere) return &started;
  const bool same = step.kind == SessionStep::Kind::kFailed
                        ? key == started.key
                        : std::abs(step.time_us - step.duration_us - started.step.time_us) <= kSlackUs;
  return same ? &started : nullptr;
}

// The entry of a statement that a session began; nullptr: it was evicted.
LogTotals::Entry* LogTotals::Find(const Key& key) {
  if (const auto at = entries_.find(key); at != entries_.end()) return at->second.get();
  const auto before = reopened_.find(key);
  if (before == reopened_.end()) return nullptr;
  Entry& entry = *(entries_[key] = std::make_unique<Entry>());
  entry.statement = std::move(before->second);
  entry.number = next_number_++;
  reopened_.erase(before);
  if (options_.watch.define)
    options_.watch.define(entry.number, entry.statement, names_[key.database], names_[key.user]);
  return &entry;
}

// Returns what it was added to.
LogTotals::Entry* LogTotals::AddDuration(const Started& started, std::int64_t time_us, std::int64_t duration_us) {
  Entry* const entry = Find(started.key);
  if (entry == nullptr) return nullptr;
  TalliedStatement added;
  added.counters = {.timed_calls = 1, .total_us = duration_us, .min_us = duration_us, .max_us = duration_us};
  added.counters.first_us = started.step.time_us;
  added.counters.last_us = time_us;
  added.hash = entry->statement.hash;
  added.text = entry->statement.text;
  AddTo(added.latency, duration_us);
  added.hours.push_back({static_cast<std::int32_t>(started.step.time_us / 3'600'000'000), {0, duration_us}});
  entry->statement.Merge(std::move(added));
  return entry;
}

// What failed is no call, but was counted as one when it began. Where that was in other totals, the calls of these here
// may be less than 0: the sum of both is right.
void LogTotals::TakeBackCall(const Started& started) {
  if (started.step.verdict != FilterVerdict::kPasses) return;
  Entry* const entry = Find(started.key);
  // Evicted meanwhile and seen again, it may have none: the call was counted as evicted.
  if (entry == nullptr || (!started.reopened && entry->statement.counters.calls <= 0)) return;
  --entry->statement.counters.calls;
  const auto hour = static_cast<std::int32_t>(started.step.time_us / 3'600'000'000);
  if (started.reopened) {
    TalliedStatement taken;
    taken.counters.first_us = started.step.time_us;
    taken.hash = entry->statement.hash;
    taken.text = entry->statement.text;
    taken.hours.push_back({hour, {-1, 0}});
    return entry->statement.Merge(std::move(taken));
  }
  for (auto& [of, counts] : entry->statement.hours) counts.calls -= of == hour && counts.calls > 0 ? 1 : 0;
}

// Plans that were counted as calls by themselves before their call was seen, which counts in their place: it is not
// counted, and its duration but for theirs is added to theirs.
void LogTotals::TakeBackPlans(const LoggedExecution& call, const PlanJoin::Taken& taken) {
  Entry* const entry = taken.calls > 0 ? Find(call.key) : nullptr;
  if (entry == nullptr) return;
  TalliedStatement& statement = entry->statement;
  statement.counters.calls -= taken.calls;
  statement.counters.timed_calls -= taken.calls;
  statement.counters.total_us -= taken.duration_us;
  TakeFrom(statement.latency, call.duration_us);
  TalliedStatement hours;
  hours.counters.first_us = taken.time_us;
  hours.hash = statement.hash;
  hours.text = statement.text;
  hours.hours.push_back({static_cast<std::int32_t>(taken.time_us / 3'600'000'000), {-taken.calls, -taken.duration_us}});
  statement.Merge(std::move(hours));
}

// The entry of a duration counts as the execution does that it belongs to.
void LogTotals::CountDuration(const SessionStep& duration, FilterVerdict verdict) {
  std::int64_t& event = events_[static_cast<std::size_t>(ingest::EventKind::kDuration)];
  if (duration.verdict == FilterVerdict::kPasses) --event;  // the tally has counted it
  ++(verdict == FilterVerdict::kPasses ? event : filtered_[static_cast<std::size_t>(verdict)]);
}

// No line had the duration of what was started, but its plans had.
void LogTotals::AddPlannedDuration(const Started& started) {
  if (started.planned_us >= 0) AddDuration(started, started.planned_time_us, started.planned_us);
}

// An execution that only its plan tells.
void LogTotals::AddPlannedCall(const LoggedExecution& plan) {
  const auto at = entries_.find(plan.key);
  if (at == entries_.end()) {  // evicted meanwhile
    ++evicted_.calls;
    evicted_.total_us = AddUs(evicted_.total_us, plan.duration_us);
    return;
  }
  LogCounters& counters = at->second->statement.counters;
  ++counters.calls;
  AddDuration({.key = plan.key, .step = {.time_us = plan.time_us}}, plan.time_us, plan.duration_us);
  auto& hours = at->second->statement.hours;
  const auto hour = static_cast<std::int32_t>(plan.time_us / 3'600'000'000);
  for (auto& [of, counts] : hours) counts.calls += of == hour ? 1 : 0;
}

// Puts together what one execution wrote in several entries: "statement: ..." and "duration: ...", and its plan.
void LogTotals::Follow(SessionStep step, const Key& key, std::uint32_t number) {
  if (step.kind == SessionStep::Kind::kPrepared) {
    if (prepared_.size() >= kMostStarted) prepared_.clear();
    prepared_[step.session] += std::min(step.plan_us, 0xFFFFFFFF - prepared_[step.session]);
    return;
  }
  if (!prepared_.empty() && step.kind != SessionStep::Kind::kDuration && step.kind != SessionStep::Kind::kPlanned) {
    if (const auto at = prepared_.find(step.session); at != prepared_.end()) {
      step.plan_us += std::min(at->second, 0xFFFFFFFF - step.plan_us);
      prepared_.erase(at);
    }
  }
  SessionStep whole = step;
  switch (step.kind) {
    case SessionStep::Kind::kStarted: {
      if (started_.size() >= kMostStarted) {
        for (const auto& [session, started] : started_) AddPlannedDuration(started);
        started_.clear();
      }
      Started& started = started_[step.session];
      AddPlannedDuration(started);
      started = {.key = key, .number = number, .step = step};
      return;
    }
    case SessionStep::Kind::kPlanned: {
      Started* const started = StartedBy(step, key);
      if (started == nullptr || started->key != key) {
        plans_.AddPlan(step.session, {.key = key, .time_us = step.time_us, .duration_us = step.duration_us});
        return;
      }
      started->planned_us = AddUs(std::max<std::int64_t>(started->planned_us, 0), step.duration_us);
      started->planned_time_us = step.time_us;
      return;
    }
    case SessionStep::Kind::kDuration: {
      const Started* const started = StartedBy(step, key);
      const FilterVerdict verdict = started != nullptr ? started->step.verdict : step.verdict;
      CountDuration(step, verdict);
      if (started == nullptr) {
        lone_durations_ += verdict == FilterVerdict::kPasses ? 1 : 0;
        return;
      }
      if (verdict != FilterVerdict::kPasses) {
        started_.erase(step.session);
        return;
      }
      const Entry* const entry = AddDuration(*started, step.time_us, step.duration_us);
      if (started->planned_us < 0 && started->step.extended) {
        const LoggedExecution call{
            .key = started->key, .time_us = step.time_us, .duration_us = step.duration_us, .extended = true};
        TakeBackPlans(call, plans_.AddCall(step.session, call));
      }
      whole = started->step;
      whole.kind = SessionStep::Kind::kCompleted;
      whole.time_us = step.time_us;
      whole.duration_us = step.duration_us;
      number = entry != nullptr ? entry->number : started->number;
      const bool unknown = entry == nullptr && started->reopened;
      started_.erase(step.session);
      if (unknown) return;
      break;
    }
    case SessionStep::Kind::kFailed: {
      const Started* const started = StartedBy(step, key);
      if (started == nullptr) break;
      TakeBackCall(*started);
      started_.erase(step.session);
      break;
    }
    case SessionStep::Kind::kPrepared:
      break;
    case SessionStep::Kind::kCompleted: {
      const LoggedExecution call{.key = key,
                                 .time_us = step.time_us,
                                 .duration_us = step.duration_us,
                                 .extended = step.extended,
                                 .several = step.several};
      if (step.fetch) {
        plans_.AddFetch(step.session, call);
      } else {
        TakeBackPlans(call, plans_.AddCall(step.session, call));
      }
      break;
    }
  }
  if (step.kind == SessionStep::Kind::kFailed && step.verdict != FilterVerdict::kPasses) return;
  if (options_.watch.step) options_.watch.step(number, whole);
}

void LogTotals::Take(LogTally& block) {
  block.Finish();
  std::vector<std::uint32_t> names;
  for (const std::string& name : block.names()) names.push_back(Name(name));
  std::vector<Key> keys;
  std::vector<std::uint32_t> numbers;
  keys.reserve(block.statements().size());
  numbers.reserve(block.statements().size());
  for (TalliedStatement& statement : block.statements()) {
    std::uint32_t number = 0;
    keys.push_back(Merge(std::move(statement), names, number));
    numbers.push_back(number);
  }
  for (const SessionStep& step : block.steps()) {
    const bool known = step.statement != SessionStep::kNoStatement;
    Follow(step, known ? keys[step.statement] : Key{}, known ? numbers[step.statement] : SessionStep::kNoStatement);
  }
  for (std::size_t i = 0; i < events_.size(); ++i) events_[i] += block.events()[i];
  for (std::size_t i = 0; i < filtered_.size(); ++i) filtered_[i] += block.filtered()[i];
  if (memory_bytes_ > options_.memory_bytes) Evict();
}

// Leaves three quarters of the memory to the statements with the most time.
void LogTotals::Evict() {
  using Weight = std::tuple<std::int64_t, std::int64_t, std::uint32_t>;
  std::vector<std::pair<Weight, Key>> order;
  order.reserve(entries_.size());
  for (const auto& [key, entry] : entries_) {
    const LogCounters& counters = entry->statement.counters;
    // Of equals the older ones stay.
    order.push_back({{counters.total_us + counters.plan_us, counters.calls, ~entry->number}, key});
  }
  std::sort(order.begin(), order.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [weight, key] : order) {
    if (memory_bytes_ <= options_.memory_bytes / 4 * 3) break;
    const auto at = entries_.find(key);
    const LogCounters& counters = at->second->statement.counters;
    ++evicted_.statements;
    evicted_.calls += std::max<std::int64_t>(counters.calls, 0);
    evicted_.total_us = AddUs(evicted_.total_us, counters.total_us);
    memory_bytes_ -= at->second->memory_bytes;
    entries_.erase(at);
  }
}

const TalliedStatement* LogTotals::Find(std::uint64_t shape, const std::string& database,
                                        const std::string& user) const {
  const auto of_database = name_numbers_.find(database);
  const auto of_user = name_numbers_.find(user);
  if (of_database == name_numbers_.end() || of_user == name_numbers_.end()) return nullptr;
  const auto at = entries_.find({.shape = shape, .database = of_database->second, .user = of_user->second});
  return at == entries_.end() ? nullptr : &at->second->statement;
}

// A batch after the other, each by all threads.
LogWorkload LogTotals::Templates() {
  std::vector<Entry*> order;
  for (auto& [key, entry] : entries_) order.push_back(entry.get());
  std::sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) { return a->number < b->number; });
  LogTemplates templates;
  std::vector<ParsedStatement> parsed;
  for (std::size_t begin = 0; begin < order.size(); begin += kParsedAtOnce) {
    const std::size_t count = std::min(kParsedAtOnce, order.size() - begin);
    parsed.assign(count, ParsedStatement());
    std::atomic<std::size_t> next = 0;
    const auto parse = [&] {
      for (std::size_t i = next++; i < count; i = next++) {
        TalliedStatement statement = std::move(order[begin + i]->statement);  // which is gone once it is parsed
        const std::string& database = names_[statement.database];
        const std::string& user = names_[statement.user];
        parsed[i] = Parse(std::move(statement), database, user);
      }
    };
    std::vector<std::thread> others;
    const auto most = static_cast<std::size_t>(std::max(1, options_.jobs));
    while (others.size() + 1 < std::min(most, (count + kParsedByOne - 1) / kParsedByOne)) others.emplace_back(parse);
    parse();
    for (std::thread& other : others) other.join();
    for (ParsedStatement& statement : parsed) templates.Add(std::move(statement));
  }
  return std::move(templates).Take();
}

LogWorkload LogTotals::Finish() && {
  for (const auto& [session, started] : started_) AddPlannedDuration(started);
  plans_.Finish();
  LogWorkload workload = Templates();
  if (evicted_.statements > 0) {
    evicted_.code = "evicted";
    workload.not_kept.push_back(evicted_);
  }
  for (std::size_t i = 0; i < events_.size(); ++i) {
    if (events_[i] > 0) workload.events[std::string(ingest::Slug(static_cast<ingest::EventKind>(i)))] = events_[i];
  }
  return workload;
}

}  // namespace pgassay::workload
