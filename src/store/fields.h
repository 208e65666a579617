#pragma once

// One list of fields for each table of an assay file. Writing and reading walk the same list, so that they cannot
// disagree: Fields(visit, row) calls visit(column name, member) for every column but the capture's number, in the order
// of schema.cc. The tables of the workload and of the advice: workload_fields.h.

#include "pgassay/assay_file.h"
#include "pgassay/snapshot.h"
#include "store/rows.h"

namespace pgassay::store {

template <typename Visit, Is<Snapshot> Row>
void Fields(Visit& visit, Row& row) {
  visit("system_identifier", row.system_identifier);
  visit("database_oid", row.database_oid);
  visit("database_name", row.database);
  visit("standby", row.standby);
  visit("captured_at", row.captured_at);
  visit("server_version", row.server_version);
  visit("server_version_text", row.server_version_text);
  visit("user_name", row.user);
  visit("with_values", row.with_values);
  visit("encoding", row.encoding);
  visit("locale_provider", row.locale_provider);
  visit("lc_collate", row.collate);
  visit("lc_ctype", row.ctype);
  visit("icu_locale", row.icu_locale);
  visit("database_bytes", row.database_bytes);
  visit("statistics_reset", row.statistics_reset);
  visit("schema_sql", row.schema_sql);
}

// The head of a capture; its number is a field here.
template <typename Visit, Is<CaptureInfo> Row>
void Fields(Visit& visit, Row& row) {
  visit("number", row.number);
  visit("captured_at", row.captured_at);
  visit("system_identifier", row.system_identifier);
  visit("database_oid", row.database_oid);
  visit("database_name", row.database);
  visit("standby", row.standby);
  visit("server_version", row.server_version);
}

template <typename Visit, Is<Relation> Row>
void Fields(Visit& visit, Row& row) {
  visit("oid", row.oid);
  visit("schema_name", row.name.schema);
  visit("name", row.name.name);
  visit("kind", row.kind);
  visit("persistence", row.persistence);
  visit("pages", row.pages);
  visit("statistics_pages", row.statistics_pages);
  visit("statistics_tuples", row.statistics_tuples);
  visit("all_visible_pages", row.all_visible_pages);
  visit("parent_oid", row.parent);
  visit("row_security", row.row_security);
  visit("owner_name", row.owner);
  visit("readable", row.readable);
  visit("fillfactor", row.fillfactor);
}

template <typename Visit, Is<ActivityRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("relation_oid", row.relation);
  visit("seq_scans", row.value.seq_scans);
  visit("seq_tuples_read", row.value.seq_tuples_read);
  visit("index_scans", row.value.index_scans);
  visit("tuples_inserted", row.value.tuples_inserted);
  visit("tuples_updated", row.value.tuples_updated);
  visit("tuples_hot_updated", row.value.tuples_hot_updated);
  visit("tuples_deleted", row.value.tuples_deleted);
  visit("live_tuples", row.value.live_tuples);
  visit("dead_tuples", row.value.dead_tuples);
  visit("modified_since_analyze", row.value.modified_since_analyze);
  visit("last_analyze", row.value.last_analyze);
}

template <typename Visit, Is<ColumnRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("relation_oid", row.relation);
  visit("number", row.value.number);
  visit("name", row.value.name);
  visit("type", row.value.type);
  visit("type_oid", row.value.type_oid);
  visit("type_length", row.value.type_length);
  visit("type_align", row.value.type_align);
  visit("not_null", row.value.not_null);
  visit("statistics_target", row.value.statistics_target);
}

template <typename Visit, Is<Index> Row>
void Fields(Visit& visit, Row& row) {
  visit("oid", row.oid);
  visit("schema_name", row.name.schema);
  visit("name", row.name.name);
  visit("relation_oid", row.def.table);
  visit("method", row.def.method);
  visit("predicate", row.def.predicate);
  visit("is_unique", row.def.unique);
  visit("is_primary", row.primary);
  visit("is_exclusion", row.exclusion);
  visit("is_valid", row.valid);
  visit("is_ready", row.ready);
  visit("backs_constraint", row.backs_constraint);
  visit("replica_identity", row.replica_identity);
  visit("is_clustered", row.clustered);
  visit("pages", row.pages);
  visit("statistics_pages", row.statistics_pages);
  visit("statistics_tuples", row.statistics_tuples);
  visit("tree_height", row.tree_height);
  visit("tree_height_exact", row.tree_height_exact);
  visit("sql", row.sql);
  visit("scans", row.scans);
  visit("tuples_read", row.tuples_read);
  visit("tuples_fetched", row.tuples_fetched);
}

template <typename Visit, Is<IndexKeyRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("index_oid", row.index);
  visit("position", row.position);
  visit("column_number", row.value.column);
  visit("expression", row.value.expression);
  visit("opclass", row.value.opclass);
  visit("collation", row.value.collation);
  visit("descending", row.value.descending);
  visit("nulls_first", row.value.nulls_first);
}

template <typename Visit, Is<IndexIncludeRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("index_oid", row.index);
  visit("position", row.position);
  visit("column_number", row.column);
}

template <typename Visit, Is<Constraint> Row>
void Fields(Visit& visit, Row& row) {
  visit("oid", row.oid);
  visit("relation_oid", row.table);
  visit("name", row.name);
  visit("kind", row.kind);
  visit("foreign_relation_oid", row.foreign_table);
  visit("index_oid", row.index);
  visit("sql", row.sql);
}

template <typename Visit, Is<ConstraintColumnRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("constraint_oid", row.constraint);
  visit("position", row.position);
  visit("column_number", row.column);
  visit("foreign_column_number", row.foreign_column);
}

template <typename Visit, Is<ColumnStatistics> Row>
void Fields(Visit& visit, Row& row) {
  visit("relation_oid", row.relation);
  visit("column_number", row.column);
  visit("inherited", row.inherited);
  visit("null_fraction", row.null_fraction);
  visit("average_width", row.average_width);
  visit("distinct_values", row.distinct);
}

template <typename Visit, Is<SlotRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("relation_oid", row.relation);
  visit("column_number", row.column);
  visit("inherited", row.inherited);
  visit("position", row.position);
  visit("kind", row.value.kind);
  visit("operator", row.value.op);
  visit("collation", row.value.collation);
  visit("numbers", row.value.numbers);
  visit("value_list", row.value.values);
}

template <typename Visit, Is<EndPoint> Row>
void Fields(Visit& visit, Row& row) {
  visit("index_oid", row.index);
  visit("least", row.min);
  visit("greatest", row.max);
}

template <typename Visit, Is<Setting> Row>
void Fields(Visit& visit, Row& row) {
  visit("name", row.name);
  visit("value", row.value);
  visit("source", row.source);
}

template <typename Visit, Is<RoleSetting> Row>
void Fields(Visit& visit, Row& row) {
  visit("database_name", row.database);
  visit("role_name", row.role);
  visit("name", row.name);
  visit("value", row.value);
}

template <typename Visit, Is<Extension> Row>
void Fields(Visit& visit, Row& row) {
  visit("name", row.name);
  visit("version", row.version);
  visit("schema_name", row.schema);
}

template <typename Visit, Is<View> Row>
void Fields(Visit& visit, Row& row) {
  visit("oid", row.oid);
  visit("schema_name", row.name.schema);
  visit("name", row.name.name);
  visit("owner_name", row.owner);
}

template <typename Visit, Is<Role> Row>
void Fields(Visit& visit, Row& row) {
  visit("name", row.name);
  visit("superuser", row.superuser);
  visit("bypass_row_security", row.bypass_row_security);
  visit("inherit", row.inherit);
}

template <typename Visit, Is<MembershipRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("role_name", row.role);
  visit("member_of", row.member_of);
}

template <typename Visit, Is<GapRow> Row>
void Fields(Visit& visit, Row& row) {
  visit("position", row.position);
  visit("subject", row.value.subject);
  visit("reason", row.value.reason);
}

}  // namespace pgassay::store
