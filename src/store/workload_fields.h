#pragma once

// The lists of fields (see fields.h) of the tables that keep statements and advice.

#include "pgassay/snapshot.h"
#include "store/rows.h"

namespace pgassay::store {

template <typename Visit, Is<StatementSource> Row>
void Fields(Visit& visit, Row& row) {
  visit("version", row.version);
  visit("unavailable", row.unavailable);
  visit("installed_in", row.installed_in);
  visit("reset_at", row.reset_at);
  visit("evictions", row.evictions);
  visit("max_statements", row.max_statements);
  visit("track", row.track);
  visit("database_active_ms", row.database_active_ms);
}

// The counters alone: they are columns of `statement`.
template <typename Visit, Is<StatementCounters> Row>
void CounterFields(Visit& visit, Row& row) {
  visit("calls", row.calls);
  visit("total_ms", row.total_ms);
  visit("min_ms", row.min_ms);
  visit("max_ms", row.max_ms);
  visit("stddev_ms", row.stddev_ms);
  visit("row_count", row.rows);
  visit("plans", row.plans);
  visit("plan_ms", row.plan_ms);
  visit("shared_blocks_hit", row.shared_blocks_hit);
  visit("shared_blocks_read", row.shared_blocks_read);
  visit("shared_blocks_dirtied", row.shared_blocks_dirtied);
  visit("shared_blocks_written", row.shared_blocks_written);
  visit("local_blocks_hit", row.local_blocks_hit);
  visit("local_blocks_read", row.local_blocks_read);
  visit("local_blocks_dirtied", row.local_blocks_dirtied);
  visit("local_blocks_written", row.local_blocks_written);
  visit("temp_blocks_read", row.temp_blocks_read);
  visit("temp_blocks_written", row.temp_blocks_written);
  visit("block_read_ms", row.block_read_ms);
  visit("block_write_ms", row.block_write_ms);
  visit("wal_records", row.wal_records);
  visit("wal_full_page_images", row.wal_full_page_images);
  visit("wal_bytes", row.wal_bytes);
  visit("jit_functions", row.jit_functions);
  visit("jit_ms", row.jit_ms);
}

template <typename Visit, Is<StatementRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("position", row.position);
  visit("query_id", row.value.query_id);
  visit("user_name", row.value.user);
  visit("top_level", row.value.top_level);
  visit("text", row.value.text);
  visit("since", row.value.since);
  CounterFields(visit, row.value.counters);
}

template <typename Visit, Is<StatementGroup> Row>
void Fields(Visit& visit, Row& row) {
  visit("code", row.code);
  visit("detail", row.detail);
  visit("statements", row.statements);
  visit("calls", row.calls);
  visit("total_ms", row.total_ms);
}

template <typename Visit, Is<RecommendationRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("position", row.position);
  visit("id", row.value.id);
  visit("kind", row.value.kind);
  visit("definition", row.value.definition);
  visit("ddl", row.value.ddl);
  visit("size_bytes", row.value.size_bytes);
  visit("gain", row.value.gain);
  visit("share", row.value.share);
}

template <typename Visit, Is<TemplateRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("position", row.position);
  visit("id", row.value.id);
  visit("fingerprint", row.value.fingerprint);
  visit("sql", row.value.sql);
  visit("source", row.value.source);
}

}  // namespace pgassay::store
