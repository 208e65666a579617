#include "nplusone/loop_rules.h"

#include <algorithm>

#include "workload/log_tally.h"

namespace pgassay::nplusone {
namespace {

// A query that asks the same with longer pauses waits for something.
constexpr std::int64_t kPollingGapUs = 50'000;

// Every round is a transaction of its own that holds more than this statement: a request or an item of a queue.
bool IndependentTransactions(const ClosedLoop& loop) {
  return loop.sums.known_transactions * 10 >= loop.sums.summed * 9 &&
         loop.sums.changes * 10 + 10 >= loop.sums.summed * 9 && loop.sums.shared * 2 >= loop.sums.summed;
}

bool OneTransaction(const ClosedLoop& loop) {
  return loop.sums.known_transactions == loop.sums.summed && loop.sums.changes == 0;
}

Verdict JudgeRepeated(const ClosedLoop& loop, const StatementRole& role) {
  if (loop.calls - loop.distinct < kLeastCalls - 1) return {};
  if (role.row_lock) return LoopSuppression::kRowLock;
  if (loop.sums.rewritten * 2 >= loop.sums.summed) return LoopSuppression::kReadAfterWrite;
  if (loop.sums.gap_us > kPollingGapUs * loop.sums.gaps) return LoopSuppression::kPolling;
  if (loop.sums.direct * 2 < loop.calls && !OneTransaction(loop) && loop.parent == kNoStatement)
    return LoopSuppression::kSeparateRequests;
  return LoopKind::kRedundantQuery;
}

// At most kMostLoggedUs, as every sum of a log.
std::int64_t Times(std::int64_t calls, std::int64_t time_us) {
  return time_us > 0 && calls > kMostLoggedUs / time_us ? kMostLoggedUs : calls * time_us;
}

}  // namespace

Verdict Judge(const ClosedLoop& loop, const StatementRole& role) {
  if (loop.calls < kLeastCalls) return {};
  if (role.part != Part::kRead && role.part != Part::kWrite) return {};
  if (role.page) return LoopSuppression::kPagination;
  if (role.part == Part::kWrite) {
    if (IndependentTransactions(loop)) return LoopSuppression::kIndependentTransactions;
    return LoopKind::kWritesInALoop;
  }
  if (loop.sums.checked * 10 >= loop.sums.summed * 3) return LoopSuppression::kUniquenessCheck;
  if (IndependentTransactions(loop)) return LoopSuppression::kIndependentTransactions;
  if (loop.distinct < kLeastDistinct) return JudgeRepeated(loop, role);
  if (loop.parent == kNoStatement) return LoopSuppression::kNoParent;
  return LoopKind::kNPlusOne;
}

std::optional<LoopSuppression> Judge(const CheckedInsert& pair) {
  if (pair.locked) return LoopSuppression::kLocked;
  const bool known = pair.check_bits != 0 && pair.insert_bits != 0;
  if (known && (pair.check_bits & pair.insert_bits) == 0) return LoopSuppression::kOtherKey;
  return std::nullopt;
}

std::int64_t WastedUs(const ClosedLoop& loop, LoopKind kind) {
  const auto calls = static_cast<std::int64_t>(loop.calls);
  const std::int64_t gap = loop.sums.least_gap_us;
  if (kind == LoopKind::kRedundantQuery) {
    const std::int64_t mean = loop.sums.busy_us / std::max<std::int64_t>(1, loop.sums.summed);
    return workload::AddUs(Times(calls - loop.distinct, gap + mean), loop.sums.plan_us);
  }
  return workload::AddUs(Times(calls - loop.loops, gap), loop.sums.plan_us);
}

std::int64_t Unevenness(const ClosedLoop& loop) {
  if (loop.sums.gaps < 2) return 0;
  const auto gaps = static_cast<std::int64_t>(loop.sums.gaps);
  return std::max<std::int64_t>(
      0, Log2Units(static_cast<std::uint64_t>(loop.sums.gap_us / gaps)) * gaps - loop.sums.gap_log);
}

}  // namespace pgassay::nplusone
