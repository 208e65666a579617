#include "store/check_extended.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "base/text.h"
#include "catalog/array_text.h"
#include "catalog/index_identity.h"
#include "store/check_values.h"
#include "store/sorted.h"

namespace pgassay::store {
namespace {

constexpr std::size_t kMaxDimensions = 8;         // STATS_MAX_DIMENSIONS (src/include/statistics/statistics.h)
constexpr std::size_t kMaxGroups = 1016;          // dependencies among eight columns: each by each set of others
constexpr std::size_t kMaxCombinations = 10'000;  // STATS_MCVLIST_MAX_ITEMS
constexpr double kMaxTuples = 1e15;
constexpr int kMaxPagesPerRange = 131'072;  // src/backend/access/common/reloptions.c
constexpr int kMaxKind = 32'767;            // a slot's kind is an int2

// A list of numbers that are columns of the table, or, where `expressions` says so, expressions.
bool IsColumnList(std::string_view text, const Relation& table, bool expressions, std::size_t least) {
  const absl::StatusOr<std::vector<double>> numbers = catalog::ParseNumberArrayText(text);
  if (!numbers.ok() || numbers->size() < least || numbers->size() > kMaxDimensions) return false;
  if (std::set<double>(numbers->begin(), numbers->end()).size() != numbers->size()) return false;
  return std::ranges::all_of(*numbers, [&](double number) {
    if (number != std::trunc(number)) return false;
    if (number < 0) return expressions && number >= -static_cast<double>(kMaxDimensions);
    return std::ranges::any_of(table.columns, [&](const Column& column) { return column.number == number; });
  });
}

bool AreGroups(const std::vector<ColumnGroup>& groups, const Relation& table, double most) {
  return groups.size() <= kMaxGroups && std::ranges::all_of(groups, [&](const ColumnGroup& group) {
           return std::isfinite(group.figure) && group.figure >= 0 && group.figure <= most &&
                  IsColumnList(group.columns, table, true, 2);
         });
}

bool IsShare(double share) {
  return share >= 0 && share <= 1;
}

bool AreCombinations(const std::vector<CommonCombination>& common) {
  return common.size() <= kMaxCombinations && std::ranges::all_of(common, [](const CommonCombination& value) {
           return IsShare(value.frequency) && IsShare(value.base_frequency);
         });
}

bool AreExpressions(const std::vector<ColumnStatistics>& expressions) {
  return expressions.size() <= kMaxDimensions && IsStrictlySorted(expressions, &ColumnStatistics::column) &&
         std::ranges::all_of(expressions, [](const ColumnStatistics& row) {
           return row.column >= 1 && row.column <= static_cast<int>(kMaxDimensions) && IsShare(row.null_fraction) &&
                  row.average_width >= 0 && std::isfinite(row.distinct) && row.distinct >= -1 &&
                  std::ranges::all_of(
                      row.slots, [](const StatisticSlot& slot) { return slot.kind >= 1 && slot.kind <= kMaxKind; });
         });
}

absl::Status CheckOne(const ExtendedStatistics& row, const Snapshot& snapshot) {
  const std::string where = absl::StrCat("extended statistics ", Printable(catalog::QuotedName(row.name)));
  const Relation* const table = snapshot.FindRelation(row.relation);
  if (row.oid == Oid{} || table == nullptr) return Problem(where, "they belong to nothing");
  if (!IsColumnList(row.columns, *table, false, 0)) return Problem(where, "impossible columns");
  if (!AreGroups(row.distinct, *table, kMaxTuples)) return Problem(where, "impossible numbers of combinations");
  if (!AreGroups(row.dependencies, *table, 1)) return Problem(where, "impossible dependencies");
  if (!AreCombinations(row.common)) return Problem(where, "impossible common combinations");
  if (!AreExpressions(row.expressions)) return Problem(where, "impossible statistics of expressions");
  return absl::OkStatus();
}

absl::Status CheckPages(const Index& index) {
  const std::string where = Printable(catalog::QuotedName(index.name));
  const bool brin = index.def.method == "brin";
  const int pages_per_range = index.def.pages_per_range;
  if (pages_per_range < 0 || pages_per_range > kMaxPagesPerRange || (!brin && pages_per_range != 0) ||
      (index.range_map && (!brin || index.range_map->pages_per_range < 1 ||
                           index.range_map->pages_per_range > kMaxPagesPerRange || index.range_map->map_pages < 0))) {
    return Problem(where, "impossible ranges of blocks");
  }
  if (!index.inverted_counts) return absl::OkStatus();
  const InvertedCounts& counts = *index.inverted_counts;
  if (index.def.method != "gin" || !IsCount(counts.total_pages) || !IsCount(counts.entry_pages) ||
      !IsCount(counts.data_pages) || !IsCount(counts.entries) || !IsCount(counts.pending_pages)) {
    return Problem(where, "impossible counts of entries");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckExtended(const Snapshot& snapshot) {
  for (const Index& index : snapshot.indexes) PGASSAY_RETURN_IF_ERROR(CheckPages(index));
  if (!IsStrictlySorted(snapshot.extended,
                        [](const ExtendedStatistics& row) { return std::tuple(row.oid, row.inherited); })) {
    return absl::InvalidArgumentError("the extended statistics are not in order of their OIDs");
  }
  for (const ExtendedStatistics& row : snapshot.extended) PGASSAY_RETURN_IF_ERROR(CheckOne(row, snapshot));
  return absl::OkStatus();
}

}  // namespace pgassay::store
