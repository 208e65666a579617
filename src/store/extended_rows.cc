#include "store/extended_rows.h"

#include <tuple>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "store/insert_rows.h"
#include "store/read_rows.h"

namespace pgassay::store {
namespace {

constexpr char kDistinct = 'd';
constexpr char kDependency = 'f';

absl::Status WriteMetapages(const Database& database, int number, const std::vector<Index>& indexes) {
  PGASSAY_ASSIGN_OR_RETURN(auto ranges, Inserter<BlockRangeRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto inverted, Inserter<InvertedRow>::Make(database, number));
  for (const Index& index : indexes) {
    if (index.range_map || index.def.pages_per_range != 0) {
      BlockRangeRow row{.index = index.oid, .pages_per_range = index.def.pages_per_range};
      if (index.range_map) row.built_pages_per_range = index.range_map->pages_per_range;
      if (index.range_map) row.map_pages = index.range_map->map_pages;
      PGASSAY_RETURN_IF_ERROR(ranges.Insert(row));
    }
    if (index.inverted_counts) PGASSAY_RETURN_IF_ERROR(inverted.Insert({index.oid, *index.inverted_counts}));
  }
  return absl::OkStatus();
}

absl::Status ReadMetapages(const Database& database, int number, std::vector<Index>& indexes) {
  PGASSAY_RETURN_IF_ERROR(ReadRows<BlockRangeRow>(database, number, [&](BlockRangeRow&& row) {
    Index* const index = Find(indexes, &Index::oid, row.index);
    if (index == nullptr || row.built_pages_per_range.has_value() != row.map_pages.has_value()) return false;
    index->def.pages_per_range = row.pages_per_range;
    if (row.map_pages) index->range_map = RangeMap{*row.built_pages_per_range, *row.map_pages};
    return true;
  }));
  return ReadRows<InvertedRow>(database, number, [&](InvertedRow&& row) {
    Index* const index = Find(indexes, &Index::oid, row.index);
    if (index != nullptr) index->inverted_counts = row.value;
    return index != nullptr;
  });
}

std::tuple<Oid, bool> KeyOf(const ExtendedStatistics& row) {
  return {row.oid, row.inherited};
}

absl::Status WriteGroups(Inserter<ExtendedGroupRow>& inserter, const ExtendedStatistics& of, char kind,
                         const std::vector<ColumnGroup>& groups) {
  int position = 0;
  for (const ColumnGroup& group : groups) {
    PGASSAY_RETURN_IF_ERROR(inserter.Insert({of.oid, of.inherited, kind, ++position, group}));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status WriteExtended(const Database& database, int number, const Snapshot& snapshot) {
  PGASSAY_RETURN_IF_ERROR(WriteMetapages(database, number, snapshot.indexes));
  PGASSAY_RETURN_IF_ERROR(InsertAll(database, number, snapshot.extended));
  PGASSAY_ASSIGN_OR_RETURN(auto groups, Inserter<ExtendedGroupRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto values, Inserter<ExtendedValueRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto expressions, Inserter<ExtendedExpressionRow>::Make(database, number));
  PGASSAY_ASSIGN_OR_RETURN(auto slots, Inserter<ExtendedSlotRow>::Make(database, number));
  for (const ExtendedStatistics& of : snapshot.extended) {
    PGASSAY_RETURN_IF_ERROR(WriteGroups(groups, of, kDistinct, of.distinct));
    PGASSAY_RETURN_IF_ERROR(WriteGroups(groups, of, kDependency, of.dependencies));
    int position = 0;
    for (const CommonCombination& value : of.common) {
      PGASSAY_RETURN_IF_ERROR(values.Insert({of.oid, of.inherited, ++position, value}));
    }
    for (const ColumnStatistics& expression : of.expressions) {
      PGASSAY_RETURN_IF_ERROR(expressions.Insert({of.oid, of.inherited, expression}));
      position = 0;
      for (const StatisticSlot& slot : expression.slots) {
        PGASSAY_RETURN_IF_ERROR(slots.Insert({of.oid, of.inherited, expression.column, ++position, slot}));
      }
    }
  }
  return absl::OkStatus();
}

absl::Status ReadExtended(const Database& database, int number, Snapshot& snapshot) {
  PGASSAY_RETURN_IF_ERROR(ReadMetapages(database, number, snapshot.indexes));
  PGASSAY_RETURN_IF_ERROR(ReadAll(database, number, snapshot.extended));
  const auto find = [&](Oid oid, bool inherited) { return Find(snapshot.extended, KeyOf, std::tuple(oid, inherited)); };
  PGASSAY_RETURN_IF_ERROR(ReadRows<ExtendedGroupRow>(database, number, [&](ExtendedGroupRow&& row) {
    ExtendedStatistics* const owner = find(row.statistics, row.inherited);
    if (owner == nullptr || (row.kind != kDistinct && row.kind != kDependency)) return false;
    return AppendAt(row.kind == kDistinct ? owner->distinct : owner->dependencies, row.position, std::move(row.value));
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<ExtendedValueRow>(database, number, [&](ExtendedValueRow&& row) {
    ExtendedStatistics* const owner = find(row.statistics, row.inherited);
    return owner != nullptr && AppendAt(owner->common, row.position, std::move(row.value));
  }));
  PGASSAY_RETURN_IF_ERROR(ReadRows<ExtendedExpressionRow>(database, number, [&](ExtendedExpressionRow&& row) {
    ExtendedStatistics* const owner = find(row.statistics, row.inherited);
    if (owner == nullptr) return false;
    row.value.inherited = row.inherited;
    owner->expressions.push_back(std::move(row.value));
    return true;
  }));
  return ReadRows<ExtendedSlotRow>(database, number, [&](ExtendedSlotRow&& row) {
    ExtendedStatistics* const owner = find(row.statistics, row.inherited);
    if (owner == nullptr) return false;
    ColumnStatistics* const expression = Find(owner->expressions, &ColumnStatistics::column, row.number);
    return expression != nullptr && AppendAt(expression->slots, row.position, std::move(row.value));
  });
}

}  // namespace pgassay::store
