#include "whatif/btree_size.h"

// The idea: draw some thousand rows of the index from the statistics of its columns, each with its width, its NULLs and its expected
// number of duplicates; merge duplicates into posting lists as the build does; fill leaf pages with the tuples; scale up.
// Columns count as independent. A row drawn at random has a key with K duplicates K times as often as a key drawn at random
// does, so each row stands for 1/K keys. Where every tuple is equal the page count is exact; else it is a deterministic
// sample (no random source: scrambled stratification in each dimension).

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <numeric>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "base/text.h"
#include "whatif/btree_pages.h"
#include "whatif/column_shape.h"

namespace pgassay::whatif {
namespace {

constexpr int kIndexTuple = 8;              // sizeof(IndexTupleData)
constexpr int kIndexTupleWithNulls = 16;    // with the null bitmap of 32 columns, aligned
constexpr int kLinePointer = 4;             // sizeof(ItemIdData)
constexpr int kRowPointer = 6;              // sizeof(ItemPointerData)
constexpr int kShortVarlenaMax = 127;       // stored bytes up to which a value has a one-byte header and no alignment
constexpr std::uint32_t kSampleRows = 4096;  // a power of two; 2 % to 1 % of noise at most, 1 ms
// Keys with more duplicates fill pages of their own; below, the pages mix keys.
constexpr double kManyDuplicates = 400;
// Tuples written per sampled row: the fewer, the more the last page counts.
constexpr int kRepeats = 4;

// One row drawn at random.
struct SampledRow {
  int tuple_bytes = 0;
  double duplicates = 0;  // expected other rows with the same key
  double draw = 0;        // in (0, 1), for the actual number of them
};

struct KeySample {
  bool merges_duplicates = false;
  bool rests_on_estimate = false;
  std::vector<SampledRow> rows;
  double pivot_bytes = MaxAlign(kIndexTuple);  // mean size of the tuples of the levels above the leaves
};

// A permutation of 0 .. kSampleRows - 1 for each dimension, so that each dimension is evenly covered and any two look independent.
std::uint32_t Scramble(std::uint32_t index, std::uint32_t dimension) {
  constexpr std::uint32_t mask = kSampleRows - 1;
  std::uint32_t seed = (dimension + 1) * 0x9E3779B9u;
  for (int round = 0; round < 4; ++round) {
    index = ((index ^ (seed >> 7)) * ((seed >> 11) | 1u) + (seed >> 3)) & mask;
    index ^= index >> 6;
    seed = seed * 1664525u + 1013904223u;
  }
  return index;
}

double Draw(std::uint32_t index, std::uint32_t dimension) {
  return (Scramble(index, dimension) + 0.5) / kSampleRows;
}

// The `draw` quantile of a Poisson distribution.
double PoissonQuantile(double mean, double draw) {
  if (mean > 30) return std::max(0.0, std::round(mean + std::sqrt(mean) * std::log(draw / (1 - draw)) / 1.702));
  double probability = std::exp(-mean);
  double cumulated = probability;
  double count = 0;
  while (cumulated < draw && count < 200) probability *= mean / ++count, cumulated += probability;
  return count;
}

// Finds the class of a row by its draw.
class ClassPicker {
 public:
  explicit ClassPicker(const ColumnShape& shape) : shape_(shape) {
    double sum = 0;
    for (const ValueClass& value : shape.classes) cumulated_.push_back(sum += value.share);
  }
  const ValueClass& At(double draw) const {
    const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), draw);
    return found == cumulated_.end() ? shape_.classes.back() : shape_.classes[static_cast<std::size_t>(found - cumulated_.begin())];
  }

 private:
  const ColumnShape& shape_;
  std::vector<double> cumulated_;
};

// Lays out index tuples: alignment of each column, NULLs that take no room, the null bitmap (src/backend/access/common/
// indextuple.c, heap_compute_data_size).
class TupleLayout {
 public:
  void AddNull() { has_null_ = true; }
  void Add(const ColumnShape& shape, int width) {
    const bool aligned = shape.type_length > 0 || width > kShortVarlenaMax;
    if (aligned) data_ = (data_ + shape.alignment - 1) / shape.alignment * shape.alignment;
    data_ += width;
  }
  int size() const { return MaxAlign((has_null_ ? kIndexTupleWithNulls : kIndexTuple) + data_); }

 private:
  bool has_null_ = false;
  int data_ = 0;
};

const ColumnStatistics* FindColumnStatistics(const Snapshot& snapshot, const Relation& table, int column) {
  const ColumnStatistics* own = snapshot.FindStatistics(table.oid, column, false);
  return own != nullptr ? own : snapshot.FindStatistics(table.oid, column, true);
}

// Statistics of an expression exist where some index has it already.
const ColumnStatistics* FindExpressionStatistics(const Snapshot& snapshot, Oid table, const std::string& expression) {
  for (const Index& index : snapshot.indexes) {
    if (index.def.table != table) continue;
    for (std::size_t i = 0; i < index.def.keys.size(); ++i) {
      const IndexKey& key = index.def.keys[i];
      if (key.column != 0 || key.expression != expression) continue;
      if (const auto* found = snapshot.FindStatistics(index.oid, static_cast<int>(i) + 1, false)) return found;
    }
  }
  return nullptr;
}

// The table that an index is built on, as far as its columns' statistics need it.
struct TableFacts {
  const Relation* table = nullptr;
  double tuples = 0;
  double sample_rows = 0;  // that ANALYZE reads: 300 times the largest statistics target of a column (std_typanalyze)
};

TableFacts FactsOf(const Snapshot& snapshot, Oid oid, double rows) {
  constexpr int default_target = 100;  // PostgreSQL's own
  constexpr double rows_per_target = 300;
  TableFacts facts{.table = snapshot.FindRelation(oid), .tuples = rows};
  int target = default_target;
  if (const auto setting = snapshot.FindSetting("default_statistics_target")) {
    if (!absl::SimpleAtoi(ToAbsl(*setting), &target)) target = default_target;
  }
  if (facts.table != nullptr) {
    facts.tuples = std::max(rows, EstimateTuples(*facts.table));
    int largest = 0;
    for (const Column& column : facts.table->columns) largest = std::max(largest, column.statistics_target.value_or(target));
    if (largest > 0) target = largest;
  }
  facts.sample_rows = rows_per_target * target;
  return facts;
}

ColumnShape ShapeOfKey(const IndexKey& key, const Snapshot& snapshot, const TableFacts& facts) {
  Column column{.name = key.expression, .type = "text", .type_length = -1};  // an expression of which nothing is known
  const ColumnStatistics* statistics = nullptr;
  if (facts.table != nullptr && key.column == 0) {
    statistics = FindExpressionStatistics(snapshot, facts.table->oid, key.expression);
  } else if (facts.table != nullptr) {
    statistics = FindColumnStatistics(snapshot, *facts.table, key.column);
    if (const Column* known = FindColumn(*facts.table, key.column)) column = *known;
  }
  return ShapeOf(column, statistics, facts.tuples, facts.sample_rows);
}

// Positions in `def.keys` of columns that a unique index of the snapshot proves to be distinct together (NULLs apart); empty: none.
std::vector<std::size_t> UniqueKeyPositions(const IndexDef& def, const Snapshot& snapshot) {
  for (const Index& index : snapshot.indexes) {
    const bool proves = index.def.table == def.table && index.def.unique && index.valid &&
                        (index.def.predicate.empty() || index.def.predicate == def.predicate);
    if (!proves) continue;
    std::vector<std::size_t> positions;
    for (const IndexKey& unique : index.def.keys) {
      const auto found = std::find_if(def.keys.begin(), def.keys.end(), [&](const IndexKey& key) {
        return key.column == unique.column && key.expression == unique.expression;
      });
      if (found != def.keys.end()) positions.push_back(static_cast<std::size_t>(found - def.keys.begin()));
    }
    if (!positions.empty() && positions.size() == index.def.keys.size()) return positions;
  }
  return {};
}

bool RestsOnEstimate(const std::vector<ColumnShape>& keys, bool proved) {
  if (proved) return false;
  const bool unknown = std::any_of(keys.begin(), keys.end(), [](const ColumnShape& key) { return !key.known; });
  const bool distinct = std::any_of(keys.begin(), keys.end(), [](const ColumnShape& key) { return key.all_distinct; });
  if (unknown) return true;
  return keys.size() > 1 ? !distinct : !keys.empty() && keys[0].clustered;
}

// Leaf tuples per row of a key that has `duplicates` other rows.
double TuplesPerRow(int tuple_bytes, double duplicates, bool merges_duplicates) {
  if (!merges_duplicates) return 1;
  // The expectation of 1 / (1 + Poisson(duplicates)): the keys that a row stands for.
  const double keys = duplicates > 1e-9 ? -std::expm1(-duplicates) / duplicates : 1;
  return std::max(keys, 1.0 / RowsPerPosting(tuple_bytes));
}

// A pivot tuple keeps the leading columns up to the first in which the tuples on both sides of a page boundary differ, and
// gets a row pointer where they differ in none (_bt_truncate). `prefix_duplicates` and `prefix_bytes` are by leading columns.
double PivotBytes(const std::vector<double>& prefix_duplicates, const std::vector<int>& prefix_bytes, double tuples_per_row) {
  double bytes = 0;
  double differing = 0;  // share of boundaries at which the columns so far differ
  for (std::size_t j = 0; j < prefix_bytes.size(); ++j) {
    const double until_here = std::clamp(TuplesPerRow(0, prefix_duplicates[j], true) / tuples_per_row, differing, 1.0);
    bytes += (until_here - differing) * prefix_bytes[j];
    differing = until_here;
  }
  return bytes + (1 - differing) * (prefix_bytes.back() + MaxAlign(kRowPointer));
}

// Draws rows with the columns of `shapes`, the first `keys` of which are key columns. `unique` holds the key columns that are
// distinct together.
KeySample DrawRows(const std::vector<ColumnShape>& shapes, std::size_t keys, const std::vector<std::size_t>& unique,
                   bool merges_duplicates, double rows) {
  KeySample sample{.merges_duplicates = merges_duplicates};
  std::vector<bool> is_null(shapes.size());
  std::vector<double> prefix_duplicates(keys);
  std::vector<int> prefix_bytes(keys);
  const std::vector<ClassPicker> pickers(shapes.begin(), shapes.end());
  sample.rows.reserve(kSampleRows);
  double weights = 0;
  double weighted_pivots = 0;
  for (std::uint32_t i = 0; i < kSampleRows; ++i) {
    TupleLayout layout;
    double duplicates = rows;
    for (std::size_t j = 0; j < shapes.size(); ++j) {
      const auto dimension = static_cast<std::uint32_t>(2 * j);
      const ValueClass& value = pickers[j].At(Draw(i, dimension));
      is_null[j] = value.null;
      if (value.null) {
        layout.AddNull();
      } else if (value.width >= 0) {
        layout.Add(shapes[j], value.width);
      } else {
        const std::vector<int>& widths = shapes[j].widths;
        layout.Add(shapes[j], widths[static_cast<std::size_t>(Draw(i, dimension + 1) * static_cast<double>(widths.size()))]);
      }
      if (j >= keys) continue;
      duplicates *= value.value_share;
      const bool proved = !unique.empty() && std::all_of(unique.begin(), unique.end(),
                                                         [&](std::size_t key) { return key <= j && !is_null[key]; });
      if (proved) duplicates = 0;
      prefix_duplicates[j] = duplicates;
      prefix_bytes[j] = layout.size();
    }
    sample.rows.push_back({layout.size(), duplicates, Draw(i, static_cast<std::uint32_t>(2 * shapes.size()))});
    if (keys == 0) continue;
    // Boundaries lie where the bytes are.
    const double tuples = TuplesPerRow(layout.size(), duplicates, merges_duplicates);
    const double weight = tuples * (layout.size() + kLinePointer) + (tuples < 1 ? kRowPointer : 0);
    weights += weight;
    weighted_pivots += weight * PivotBytes(prefix_duplicates, prefix_bytes, tuples);
  }
  if (weights > 0) sample.pivot_bytes = weighted_pivots / weights;
  return sample;
}

KeySample Sample(const IndexDef& def, const Snapshot& snapshot, double rows) {
  const TableFacts facts = FactsOf(snapshot, def.table, rows);
  std::vector<ColumnShape> shapes;
  for (const IndexKey& key : def.keys) shapes.push_back(ShapeOfKey(key, snapshot, facts));
  std::vector<std::size_t> unique = UniqueKeyPositions(def, snapshot);
  if (def.unique && unique.empty()) {
    unique.resize(def.keys.size());
    std::iota(unique.begin(), unique.end(), 0);
  }
  const bool merges = !def.unique && def.include.empty() &&
                      std::all_of(shapes.begin(), shapes.end(), [](const ColumnShape& key) { return key.equal_image; });
  const bool guessed = merges && RestsOnEstimate(shapes, !unique.empty());
  for (const int column : def.include) shapes.push_back(ShapeOfKey(IndexKey{.column = column}, snapshot, facts));

  KeySample sample = DrawRows(shapes, def.keys.size(), unique, merges, rows);
  sample.rests_on_estimate =
      guessed || std::any_of(shapes.begin(), shapes.end(), [](const ColumnShape& shape) { return shape.compressible; });
  return sample;
}

// Leaf pages where duplicates are merged or sizes differ.
double FillLeaves(const KeySample& sample, double rows) {
  LeafFiller filler;
  std::array<double, 16> owed{};                    // by magnitude of the group: parts of keys not written yet
  std::map<std::pair<int, int>, double> large;      // size and band of duplicates: pages per row
  double mixed_rows = 0;                            // sampled rows that share pages
  double written_rows = 0;
  double large_pages = 0;                           // per sampled row, summed
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
  size.tuples = std::max(0.0, std::rint(rows));
  const KeySample sample = Sample(def, snapshot, size.tuples);
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
  constexpr int usable = 8192 - 24;        // a page less its header
  constexpr int overhead = 24 + 4;         // tuple header and line pointer
  int width = overhead;
  for (const Column& column : relation.columns) width += DefaultWidth(column);
  return std::rint(static_cast<double>(usable / width) * static_cast<double>(pages));
}

int EstimateTreeHeight(const IndexDef& def, const Snapshot& snapshot, std::int64_t pages) {
  if (pages <= 2) return 0;  // metapage and root
  const Relation* table = snapshot.FindRelation(def.table);
  const double rows = table != nullptr ? std::max(1.0, EstimateTuples(*table)) : 1e6;
  const double pivot = Sample(def, snapshot, rows).pivot_bytes;
  // The pages are given with the upper levels; a few rounds find how many of them are leaves.
  std::int64_t leaves = pages - 1;
  for (int round = 0; round < 3; ++round) leaves = std::max<std::int64_t>(1, pages - 1 - BuildUpperLevels(leaves, pivot).pages);
  return BuildUpperLevels(leaves, pivot).height;
}

}  // namespace pgassay::whatif
