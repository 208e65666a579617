#include "whatif/element_sample.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "catalog/array_text.h"
#include "whatif/elements.h"

namespace pgassay::whatif {
namespace {

constexpr int kMostCommonValues = 1;    // STATISTIC_KIND_MCV
constexpr int kHistogram = 2;           // STATISTIC_KIND_HISTOGRAM
constexpr int kMostCommonElements = 4;  // STATISTIC_KIND_MCELEM
constexpr int kElementCounts = 5;       // STATISTIC_KIND_DECHIST

using Texts = std::vector<std::optional<std::string>>;

const StatisticSlot* FindSlot(const ColumnStatistics& statistics, int kind) {
  const auto slot = std::ranges::find(statistics.slots, kind, &StatisticSlot::kind);
  return slot == statistics.slots.end() ? nullptr : &*slot;
}

Texts Values(const StatisticSlot* slot) {
  if (slot == nullptr || !slot->values) return {};
  return catalog::ParseArrayText(*slot->values).value_or(Texts());
}

std::vector<double> Numbers(const StatisticSlot* slot) {
  if (slot == nullptr || !slot->numbers) return {};
  return catalog::ParseNumberArrayText(*slot->numbers).value_or(std::vector<double>());
}

// Stored bytes of an element: trigrams and hashed paths are integers, others texts with a short header, those of
// documents with a byte that says what they are.
double StoredBytes(ElementKind kind, std::string_view element) {
  constexpr double integer = 4;
  const auto length = static_cast<double>(element.size());
  if (kind == ElementKind::kTrigram || kind == ElementKind::kDocumentPath) return integer;
  if (kind != ElementKind::kDocument) return 1 + length;
  constexpr double hashed = 10;  // texts of more than 125 bytes (JGIN_MAXLENGTH, src/include/utils/jsonb.h)
  constexpr double longest = 125;
  const bool quoted = element.size() > 2 && element[1] == '"';
  const double text = length - 1 - (quoted ? 2 : 0);
  return text > longest ? hashed : 2 + text;
}

std::set<std::string> ElementsOf(ElementKind kind, std::string_view text) {
  switch (kind) {
    case ElementKind::kTrigram:
      return Trigrams(text);
    case ElementKind::kWord:
      return Words(text);
    default:
      return DocumentElements(text, kind == ElementKind::kDocumentPath);
  }
}

// What ANALYZE says of arrays: the elements that are in the most rows, and how many a row has.
std::vector<ElementClass> ArrayElements(const ColumnStatistics& statistics) {
  const StatisticSlot* const slot = FindSlot(statistics, kMostCommonElements);
  const Texts elements = Values(slot);
  const std::vector<double> frequencies = Numbers(slot);
  const std::vector<double> counts = Numbers(FindSlot(statistics, kElementCounts));
  if (elements.empty() || frequencies.size() < elements.size() || counts.empty()) return {};
  std::vector<ElementClass> classes;
  double rest = counts.back();  // the average number of different elements
  double bytes = 0;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    const double stored = elements[i] ? StoredBytes(ElementKind::kArray, *elements[i]) : 1;
    classes.push_back({.elements = 1, .rows = std::clamp(frequencies[i], 0.0, 1.0), .bytes = stored});
    rest -= classes.back().rows;
    bytes += stored;
  }
  // Others are rarer than the rarest of these; half as frequent on average.
  const double rare = classes.back().rows / 2;
  if (rest > 0.01 && rare > 0) {
    classes.push_back({.elements = rest / rare, .rows = rare, .bytes = bytes / static_cast<double>(elements.size())});
  }
  // A row without elements has an entry too (GIN_CAT_EMPTY_ITEM); the counts' histogram shows how many there are.
  const double empty = static_cast<double>(std::count(counts.begin(), counts.end() - 1, 0.0));
  if (empty > 0) classes.push_back({.elements = 1, .rows = empty / static_cast<double>(counts.size() - 1), .bytes = 0});
  return classes;
}

// `rows` are those that are not NULL; the fraction that statistics give is of all.
double DistinctValues(const ColumnStatistics& statistics, double rows) {
  if (statistics.distinct > 0) return statistics.distinct;
  if (statistics.distinct == 0) return rows;
  return std::min(rows, -statistics.distinct * rows / std::max(1e-9, 1 - statistics.null_fraction));
}

struct Seen {
  double rows = 0;  // share of the rows that have it, by the sample
  int bounds = 0;   // histogram bounds that have it
  bool common = false;
};

}  // namespace

std::vector<ElementClass> SampleElements(ElementKind kind, const ColumnStatistics& statistics, double rows) {
  if (kind == ElementKind::kArray) return ArrayElements(statistics);
  const Texts common = Values(FindSlot(statistics, kMostCommonValues));
  const std::vector<double> frequencies = Numbers(FindSlot(statistics, kMostCommonValues));
  const Texts bounds = Values(FindSlot(statistics, kHistogram));
  const double filled = std::max(1e-9, 1 - statistics.null_fraction);
  std::map<std::string, Seen> seen;
  double rest = 1;
  for (std::size_t i = 0; i < common.size() && i < frequencies.size(); ++i) {
    const double share = std::clamp(frequencies[i] / filled, 0.0, 1.0);
    rest -= share;
    if (!common[i]) continue;
    for (const std::string& element : ElementsOf(kind, *common[i])) {
      seen[element].rows += share;
      seen[element].common = true;
    }
  }
  rest = std::clamp(rest, 0.0, 1.0);
  const double of_bound = rest / static_cast<double>(std::max<std::size_t>(1, bounds.size()));
  double empty = 0;
  for (const std::optional<std::string>& bound : bounds) {
    if (!bound) continue;
    const std::set<std::string> elements = ElementsOf(kind, *bound);
    if (elements.empty()) empty += of_bound;
    for (const std::string& element : elements) {
      Seen& known = seen[element];
      known.rows += of_bound;
      ++known.bounds;
    }
  }
  std::vector<ElementClass> classes;
  ElementClass rare{.elements = 0, .rows = 0, .bytes = 0};  // seen in a bound or two: they stand for many
  double once = 0;
  double twice = 0;
  for (const auto& [element, known] : seen) {
    const double bytes = StoredBytes(kind, element);
    if (known.common || known.bounds > 2) {
      classes.push_back({.elements = 1, .rows = std::min(1.0, known.rows), .bytes = bytes});
      continue;
    }
    (known.bounds == 1 ? once : twice) += 1;
    rare.elements += 1;
    rare.rows += known.rows;
    rare.bytes += bytes;
  }
  if (rare.elements > 0) {
    // The estimator of Chao (1984): what was seen once and twice tells how much was not seen. No more than each
    // different value has of its own.
    const double values = DistinctValues(statistics, rows) * rest;
    const double most = std::max(rare.elements, rare.elements / static_cast<double>(bounds.size()) * values);
    const double all = twice > 0 ? std::min(most, rare.elements + once * once / (2 * twice)) : most;
    classes.push_back({.elements = all, .rows = rare.rows / all, .bytes = rare.bytes / rare.elements});
  }
  if (empty > 0) classes.push_back({.elements = 1, .rows = empty, .bytes = 0});
  std::ranges::stable_sort(classes, [](const ElementClass& a, const ElementClass& b) { return a.rows > b.rows; });
  return classes;
}

}  // namespace pgassay::whatif
