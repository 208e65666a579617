#include "advisor/maintenance.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "absl/time/time.h"
#include "base/text.h"
#include "catalog/index_columns.h"
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
  double lost = 0;           // of those: that set a column of the new index, or of one beside it
  double ended = 0;          // of those: by the new index alone
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

bool WriteLoad::IsIndexed(const Column& column, Oid table) const {
  const auto found = indexes_.find(table);
  return found != indexes_.end() && std::ranges::any_of(found->second, [&](const Index* index) {
           return catalog::EndsHot(index->def, snapshot_.server_version) && catalog::DependsOn(index->def, column);
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

WriteLoad::Written WriteLoad::Count(const IndexDef& def, std::span<const IndexDef> beside, double insert_share,
                                    Maintenance& maintenance) const {
  Written written;
  std::map<int, std::string> hot_columns;
  std::set<std::string> hot_templates;
  const auto found = targets_.find(def.table);
  const Relation* const relation = snapshot_.FindRelation(def.table);
  if (found == targets_.end() || relation == nullptr) return written;
  const auto ends_hot = [this](const IndexDef& index, const Column& column) {
    return catalog::EndsHot(index, snapshot_.server_version) && catalog::DependsOn(index, column);
  };
  for (const Target& of : found->second) {
    const catalog::WriteTarget& target = *of.target;
    if (target.command == 'd') written.deletes += of.rows;
    // INSERT ... ON CONFLICT DO UPDATE does either, in the proportion that the table's counters show.
    const double inserted = target.command != 'i' ? 0 : target.columns.empty() ? 1 : insert_share;
    written.inserts += inserted * of.rows;
    std::vector<const Column*> set;
    for (const int number : target.columns) {
      if (const Column* const column = FindColumn(*relation, number)) set.push_back(column);
    }
    if (set.empty()) continue;
    const double updates = (1 - inserted) * of.rows;
    if (std::ranges::any_of(set, [&](const Column* column) { return IsIndexed(*column, def.table); })) {
      written.plain_updates += updates;
      continue;
    }
    written.hot_updates += updates;
    const bool ended_beside = std::ranges::any_of(beside, [&](const IndexDef& other) {
      return other.table == def.table &&
             std::ranges::any_of(set, [&](const Column* column) { return ends_hot(other, *column); });
    });
    std::erase_if(set, [&](const Column* column) { return !ends_hot(def, *column); });
    if (set.empty() && !ended_beside) continue;
    written.lost += updates;
    if (ended_beside) continue;
    written.ended += updates;
    for (const Column* const column : set) hot_columns.emplace(column->number, column->name);
    hot_templates.insert(of.of->id);
  }
  for (auto& [number, name] : hot_columns) maintenance.hot_columns.push_back(std::move(name));
  maintenance.hot_templates.assign(hot_templates.begin(), hot_templates.end());
  return written;
}

Maintenance WriteLoad::Of(const IndexDef& def, const twin::CandidateParts& parts, double fraction,
                          std::span<const IndexDef> beside) const {
  Maintenance maintenance;
  const TableCounters counters = CountersOf(TablesOf(def.table), snapshot_);
  const auto inserted = static_cast<double>(counters.tuples_inserted);
  const auto updated = static_cast<double>(counters.tuples_updated);
  const Written written =
      Count(def, beside, inserted + updated > 0 ? inserted / (inserted + updated) : 0.5, maintenance);
  const double lost_share = written.hot_updates > 0 ? written.lost / written.hot_updates : 0;
  const double ended_share = written.hot_updates > 0 ? written.ended / written.hot_updates : 0;
  // Which of the updates were heap-only is in the table's counters alone, whenever they began; without, all that may
  // be.
  const double heap_only = updated > 0 ? static_cast<double>(counters.tuples_hot_updated) / updated : 1;
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
  maintenance.hot_updates_lost = maintenance.hot_updates * ended_share;

  // In the workload's own time: what its statements write, or what the counters say was written meanwhile.
  const double share = counter_days_ && statement_days_ ? *statement_days_ / *counter_days_ : 0;
  const double all_inserts = std::max(written.inserts, share * inserted);
  const double all_updates = std::max(updates - hot_updates, share * (updated - heap_only * updated));
  const double all_hot = std::max(hot_updates, share * heap_only * updated);
  const double all_deletes = std::max(written.deletes, share * static_cast<double>(counters.tuples_deleted));
  const double lost = all_hot * lost_share;
  const double between = BetweenCheckpoints(maintenance.inserts + maintenance.updates + maintenance.hot_updates);
  const whatif::WriteCost cost = MeanCost(parts, snapshot_, between);
  maintenance.cost = fraction * (all_inserts * cost.entry + (all_updates + lost) * cost.moved +
                                 (all_deletes + all_updates + lost) * cost.dead);
  // The other indexes get an entry for each update that can be HOT no more.
  if (const double ended = all_hot * ended_share; ended > 0) {
    maintenance.cost += ended * UpdateCostOfAll(def.table, between);
  }
  return maintenance;
}

Maintenance WriteLoad::OfExisting(const Index& index) const {
  const Relation* const table = snapshot_.FindRelation(index.def.table);
  const bool partial = !index.def.predicate.empty() && table != nullptr && table->statistics_tuples > 0;
  const double fraction = partial ? std::clamp(index.statistics_tuples / table->statistics_tuples, 0.0, 1.0) : 1;
  return Of(index.def, {{.def = index.def, .size = SizeOf(index)}}, fraction);
}

}  // namespace pgassay::advisor
