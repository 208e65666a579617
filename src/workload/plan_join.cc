#include "workload/plan_join.h"

#include <algorithm>
#include <cstdlib>

#include "workload/log_tally.h"

namespace pgassay::workload {
namespace {

constexpr std::int64_t kSecondUs = 1'000'000;
// A plan's duration is measured by another clock than its call's.
constexpr std::int64_t kClockUs = 1000;
// How late a call's line may be: its duration is taken before the line is written, and its time only then. Three
// milliseconds were seen on a busy machine of two cores.
constexpr std::int64_t kLateUs = 100'000;

// How much earlier than it was an entry may seem to have been logged: %t has whole seconds, all else milliseconds.
std::int64_t Granularity(const LoggedExecution& a, const LoggedExecution& b) {
  return a.time_us % kSecondUs == 0 && b.time_us % kSecondUs == 0 ? kSecondUs : 1000;
}

}  // namespace

PlanJoin::Session& PlanJoin::Find(std::uint64_t session) {
  if (sessions_.size() >= kMostSessions || pending_ >= kMostPlans) {
    if (!sessions_.contains(session) || pending_ >= kMostPlans) Finish();
  }
  return sessions_[session];
}

void PlanJoin::AddPlan(std::uint64_t session, const LoggedExecution& plan) {
  Session& of = Find(session);
  const auto call = std::find_if(of.open.rbegin(), of.open.rend(), [&](const LoggedExecution& open) {
    return open.key == plan.key && plan.duration_us <= open.duration_us + kClockUs &&
           (!open.resumed || std::abs(plan.time_us - open.time_us) <= kResumedUs);
  });
  if (call != of.open.rend()) {
    of.open.erase(std::next(call).base());
    return;
  }
  if (of.pending.size() == kMostPending) {
    const auto half = of.pending.begin() + kMostPending / 2;
    std::for_each(of.pending.begin(), half, [this](const LoggedExecution& one) { Forget(one); });
    of.pending.erase(of.pending.begin(), half);
    pending_ -= kMostPending / 2;
  }
  of.pending.push_back(plan);
  ++pending_;
}

PlanJoin::Taken PlanJoin::AddCall(std::uint64_t session, const LoggedExecution& call) {
  Taken counted;
  if (!call.extended && !sessions_.contains(session)) return counted;
  Session& of = Find(session);
  std::int64_t left = call.duration_us + kClockUs;
  bool taken = false;
  for (std::size_t at = of.pending.size(); at-- > 0;) {
    const LoggedExecution& plan = of.pending[at];
    const std::int64_t begin = call.time_us - call.duration_us - Granularity(plan, call);
    if (plan.time_us < begin - (taken ? 0 : kLateUs)) break;
    if (plan.key != call.key || plan.duration_us > left) continue;
    left -= plan.duration_us;
    if (plan.resumed) {
      ++counted.calls;
      counted.duration_us = AddUs(counted.duration_us, plan.duration_us);
      counted.time_us = std::max(counted.time_us, plan.time_us);
    }
    of.pending.erase(of.pending.begin() + static_cast<std::ptrdiff_t>(at));
    --pending_;
    taken = true;
    if (!call.several) return counted;
  }
  if (!call.extended || taken) return counted;
  if (of.open.size() == kMostOpen) of.open.erase(of.open.begin());
  of.open.push_back(call);
  return counted;
}

void PlanJoin::Resume(std::uint64_t session, LoggedExecution execution, bool is_plan) {
  Session& of = Find(session);
  execution.resumed = true;
  if (of.pending.size() == kMostPending || of.open.size() == kMostOpen) return;
  (is_plan ? of.pending : of.open).push_back(execution);
  pending_ += is_plan ? 1 : 0;
}

void PlanJoin::AddFetch(std::uint64_t session, const LoggedExecution& fetch) {
  const auto of = sessions_.find(session);
  if (of == sessions_.end()) return;
  auto& open = of->second.open;
  const auto call =
      std::find_if(open.rbegin(), open.rend(), [&](const LoggedExecution& one) { return one.key == fetch.key; });
  if (call != open.rend()) call->duration_us = AddUs(call->duration_us, fetch.duration_us);
}

void PlanJoin::Finish() {
  for (const auto& [session, of] : sessions_) {
    for (const LoggedExecution& plan : of.pending) Forget(plan);
  }
  sessions_.clear();
  pending_ = 0;
}

}  // namespace pgassay::workload
