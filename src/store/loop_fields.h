#pragma once

// What a row of each table of loops is in memory, where it is kept, and the lists of fields (see fields.h).

#include <cstdint>
#include <string>

#include "pgassay/loops.h"
#include "store/rows.h"

namespace pgassay::store {

// Loops and the statements in them are named by their number, from 1 in order.
struct LoopStatementRow {
  int number = 0;
  LoopOwner owner;
  std::uint64_t shape = 0;
  std::string text;
};
struct LoopStatementTagRow {
  int of = 0;
  std::string tag;
};
struct LoopRow {
  int number = 0;
  LoopKey key;
  LoopStats value;  // examples have a table of their own
};
struct LoopExampleRow {
  int of = 0;
  int position = 0;
  LoopExample value;
};
struct LoopCallsRow {
  LoopOwner owner;
  std::uint64_t shape = 0;
  std::int64_t calls = 0;
};
struct LoopSuppressedRow {
  LoopOwner owner;
  std::uint64_t shape = 0;
  LoopSuppression reason = LoopSuppression::kPagination;
  std::int64_t loops = 0;
};
struct LoopTotalRow {
  int number = 0;
  LoopTally value;  // its sums alone
};

struct OpenSessionRow {
  int number = 0;
  OpenLoopSession value;  // statements have a table of their own
};
struct OpenStatementRow {
  int of = 0;
  int position = 0;
  OpenLoopStatement value;  // tags have a table of their own
};
struct OpenStatementTagRow {
  int of = 0;
  int position = 0;
  std::string tag;
};

// No row of these belongs to a capture.
template <>
inline constexpr Place kPlace<LoopStatementRow> = {"log_loop_statement", "number", ""};
template <>
inline constexpr Place kPlace<LoopStatementTagRow> = {"log_loop_statement_tag", "statement_number, tag", ""};
template <>
inline constexpr Place kPlace<LoopRow> = {"log_loop", "number", ""};
template <>
inline constexpr Place kPlace<LoopExampleRow> = {"log_loop_example", "loop_number, position", ""};
template <>
inline constexpr Place kPlace<LoopCallsRow> = {"log_loop_calls", "database_name, user_name, shape", ""};
template <>
inline constexpr Place kPlace<LoopSuppressedRow> = {"log_loop_suppressed", "database_name, user_name, shape, reason",
                                                    ""};
template <>
inline constexpr Place kPlace<LoopTotalRow> = {"log_loop_total", "number", ""};

template <>
inline constexpr Place kPlace<OpenSessionRow> = {"log_open_session", "number", ""};
template <>
inline constexpr Place kPlace<OpenStatementRow> = {"log_open_statement", "session_number, position", ""};
template <>
inline constexpr Place kPlace<OpenStatementTagRow> = {"log_open_statement_tag", "session_number, position, tag", ""};

// The columns that name a database and a user.
template <typename Visit, Is<LoopOwner> Row>
void OwnerFields(Visit& visit, Row& row) {
  visit("database_name", row.database);
  visit("user_name", row.user);
}

template <typename Visit, Is<LoopStatementRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  OwnerFields(visit, row.owner);
  visit("shape", row.shape);
  visit("text", row.text);
}

template <typename Visit, Is<LoopStatementTagRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("statement_number", row.of);
  visit("tag", row.tag);
}

// The counters alone: they are columns of `log_loop`.
template <typename Visit, Is<LoopStats> Row>
void CounterFields(Visit& visit, Row& row) {
  visit("loops", row.loops);
  visit("calls", row.calls);
  visit("transactions", row.transactions);
  visit("wasted_us", row.wasted_us);
  visit("busy_us", row.busy_us);
  visit("idle_us", row.idle_us);
  visit("within_transaction", row.within_transaction);
  visit("weak_parent", row.weak_parent);
  visit("unevenness", row.unevenness);
  visit("repeated_values", row.repeated_values);
  visit("matched_keys", row.matched_keys);
  visit("known_keys", row.known_keys);
}

template <typename Visit, Is<LoopRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  visit("kind", row.key.kind);
  OwnerFields(visit, row.key.owner);
  visit("parent", row.key.parent);
  visit("child", row.key.child);
  CounterFields(visit, row.value);
  visit("first_us", row.value.first_us);
  visit("last_us", row.value.last_us);
  visit("n", row.value.n);
  visit("sessions", row.value.sessions);
}

template <typename Visit, Is<LoopExampleRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("loop_number", row.of);
  visit("position", row.position);
  visit("priority", row.value.priority);
  visit("session", row.value.session);
  visit("first_us", row.value.first_us);
  visit("last_us", row.value.last_us);
  visit("calls", row.value.calls);
}

template <typename Visit, Is<LoopCallsRow> Row>
void Fields(Visit& visit, Row& row) {
  OwnerFields(visit, row.owner);
  visit("shape", row.shape);
  visit("calls", row.calls);
}

template <typename Visit, Is<LoopSuppressedRow> Row>
void Fields(Visit& visit, Row& row) {
  OwnerFields(visit, row.owner);
  visit("shape", row.shape);
  visit("reason", row.reason);
  visit("loops", row.loops);
}

// The sums alone but for the times: they are columns of `log_loop_total`.
template <typename Visit, Is<LoopTally> Row>
void CounterFields(Visit& visit, Row& row) {
  visit("events", row.events);
  visit("failed", row.failed);
  visit("sessions_closed_early", row.sessions_closed_early);
  visit("not_watched", row.not_watched);
}

template <typename Visit, Is<LoopTotalRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  CounterFields(visit, row.value);
  visit("first_us", row.value.first_us);
  visit("last_us", row.value.last_us);
}

template <typename Visit, Is<OpenSessionRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  visit("session", row.value.session);
  visit("last_end_us", row.value.last_end_us);
  visit("state", row.value.state);
}

template <typename Visit, Is<OpenStatementRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("session_number", row.of);
  visit("position", row.position);
  OwnerFields(visit, row.value.owner);
  visit("shape", row.value.shape);
  visit("role", row.value.role);
  visit("text", row.value.described.text);
}

template <typename Visit, Is<OpenStatementTagRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("session_number", row.of);
  visit("position", row.position);
  visit("tag", row.tag);
}

}  // namespace pgassay::store
