#include "whatif/write_cost.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>

#include "catalog/partitions.h"

namespace pgassay::whatif {
namespace {

// What selfuncs.c counts for a page that is looked at, in operators (DEFAULT_PAGE_CPU_MULTIPLIER).
constexpr double kOperatorsPerPage = 50;
// Header and block reference of a WAL record of one inserted entry, beside the entry.
constexpr double kWalRecord = 54;
constexpr double kDeadShare = 0.2;

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

// The share of new entries that go to a leaf which no other did lately.
double ScatteredShare(const IndexDef& def, const BtreeSize& size, const Snapshot& snapshot) {
  const IndexKey& leading = def.keys.front();
  const ColumnStatistics* const statistics =
      leading.column == 0 ? nullptr : catalog::FindTableStatistics(snapshot, def.table, leading.column);
  const double correlation = statistics == nullptr ? 0 : Correlation(*statistics);
  const double written = DistinctKeys(def, snapshot, size.tuples) / static_cast<double>(size.pages);
  return (1 - correlation * correlation) * std::min(1.0, written);
}

// Entries of one row.
double EntriesPerRow(const IndexDef& def, const BtreeSize& size) {
  if (def.method != "gin" || size.tuples <= 0) return 1;
  constexpr double kBytesPerEntry = 4;  // index_size.cc: compressed row numbers and their share of the keys
  return std::max(1.0, static_cast<double>(size.bytes()) / size.tuples / kBytesPerEntry);
}

}  // namespace

WriteCost EstimateWriteCost(const IndexDef& def, const BtreeSize& size, const Snapshot& snapshot) {
  if (def.keys.empty()) return {};
  const double sequential = Number(snapshot, "seq_page_cost", 1);
  const double random = Number(snapshot, "random_page_cost", 4);
  const double compare = Number(snapshot, "cpu_operator_cost", 0.0025);
  const double visit = Number(snapshot, "cpu_index_tuple_cost", 0.005);
  const double pages = static_cast<double>(size.pages);
  const double rows = std::max(1.0, size.tuples);
  if (def.method == "brin") {
    // A summary is taken once for a whole range of blocks.
    return {.entry = visit, .dead = visit};
  }
  const double descent =
      compare * (std::ceil(std::log2(std::max(2.0, rows))) + kOperatorsPerPage * (size.tree_height + 1));
  const double bytes = std::max(16.0, static_cast<double>(size.bytes()) / rows);
  const double scattered = def.method == "btree" ? ScatteredShare(def, size, snapshot) : 1;
  // A leaf of its own: read, logged as a whole page, written. One that is at hand: its share of a page, twice.
  const double leaf = scattered * (random + 2 * sequential) +
                      (1 - scattered) * sequential * (2 * bytes + kWalRecord) / static_cast<double>(kPageBytes);
  WriteCost cost;
  cost.entry = EntriesPerRow(def, size) * (descent + leaf);
  cost.dead = (pages * sequential + rows * visit) / (kDeadShare * rows);
  return cost;
}

}  // namespace pgassay::whatif
