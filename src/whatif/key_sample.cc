#include "whatif/key_sample.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>

#include "absl/strings/numbers.h"
#include "base/text.h"
#include "catalog/index_identity.h"
#include "whatif/btree_pages.h"
#include "whatif/btree_size.h"
#include "whatif/column_shape.h"

namespace pgassay::whatif {
namespace {

constexpr int kIndexTuple = 8;               // sizeof(IndexTupleData)
constexpr int kIndexTupleWithNulls = 16;     // with the null bitmap of 32 columns, aligned
constexpr int kLinePointer = 4;              // sizeof(ItemIdData)
constexpr int kRowPointer = 6;               // sizeof(ItemPointerData)
constexpr int kShortVarlenaMax = 127;        // stored bytes up to which a value has a one-byte header and no alignment
constexpr std::uint32_t kSampleRows = 4096;  // a power of two; 2 % to 1 % of noise at most, 1 ms

// A permutation of 0 .. kSampleRows - 1 for each dimension, so that each dimension is evenly covered and any two look
// independent.
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

// Finds the class of a row by its draw.
class ClassPicker {
 public:
  explicit ClassPicker(const ColumnShape& shape) : shape_(shape) {
    double sum = 0;
    for (const ValueClass& value : shape.classes) cumulated_.push_back(sum += value.share);
  }
  const ValueClass& At(double draw) const {
    const auto found = std::upper_bound(cumulated_.begin(), cumulated_.end(), draw);
    return found == cumulated_.end() ? shape_.classes.back()
                                     : shape_.classes[static_cast<std::size_t>(found - cumulated_.begin())];
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

bool IsIdentifierByte(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '$' ||
         (c & 0x80) != 0;
}

bool Names(const std::string& expression, const std::string& column) {
  const std::string name = QuoteIdentifier(column);
  for (std::size_t at = expression.find(name); at != std::string::npos; at = expression.find(name, at + 1)) {
    const bool begins = at == 0 || !IsIdentifierByte(expression[at - 1]);
    const std::size_t end = at + name.size();
    if (begins && (end == expression.size() || !IsIdentifierByte(expression[end]))) return true;
  }
  return false;
}

// The only column that an expression names; nullptr where there are several.
const Column* OnlyNamedColumn(const std::string& expression, const Relation& table) {
  const Column* only = nullptr;
  for (const Column& column : table.columns) {
    if (!Names(expression, column.name)) continue;
    if (only != nullptr) return nullptr;
    only = &column;
  }
  return only;
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
    facts.tuples = std::max(rows, std::min(EstimateTuples(*facts.table), kMaxRows));
    int largest = 0;
    for (const Column& column : facts.table->columns)
      largest = std::max(largest, column.statistics_target.value_or(target));
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
    if (const int folded = catalog::FoldedColumn(key, *facts.table); statistics == nullptr && folded != 0) {
      statistics = FindColumnStatistics(snapshot, *facts.table, folded);
    }
  } else if (facts.table != nullptr) {
    statistics = FindColumnStatistics(snapshot, *facts.table, key.column);
    if (const Column* known = FindColumn(*facts.table, key.column)) column = *known;
  }
  ColumnShape shape = ShapeOf(column, statistics, facts.tuples, facts.sample_rows);
  if (statistics != nullptr || facts.table == nullptr || key.column != 0) return shape;
  // An expression of one column has no more values than that has, so no fewer duplicates; that is all that is known.
  const Column* const named = OnlyNamedColumn(key.expression, *facts.table);
  const ColumnStatistics* const of_column =
      named == nullptr ? nullptr : FindColumnStatistics(snapshot, *facts.table, named->number);
  if (of_column == nullptr) return shape;
  ColumnShape column_shape = ShapeOf(*named, of_column, facts.tuples, facts.sample_rows);
  for (ValueClass& value : column_shape.classes) value.width = value.null ? value.width : -1;
  shape.classes = std::move(column_shape.classes);
  if (named->type_length > 0) {
    shape.type_length = named->type_length;
    shape.alignment = AlignmentBytes(named->type_align);
    shape.widths = std::move(column_shape.widths);
  }
  return shape;
}

// Positions in `def.keys` of columns that a unique index of the snapshot proves to be distinct together (NULLs apart);
// empty: none.
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
  return keys.size() > 1 ? !distinct : !keys.empty() && keys[0].doubtful;
}

// The expectation of 1 / (1 + Poisson(duplicates)): the keys that a row stands for.
double KeysPerRow(double duplicates) {
  return duplicates > 1e-9 ? -std::expm1(-duplicates) / duplicates : 1;
}

// Leaf tuples per row of a key that has `duplicates` other rows.
double TuplesPerRow(int tuple_bytes, double duplicates, bool merges_duplicates) {
  return merges_duplicates ? std::max(KeysPerRow(duplicates), 1.0 / RowsPerPosting(tuple_bytes)) : 1;
}

// A pivot tuple keeps the leading columns up to the first in which the tuples on both sides of a page boundary differ,
// and gets a row pointer where they differ in none (_bt_truncate). `prefix_duplicates` and `prefix_bytes` are by
// leading columns.
double PivotBytes(const std::vector<double>& prefix_duplicates, const std::vector<int>& prefix_bytes,
                  double tuples_per_row) {
  double bytes = 0;
  double differing = 0;  // share of boundaries at which the columns so far differ
  for (std::size_t j = 0; j < prefix_bytes.size(); ++j) {
    const double until_here = std::clamp(KeysPerRow(prefix_duplicates[j]) / tuples_per_row, differing, 1.0);
    bytes += (until_here - differing) * prefix_bytes[j];
    differing = until_here;
  }
  return bytes + (1 - differing) * (prefix_bytes.back() + MaxAlign(kRowPointer));
}

// Draws rows with the columns of `shapes`, the first `keys` of which are key columns. `unique` holds the key columns
// that are distinct together.
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
        layout.Add(shapes[j],
                   widths[static_cast<std::size_t>(Draw(i, dimension + 1) * static_cast<double>(widths.size()))]);
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

}  // namespace

ColumnShape ShapeOfKey(const IndexKey& key, Oid table, const Snapshot& snapshot, double rows) {
  return ShapeOfKey(key, snapshot, FactsOf(snapshot, table, std::clamp(rows, 0.0, kMaxRows)));
}

KeySample DrawKeys(const IndexDef& def, const Snapshot& snapshot, double rows) {
  rows = std::clamp(rows, 0.0, kMaxRows);
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

}  // namespace pgassay::whatif
