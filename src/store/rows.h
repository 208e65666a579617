#pragma once

// What a row of each table of an assay file is in memory, and where it is kept.

#include <concepts>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "pgassay/assay_file.h"
#include "pgassay/snapshot.h"

namespace pgassay::store {

// `Row` or `const Row`.
template <typename Given, typename Row>
concept Is = std::same_as<std::remove_const_t<Given>, Row>;

// Rows whose parent is named by a key beside the value. Positions count from 1. The other tables keep values of
// pgassay/snapshot.h as they are, of Snapshot itself only what is no list.
struct ActivityRow {
  Oid relation;
  TableCounters value;
};
struct ColumnRow {
  Oid relation;
  Column value;
};
struct IndexKeyRow {
  Oid index;
  int position = 0;
  IndexKey value;
};
struct IndexIncludeRow {
  Oid index;
  int position = 0;
  int column = 0;
};
struct ConstraintColumnRow {
  Oid constraint;
  int position = 0;
  int column = 0;
  std::optional<int> foreign_column;
};
struct SlotRow {
  Oid relation;
  int column = 0;
  bool inherited = false;
  int position = 0;
  StatisticSlot value;
};
struct BlockRangeRow {
  Oid index;
  int pages_per_range = 0;
  std::optional<int> built_pages_per_range;
  std::optional<int> map_pages;
};
struct InvertedRow {
  Oid index;
  InvertedCounts value;
};
struct ExtendedGroupRow {
  Oid statistics;
  bool inherited = false;
  char kind = 'd';
  int position = 0;
  ColumnGroup value;
};
struct ExtendedValueRow {
  Oid statistics;
  bool inherited = false;
  int position = 0;
  CommonCombination value;
};
struct ExtendedExpressionRow {
  Oid statistics;
  bool inherited = false;
  ColumnStatistics value;  // its column is the number of the expression
};
struct ExtendedSlotRow {
  Oid statistics;
  bool inherited = false;
  int number = 0;
  int position = 0;
  StatisticSlot value;
};
struct MembershipRow {
  std::string role;
  std::string member_of;
};
struct StatementRow {
  int position = 0;
  pgassay::Statement value;
};
struct RecommendationRow {
  int position = 0;
  RecordedRecommendation value;
};
struct TemplateRow {
  int position = 0;
  RecordedTemplate value;
};
struct GapRow {
  int position = 0;
  CaptureGap value;
};
struct BenchRow {
  int position = 0;  // of the bench among those of the capture, also below
  RecordedBench value;
};
struct BenchSetRow {
  int bench = 0;
  int position = 0;
  RecordedBenchSet value;
};
struct BenchIndexRow {
  int bench = 0;
  int set = 0;
  int position = 0;
  RecordedBenchIndex value;
};
struct BenchQueryRow {
  int bench = 0;
  int set = 0;
  int position = 0;
  RecordedBenchQuery value;
};

// A table, the columns that put its rows in order, and the column with the number of the capture that a row belongs to.
struct Place {
  std::string_view table;
  std::string_view order;
  std::string_view capture = "capture";  // empty: rows belong to the file
};

// In place of a capture's number where rows belong to the file.
inline constexpr int kNoCapture = 0;

template <typename Row>
inline constexpr Place kPlace;  // only the rows below have one

template <>
inline constexpr Place kPlace<Snapshot> = {"capture", "number", "number"};
template <>
inline constexpr Place kPlace<CaptureInfo> = {"capture", "number", "number"};
template <>
inline constexpr Place kPlace<Relation> = {"relation", "oid"};
template <>
inline constexpr Place kPlace<ActivityRow> = {"relation_activity", "relation_oid"};
template <>
inline constexpr Place kPlace<ColumnRow> = {"relation_column", "relation_oid, number"};
template <>
inline constexpr Place kPlace<Index> = {"relation_index", "oid"};
template <>
inline constexpr Place kPlace<IndexKeyRow> = {"index_key", "index_oid, position"};
template <>
inline constexpr Place kPlace<IndexIncludeRow> = {"index_include", "index_oid, position"};
template <>
inline constexpr Place kPlace<Constraint> = {"relation_constraint", "oid"};
template <>
inline constexpr Place kPlace<ConstraintColumnRow> = {"constraint_column", "constraint_oid, position"};
template <>
inline constexpr Place kPlace<ColumnStatistics> = {"column_statistics", "relation_oid, column_number, inherited"};
template <>
inline constexpr Place kPlace<SlotRow> = {"statistic_slot", "relation_oid, column_number, inherited, position"};
template <>
inline constexpr Place kPlace<BlockRangeRow> = {"block_range_index", "index_oid"};
template <>
inline constexpr Place kPlace<InvertedRow> = {"inverted_index", "index_oid"};
template <>
inline constexpr Place kPlace<ExtendedStatistics> = {"extended_statistics", "oid, inherited"};
template <>
inline constexpr Place kPlace<ExtendedGroupRow> = {"extended_group", "statistics_oid, inherited, kind, position"};
template <>
inline constexpr Place kPlace<ExtendedValueRow> = {"extended_value", "statistics_oid, inherited, position"};
template <>
inline constexpr Place kPlace<ExtendedExpressionRow> = {"extended_expression", "statistics_oid, inherited, number"};
template <>
inline constexpr Place kPlace<ExtendedSlotRow> = {"extended_slot", "statistics_oid, inherited, number, position"};
template <>
inline constexpr Place kPlace<EndPoint> = {"end_point", "index_oid"};
template <>
inline constexpr Place kPlace<Setting> = {"setting", "name"};
template <>
inline constexpr Place kPlace<RoleSetting> = {"role_setting", "database_name, role_name, name"};
template <>
inline constexpr Place kPlace<Extension> = {"extension", "name"};
template <>
inline constexpr Place kPlace<View> = {"relation_view", "oid"};
template <>
inline constexpr Place kPlace<Role> = {"role", "name"};
template <>
inline constexpr Place kPlace<MembershipRow> = {"role_membership", "role_name, member_of"};
template <>
inline constexpr Place kPlace<StatementSource> = {"statement_source", "capture"};
template <>
inline constexpr Place kPlace<StatementRow> = {"statement", "position"};
template <>
inline constexpr Place kPlace<StatementGroup> = {"statement_group", "code, detail"};
template <>
inline constexpr Place kPlace<RecommendationRow> = {"recommendation", "position"};
template <>
inline constexpr Place kPlace<TemplateRow> = {"recorded_template", "position"};
template <>
inline constexpr Place kPlace<GapRow> = {"capture_gap", "position"};
template <>
inline constexpr Place kPlace<BenchRow> = {"bench", "position"};
template <>
inline constexpr Place kPlace<BenchSetRow> = {"bench_set", "bench, position"};
template <>
inline constexpr Place kPlace<BenchIndexRow> = {"bench_index", "bench, set_position, position"};
template <>
inline constexpr Place kPlace<BenchQueryRow> = {"bench_query", "bench, set_position, position"};

}  // namespace pgassay::store
