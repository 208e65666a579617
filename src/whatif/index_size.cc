#include "whatif/index_size.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "base/text.h"
#include "catalog/partitions.h"
#include "whatif/column_shape.h"
#include "whatif/element_sample.h"
#include "whatif/hash_size.h"
#include "whatif/inverted_size.h"
#include "whatif/key_sample.h"

namespace pgassay::whatif {
namespace {

constexpr double kUsable = 8192 - 24 - 16;  // a page less its header and the special space
constexpr double kLinePointer = 4;

double Aligned(double bytes) {
  return std::ceil(bytes / 8) * 8;
}

// The widest column that an expression names, with statistics; none: nullptr.
const ColumnStatistics* NamedStatistics(const IndexKey& key, Oid table, const Snapshot& snapshot) {
  const Relation* const relation = snapshot.FindRelation(table);
  const ColumnStatistics* widest = nullptr;
  for (std::size_t i = 0; relation != nullptr && i < relation->columns.size(); ++i) {
    const Column& named = relation->columns[i];
    if (key.expression.find(QuoteIdentifier(named.name)) == std::string::npos) continue;
    const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot, table, named.number);
    if (statistics == nullptr) continue;
    if (widest == nullptr || statistics->average_width > widest->average_width) widest = statistics;
  }
  return widest;
}

struct KeyFacts {
  double width = 8;  // bytes
  double null_fraction = 0;
  bool text = false;
};

// Bytes of a range with both bounds that an expression makes: a short header, the type's OID, the bounds and flags
// (src/backend/utils/adt/rangetypes.c, range_serialize); 0: it makes none.
double RangeWidth(const std::string& expression) {
  constexpr double kBesideBounds = 6;
  if (expression.starts_with("daterange(") || expression.starts_with("int4range(")) return kBesideBounds + 2 * 4;
  return expression.find("range(") == std::string::npos ? 0 : kBesideBounds + 2 * 8;
}

KeyFacts FactsOf(const IndexKey& key, Oid table, const Snapshot& snapshot) {
  KeyFacts facts;
  const Relation* const relation = snapshot.FindRelation(table);
  const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, key.column);
  if (column == nullptr) {
    // An expression: what the columns that it names are long.
    const ColumnStatistics* const named = NamedStatistics(key, table, snapshot);
    facts.width = std::max<double>(8, named == nullptr ? 0 : named->average_width);
    if (const double range = RangeWidth(key.expression); range > 0) facts.width = range;
    return facts;
  }
  facts.width = DefaultWidth(*column);
  facts.text = column->type == "text" || column->type.starts_with("character varying");
  const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot, table, column->number);
  if (statistics == nullptr) return facts;
  facts.width = std::max(1, statistics->average_width);
  facts.null_fraction = statistics->null_fraction;
  return facts;
}

// Pages of summaries of 128 blocks each, or of as many as the definition says: metapage, range map, and tuples with the
// least and the greatest value of each column (brin_form_tuple of src/backend/access/brin/brin_tuple.c).
double BlockRangePages(const IndexDef& def, const Snapshot& snapshot, const std::vector<ColumnShape>& keys) {
  constexpr int kDefaultBlocksPerRange = 128;
  constexpr double kRangesPerMapPage = 1360;
  constexpr double kRoom = 8192 - 24 - 8;  // a page less its header and the special space
  constexpr int kTupleHeader = 8;
  constexpr int kShortVarlenaMax = 127;
  const Relation* const table = snapshot.FindRelation(def.table);
  const double blocks = static_cast<double>(std::max<std::int64_t>(1, table == nullptr ? 1 : table->pages));
  const double ranges = std::ceil(blocks / (def.pages_per_range > 0 ? def.pages_per_range : kDefaultBlocksPerRange));
  int data = 0;
  for (const ColumnShape& key : keys) {
    const int width = std::accumulate(key.widths.begin(), key.widths.end(), 0) / static_cast<int>(key.widths.size());
    const bool aligned = key.type_length > 0 || width > kShortVarlenaMax;
    for (int bound = 0; bound < 2; ++bound) {
      if (aligned) data = (data + key.alignment - 1) / key.alignment * key.alignment;
      data += width;
    }
  }
  const double per_page = std::max(1.0, std::floor(kRoom / (Aligned(kTupleHeader + data) + kLinePointer)));
  return 1 + std::ceil(ranges / kRangesPerMapPage) + std::ceil(ranges / per_page);
}

std::optional<ElementKind> ElementKindOf(const IndexKey& key, const Column* column) {
  if (key.opclass.find("trgm") != std::string::npos) return ElementKind::kTrigram;
  if (key.opclass.find("path") != std::string::npos) return ElementKind::kDocumentPath;
  if (column != nullptr && column->type == "jsonb") return ElementKind::kDocument;
  if (column != nullptr && column->type.ends_with("[]")) return ElementKind::kArray;
  if (key.expression.find("to_tsvector") != std::string::npos) return ElementKind::kWord;
  return std::nullopt;
}

// Where statistics hold no values: by width alone.
std::vector<ElementClass> GuessedElements(const IndexKey& key, double rows, const KeyFacts& facts) {
  const bool trigrams = key.opclass.find("trgm") != std::string::npos;
  const bool paths = key.opclass.find("path") != std::string::npos;
  constexpr double kBytesPerElement = 12;
  double elements = std::max(1.0, facts.width / kBytesPerElement);
  if (trigrams) elements = facts.width + 1;
  if (paths) elements = std::max(1.0, elements / 2);
  const double items = rows * elements;
  // Vocabularies grow with the square root of what was written (Heaps); trigrams are at most some ten thousands.
  double different = std::min(items, 40 * std::sqrt(items));
  if (trigrams) different = std::min(different, 20'000.0);
  if (different < 1) return {};
  return {{.elements = different, .rows = elements / different, .bytes = 8}};
}

// By share of the `filled` rows, which are not NULL.
std::vector<ElementClass> ElementsOf(const IndexKey& key, Oid table, const Snapshot& snapshot, double rows,
                                     double& filled) {
  const KeyFacts facts = FactsOf(key, table, snapshot);
  const Relation* const relation = snapshot.FindRelation(table);
  const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, key.column);
  const ColumnStatistics* const statistics = column != nullptr
                                                 ? catalog::FindTableStatistics(snapshot, table, key.column)
                                                 : NamedStatistics(key, table, snapshot);
  filled = rows * (1 - (statistics == nullptr ? 0 : statistics->null_fraction));
  std::vector<ElementClass> elements;
  const std::optional<ElementKind> kind = ElementKindOf(key, column);
  if (kind && statistics != nullptr) elements = SampleElements(*kind, *statistics, filled);
  if (elements.empty()) elements = GuessedElements(key, filled, facts);
  // NULLs have an entry of their own (GIN_CAT_NULL_ITEM, src/include/access/ginblock.h).
  if (rows > filled) elements.push_back({.elements = 1, .rows = (rows - filled) / std::max(1.0, filled), .bytes = 0});
  return elements;
}

// Of all key columns, which have one tree of entries.
InvertedCounts CountInverted(const IndexDef& def, const Snapshot& snapshot, double rows) {
  const Relation* const relation = snapshot.FindRelation(def.table);
  const double table_pages = relation == nullptr ? 1 : static_cast<double>(relation->pages);
  InvertedCounts counts{.total_pages = 1};
  for (const IndexKey& key : def.keys) {
    double filled = 0;
    const std::vector<ElementClass> elements = ElementsOf(key, def.table, snapshot, rows, filled);
    const InvertedCounts of_key = CountInvertedKey(elements, filled, table_pages);
    counts.total_pages += of_key.total_pages - 1;
    counts.entry_pages += of_key.entry_pages;
    counts.data_pages += of_key.data_pages;
    counts.entries += of_key.entries;
  }
  return counts;
}

// Operator classes whose summaries are no two values; the default ones of ranges and networks are not told apart here.
bool IsNoMinMax(const IndexKey& key) {
  return !key.opclass.empty() && (key.opclass.find("minmax_ops") == std::string::npos);
}

// GiST and SP-GiST. How full splits leave the pages was measured on built indexes: half where keys have no order of
// their own (ranges), more where they are told apart by what they contain (sets of trigrams) or by their first letters.
double SearchTreePages(const IndexDef& def, double rows, const KeyFacts& first, double width) {
  double fill = 0.5;
  double entry = Aligned(8 + width) + kLinePointer;
  if (def.keys.front().opclass.find("trgm") != std::string::npos) {
    // Three bytes for each trigram (contrib/pg_trgm/trgm_gist.c); a text has a few more than letters.
    fill = 0.68;
    entry = Aligned(8 + 2 + 3 * (width + 1)) + kLinePointer;
  } else if (def.method == "spgist" && first.text) {
    // The upper levels hold the first letters, about sixteen branches a level
    // (src/backend/access/spgist/spgtextproc.c).
    constexpr double kLeafHeader = 16;
    fill = 0.84;
    const double shared = std::log2(std::max(2.0, rows)) / 4;
    entry = kLeafHeader + Aligned(std::max(1.0, width - shared)) + kLinePointer;
  }
  return 1 + std::ceil(rows * (1 - first.null_fraction) * entry / (kUsable * fill) * 1.02);
}

}  // namespace

BtreeSize EstimateIndexSize(const IndexDef& def, const Snapshot& snapshot, double rows) {
  if (def.method == "btree" || def.keys.empty()) return EstimateBtreeSize(def, snapshot, rows);
  BtreeSize size{.tuples = std::max(0.0, std::rint(rows)), .rests_on_estimate = true};
  double pages = 1;
  double width = 0;
  for (const IndexKey& key : def.keys) width += FactsOf(key, def.table, snapshot).width;
  const KeyFacts first = FactsOf(def.keys.front(), def.table, snapshot);
  std::vector<ColumnShape> shapes;
  for (const IndexKey& key : def.keys) shapes.push_back(ShapeOfKey(key, def.table, snapshot, size.tuples));
  if (def.method == "hash") {
    const Relation* const table = snapshot.FindRelation(def.table);
    const double table_rows = table == nullptr ? size.tuples : EstimateTuples(*table);
    pages = HashIndexPages(shapes.front(), table_rows, size.tuples);
    size.rests_on_estimate = !shapes.front().known || shapes.front().doubtful;
  } else if (def.method == "brin") {
    pages = BlockRangePages(def, snapshot, shapes);
    size.rests_on_estimate = std::ranges::any_of(shapes, [](const ColumnShape& key) { return !key.known; }) ||
                             std::ranges::any_of(def.keys, IsNoMinMax);
  } else if (def.method == "gin") {
    size.inverted = CountInverted(def, snapshot, size.tuples);
    pages = static_cast<double>(size.inverted->total_pages);
  } else {
    pages = SearchTreePages(def, size.tuples, first, width);
  }
  size.pages = std::max<std::int64_t>(1, static_cast<std::int64_t>(std::min(pages, 1e12)));
  // As selfuncs.c guesses it for trees whose height it cannot read (gistcostestimate).
  size.tree_height = size.pages > 1 ? static_cast<int>(std::log(static_cast<double>(size.pages)) / std::log(100.0)) : 0;
  return size;
}

double EntriesPerRow(const IndexDef& def, const Snapshot& snapshot, double rows) {
  if (def.method != "gin" || rows < 1) return 1;
  double entries = 0;
  for (const IndexKey& key : def.keys) {
    double filled = 0;
    for (const ElementClass& of : ElementsOf(key, def.table, snapshot, rows, filled)) {
      entries += of.elements * of.rows * filled / rows;
    }
  }
  return std::max(1.0, entries);
}

}  // namespace pgassay::whatif
