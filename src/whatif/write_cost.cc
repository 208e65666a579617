#include "whatif/write_cost.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "catalog/partitions.h"
#include "whatif/index_size.h"

namespace pgassay::whatif {
namespace {

// What selfuncs.c counts for a page that is looked at, in operators (DEFAULT_PAGE_CPU_MULTIPLIER).
constexpr double kOperatorsPerPage = 50;

// In lookups of one row; see the header.
constexpr double kEntry = 0.08;       // made, put and logged
constexpr double kWrittenPage = 5;    // logged as a whole, written, synced
constexpr double kLookedAt = 0.012;   // an entry that VACUUM compares with the dead rows
constexpr double kRangeEntry = 0.04;  // BRIN: compared with the summary of its blocks, which may have to grow

double Number(const Snapshot& snapshot, std::string_view setting, double otherwise) {
  const std::optional<std::string_view> text = snapshot.FindSetting(setting);
  double value = otherwise;
  if (text) std::from_chars(text->data(), text->data() + text->size(), value);
  return std::isfinite(value) && value >= 0 ? value : otherwise;
}

double Correlation(const ColumnStatistics& statistics) {
  constexpr int kCorrelation = 3;
  const auto slot = std::ranges::find(statistics.slots, kCorrelation, &StatisticSlot::kind);
  if (slot == statistics.slots.end() || !slot->numbers || slot->numbers->size() < 3) return 0;
  double value = 0;
  std::from_chars(slot->numbers->data() + 1, slot->numbers->data() + slot->numbers->size() - 1, value);
  return std::isfinite(value) ? std::clamp(value, -1.0, 1.0) : 0;
}

// Different keys, at most one a row.
double DistinctKeys(const IndexDef& def, const Snapshot& snapshot, double rows) {
  double distinct = 1;
  for (const IndexKey& key : def.keys) {
    const ColumnStatistics* const statistics =
        key.column == 0 ? nullptr : catalog::FindTableStatistics(snapshot, def.table, key.column);
    if (statistics == nullptr || statistics->distinct == 0) return rows;
    distinct *= statistics->distinct > 0 ? statistics->distinct : -statistics->distinct * rows;
    if (distinct >= rows) return rows;
  }
  return distinct;
}

// Leaves that new rows' keys go to.
double TargetPages(const IndexDef& def, const BtreeSize& size, const Snapshot& snapshot) {
  const double pages = static_cast<double>(size.pages);
  if (def.method != "btree") return pages;
  const IndexKey& leading = def.keys.front();
  const ColumnStatistics* const statistics =
      leading.column == 0 ? nullptr : catalog::FindTableStatistics(snapshot, def.table, leading.column);
  const double correlation = statistics == nullptr ? 0 : Correlation(*statistics);
  const double keys = DistinctKeys(def, snapshot, size.tuples);
  return std::max(1.0, (1 - correlation * correlation) * std::min(pages, keys));
}

// Pages that so many entries change, any of `pages` each, by entry.
double ChangedPages(double pages, double entries) {
  return -std::expm1(-entries / pages) * pages / entries;
}

}  // namespace

WriteCost EstimateWriteCost(const IndexDef& def, const BtreeSize& size, const Snapshot& snapshot,
                            double rows_between_checkpoints) {
  if (def.keys.empty()) return {};
  const double random = Number(snapshot, "random_page_cost", 4);
  const double compare = Number(snapshot, "cpu_operator_cost", 0.0025);
  const double dead_share = std::clamp(Number(snapshot, "autovacuum_vacuum_scale_factor", 0.2), 0.001, 1.0);
  const double pages = static_cast<double>(size.pages);
  const double rows = std::max(1.0, size.tuples);
  const double descent =
      compare * (std::ceil(std::log2(std::max(2.0, rows))) + kOperatorsPerPage * (size.tree_height + 1));
  const double lookup = 2 * random + descent;  // a leaf and a block of the table
  if (def.method == "brin") return {.entry = kRangeEntry * lookup, .moved = kRangeEntry * lookup, .dead = 0};
  const double per_row = EntriesPerRow(def, snapshot, rows);
  // A partial index gets its share of the rows that are written.
  const Relation* const table = snapshot.FindRelation(def.table);
  const double held = table == nullptr ? 1 : std::min(1.0, rows / std::max(1.0, EstimateTuples(*table)));
  const double entries = std::max(1.0, rows_between_checkpoints * held) * per_row;
  const double put = kEntry * lookup + descent;
  WriteCost cost;
  cost.entry = per_row * (put + kWrittenPage * lookup * ChangedPages(TargetPages(def, size, snapshot), entries));
  cost.moved = per_row * (put + kWrittenPage * lookup * ChangedPages(pages, entries));
  // VACUUM changes nearly every page.
  cost.dead = (kWrittenPage * lookup * pages / rows + per_row * kLookedAt * lookup) / dead_share;
  return cost;
}

}  // namespace pgassay::whatif
