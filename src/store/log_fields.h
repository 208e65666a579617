#pragma once

// What a row of each table of logs is in memory, where it is kept, and the lists of fields (see fields.h).

#include <cstdint>
#include <string>

#include "pgassay/log_workload.h"
#include "store/rows.h"

namespace pgassay::store {

// Files and templates are named by their number, from 1 in order.
struct LogFileRow {
  int number = 0;
  LogFile value;  // unknown_lines have a table of their own
};
struct UnknownLinesRow {
  int file = 0;
  std::string slug;
  std::uint64_t lines = 0;
};
struct LogTemplateRow {
  int number = 0;
  std::string database;
  std::string user;
  std::string fingerprint;
  std::string sql;
  LogCounters counters;
  Sketch latency;
};
// Of templates with analyzed plans.
struct LogPlanRow {
  int of = 0;
  LogCounters value;
};
// Of templates with WAL in them.
struct LogWalRow {
  int of = 0;
  LogCounters value;
};
struct LogHourRow {
  int of = 0;
  std::int32_t hour = 0;
  LogHour value;
};
struct LogSampleRow {
  int of = 0;
  bool slowest = false;
  int position = 0;
  LogSample value;
};
struct QueryIdRow {
  int of = 0;
  std::int64_t query_id = 0;
};
struct LogTagRow {
  int of = 0;
  std::string tag;
};
struct LogEventRow {
  std::string kind;
  std::int64_t entries = 0;
};

// No row of these belongs to a capture.
template <>
inline constexpr Place kPlace<LogFileRow> = {"log_file", "number", ""};
template <>
inline constexpr Place kPlace<UnknownLinesRow> = {"log_unknown_lines", "file_number, slug", ""};
template <>
inline constexpr Place kPlace<LogTemplateRow> = {"log_template", "number", ""};
template <>
inline constexpr Place kPlace<LogPlanRow> = {"log_plan", "template_number", ""};
template <>
inline constexpr Place kPlace<LogWalRow> = {"log_wal", "template_number", ""};
template <>
inline constexpr Place kPlace<LogHourRow> = {"log_hour", "template_number, hour", ""};
template <>
inline constexpr Place kPlace<LogSampleRow> = {"log_sample", "template_number, slowest, position", ""};
template <>
inline constexpr Place kPlace<QueryIdRow> = {"log_query_id", "template_number, query_id", ""};
template <>
inline constexpr Place kPlace<LogTagRow> = {"log_tag", "template_number, tag", ""};
template <>
inline constexpr Place kPlace<LogGroup> = {"log_group", "code, detail", ""};
template <>
inline constexpr Place kPlace<LogEventRow> = {"log_event", "kind", ""};

template <typename Visit, Is<LogFileRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  visit("identity", row.value.identity);
  visit("identity_bytes", row.value.identity_bytes);
  visit("name", row.value.name);
  visit("format", row.value.format);
  visit("bytes", row.value.bytes);
  visit("entries", row.value.entries);
  visit("continuation_lines", row.value.continuation_lines);
  visit("empty_lines", row.value.empty_lines);
}

template <typename Visit, Is<UnknownLinesRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("file_number", row.file);
  visit("slug", row.slug);
  visit("lines", row.lines);
}

// The counters alone but for the times: they are columns of `log_template`.
template <typename Visit, Is<LogCounters> Row>
void CounterFields(Visit& visit, Row& row) {
  visit("calls", row.calls);
  visit("timed_calls", row.timed_calls);
  visit("total_us", row.total_us);
  visit("min_us", row.min_us);
  visit("max_us", row.max_us);
  visit("parse_us", row.parse_us);
  visit("bind_us", row.bind_us);
  visit("failed", row.failed);
  visit("cancelled", row.cancelled);
  visit("plans", row.plans);
  visit("plan_us", row.plan_us);
  visit("temporary_files", row.temporary_files);
  visit("temporary_bytes", row.temporary_bytes);
  visit("lock_waits", row.lock_waits);
  visit("lock_wait_us", row.lock_wait_us);
}

template <typename Visit, Is<LogTemplateRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  visit("database_name", row.database);
  visit("user_name", row.user);
  visit("fingerprint", row.fingerprint);
  visit("sql", row.sql);
  CounterFields(visit, row.counters);
  visit("first_us", row.counters.first_us);
  visit("last_us", row.counters.last_us);
  visit("latency", row.latency);
}

// The counters of analyzed plans, which have a table of their own.
template <typename Visit, Is<LogCounters> Row>
void PlanFields(Visit& visit, Row& row) {
  visit("analyzed_plans", row.analyzed_plans);
  visit("plan_rows", row.plan_rows);
  visit("misestimated", row.misestimated);
  visit("worst_misestimate", row.worst_misestimate);
}

template <typename Visit, Is<LogPlanRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("template_number", row.of);
  PlanFields(visit, row.value);
}

// Likewise.
template <typename Visit, Is<LogCounters> Row>
void WalFields(Visit& visit, Row& row) {
  visit("wal_plans", row.wal_plans);
  visit("wal_records", row.wal_records);
  visit("wal_full_page_images", row.wal_full_page_images);
  visit("wal_bytes", row.wal_bytes);
}

template <typename Visit, Is<LogWalRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("template_number", row.of);
  WalFields(visit, row.value);
}

template <typename Visit, Is<LogHourRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("template_number", row.of);
  visit("hour", row.hour);
  visit("calls", row.value.calls);
  visit("total_us", row.value.total_us);
}

template <typename Visit, Is<LogSampleRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("template_number", row.of);
  visit("slowest", row.slowest);
  visit("position", row.position);
  visit("priority", row.value.priority);
  visit("time_us", row.value.time_us);
  visit("duration_us", row.value.duration_us);
  visit("sql", row.value.sql);
  visit("parameters", row.value.parameters);
}

template <typename Visit, Is<QueryIdRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("template_number", row.of);
  visit("query_id", row.query_id);
}

template <typename Visit, Is<LogTagRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("template_number", row.of);
  visit("tag", row.tag);
}

template <typename Visit, Is<LogGroup> Row>
void Fields(Visit& visit, Row& row) {
  visit("code", row.code);
  visit("detail", row.detail);
  visit("statements", row.statements);
  visit("calls", row.calls);
  visit("total_us", row.total_us);
}

template <typename Visit, Is<LogEventRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("kind", row.kind);
  visit("entries", row.entries);
}

}  // namespace pgassay::store
