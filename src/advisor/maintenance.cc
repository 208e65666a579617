#include "advisor/maintenance.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "base/text.h"
#include "catalog/partitions.h"

namespace pgassay::advisor {
namespace {

// Counters of less than a second say nothing about a day.
constexpr double kLeastDays = 1.0 / 24 / 60 / 60;

std::optional<double> DaysBetween(const std::optional<std::string>& begin, const std::string& end) {
  absl::Time from, to;
  std::string error;
  if (!begin || !absl::ParseTime(absl::RFC3339_full, *begin, &from, &error) ||
      !absl::ParseTime(absl::RFC3339_full, end, &to, &error)) {
    return std::nullopt;
  }
  const double days = absl::ToDoubleHours(to - from) / 24;
  return days >= kLeastDays ? std::optional(days) : std::nullopt;
}

// Columns of `def` that no existing index of its table has: setting one of them does not end HOT yet.
std::set<int> NewColumns(const IndexDef& def, const Snapshot& snapshot) {
  std::set<int> columns(def.include.begin(), def.include.end());
  for (const IndexKey& key : def.keys) columns.insert(key.column);
  columns.erase(0);
  for (const Index& index : snapshot.indexes) {
    if (index.def.table != def.table) continue;
    for (const IndexKey& key : index.def.keys) columns.erase(key.column);
    for (const int column : index.def.include) columns.erase(column);
  }
  return columns;
}

bool HasIndexedColumn(const std::vector<int>& set, Oid table, const Snapshot& snapshot) {
  return std::ranges::any_of(snapshot.indexes, [&](const Index& index) {
    if (index.def.table != table) return false;
    return std::ranges::any_of(set, [&](int column) {
      return std::ranges::find(index.def.keys, column, &IndexKey::column) != index.def.keys.end() ||
             std::ranges::find(index.def.include, column) != index.def.include.end();
    });
  });
}

// Rows that the workload's statements write to a table.
struct Written {
  double inserts = 0;
  double plain_updates = 0;  // that set a column which an index has today
  double hot_updates = 0;    // that set none
  double lost = 0;           // of those: that set a column of the new index
};

// Rows that a statement writes in all its calls.
double RowsOf(const PlannedStatement& statement, const Template& of, const catalog::WriteTarget& target) {
  if (of.observed && of.weight > 0 && of.observed->calls > 0) {
    return static_cast<double>(of.observed->rows) * statement.weight / of.weight;
  }
  return statement.weight * std::max(target.rows, 1.0);
}

Written CountWritten(const IndexDef& def, const std::set<int>& fresh, double insert_share, const Snapshot& snapshot,
                     const Workload& workload, const std::vector<PlannedStatement>& statements,
                     Maintenance& maintenance) {
  Written written;
  std::set<int> hot_columns;
  std::set<std::string> hot_templates;
  for (const PlannedStatement& statement : statements) {
    const Template& of = workload.templates[statement.template_index];
    for (const catalog::WriteTarget& target : statement.targets) {
      if (target.table != def.table) continue;
      const double rows = RowsOf(statement, of, target);
      // INSERT ... ON CONFLICT DO UPDATE does either, in the proportion that the table's counters show.
      const double inserted = target.command != 'i' ? 0 : target.columns.empty() ? 1 : insert_share;
      written.inserts += inserted * rows;
      if (target.columns.empty()) continue;
      std::vector<int> set;
      std::ranges::copy_if(target.columns, std::back_inserter(set), [&](int column) { return fresh.contains(column); });
      if (HasIndexedColumn(target.columns, def.table, snapshot)) {
        written.plain_updates += (1 - inserted) * rows;
        continue;
      }
      written.hot_updates += (1 - inserted) * rows;
      if (set.empty()) continue;
      written.lost += (1 - inserted) * rows;
      hot_columns.insert(set.begin(), set.end());
      hot_templates.insert(of.id);
    }
  }
  const Relation* const relation = snapshot.FindRelation(def.table);
  for (const int column : hot_columns) {
    const Column* const found = relation == nullptr ? nullptr : FindColumn(*relation, column);
    if (found != nullptr) maintenance.hot_columns.push_back(found->name);
  }
  maintenance.hot_templates.assign(hot_templates.begin(), hot_templates.end());
  return written;
}

// The earliest moment since which the statements were counted.
std::optional<std::string> StatementsSince(const Snapshot& snapshot, const Workload& workload) {
  const bool counted =
      std::ranges::any_of(workload.templates, [](const Template& of) { return of.observed.has_value(); });
  return counted ? snapshot.statement_source.reset_at : std::nullopt;
}

}  // namespace

Maintenance PriceInWrites(const IndexDef& def, const Snapshot& snapshot, const Workload& workload,
                          const std::vector<PlannedStatement>& statements) {
  Maintenance maintenance;
  TableCounters counters;
  for (const Oid table : catalog::IndexedTables(snapshot, def.table)) {
    const Relation* const relation = snapshot.FindRelation(table);
    if (relation == nullptr) continue;
    counters.tuples_inserted += relation->counters.tuples_inserted;
    counters.tuples_updated += relation->counters.tuples_updated;
    counters.tuples_hot_updated += relation->counters.tuples_hot_updated;
  }
  const auto inserted = static_cast<double>(counters.tuples_inserted);
  const auto touched = inserted + static_cast<double>(counters.tuples_updated);
  const Written written = CountWritten(def, NewColumns(def, snapshot), touched > 0 ? inserted / touched : 0.5, snapshot,
                                       workload, statements, maintenance);
  const double lost_share = written.hot_updates > 0 ? written.lost / written.hot_updates : 0;
  if (const std::optional<double> days = DaysBetween(snapshot.statistics_reset, snapshot.captured_at)) {
    maintenance.days = days;
    maintenance.inserts = static_cast<double>(counters.tuples_inserted) / *days;
    maintenance.hot_updates = static_cast<double>(counters.tuples_hot_updated) / *days;
    maintenance.updates = static_cast<double>(counters.tuples_updated - counters.tuples_hot_updated) / *days;
  } else if (const std::optional<double> seen =
                 DaysBetween(StatementsSince(snapshot, workload), snapshot.captured_at)) {
    // Which of the updates were heap-only is in the table's counters alone, whenever they began.
    const double updated = static_cast<double>(counters.tuples_updated);
    const double heap_only = updated > 0 ? static_cast<double>(counters.tuples_hot_updated) / updated : 0;
    const double updates = written.plain_updates + written.hot_updates;
    maintenance.days = seen;
    maintenance.inserts = written.inserts / *seen;
    maintenance.hot_updates = std::min(updates * heap_only, written.hot_updates) / *seen;
    maintenance.updates = updates / *seen - maintenance.hot_updates;
  }
  maintenance.hot_updates_lost = maintenance.hot_updates * lost_share;
  return maintenance;
}

}  // namespace pgassay::advisor
