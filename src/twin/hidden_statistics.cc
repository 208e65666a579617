#include "twin/hidden_statistics.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "sql/listed_values.h"
#include "whatif/btree_size.h"

namespace pgassay::twin {
namespace {

// Different values by column.
using DistinctValues = std::map<std::pair<Oid, int>, double>;

// Whether the capturing role sees every row, so that what it did not read is not there.
bool SeesEverything(const Snapshot& snapshot) {
  const Role* const role = snapshot.FindRole(snapshot.user);
  return role != nullptr && (role->superuser || role->bypass_row_security);
}

// Tables whose statistics exist and were hidden. A table that was never analysed has none to hide; a partitioned one
// has no rows of its own.
std::map<Oid, const Relation*> TablesWithHiddenStatistics(const Snapshot& snapshot) {
  std::set<Oid> read;
  for (const ColumnStatistics& statistics : snapshot.statistics) read.insert(statistics.relation);
  std::map<Oid, const Relation*> tables;
  for (const Relation& relation : snapshot.relations) {
    if (read.contains(relation.oid) || !relation.row_security || relation.kind != 'r') continue;
    if (relation.statistics_tuples > 0) tables.emplace(relation.oid, &relation);
  }
  return tables;
}

// `values` for a column that is never null; what several facts say is decided by the smallest.
void Note(const Relation& table, int number, double values, DistinctValues& distinct) {
  const Column* const column = FindColumn(table, number);
  if (column == nullptr || !column->not_null) return;
  values = std::min(values, whatif::EstimateTuples(table));
  if (!(values >= 1)) return;
  const auto [found, added] = distinct.try_emplace({table.oid, number}, values);
  if (!added) found->second = std::min(found->second, values);
}

// What a constraint on one column says about the number of its values.
std::optional<double> ValuesAllowed(const Constraint& constraint, const Snapshot& snapshot) {
  if (constraint.kind == 'c') {
    if (const auto listed = sql::CountListedValues(constraint.sql)) return static_cast<double>(*listed);
  }
  if (constraint.kind == 'f') {
    const Relation* const referenced = snapshot.FindRelation(constraint.foreign_table);
    if (referenced != nullptr && referenced->kind == 'r') return whatif::EstimateTuples(*referenced);
  }
  return std::nullopt;
}

}  // namespace

std::vector<ColumnStatistics> HiddenStatistics(const Snapshot& snapshot, const EnumLabels& labels) {
  std::vector<ColumnStatistics> made;
  if (SeesEverything(snapshot)) return made;
  const std::map<Oid, const Relation*> tables = TablesWithHiddenStatistics(snapshot);
  DistinctValues distinct;
  for (const auto& [oid, table] : tables) {
    for (const Column& column : table->columns) {
      if (column.type == "boolean") Note(*table, column.number, 2, distinct);
      const auto found = labels.find(column.type);
      if (found != labels.end()) Note(*table, column.number, found->second, distinct);
    }
  }
  for (const Constraint& constraint : snapshot.constraints) {
    const auto table = tables.find(constraint.table);
    if (table == tables.end() || constraint.columns.size() != 1) continue;
    const std::optional<double> values = ValuesAllowed(constraint, snapshot);
    if (values) Note(*table->second, constraint.columns.front(), *values, distinct);
  }
  for (const auto& [column, values] : distinct) {
    made.push_back({.relation = column.first, .column = column.second, .distinct = values, .slots = {}});
  }
  return made;
}

}  // namespace pgassay::twin
