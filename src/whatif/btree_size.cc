#include "whatif/btree_size.h"

// The idea: draw some thousand rows of the index from the statistics of its columns (key_sample.h); merge duplicates
// into posting lists as the build does; fill leaf pages with the tuples; scale up. A row drawn at random has a key with
// K duplicates K times as often as a key drawn at random does, so each row stands for 1/K keys. Where every tuple is
// equal the page count is exact; else it is a deterministic sample.

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include "whatif/btree_pages.h"
#include "whatif/column_shape.h"
#include "whatif/key_sample.h"

namespace pgassay::whatif {
namespace {

// Keys with more duplicates fill pages of their own; below, the pages mix keys.
constexpr double kManyDuplicates = 400;
// Tuples written per sampled row: the fewer, the more the last page counts.
constexpr int kRepeats = 4;

// The `draw` quantile of a Poisson distribution.
double PoissonQuantile(double mean, double draw) {
  if (mean > 30) return std::max(0.0, std::round(mean + std::sqrt(mean) * std::log(draw / (1 - draw)) / 1.702));
  double probability = std::exp(-mean);
  double cumulated = probability;
  double count = 0;
  while (cumulated < draw && count < 200) probability *= mean / ++count, cumulated += probability;
  return count;
}

// Leaf pages where duplicates are merged or sizes differ.
double FillLeaves(const KeySample& sample, double rows) {
  LeafFiller filler;
  std::array<double, 16> owed{};                // by magnitude of the group: parts of keys not written yet
  std::map<std::pair<int, int>, double> large;  // size and band of duplicates: pages per row
  double mixed_rows = 0;                        // sampled rows that share pages
  double written_rows = 0;
  double large_pages = 0;  // per sampled row, summed
  for (const SampledRow& row : sample.rows) {
    const double duplicates = sample.merges_duplicates ? row.duplicates : 0;
    if (duplicates > kManyDuplicates) {
      // Five percent make no difference here, and a map of all of them would.
      const int band = static_cast<int>(std::lround(std::log(duplicates) * 20));
      const auto [known, added] = large.try_emplace({row.tuple_bytes, band}, 0);
      if (added) known->second = LeafPagesPerRow(row.tuple_bytes, std::llround(std::exp(band / 20.0)));
      large_pages += known->second;
      continue;
    }
    mixed_rows += 1;
    const double group = 1 + (duplicates > 0 ? PoissonQuantile(duplicates, row.draw) : 0);
    double& part = owed[static_cast<std::size_t>(std::min(15.0, std::floor(std::log2(group))))];
    for (part += kRepeats / group; part >= 1; part -= 1) {
      filler.AddDuplicates(row.tuple_bytes, static_cast<std::int64_t>(group));
      written_rows += group;
    }
  }
  const double per_sampled_row = rows / static_cast<double>(sample.rows.size());
  double pages = large_pages * per_sampled_row;
  if (written_rows > 0) pages += filler.pages() / written_rows * mixed_rows * per_sampled_row;
  return pages;
}

}  // namespace

BtreeSize EstimateBtreeSize(const IndexDef& def, const Snapshot& snapshot, double rows) {
  BtreeSize size;
  size.tuples = rows > 0 ? std::rint(std::min(rows, kMaxRows)) : 0;
  const KeySample sample = DrawKeys(def, snapshot, size.tuples);
  size.rests_on_estimate = sample.rests_on_estimate;
  if (size.tuples == 0) return size;  // an empty index is its metapage

  const int first = sample.rows.front().tuple_bytes;
  const bool plain = std::all_of(sample.rows.begin(), sample.rows.end(), [&](const SampledRow& row) {
    return row.tuple_bytes == first && (!sample.merges_duplicates || row.duplicates < 1e-9);
  });
  const std::int64_t leaf_pages =
      plain ? UniformLeafPages(size.tuples, first)
            : std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(FillLeaves(sample, size.tuples))));
  const UpperLevels upper = BuildUpperLevels(leaf_pages, sample.pivot_bytes);
  size.pages = 1 + leaf_pages + upper.pages;
  size.tree_height = upper.height;
  return size;
}

double EstimateTuples(const Relation& relation) {
  if (relation.kind == 'p') return std::max(0.0, relation.statistics_tuples);  // has no pages of its own
  constexpr std::int64_t assumed_pages = 10;  // the planner's guess for a small table that was never analysed
  const bool never_analysed = relation.statistics_tuples < 0;
  const std::int64_t pages = never_analysed ? std::max(relation.pages, assumed_pages) : relation.pages;
  if (pages == 0) return 0;
  if (!never_analysed && relation.statistics_pages > 0) {
    return std::rint(relation.statistics_tuples / relation.statistics_pages * static_cast<double>(pages));
  }
  constexpr int usable = 8192 - 24;  // a page less its header
  constexpr int overhead = 24 + 4;   // tuple header and line pointer
  std::int64_t width = overhead;
  for (const Column& column : relation.columns) width += std::max(0, DefaultWidth(column));
  return std::rint(static_cast<double>(usable / width) * static_cast<double>(pages));
}

int EstimateTreeHeight(const IndexDef& def, const Snapshot& snapshot, std::int64_t pages) {
  if (pages <= 2) return 0;  // metapage and root
  pages = std::min<std::int64_t>(pages, std::int64_t{1} << 32);
  const Relation* table = snapshot.FindRelation(def.table);
  const double rows = table != nullptr ? std::clamp(EstimateTuples(*table), 1.0, kMaxRows) : 1e6;
  const double pivot = DrawKeys(def, snapshot, rows).pivot_bytes;
  // The pages are given with the upper levels; a few rounds find how many of them are leaves.
  std::int64_t leaves = pages - 1;
  for (int round = 0; round < 3; ++round)
    leaves = std::max<std::int64_t>(1, pages - 1 - BuildUpperLevels(leaves, pivot).pages);
  return BuildUpperLevels(leaves, pivot).height;
}

}  // namespace pgassay::whatif
