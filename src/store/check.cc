#include "store/check.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "store/check_extended.h"
#include "store/check_workload.h"
#include "store/sorted.h"

namespace pgassay::store {
namespace {

constexpr int kMaxAttributeNumber =
    std::numeric_limits<std::int16_t>::max();  // AttrNumber in src/include/access/attnum.h
constexpr int kMaxTreeHeight = 64;             // a B-tree of two-way pages over 2^64 tuples
constexpr int kMaxStatisticsTarget = 10000;    // MAX_STATISTICS_TARGET in src/include/statistics/statistics.h

absl::Status Problem(const QualifiedName& subject, std::string_view problem) {
  return absl::InvalidArgumentError(absl::StrCat(Printable(catalog::QuotedName(subject)), " ", ToAbsl(problem)));
}

absl::Status Problem(std::string_view problem) {
  return absl::InvalidArgumentError(ToAbsl(problem));
}

bool IsOneOf(char code, std::string_view known) {
  return known.find(code) != std::string_view::npos;
}

bool IsTupleCount(double tuples) {
  return std::isfinite(tuples) && tuples >= -1;
}

template <typename Element>
bool Contains(const std::vector<Element>& elements, Oid oid) {
  return std::ranges::binary_search(elements, oid, {}, &Element::oid);
}

template <typename Element>
bool HasUniqueNames(const std::vector<Element>& elements) {
  std::set<QualifiedName> names;
  return std::ranges::all_of(elements, [&](const Element& element) { return names.insert(element.name).second; });
}

absl::Status CheckColumn(const Relation& relation, const Column& column) {
  if (column.number < 1 || column.number > kMaxAttributeNumber)
    return Problem(relation.name, "has an impossible column number");
  if (!IsOneOf(column.type_align, "csid")) return Problem(relation.name, "has a column of unknown alignment");
  if (column.type_length < -2 || column.type_length > std::numeric_limits<std::int16_t>::max()) {
    return Problem(relation.name, "has a column of impossible length");
  }
  const int target = column.statistics_target.value_or(0);
  if (target < -1 || target > kMaxStatisticsTarget)
    return Problem(relation.name, "has an impossible statistics target");
  return absl::OkStatus();
}

bool HasNegative(const TableCounters& counters) {
  return std::min({counters.seq_scans, counters.seq_tuples_read, counters.index_scans, counters.tuples_inserted,
                   counters.tuples_updated, counters.tuples_hot_updated, counters.tuples_deleted, counters.live_tuples,
                   counters.dead_tuples, counters.modified_since_analyze}) < 0;
}

absl::Status CheckRelation(const Relation& relation) {
  if (relation.oid == Oid{}) return Problem(relation.name, "has no OID");
  if (!IsOneOf(relation.kind, "rpmf")) return Problem(relation.name, "is a relation of unknown kind");
  if (!IsOneOf(relation.persistence, "put")) return Problem(relation.name, "is of unknown persistence");
  // statistics_pages and all_visible_pages may be negative: relpages is -1 for partitioned tables, and wraps above 16
  // TB.
  if (relation.pages < 0) return Problem(relation.name, "has a negative size");
  if (!IsTupleCount(relation.statistics_tuples)) return Problem(relation.name, "has an impossible number of tuples");
  const int fillfactor = relation.fillfactor.value_or(100);
  if (fillfactor < 10 || fillfactor > 100) return Problem(relation.name, "has an impossible fillfactor");
  if (HasNegative(relation.counters)) return Problem(relation.name, "has a negative counter");
  if (!IsStrictlySorted(relation.columns, &Column::number))
    return Problem(relation.name, "has its columns out of order");
  for (const Column& column : relation.columns) PGASSAY_RETURN_IF_ERROR(CheckColumn(relation, column));
  return absl::OkStatus();
}

absl::Status CheckIndexColumns(const Index& index, const Relation& table) {
  if (index.def.keys.empty()) return Problem(index.name, "is an index without keys");
  for (const IndexKey& key : index.def.keys) {
    if (key.column == 0 && key.expression.empty())
      return Problem(index.name, "has a key that is neither column nor expression");
    if (key.column != 0 && !key.expression.empty())
      return Problem(index.name, "has a key that is both column and expression");
    if (key.column != 0 && FindColumn(table, key.column) == nullptr)
      return Problem(index.name, "has an unknown column as key");
  }
  for (const int column : index.def.include) {
    if (FindColumn(table, column) == nullptr) return Problem(index.name, "includes an unknown column");
  }
  return absl::OkStatus();
}

absl::Status CheckIndex(const Index& index, const Snapshot& snapshot) {
  if (index.oid == Oid{}) return Problem(index.name, "has no OID");
  const Relation* table = snapshot.FindRelation(index.def.table);
  if (table == nullptr) return Problem(index.name, "is an index on an unknown table");
  if (index.def.method.empty()) return Problem(index.name, "is an index without access method");
  if (index.pages < 0) return Problem(index.name, "has a negative size");
  if (!IsTupleCount(index.statistics_tuples)) return Problem(index.name, "has an impossible number of tuples");
  const int height = index.tree_height.value_or(0);
  if (height < 0 || height > kMaxTreeHeight) return Problem(index.name, "has an impossible tree height");
  if (std::min({index.scans, index.tuples_read, index.tuples_fetched}) < 0)
    return Problem(index.name, "has a negative counter");
  return CheckIndexColumns(index, *table);
}

absl::Status CheckConstraint(const Constraint& constraint, const Snapshot& snapshot) {
  const std::string name = Printable(constraint.name);
  if (constraint.oid == Oid{}) return Problem(absl::StrCat("constraint ", name, " has no OID"));
  if (!Contains(snapshot.relations, constraint.table))
    return Problem(absl::StrCat("constraint ", name, " is on an unknown table"));
  if (!IsOneOf(constraint.kind, "pufcx")) return Problem(absl::StrCat("constraint ", name, " is of unknown kind"));
  const bool is_foreign_key = constraint.kind == 'f';
  if (is_foreign_key == (constraint.foreign_table == Oid{})) {
    return Problem(absl::StrCat("constraint ", name, " is half a foreign key"));
  }
  if (constraint.foreign_columns.size() != (is_foreign_key ? constraint.columns.size() : 0)) {
    return Problem(absl::StrCat("constraint ", name, " has columns without a counterpart"));
  }
  // System columns have negative numbers, and 0 is a whole row or an expression.
  const auto is_possible = [](int column) { return column >= -kMaxAttributeNumber && column <= kMaxAttributeNumber; };
  if (!std::ranges::all_of(constraint.columns, is_possible) ||
      !std::ranges::all_of(constraint.foreign_columns, is_possible)) {
    return Problem(absl::StrCat("constraint ", name, " has an impossible column number"));
  }
  return absl::OkStatus();
}

absl::Status CheckStatistics(const ColumnStatistics& row, const Snapshot& snapshot) {
  const std::string where = absl::StrCat("the statistics of column ", row.column, " of relation ", row.relation.value);
  if (!Contains(snapshot.relations, row.relation) && !Contains(snapshot.indexes, row.relation)) {
    return Problem(absl::StrCat(where, " belong to nothing"));
  }
  if (row.column < 1 || row.column > kMaxAttributeNumber)
    return Problem(absl::StrCat(where, " have no possible column"));
  if (!(row.null_fraction >= 0 && row.null_fraction <= 1) || row.average_width < 0 || !std::isfinite(row.distinct) ||
      row.distinct < -1) {
    return Problem(absl::StrCat(where, " are out of range"));
  }
  const auto is_possible = [](const StatisticSlot& slot) { return slot.kind >= 1 && slot.kind <= kMaxAttributeNumber; };
  if (!std::ranges::all_of(row.slots, is_possible)) return Problem(absl::StrCat(where, " are of unknown kind"));
  return absl::OkStatus();
}

absl::Status CheckOrder(const Snapshot& snapshot) {
  if (!IsStrictlySorted(snapshot.relations, &Relation::oid))
    return Problem("the relations are not in order of their OIDs");
  if (!IsStrictlySorted(snapshot.indexes, &Index::oid)) return Problem("the indexes are not in order of their OIDs");
  if (!IsStrictlySorted(snapshot.constraints, &Constraint::oid))
    return Problem("the constraints are not in order of their OIDs");
  const auto statistics_key = [](const ColumnStatistics& row) {
    return std::tuple(row.relation, row.column, row.inherited);
  };
  if (!IsStrictlySorted(snapshot.statistics, statistics_key))
    return Problem("the statistics are not in order of their columns");
  if (!IsStrictlySorted(snapshot.end_points, &EndPoint::index))
    return Problem("the end points are not in order of their indexes");
  if (!IsStrictlySorted(snapshot.settings, &Setting::name))
    return Problem("the settings are not in order of their names");
  const auto role_key = [](const RoleSetting& row) { return std::tie(row.database, row.role, row.name); };
  if (!IsStrictlySorted(snapshot.role_settings, role_key)) return Problem("the settings of roles are not in order");
  if (!IsStrictlySorted(snapshot.extensions, &Extension::name))
    return Problem("the extensions are not in order of their names");
  if (!HasUniqueNames(snapshot.relations)) return Problem("two relations have one name");
  if (!HasUniqueNames(snapshot.indexes)) return Problem("two indexes have one name");
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckSnapshot(const Snapshot& snapshot) {
  if (snapshot.server_version < 0) return Problem("the server version is negative");
  if (snapshot.database_bytes < 0) return Problem("the size of the database is negative");
  PGASSAY_RETURN_IF_ERROR(CheckOrder(snapshot));  // first: the lookups below rely on it
  for (const Relation& relation : snapshot.relations) PGASSAY_RETURN_IF_ERROR(CheckRelation(relation));
  for (const Index& index : snapshot.indexes) PGASSAY_RETURN_IF_ERROR(CheckIndex(index, snapshot));
  for (const Constraint& constraint : snapshot.constraints)
    PGASSAY_RETURN_IF_ERROR(CheckConstraint(constraint, snapshot));
  for (const ColumnStatistics& row : snapshot.statistics) PGASSAY_RETURN_IF_ERROR(CheckStatistics(row, snapshot));
  PGASSAY_RETURN_IF_ERROR(CheckExtended(snapshot));
  for (const EndPoint& point : snapshot.end_points) {
    if (!Contains(snapshot.indexes, point.index)) return Problem("an end point belongs to an unknown index");
  }
  return CheckWorkload(snapshot);
}

}  // namespace pgassay::store
