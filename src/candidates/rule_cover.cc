#include "candidates/rule_cover.h"

#include <algorithm>
#include <iterator>
#include <optional>

#include "absl/strings/str_cat.h"
#include "advice/reason_codes.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "catalog/index_identity.h"
#include "catalog/partitions.h"

namespace pgassay::candidates {
namespace {

// Pages; below, one or two reads ahead fetch the whole table.
constexpr std::int64_t kMinPages = 32;
// Share of all-visible pages. For each other page an index-only scan visits the table like any scan, so below a half
// most of what the index costs to keep is for nothing.
constexpr double kMinVisibleShare = 0.5;
constexpr std::size_t kMaxIncludedColumns = 8;
// Included bytes that are always worth it: together with the keys, fifty entries or more a page.
constexpr double kFreeIncludedBytes = 64;
// Otherwise an entry may be this part of a row: a scan of it then reads at most half of the table's pages.
constexpr double kMaxRowShare = 0.5;
// Largest index entry, BTMaxItemSize of src/include/access/nbtree.h: an INSERT of a larger one fails.
constexpr double kMaxEntryBytes = 2704;
// Texts are taken to stay small where no value that ANALYZE kept is longer, a tenth of an entry.
constexpr double kMaxKnownText = 256;
// Beginnings of the names of types of variable length whose values are small: numbers, addresses, ranges of such.
constexpr std::string_view kSmallTypes[] = {"numeric",  "inet",    "cidr",      "int4range", "int8range",
                                            "numrange", "tsrange", "tstzrange", "daterange"};
constexpr std::string_view kTextTypes[] = {"text", "character", "bpchar", "citext", "public.citext", "name"};
constexpr double kEntryHeader = 8;    // IndexTupleData
constexpr double kRowHeader = 24;     // HeapTupleHeader, aligned
constexpr double kUnknownWidth = 32;  // what the planner assumes (src/backend/utils/cache/lsyscache.c, get_typavgwidth)
constexpr int kMostCommonValues = 1;  // STATISTIC_KIND_MCV
constexpr int kHistogram = 2;         // STATISTIC_KIND_HISTOGRAM

// The longest value that the statistics show, in bytes of its text, which is about what is stored of texts and
// documents. ANALYZE keeps no value of more than 1 kB (WIDTH_THRESHOLD); the average width speaks for those.
double LongestText(const ColumnStatistics& statistics) {
  std::size_t longest = 0;
  for (const StatisticSlot& slot : statistics.slots) {
    if ((slot.kind != kMostCommonValues && slot.kind != kHistogram) || !slot.values) {
      continue;
    }
    const auto values = catalog::ParseArrayText(*slot.values);
    if (!values.ok()) {
      continue;
    }
    for (const std::optional<std::string>& value : *values) {
      longest = std::max(longest, value ? value->size() : 0);
    }
  }
  return static_cast<double>(longest);
}

std::string Bytes(double bytes) {
  return absl::StrCat(FormatNumber(bytes, 4), " bytes");
}

}  // namespace

CoverLimits::CoverLimits(std::span<const StatementRequests> statements, const Snapshot& snapshot)
    : snapshot_(snapshot), hot_(statements, snapshot) {}

bool CoverLimits::IsLarge(Oid table) {
  return FactsOf(table).pages >= kMinPages;
}

CoverVerdict CoverLimits::Judge(const IndexDef& def) {
  if (CoverVerdict verdict = JudgeWidth(def); !verdict.code.empty()) {
    return verdict;
  }
  if (const double share = FactsOf(def.table).visible_share; share < kMinVisibleShare) {
    return {reason::kCoverNotVisible,
            absl::StrCat("Only ", FormatNumber(100 * share, 2),
                         " % of the table's pages are all-visible, so an index-only scan would read the table too. "
                         "VACUUM marks them.")};
  }
  for (const int column : def.include) {
    if (hot_.Contains(def.table, column)) {
      const Column* const found = FindColumn(*snapshot_.FindRelation(def.table), column);
      return {reason::kCoverHotColumn,
              absl::StrCat("Statements update ", QuoteIdentifier(found->name),
                           ", which no index has; with it in an index those updates would no longer be heap-only and "
                           "would write every index of the table.")};
    }
  }
  return {};
}

CoverVerdict CoverLimits::JudgeWidth(const IndexDef& def) {
  for (const int number : def.include) {
    if (!IsBounded(def.table, number)) {
      const Column* const column = FindColumn(*snapshot_.FindRelation(def.table), number);
      return {reason::kCoverTooWide, absl::StrCat(QuoteIdentifier(column->name),
                                                  " may hold values of any size, and a row whose values do not "
                                                  "fit into an entry (",
                                                  Bytes(kMaxEntryBytes), " at most) could not be written any more.")};
    }
  }
  if (def.include.size() > kMaxIncludedColumns) {
    return {reason::kCoverTooWide,
            absl::StrCat(def.include.size(), " included columns are more than ", kMaxIncludedColumns,
                         ": the index would nearly be a copy of the table.")};
  }
  double included = 0;
  double entry = kEntryHeader;
  double longest = kEntryHeader;
  for (const IndexKey& key : def.keys) {
    entry += WidthOf(def.table, key.column).average;
    longest += WidthOf(def.table, key.column).longest;
  }
  for (const int column : def.include) {
    included += WidthOf(def.table, column).average;
    longest += WidthOf(def.table, column).longest;
  }
  entry += included;
  const double row = FactsOf(def.table).row_bytes;
  if (included > kFreeIncludedBytes && entry > kMaxRowShare * row) {
    return {reason::kCoverTooWide, absl::StrCat("An entry of about ", Bytes(entry), " beside rows of about ",
                                                Bytes(row), " saves too few pages.")};
  }
  if (longest > kMaxEntryBytes) {
    return {reason::kCoverTooWide,
            absl::StrCat("Values up to ", Bytes(longest), " together would not fit into an entry (",
                         Bytes(kMaxEntryBytes), " at most), and writing such a row would fail.")};
  }
  return {};
}

// Whether values of a column are small enough for an entry as far as one can know: by their type, or, for texts, by
// every value that ANALYZE kept. Documents, arrays and bytes are not, however small they are today.
bool CoverLimits::IsBounded(Oid table, int number) {
  const Relation* const relation = snapshot_.FindRelation(table);
  const Column* const column = relation == nullptr ? nullptr : FindColumn(*relation, number);
  if (column == nullptr || column->type_length >= 0) {
    return column != nullptr;
  }
  const std::string_view type = column->type;
  if (type.ends_with("[]")) {
    return false;
  }
  if (std::ranges::any_of(kSmallTypes, [type](std::string_view small) { return type.starts_with(small); })) {
    return true;
  }
  const bool is_text =
      std::ranges::any_of(kTextTypes, [type](std::string_view text) { return type.starts_with(text); });
  const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot_, table, number);
  return is_text && statistics != nullptr && !statistics->slots.empty() &&
         WidthOf(table, number).longest <= kMaxKnownText;
}

const CoverLimits::TableFacts& CoverLimits::FactsOf(Oid table) {
  const auto [known, added] = tables_.try_emplace(table);
  if (added) {
    const catalog::TableExtent extent = catalog::ExtentOf(snapshot_, table);
    TableFacts& facts = known->second;
    facts.pages = extent.pages;
    facts.visible_share = extent.pages > 0 ? extent.all_visible_pages / static_cast<double>(extent.pages) : 0;
    facts.row_bytes = kRowHeader;
    if (const Relation* const relation = snapshot_.FindRelation(table); relation != nullptr) {
      for (const Column& column : relation->columns) {
        facts.row_bytes += WidthOf(table, column.number).average;
      }
    }
  }
  return known->second;
}

const CoverLimits::Width& CoverLimits::WidthOf(Oid table, int column) {
  const auto [known, added] = widths_.try_emplace({table, column});
  if (added) {
    Width& width = known->second;
    const Relation* const relation = snapshot_.FindRelation(table);
    const Column* const found = relation == nullptr ? nullptr : FindColumn(*relation, column);
    const ColumnStatistics* const statistics = catalog::FindTableStatistics(snapshot_, table, column);
    width.average = kUnknownWidth;
    if (found != nullptr && found->type_length > 0) {
      width.average = found->type_length;
    } else if (statistics != nullptr && statistics->average_width > 0) {
      width.average = statistics->average_width;
    }
    width.longest = width.average;
    if (statistics != nullptr && (found == nullptr || found->type_length <= 0)) {
      width.longest = std::max(width.longest, LongestText(*statistics));
    }
    if (statistics != nullptr) {
      width.average *= 1 - std::clamp(statistics->null_fraction, 0.0, 1.0);
    }
  }
  return known->second;
}

IndexDef Cover(Oid table, const KeyList& keys, std::span<const int> needed) {
  IndexDef def{.table = table, .keys = keys};
  std::ranges::copy_if(needed, std::back_inserter(def.include),
                       [&keys](int column) { return !Contains(keys, column); });
  std::ranges::sort(def.include);
  def.include.erase(std::unique(def.include.begin(), def.include.end()), def.include.end());
  return catalog::Canonical(std::move(def));
}

std::vector<std::size_t> BestCovering(std::span<const IndexDef> defs) {
  std::vector<std::size_t> best;
  for (std::size_t i = 0; i < defs.size() && best.size() < kMaxCoveredLists; ++i) {
    const bool repeated = std::find(defs.begin(), defs.begin() + static_cast<std::ptrdiff_t>(i), defs[i]) !=
                          defs.begin() + static_cast<std::ptrdiff_t>(i);
    const bool replaced = std::ranges::any_of(
        defs, [&](const IndexDef& other) { return other != defs[i] && catalog::Covers(other, defs[i]); });
    if (!defs[i].include.empty() && !repeated && !replaced) {
      best.push_back(i);
    }
  }
  return best;
}

}  // namespace pgassay::candidates
