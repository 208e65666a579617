#include "whatif/index_size.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "base/text.h"
#include "catalog/partitions.h"
#include "whatif/column_shape.h"

namespace pgassay::whatif {
namespace {

constexpr double kUsable = 8192 - 24 - 16;  // a page less its header and the special space
constexpr double kLinePointer = 4;

double Aligned(double bytes) {
  return std::ceil(bytes / 8) * 8;
}

struct KeyFacts {
  double width = 8;         // bytes
  double null_fraction = 0;
  double distinct = 1;      // values
  double elements = 0;      // per row, of arrays and documents; 0: unknown
  double different = 0;     // elements in all; 0: unknown
};

// The last number of a slot's "{...}".
double LastNumber(const StatisticSlot& slot) {
  if (!slot.numbers || slot.numbers->size() < 3) return 0;
  const std::string& text = *slot.numbers;
  const std::size_t comma = text.rfind(',');
  const std::size_t begin = comma == std::string::npos ? 1 : comma + 1;
  double value = 0;
  std::from_chars(text.data() + begin, text.data() + text.size() - 1, value);
  return value;
}

KeyFacts FactsOf(const IndexKey& key, Oid table, const Snapshot& snapshot, double rows) {
  KeyFacts facts{.distinct = rows};
  const Relation* const relation = snapshot.FindRelation(table);
  const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, key.column);
  if (column == nullptr) {
    // An expression: what the columns that it names are long.
    facts.width = 0;
    for (std::size_t i = 0; relation != nullptr && i < relation->columns.size(); ++i) {
      const Column& named = relation->columns[i];
      if (key.expression.find(QuoteIdentifier(named.name)) == std::string::npos) continue;
      const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot, table, named.number);
      facts.width = std::max<double>(facts.width, statistics ? statistics->average_width : DefaultWidth(named));
    }
    facts.width = std::max(8.0, facts.width);
    return facts;
  }
  facts.width = DefaultWidth(*column);
  const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot, table, column->number);
  if (statistics == nullptr) return facts;
  facts.width = std::max(1, statistics->average_width);
  facts.null_fraction = statistics->null_fraction;
  if (statistics->distinct > 0) facts.distinct = statistics->distinct;
  if (statistics->distinct < 0) facts.distinct = -statistics->distinct * rows;
  constexpr int kElementCounts = 5;  // STATISTIC_KIND_DECHIST: its last number is the average count of elements
  const auto slot = std::ranges::find(statistics->slots, kElementCounts, &StatisticSlot::kind);
  if (slot != statistics->slots.end()) facts.elements = LastNumber(*slot);
  return facts;
}

double HashPages(double rows, const KeyFacts& facts) {
  constexpr double kPerBucket = 307;   // 75 % of a page, entries of 16 bytes and a line pointer
  constexpr double kPerPage = 407;     // a full one
  const double wanted = std::max(2.0, std::ceil(rows / kPerBucket));
  // Powers of two up to 1024 in whole, above in quarters of the way to the next (_hash_spareindex).
  double buckets = std::exp2(std::ceil(std::log2(wanted)));
  if (buckets > 1024) {
    const double below = buckets / 2;
    buckets = below + std::ceil((wanted - below) / (below / 4)) * (below / 4);
  }
  const double distinct = std::max(1.0, std::min(facts.distinct, rows));
  const double overflow = distinct < buckets ? std::max(0.0, rows / kPerPage - distinct) : 0;
  return 2 + buckets + overflow;
}

double BlockRangePages(const IndexDef& def, const Snapshot& snapshot, double width) {
  constexpr double kBlocksPerRange = 128;
  constexpr double kRangesPerMapPage = 1360;
  const Relation* const table = snapshot.FindRelation(def.table);
  const double ranges = table == nullptr ? 1 : std::ceil(static_cast<double>(std::max<std::int64_t>(1, table->pages)) / kBlocksPerRange);
  const double entry = Aligned(8 + 2 * width) + kLinePointer;
  return 1 + std::ceil(ranges / kRangesPerMapPage) + std::ceil(ranges * entry / kUsable);
}

double InvertedPages(const IndexKey& key, double rows, const KeyFacts& facts) {
  const bool trigrams = key.opclass.find("trgm") != std::string::npos;
  const bool paths = key.opclass.find("path") != std::string::npos;
  constexpr double kBytesPerElement = 12;
  double elements = facts.elements > 0 ? facts.elements : std::max(1.0, facts.width / kBytesPerElement);
  if (trigrams) elements = facts.width + 1;
  if (paths) elements = std::max(1.0, elements / 2);
  const double items = rows * (1 - facts.null_fraction) * elements;
  // Vocabularies grow with the square root of what was written (Heaps); trigrams are at most some ten thousands.
  double different = std::min(items, 40 * std::sqrt(items));
  if (trigrams) different = std::min(different, 20'000.0);
  constexpr double kEntryBytes = 32;
  constexpr double kBytesPerItem = 2.2;  // a difference between row numbers, seven bits a byte
  return 2 + std::ceil((different * kEntryBytes + items * kBytesPerItem) / (kUsable * 0.75));
}

double SearchTreePages(double rows, const KeyFacts& facts) {
  constexpr double kFill = 0.5;  // a split leaves two halves
  const double entry = Aligned(8 + facts.width) + kLinePointer;
  return 1 + std::ceil(rows * (1 - facts.null_fraction) * entry / (kUsable * kFill) * 1.02);
}

}  // namespace

BtreeSize EstimateIndexSize(const IndexDef& def, const Snapshot& snapshot, double rows) {
  if (def.method == "btree" || def.keys.empty()) return EstimateBtreeSize(def, snapshot, rows);
  BtreeSize size{.tuples = std::max(0.0, std::rint(rows)), .rests_on_estimate = true};
  double pages = 1;
  double width = 0;
  for (const IndexKey& key : def.keys) width += FactsOf(key, def.table, snapshot, rows).width;
  const KeyFacts first = FactsOf(def.keys.front(), def.table, snapshot, rows);
  if (def.method == "hash") {
    pages = HashPages(size.tuples, first);
  } else if (def.method == "brin") {
    pages = BlockRangePages(def, snapshot, width);
  } else if (def.method == "gin") {
    pages = 0;
    for (const IndexKey& key : def.keys) {
      pages += InvertedPages(key, size.tuples, FactsOf(key, def.table, snapshot, rows));
    }
  } else {
    pages = SearchTreePages(size.tuples, {.width = width, .null_fraction = first.null_fraction});
  }
  size.pages = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(pages, 1e12)));
  // As selfuncs.c guesses it for trees whose height it cannot read (gistcostestimate).
  size.tree_height = size.pages > 1 ? static_cast<int>(std::log(static_cast<double>(size.pages)) / std::log(100.0)) : 0;
  return size;
}

}  // namespace pgassay::whatif
