#pragma once

// Which transaction each statement of a session belongs to, and how long it waited for its client within one.

#include <cstdint>
#include <optional>

#include "nplusone/session_event.h"
#include "nplusone/statement_role.h"

namespace pgassay::nplusone {

struct ClosedTransaction {
  std::uint32_t first_statement = 0;  // that is not neutral
  std::uint32_t statements = 0;       // that are not neutral
  std::int64_t begin_us = 0;
  std::int64_t end_us = 0;
  std::int64_t busy_us = 0;
  std::int64_t idle_us = 0;

  // Waiting for the client makes up most of it, and it is long enough to matter: locks and snapshots are held as long.
  bool Chatty() const;
};

class TransactionWatch {
 public:
  // `gap_us` since the end of the event before. What is returned ended before `event`, or with it.
  std::optional<ClosedTransaction> Follow(const SessionEvent& event, const StatementRole& role, std::int64_t gap_us);
  std::optional<ClosedTransaction> Close();

  std::uint64_t Current() const { return open_ ? id_ : 0; }  // 0: none, or not known
  std::optional<std::uint32_t> FirstStatement() const {
    return open_ && current_.statements > 0 ? std::optional(current_.first_statement) : std::nullopt;
  }
  bool Locked() const { return open_ && locked_; }
  bool Begun() const { return open_ && begun_; }  // so that a pause does not end it

  // As SessionFrames::Numbers; any numbers will do.
  template <typename Visit>
  void Numbers(Visit& visit) {
    for (bool* const flag : {&open_, &begun_, &locked_}) visit(*flag);
    visit(id_);
    visit(logged_id_);
    visit(current_.statements);
    if (current_.statements > 0) visit.Statement(current_.first_statement);
    for (std::int64_t* const time : {&current_.begin_us, &current_.end_us, &current_.busy_us, &current_.idle_us})
      visit(*time);
  }

 private:
  void Open(std::uint64_t id, std::int64_t begin_us);

  bool open_ = false;
  bool begun_ = false;  // by BEGIN, so that it goes on until COMMIT
  bool locked_ = false;
  std::uint64_t id_ = 0;
  std::uint64_t logged_id_ = 0;  // 0: not seen yet
  ClosedTransaction current_;
};

}  // namespace pgassay::nplusone
