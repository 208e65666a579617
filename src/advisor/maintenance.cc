#include "advisor/maintenance.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/time/time.h"
#include "base/text.h"
#include "catalog/partitions.h"
#include "whatif/write_cost.h"

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

// The earliest moment since which the statements were counted.
std::optional<std::string> StatementsSince(const Snapshot& snapshot, const Workload& workload) {
  const bool counted =
      std::ranges::any_of(workload.templates, [](const Template& of) { return of.observed.has_value(); });
  return counted ? snapshot.statement_source.reset_at : std::nullopt;
}

bool Has(const IndexDef& def, int column) {
  return std::ranges::find(def.keys, column, &IndexKey::column) != def.keys.end() ||
         std::ranges::find(def.include, column) != def.include.end();
}

TableCounters CountersOf(const std::vector<Oid>& tables, const Snapshot& snapshot) {
  TableCounters sum;
  for (const Oid part : tables) {
    const Relation* const relation = snapshot.FindRelation(part);
    if (relation == nullptr) continue;
    sum.tuples_inserted += relation->counters.tuples_inserted;
    sum.tuples_updated += relation->counters.tuples_updated;
    sum.tuples_hot_updated += relation->counters.tuples_hot_updated;
    sum.tuples_deleted += relation->counters.tuples_deleted;
  }
  return sum;
}

whatif::BtreeSize SizeOf(const Index& index) {
  return {.pages = std::max<std::int64_t>(1, index.pages),
          .tuples = std::max(1.0, index.statistics_tuples),
          .tree_height = index.tree_height.value_or(1)};
}

// Rows that are written to a table between two checkpoints, given how many in a day.
double BetweenCheckpoints(double rows_a_day) {
  constexpr double kCheckpointsADay = 24 * 60 / 5;  // checkpoint_timeout is five minutes unless set otherwise
  return rows_a_day > 0 ? std::max(1.0, rows_a_day / kCheckpointsADay) : whatif::kRowsBetweenCheckpoints;
}

// The mean over the parts, by the rows that they hold.
whatif::WriteCost MeanCost(const twin::CandidateParts& parts, const Snapshot& snapshot, double between_checkpoints) {
  whatif::WriteCost mean;
  double rows = 0;
  for (const twin::SizedIndex& part : parts) {
    const whatif::WriteCost cost = whatif::EstimateWriteCost(part.def, part.size, snapshot, between_checkpoints);
    const double weight = std::max(1.0, part.size.tuples);
    mean.entry += weight * cost.entry;
    mean.moved += weight * cost.moved;
    mean.dead += weight * cost.dead;
    rows += weight;
  }
  if (rows > 0) mean = {.entry = mean.entry / rows, .moved = mean.moved / rows, .dead = mean.dead / rows};
  return mean;
}

}  // namespace

std::optional<double> CounterDays(const Snapshot& snapshot) {
  return DaysBetween(snapshot.statistics_reset, snapshot.captured_at);
}

struct WriteLoad::Written {
  double inserts = 0;
  double deletes = 0;
  double plain_updates = 0;  // that set a column which an index has today
  double hot_updates = 0;    // that set none
  double lost = 0;           // of those: that set a column of the new index
};

WriteLoad::WriteLoad(const Snapshot& snapshot, const Workload& workload,
                     const std::vector<PlannedStatement>& statements)
    : snapshot_(snapshot),
      counter_days_(CounterDays(snapshot)),
      statement_days_(DaysBetween(StatementsSince(snapshot, workload), snapshot.captured_at)) {
  for (const Index& index : snapshot.indexes) indexes_[index.def.table].push_back(&index);
  for (const PlannedStatement& statement : statements) {
    const Template& of = workload.templates[statement.template_index];
    for (const catalog::WriteTarget& target : statement.targets) {
      targets_[target.table].push_back({.target = &target, .of = &of, .rows = WrittenRows(statement, of, target)});
    }
  }
}

const std::vector<Oid>& WriteLoad::TablesOf(Oid table) const {
  const auto [found, added] = tables_.try_emplace(table);
  if (added) found->second = catalog::IndexedTables(snapshot_, table);
  return found->second;
}

bool WriteLoad::HasIndexedColumn(const std::vector<int>& set, Oid table) const {
  const auto found = indexes_.find(table);
  if (found == indexes_.end()) return false;
  return std::ranges::any_of(found->second, [&](const Index* index) {
    return std::ranges::any_of(set, [&](int column) { return Has(index->def, column); });
  });
}

Cost WriteLoad::UpdateCostOfAll(Oid table, double between_checkpoints) const {
  Cost sum = 0;
  for (const Oid part : TablesOf(table)) {
    const auto found = indexes_.find(part);
    if (found == indexes_.end()) continue;
    Cost of_part = 0;
    for (const Index* const index : found->second) {
      const whatif::WriteCost cost =
          whatif::EstimateWriteCost(index->def, SizeOf(*index), snapshot_, between_checkpoints);
      of_part += cost.moved + cost.dead;
    }
    sum = std::max(sum, of_part);
  }
  return sum;
}

WriteLoad::Written WriteLoad::Count(const IndexDef& def, double insert_share, Maintenance& maintenance) const {
  // Columns that no existing index of the table has: setting one of them does not end HOT yet.
  std::set<int> fresh(def.include.begin(), def.include.end());
  for (const IndexKey& key : def.keys) fresh.insert(key.column);
  fresh.erase(0);
  std::erase_if(fresh, [&](int column) { return HasIndexedColumn({column}, def.table); });
  Written written;
  std::set<int> hot_columns;
  std::set<std::string> hot_templates;
  const auto found = targets_.find(def.table);
  if (found == targets_.end()) return written;
  for (const Target& of : found->second) {
    const catalog::WriteTarget& target = *of.target;
    if (target.command == 'd') written.deletes += of.rows;
    // INSERT ... ON CONFLICT DO UPDATE does either, in the proportion that the table's counters show.
    const double inserted = target.command != 'i' ? 0 : target.columns.empty() ? 1 : insert_share;
    written.inserts += inserted * of.rows;
    if (target.columns.empty()) continue;
    if (HasIndexedColumn(target.columns, def.table)) {
      written.plain_updates += (1 - inserted) * of.rows;
      continue;
    }
    written.hot_updates += (1 - inserted) * of.rows;
    std::vector<int> set;
    std::ranges::copy_if(target.columns, std::back_inserter(set), [&](int column) { return fresh.contains(column); });
    if (set.empty()) continue;
    written.lost += (1 - inserted) * of.rows;
    hot_columns.insert(set.begin(), set.end());
    hot_templates.insert(of.of->id);
  }
  const Relation* const relation = snapshot_.FindRelation(def.table);
  for (const int column : hot_columns) {
    const Column* const known = relation == nullptr ? nullptr : FindColumn(*relation, column);
    if (known != nullptr) maintenance.hot_columns.push_back(known->name);
  }
  maintenance.hot_templates.assign(hot_templates.begin(), hot_templates.end());
  return written;
}

Maintenance WriteLoad::Of(const IndexDef& def, const twin::CandidateParts& parts, double fraction) const {
  Maintenance maintenance;
  const TableCounters counters = CountersOf(TablesOf(def.table), snapshot_);
  const auto inserted = static_cast<double>(counters.tuples_inserted);
  const auto updated = static_cast<double>(counters.tuples_updated);
  const Written written = Count(def, inserted + updated > 0 ? inserted / (inserted + updated) : 0.5, maintenance);
  const double lost_share = written.hot_updates > 0 ? written.lost / written.hot_updates : 0;
  // Which of the updates were heap-only is in the table's counters alone, whenever they began.
  const double heap_only = updated > 0 ? static_cast<double>(counters.tuples_hot_updated) / updated : 0;
  const double updates = written.plain_updates + written.hot_updates;
  const double hot_updates = std::min(updates * heap_only, written.hot_updates);
  if (counter_days_) {
    maintenance.days = counter_days_;
    maintenance.inserts = inserted / *counter_days_;
    maintenance.hot_updates = static_cast<double>(counters.tuples_hot_updated) / *counter_days_;
    maintenance.updates = (updated - static_cast<double>(counters.tuples_hot_updated)) / *counter_days_;
  } else if (statement_days_) {
    maintenance.days = statement_days_;
    maintenance.inserts = written.inserts / *statement_days_;
    maintenance.hot_updates = hot_updates / *statement_days_;
    maintenance.updates = updates / *statement_days_ - maintenance.hot_updates;
  }
  maintenance.hot_updates_lost = maintenance.hot_updates * lost_share;

  // In the workload's own time: what its statements write, or what the counters say was written meanwhile.
  const double share = counter_days_ && statement_days_ ? *statement_days_ / *counter_days_ : 0;
  const double all_inserts = std::max(written.inserts, share * inserted);
  const double all_updates = std::max(updates - hot_updates, share * (updated - heap_only * updated));
  const double all_hot = std::max(updated > 0 ? hot_updates : written.hot_updates, share * heap_only * updated);
  const double all_deletes = std::max(written.deletes, share * static_cast<double>(counters.tuples_deleted));
  const double lost = all_hot * lost_share;
  const double between = BetweenCheckpoints(maintenance.inserts + maintenance.updates + maintenance.hot_updates);
  const whatif::WriteCost cost = MeanCost(parts, snapshot_, between);
  maintenance.cost = fraction * (all_inserts * cost.entry + (all_updates + lost) * cost.moved +
                                 (all_deletes + all_updates + lost) * cost.dead);
  // The other indexes get an entry for each update that can be HOT no more.
  if (lost > 0) maintenance.cost += lost * UpdateCostOfAll(def.table, between);
  return maintenance;
}

Maintenance WriteLoad::OfExisting(const Index& index) const {
  const Relation* const table = snapshot_.FindRelation(index.def.table);
  const bool partial = !index.def.predicate.empty() && table != nullptr && table->statistics_tuples > 0;
  const double fraction = partial ? std::clamp(index.statistics_tuples / table->statistics_tuples, 0.0, 1.0) : 1;
  return Of(index.def, {{.def = index.def, .size = SizeOf(index)}}, fraction);
}

}  // namespace pgassay::advisor
