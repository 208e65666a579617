#pragma once

// The lists of fields (see fields.h) of the tables that keep benches.

#include "pgassay/assay_file.h"
#include "store/rows.h"

namespace pgassay::store {

template <typename Visit, Is<BenchRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("position", row.position);
  visit("run", row.value.run);
  visit("ran_at", row.value.ran_at);
  visit("database_name", row.value.database);
  visit("server_version", row.value.server_version);
}

template <typename Visit, Is<BenchSetRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("bench", row.bench);
  visit("position", row.position);
  visit("name", row.value.name);
  visit("rounds", row.value.rounds);
  visit("mean_ms", row.value.mean_ms);
  visit("low_ms", row.value.low_ms);
  visit("high_ms", row.value.high_ms);
  visit("ratio", row.value.ratio);
  visit("per_second", row.value.per_second);
  visit("size_bytes", row.value.size_bytes);
  visit("build_ms", row.value.build_ms);
  visit("problem_code", row.value.problem_code);
}

template <typename Visit, Is<BenchIndexRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("bench", row.bench);
  visit("set_position", row.set);
  visit("position", row.position);
  visit("definition", row.value.definition);
  visit("dropped", row.value.dropped);
  visit("recommendation", row.value.recommendation);
  visit("size_bytes", row.value.size_bytes);
  visit("predicted_bytes", row.value.predicted_bytes);
  visit("build_ms", row.value.build_ms);
  visit("scans", row.value.scans);
  visit("label", row.value.label);
}

template <typename Visit, Is<BenchQueryRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("bench", row.bench);
  visit("set_position", row.set);
  visit("position", row.position);
  visit("template_id", row.value.template_id);
  visit("weight", row.value.weight);
  visit("samples", row.value.samples);
  visit("median_ms", row.value.median_ms);
  visit("low_ms", row.value.low_ms);
  visit("high_ms", row.value.high_ms);
  visit("ratio", row.value.ratio);
  visit("blocks_hit", row.value.blocks_hit);
  visit("blocks_read", row.value.blocks_read);
  visit("wal_bytes", row.value.wal_bytes);
  visit("cost_before", row.value.cost_before);
  visit("cost_after", row.value.cost_after);
  visit("regression", row.value.regression);
  visit("answer", row.value.answer);
  visit("problem_code", row.value.problem_code);
}

}  // namespace pgassay::store
