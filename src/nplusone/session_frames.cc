#include "nplusone/session_frames.h"

#include <algorithm>
#include <bit>
#include <limits>
#include <memory>

#include "workload/log_tally.h"

namespace pgassay::nplusone {

std::int64_t Log2Units(std::uint64_t value) {
  const int exponent = static_cast<int>(std::bit_width(value | 1)) - 1;
  const std::uint64_t mantissa = exponent >= 6 ? value >> (exponent - 6) : value << (6 - exponent);
  return exponent * kUnevenUnit + static_cast<std::int64_t>(mantissa) - kUnevenUnit;
}

int SessionFrames::Find(std::uint32_t statement) const {
  if ((seen_ >> (statement % 64) & 1) == 0) return -1;
  for (int position = size_ - 1; position >= 0; --position) {
    if (statements_[(base_ + static_cast<std::uint32_t>(position)) % kFrames] == statement) return position;
  }
  return -1;
}

// Whether what came since the last call of the frame at `position` is too much to be one round of its loop.
bool SessionFrames::RoundTooLong(int position) {
  const std::uint32_t last = At(position).last_step;
  int mates = 0;
  int all = 0;
  for (int i = position + 1; i < size_; ++i) {
    const Frame& frame = At(i);
    if (frame.last_step < last) continue;
    ++all;
    mates += frame.run <= 1 ? 1 : 0;
  }
  return mates > kMostMates || all > kLongestRound;
}

void SessionFrames::Arrive(const Step& step, const Roles& roles, ClosedLoops& closed) {
  ++step_;
  const StatementRole& role = roles[step.statement];
  MarkShared(step);
  if (role.plain_insert) FindChecks(step, roles, closed);
  int position = Find(step.statement);
  if (position >= 0 && position < active_) {
    if (RoundTooLong(position)) {
      CloseFrom(position, roles, closed);
      position = -1;
    } else {
      At(position).repeats = true;
      for (int i = position + 1; i <= active_; ++i) EndRun(i, roles, closed);
    }
  }
  if (position < 0) {
    Push(step, roles, closed);
    position = size_ - 1;
  } else if (At(position).together >= kLeastCalls && At(position).last_transaction != step.transaction) {
    EndRun(position, roles, closed);
  }
  active_ = position;
  AddCall(At(position), step, role);
  if (role.part == Part::kWrite) {
    written_relation_ = role.relation;
    written_step_ = step_;
  }
}

// Judges loops that are over while their parents are still there.
void SessionFrames::CloseOldLoops(const Roles& roles, ClosedLoops& closed) {
  if (!repeats_) return;
  const auto is_old = [this](int i) { return At(i).total >= kLeastCalls && At(i).last_step + kParentDistance < step_; };
  for (int i = 1; i < size_; ++i) {
    if (!is_old(i)) continue;
    if (i <= active_) EndRun(i, roles, closed);
    CloseTotal(i, roles, closed);
  }
  for (int i = 1; i < size_; ++i) {  // only now: members of one loop are known by their totals
    if (!is_old(i)) continue;
    Frame& frame = At(i);
    frame.total = 0;
    frame.recorded = 0;
    frame.values.Clear();
    frame.sums = CallSums();
  }
}

void SessionFrames::Push(const Step& step, const Roles& roles, ClosedLoops& closed) {
  if (size_ == kFrames) {  // the oldest one gives way
    if (active_ == 0) EndRun(0, roles, closed);
    CloseOldLoops(roles, closed);
    CloseTotal(0, roles, closed);
    ++base_;
    --size_;
    --active_;
  }
  const std::uint32_t slot = (base_ + static_cast<std::uint32_t>(size_)) % kFrames;
  statements_[slot] = step.statement;
  seen_ |= std::uint64_t{1} << (step.statement % 64);
  Frame& frame = *std::construct_at(&frames_[slot]);  // in place: a temporary would be copied
  frame.statement = step.statement;
  ++size_;
}

void SessionFrames::AddCall(Frame& frame, const Step& step, const StatementRole& role) {
  if (frame.total == 0) {
    frame.first_step = step_;
    frame.first_begin_us = step.begin_us;
  }
  frame.repeats |= frame.total > 0;
  frame.streak = frame.total++ > 0 && frame.last_step + 1 == step_ ? frame.streak + 1 : 1;
  if (frame.run++ == 0) {
    frame.run_step = step_;
    frame.run_begin_us = step.begin_us;
  }
  repeats_ |= frame.total >= kLeastCalls;
  const bool changed = frame.total > 1 && step.transaction != frame.last_transaction;
  if (frame.run == 1) frame.run_changed = changed;
  frame.together = changed || frame.run == 1 ? 1 : frame.together + 1;
  CallSums& sums = frame.sums;
  ++sums.summed;
  const auto value = static_cast<std::uint32_t>(step.values ^ (step.values >> 32));
  sums.repeated += frame.values.Add(value) ? 1 : 0;
  frame.run_values.Add(value);
  if (frame.total > 1) {
    const std::int64_t gap = std::clamp<std::int64_t>(step.gap_us, 1, std::numeric_limits<std::int32_t>::max());
    const auto bounded = static_cast<std::uint32_t>(gap);
    sums.least_gap_us = sums.gaps == 0 ? bounded : std::min(sums.least_gap_us, bounded);
    ++sums.gaps;
    sums.gap_us = workload::AddUs(sums.gap_us, gap);
    sums.gap_log += static_cast<std::uint32_t>(Log2Units(static_cast<std::uint64_t>(gap)));
    sums.direct += frame.streak > 1 ? 1 : 0;
    const std::int64_t planned = workload::AddUs(sums.plan_us, step.plan_us);
    sums.plan_us =
        static_cast<std::uint32_t>(std::min<std::int64_t>(planned, std::numeric_limits<std::uint32_t>::max()));
    sums.changes += changed ? 1 : 0;
    if (role.part == Part::kRead && written_relation_ == role.relation && written_step_ > frame.last_step) {
      ++sums.rewritten;
    }
  }
  sums.known_transactions += step.transaction != 0 ? 1 : 0;
  sums.shared += last_shared_ ? 1 : 0;
  sums.busy_us = workload::AddUs(sums.busy_us, step.end_us - step.begin_us);
  frame.last_end_us = step.end_us;
  frame.last_transaction = step.transaction;
  frame.value_bits = step.value_bits;
  frame.last_begin_us = step.begin_us;
  frame.last_step = step_;
}

// A step shares its transaction when the one before or behind it is in the same.
void SessionFrames::MarkShared(const Step& step) {
  const bool shared = step.transaction != 0 && step.transaction == last_transaction_;
  if (shared && !last_shared_ && active_ >= 0) ++At(active_).sums.shared;
  last_shared_ = shared;
  last_transaction_ = step.transaction;
}

// The SELECTs from the same table right before an INSERT: validations may be several.
void SessionFrames::FindChecks(const Step& step, const Roles& roles, ClosedLoops& closed) {
  constexpr std::uint32_t kMostChecks = 3;
  const std::uint32_t relation = roles[step.statement].relation;
  for (std::uint32_t back = 1; back <= kMostChecks && back < step_; ++back) {
    int position = active_;
    while (position >= 0 && At(position).last_step != step_ - back) --position;
    for (int i = size_ - 1; position < 0 && i > active_; --i) position = At(i).last_step == step_ - back ? i : -1;
    if (position < 0) return;
    Frame& frame = At(position);
    const StatementRole& role = roles[frame.statement];
    if (!role.check || role.relation != relation) return;
    ++frame.sums.checked;
    closed.inserts.push_back({.check = frame.statement,
                              .insert = step.statement,
                              .check_bits = frame.value_bits,
                              .insert_bits = step.value_bits,
                              .locked = step.locked,
                              .first_us = frame.last_begin_us,
                              .last_us = step.end_us});
  }
}

// The frame whose rows may have driven the calls of the one at `position`, the first of which was `first_step`: the
// last such query before it. -1: none. Passed over are members of the same loop, which have more than `most_calls`
// calls, and loops that ended before this one began: both are its siblings.
int SessionFrames::FindParent(int position, std::uint32_t first_step, std::uint32_t most_calls, const Roles& roles,
                              bool& weak) {
  int fallback = -1;
  std::uint32_t passed = 0;  // frames up to here were looked at
  while (true) {
    int nearest = -1;
    std::uint32_t nearest_step = 0;
    for (int i = 0; i < size_; ++i) {
      const Frame& frame = At(i);
      const std::uint32_t step = frame.last_step < first_step ? frame.last_step : frame.first_step;
      if (i == position || step >= first_step || (passed != 0 && step >= passed) || step <= nearest_step) continue;
      nearest = i;
      nearest_step = step;
    }
    if (nearest < 0) break;
    const Frame& frame = At(nearest);
    passed = nearest_step;
    // A loop with others within it that was over before the first call of this one.
    const bool finished = frame.total >= kLeastCalls && frame.last_step < At(position).first_step;
    if (frame.total > most_calls || frame.streak >= kLeastCalls || finished) {
      first_step = std::min(first_step, frame.first_step);
      passed = 0;
      continue;
    }
    if (first_step - nearest_step > kParentDistance) break;
    const Driver driver = roles[frame.statement].driver;
    // One row at a time drives a loop in each round.
    if (driver == Driver::kGood || (driver == Driver::kWeak && frame.repeats)) return nearest;
    if (driver == Driver::kWeak && fallback < 0) fallback = nearest;
  }
  weak = fallback >= 0;
  return fallback;
}

// The statement at `position` does not go on in this round.
void SessionFrames::EndRun(int position, const Roles& roles, ClosedLoops& closed) {
  Frame& frame = At(position);
  if (frame.run >= kLeastCalls) {
    ClosedLoop loop;
    loop.sums = frame.sums;
    if (frame.run_changed && loop.sums.changes > 0) --loop.sums.changes;  // before it began
    loop.last_us = frame.last_end_us;
    const int parent =
        FindParent(position, frame.run_step, std::numeric_limits<std::uint32_t>::max(), roles, loop.weak_parent);
    loop.statement = frame.statement;
    loop.parent = parent < 0 ? kNoStatement : At(parent).statement;
    loop.calls = frame.run;
    loop.distinct = frame.run_values.Count();
    loop.first_us = frame.run_begin_us;
    closed.loops.push_back(loop);
    frame.recorded += frame.run;
    frame.sums = CallSums();
    frame.values.Clear();
  }
  frame.run = 0;
  frame.run_values.Clear();
}

void SessionFrames::CloseTotal(int position, const Roles& roles, ClosedLoops& closed) {
  Frame& frame = At(position);
  const std::uint32_t rest = frame.total - frame.recorded;
  if (frame.recorded != 0 || rest < kLeastCalls) return;
  ClosedLoop loop;
  loop.sums = frame.sums;
  loop.last_us = frame.last_end_us;
  const int parent = FindParent(position, frame.first_step, frame.total / 2, roles, loop.weak_parent);
  loop.statement = frame.statement;
  loop.calls = rest;
  loop.distinct = frame.values.Count();
  loop.first_us = frame.first_begin_us;
  if (parent >= 0) {
    loop.parent = At(parent).statement;
    const std::uint32_t rounds = std::max(1U, At(parent).total);
    if (rest / rounds >= kLeastCalls) loop.loops = rounds;
  }
  closed.loops.push_back(loop);
}

void SessionFrames::CloseFrom(int position, const Roles& roles, ClosedLoops& closed) {
  if (repeats_) {
    for (int i = position; i <= active_; ++i) EndRun(i, roles, closed);
    for (int i = position; i < size_; ++i) CloseTotal(i, roles, closed);
  }
  size_ = position;
  active_ = position - 1;
  repeats_ = repeats_ && position > 0;
}

// What the rest of this file relies on: differences are not negative, and every search for a parent ends.
bool SessionFrames::Frame::IsValid(std::uint32_t step) const {
  return recorded <= total && 0 < first_step && first_step <= last_step && last_step <= step && values.IsValid() &&
         run_values.IsValid();
}

bool SessionFrames::Rebuild() {
  bool valid = base_ == 0 && 0 <= size_ && size_ <= kFrames && -1 <= active_ && active_ < size_;
  seen_ = 0;
  for (int i = 0; valid && i < size_; ++i) {
    const Frame& frame = At(i);
    valid = frame.IsValid(step_);
    statements_[static_cast<std::size_t>(i)] = frame.statement;
    seen_ |= std::uint64_t{1} << (frame.statement % 64);
  }
  if (!valid) *this = SessionFrames();
  return valid;
}

void SessionFrames::Close(const Roles& roles, ClosedLoops& closed) {
  if (size_ == 0) return;
  CloseFrom(0, roles, closed);
  base_ = 0;
  step_ = 0;
  seen_ = 0;
  last_shared_ = false;
  last_transaction_ = 0;
  written_relation_ = 0;
}

}  // namespace pgassay::nplusone
