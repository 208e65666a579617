#include "nplusone/transaction_watch.h"

#include "workload/log_tally.h"

namespace pgassay::nplusone {
namespace {

// Many short pauses, or few long ones.
constexpr std::uint32_t kLeastStatements = 5;
constexpr std::int64_t kLeastDurationUs = 50'000;
constexpr std::uint32_t kLeastStatementsOfLong = 2;
constexpr std::int64_t kLongIdleUs = 500'000;

}  // namespace

bool ClosedTransaction::Chatty() const {
  const std::int64_t duration = end_us - begin_us;
  const bool many = statements >= kLeastStatements && duration >= kLeastDurationUs;
  const bool held = statements >= kLeastStatementsOfLong && idle_us >= kLongIdleUs;
  return (many || held) && idle_us > duration / 2;
}

void TransactionWatch::Open(std::uint64_t id, std::int64_t begin_us) {
  open_ = true;
  begun_ = false;
  locked_ = false;
  id_ = id;
  logged_id_ = id;
  current_ = {.begin_us = begin_us, .end_us = begin_us};
}

std::optional<ClosedTransaction> TransactionWatch::Close() {
  if (!open_) return std::nullopt;
  open_ = false;
  if (current_.statements == 0) return std::nullopt;
  return current_;
}

std::optional<ClosedTransaction> TransactionWatch::Follow(const SessionEvent& event, const StatementRole& role,
                                                          std::int64_t gap_us) {
  std::optional<ClosedTransaction> closed;
  const bool ends = role.verb == sql::Verb::kCommit || role.verb == sql::Verb::kRollback;
  if (role.verb == sql::Verb::kBegin) {
    closed = Close();
    Open(static_cast<std::uint64_t>(event.begin_us) * 2 + 1, event.begin_us);
    begun_ = true;
    logged_id_ = 0;
    gap_us = 0;
  } else if (!ends && event.transaction == 0) {
    if (!begun_) closed = Close();
  } else if (!ends && !(open_ && logged_id_ == event.transaction)) {
    if (open_ && begun_ && logged_id_ == 0) {
      logged_id_ = event.transaction;
    } else {
      closed = Close();
      Open(event.transaction, event.begin_us);
      gap_us = 0;
    }
  }
  if (!open_) return closed;
  current_.idle_us = workload::AddUs(current_.idle_us, gap_us);
  current_.busy_us = workload::AddUs(current_.busy_us, event.end_us - event.begin_us);
  current_.end_us = event.end_us;
  locked_ |= role.takes_lock;
  if (role.part != Part::kNeutral && current_.statements++ == 0) current_.first_statement = event.statement;
  return ends ? Close() : closed;
}

}  // namespace pgassay::nplusone
