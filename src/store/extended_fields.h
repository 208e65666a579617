#pragma once

// Fields of extended statistics and of metapages, as in fields.h.

#include "pgassay/snapshot.h"
#include "store/rows.h"

namespace pgassay::store {

template <typename Visit, Is<BlockRangeRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("index_oid", row.index);
  visit("pages_per_range", row.pages_per_range);
  visit("built_pages_per_range", row.built_pages_per_range);
  visit("map_pages", row.map_pages);
}

template <typename Visit, Is<InvertedRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("index_oid", row.index);
  visit("total_pages", row.value.total_pages);
  visit("entry_pages", row.value.entry_pages);
  visit("data_pages", row.value.data_pages);
  visit("entries", row.value.entries);
  visit("pending_pages", row.value.pending_pages);
}

template <typename Visit, Is<ExtendedStatistics> Row>
void Fields(Visit& visit, Row& row) {
  visit("oid", row.oid);
  visit("inherited", row.inherited);
  visit("schema_name", row.name.schema);
  visit("name", row.name.name);
  visit("relation_oid", row.relation);
  visit("column_numbers", row.columns);
}

template <typename Visit, Is<ExtendedGroupRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("statistics_oid", row.statistics);
  visit("inherited", row.inherited);
  visit("kind", row.kind);
  visit("position", row.position);
  visit("column_numbers", row.value.columns);
  visit("figure", row.value.figure);
}

template <typename Visit, Is<ExtendedValueRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("statistics_oid", row.statistics);
  visit("inherited", row.inherited);
  visit("position", row.position);
  visit("value_list", row.value.values);
  visit("frequency", row.value.frequency);
  visit("base_frequency", row.value.base_frequency);
}

template <typename Visit, Is<ExtendedExpressionRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("statistics_oid", row.statistics);
  visit("inherited", row.inherited);
  visit("number", row.value.column);
  visit("null_fraction", row.value.null_fraction);
  visit("average_width", row.value.average_width);
  visit("distinct_values", row.value.distinct);
}

template <typename Visit, Is<ExtendedSlotRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("statistics_oid", row.statistics);
  visit("inherited", row.inherited);
  visit("number", row.number);
  visit("position", row.position);
  visit("kind", row.value.kind);
  visit("operator", row.value.op);
  visit("collation", row.value.collation);
  visit("numbers", row.value.numbers);
  visit("value_list", row.value.values);
}

}  // namespace pgassay::store
