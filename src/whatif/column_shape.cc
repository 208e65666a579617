#include "whatif/column_shape.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "absl/strings/numbers.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "whatif/remainder.h"

namespace pgassay::whatif {
namespace {

constexpr int kMostCommonValues = 1;  // STATISTIC_KIND_MCV
constexpr int kHistogram = 2;         // STATISTIC_KIND_HISTOGRAM
constexpr int kCorrelation = 3;       // STATISTIC_KIND_CORRELATION

// Short varlena header: one byte for up to 126 bytes of data, else four (src/include/varatt.h).
constexpr std::size_t kShortDataMax = 126;

// The widest index tuple (a third of a page); wider values only fit compressed, if at all. Statistics may come from a
// foreign file, so nothing is taken unchecked.
constexpr int kMaxWidth = 2704;

// Longer values are compressed where that helps, by how much is not known (TOAST_INDEX_TARGET,
// src/include/access/heaptoast.h).
constexpr int kCompressionTarget = 508;

// Frequencies have a long tail where the least frequent of the common values is this much more frequent than the
// average of the rest, and the rest is this share of the rows. Measured on power laws: sizes 11 % to 20 % too small.
constexpr double kTailGap = 10;
constexpr double kTailShare = 0.2;

// Above this correlation the rows of one value share a block, and the sample of ANALYZE sees too few distinct values.
constexpr double kClusteredCorrelation = 0.9;

// Types of pg_catalog whose default B-tree operator class has no equalimage function, or one that says no
// (pg_amproc.amprocnum = 4, PostgreSQL 13 to 17), and extension types that behave likewise. Trailing blanks make
// char(n) one of them, whatever its function is (bt_metap of pageinspect shows it).
constexpr std::array<std::string_view, 12> kUnequalImageTypes = {"numeric", "real",   "double precision", "interval",
                                                                 "jsonb",   "record", "tsquery",          "tsvector",
                                                                 "citext",  "hstore", "character",        "bpchar"};

// "character varying(20)" without what stands in parentheses, without a schema.
std::string_view BareType(std::string_view type) {
  type = type.substr(0, type.find('('));
  if (const std::size_t dot = type.rfind('.'); dot != std::string_view::npos) type.remove_prefix(dot + 1);
  return type;
}

// The number in parentheses of format_type's text: the length of character types; 0 if there is none.
int TypeModifier(std::string_view type) {
  constexpr int longest = 10'485'760;  // MaxAttrSize
  const std::size_t open = type.find('(');
  if (open == std::string_view::npos) return 0;
  int modifier = 0;
  const std::string_view digits = type.substr(open + 1, type.find_first_of("),", open) - open - 1);
  return absl::SimpleAtoi(ToAbsl(digits), &modifier) ? std::clamp(modifier, 0, longest) : 0;
}

bool EqualImage(std::string_view type) {
  const std::string_view bare = BareType(type);
  return !type.ends_with("[]") && !bare.ends_with("range") &&
         std::find(kUnequalImageTypes.begin(), kUnequalImageTypes.end(), bare) == kUnequalImageTypes.end();
}

int CheckedWidth(std::int64_t bytes) {
  return static_cast<int>(std::clamp<std::int64_t>(bytes, 1, kMaxWidth));
}

int WithHeader(std::size_t data_bytes) {
  return CheckedWidth(static_cast<std::int64_t>(data_bytes + (data_bytes <= kShortDataMax ? 1 : 4)));
}

// Stored bytes of a numeric (src/backend/utils/adt/numeric.c): a two-byte header and base-10000 digits, zeros at both
// ends dropped.
std::optional<int> NumericWidth(std::string_view text) {
  const std::string_view digits = text.substr(text.starts_with('-') ? 1 : 0);
  const std::size_t point = std::min(digits.find('.'), digits.size());
  int first = -1;  // base-10000 positions that are not zero, counted from the point
  int last = -1;
  bool any = false;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (digits[i] == '.' || digits[i] == '0') continue;
    if (digits[i] < '1' || digits[i] > '9') return std::nullopt;  // NaN, Infinity
    const int distance = static_cast<int>(i < point ? point - 1 - i : i - point - 1);
    const int position = i < point ? distance / 4 : -1 - distance / 4;
    if (!any) first = position;
    last = position;
    any = true;
  }
  return WithHeader(static_cast<std::size_t>(2 + (any ? 2 * (first - last + 1) : 0)));
}

// Stored bytes of the value that is printed as `text`; none where the text does not tell.
std::optional<int> StoredWidth(std::string_view type, std::string_view text) {
  if (type == "text" || type == "character varying" || type == "character") {
    return WithHeader(text.size());
  }
  if (type == "numeric") return NumericWidth(text);
  if (type == "bytea" && text.starts_with("\\x")) return WithHeader(text.size() / 2 - 1);
  return std::nullopt;
}

std::vector<int> StoredWidths(std::string_view type, const StatisticSlot* slot) {
  std::vector<int> widths;
  if (slot == nullptr || !slot->values) return widths;
  const auto values = catalog::ParseArrayText(*slot->values);
  if (!values.ok()) return widths;
  for (const std::optional<std::string>& value : *values) {
    const std::optional<int> width = value ? StoredWidth(type, *value) : std::nullopt;
    if (!width) return {};
    widths.push_back(*width);
  }
  return widths;
}

std::vector<double> Numbers(const StatisticSlot* slot) {
  if (slot == nullptr || !slot->numbers) return {};
  return catalog::ParseNumberArrayText(*slot->numbers).value_or(std::vector<double>());
}

// The frequencies of the most common values; none where they cannot be frequencies.
std::vector<double> Frequencies(const StatisticSlot* slot, double null_fraction) {
  std::vector<double> frequencies = Numbers(slot);
  double sum = null_fraction;
  for (const double frequency : frequencies) {
    if (frequency < 0) return {};
    sum += frequency;
  }
  return sum <= 1.01 ? frequencies : std::vector<double>();
}

const StatisticSlot* FindSlot(const ColumnStatistics& statistics, int kind) {
  const auto slot = std::find_if(statistics.slots.begin(), statistics.slots.end(),
                                 [&](const StatisticSlot& candidate) { return candidate.kind == kind; });
  return slot == statistics.slots.end() ? nullptr : &*slot;
}

// Widths around an average of which nothing more is known. A tuple is rounded up to 8 bytes, so what matters is the
// remainder: all eight are equally likely.
std::vector<int> SpreadWidths(int average) {
  std::vector<int> widths;
  for (int offset = -4; offset < 4; ++offset) widths.push_back(CheckedWidth(std::int64_t{average} + offset));
  return widths;
}

// Ranges between histogram bounds of a type whose order is that of its numbers.
std::vector<double> HistogramRanges(const Column& column, const ColumnStatistics& statistics) {
  const StatisticSlot* const slot = FindSlot(statistics, kHistogram);
  const bool numeric = column.type_length > 0 || BareType(column.type) == "numeric";
  if (!numeric || slot == nullptr || !slot->values) return {};
  const auto values = catalog::ParseArrayText(*slot->values);
  if (!values.ok()) return {};
  std::vector<std::string_view> bounds;
  for (const std::optional<std::string>& value : *values) bounds.emplace_back(value ? *value : std::string_view());
  return BoundRanges(bounds);
}

void AddRemainder(ColumnShape& shape, const SampleFacts& facts, std::span<const double> ranges, double null_fraction) {
  if (!(facts.rest > 1e-6) || facts.rows < 1) return;  // what the frequencies leave by rounding
  for (const RemainderClass& of : RemainderClasses(facts, ranges)) {
    shape.classes.push_back({.share = of.share * facts.rest * (1 - null_fraction),
                             .value_share = of.rate / facts.rows * (1 - null_fraction)});
  }
}

void SetWidths(ColumnShape& shape, const Column& column, const ColumnStatistics& statistics,
               const std::vector<double>& frequencies) {
  if (shape.type_length > 0) {
    shape.widths = {CheckedWidth(shape.type_length)};
    return;
  }
  const std::string_view type = BareType(column.type);
  const std::vector<int> common = StoredWidths(type, FindSlot(statistics, kMostCommonValues));
  std::vector<int> bounds = StoredWidths(type, FindSlot(statistics, kHistogram));
  double mean = 0;
  double share = 0;
  for (std::size_t i = 0; i < common.size() && i < frequencies.size(); ++i) {
    mean += frequencies[i] * common[i];
    share += frequencies[i];
  }
  const double rest = std::max(0.0, 1 - statistics.null_fraction - share);
  if (!bounds.empty()) {
    mean += rest * std::accumulate(bounds.begin(), bounds.end(), 0.0) / static_cast<double>(bounds.size());
    share += rest;
  }
  // Values too long for ANALYZE, or compressed ones: the texts do not show the stored width.
  const bool plausible =
      share > 0 && std::abs(mean / share - statistics.average_width) <= 2 + 0.2 * statistics.average_width;
  if (plausible && common.size() == frequencies.size()) {
    for (std::size_t i = 0; i < common.size(); ++i) shape.classes[i].width = common[i];  // they stand first
  }
  shape.widths = plausible && !bounds.empty() ? std::move(bounds) : SpreadWidths(statistics.average_width);
}

}  // namespace

int AlignmentBytes(char type_align) {
  switch (type_align) {
    case 'c':
      return 1;
    case 's':
      return 2;
    case 'd':
      return 8;
    default:
      return 4;
  }
}

int DefaultWidth(const Column& column) {
  if (column.type_length > 0) return column.type_length;
  const int longest = TypeModifier(column.type);
  const std::string_view type = BareType(column.type);
  if (longest > 0 && type == "character") return longest + 4;
  if (longest > 0 && type == "character varying") {
    if (longest <= 32) return longest + 4;
    return longest < 1000 ? 32 + (longest + 4 - 32) / 2 : 32 + (1000 - 32) / 2;
  }
  return 32;
}

ColumnShape ShapeOf(const Column& column, const ColumnStatistics* statistics, double tuples, double sample_rows) {
  ColumnShape shape;
  shape.type_length = column.type_length;
  shape.alignment = AlignmentBytes(column.type_align);
  shape.equal_image = EqualImage(column.type);
  if (statistics == nullptr) {
    shape.classes = {{.share = 1}};
    shape.widths = column.type_length > 0 ? std::vector<int>{CheckedWidth(column.type_length)}
                                          : SpreadWidths(DefaultWidth(column));
    return shape;
  }
  shape.known = true;
  // NaN compares false, so it ends as 0 too.
  const double null_fraction = statistics->null_fraction > 0 ? std::min(1.0, statistics->null_fraction) : 0;
  double rest = 1 - null_fraction;
  const std::vector<double> frequencies = Frequencies(FindSlot(*statistics, kMostCommonValues), null_fraction);
  for (const double frequency : frequencies) {
    shape.classes.push_back({.share = frequency, .value_share = frequency});
    rest -= frequency;
  }
  SampleFacts facts;
  facts.rows = tuples * (1 - null_fraction);
  facts.fraction = std::min(1.0, sample_rows / std::max(1.0, tuples));
  facts.distinct = facts.rows;  // 0: unknown
  if (statistics->distinct < 0) facts.distinct = -statistics->distinct * tuples;
  if (statistics->distinct > 0) facts.distinct = statistics->distinct;
  facts.common = static_cast<double>(frequencies.size());
  facts.rest = std::min(1.0, rest / std::max(1e-9, 1 - null_fraction));
  const std::vector<double> ranges = HistogramRanges(column, *statistics);
  AddRemainder(shape, facts, ranges, null_fraction);
  const std::vector<double> correlation = Numbers(FindSlot(*statistics, kCorrelation));
  shape.all_distinct = statistics->distinct == -1;
  const bool clustered = !correlation.empty() && std::abs(correlation[0]) >= kClusteredCorrelation;
  const bool long_tail = ranges.empty() && !frequencies.empty() && shape.classes.size() > frequencies.size() &&
                         facts.rest > kTailShare && frequencies.back() > kTailGap * shape.classes.back().value_share;
  shape.doubtful = !shape.all_distinct && rest > 1e-6 && (clustered || long_tail);
  shape.compressible = column.type_length < 0 && statistics->average_width > kCompressionTarget;
  SetWidths(shape, column, *statistics, frequencies);
  if (null_fraction > 0) {
    shape.classes.push_back({.share = null_fraction, .value_share = null_fraction, .null = true, .width = 0});
  }
  if (shape.classes.empty()) shape.classes = {{.share = 1}};
  return shape;
}

}  // namespace pgassay::whatif
